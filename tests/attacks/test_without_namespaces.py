"""All attacks again, in the sandbox without namespaces, by and against one and the same ordinary user."""

from pathlib import Path

import pytest

from tests.autograder.sandbox import machines
from tests.autograder.sandbox.test_without_namespaces import needs_landlock
from tests.inner_pytest import run_without_namespaces

FOLDER = Path(__file__).parent


@needs_landlock
@machines.can_be_ordinary
@pytest.mark.slow
@pytest.mark.parametrize("name", ["test_attacks.py", "test_course.py", "test_formats.py", "test_beside.py"])
def test_attacks_earn_nothing_and_harm_nobody(name: str) -> None:
    summary = run_without_namespaces(str(FOLDER / name))
    assert "passed" in summary
    assert "skipped" not in summary
