"""The sandbox without namespaces: it is chosen where bubblewrap can't be had, holds there, and says what is missing."""

import errno
import re
from pathlib import Path

import pytest

from autograder import landlock
from autograder.sandbox import choice, without_namespaces
from autograder.sandbox.mode import Choice, Mode
from tests.autograder.sandbox import machines
from tests.inner_pytest import run_without_namespaces

TESTS = Path(__file__).parent / "within_landlock.py"
REFUSAL = """
from autograder.errors import ExpectedError
from autograder.limits import Limits
from autograder.sandbox.choice import choose
from autograder.sandbox.mode import Mode
from autograder.sandbox.zygote import Zygote
for mode in (choose(), Mode.LANDLOCK):
    with Zygote(mode, Limits()) as zygote:
        try:
            zygote.fork()
        except ExpectedError as error:
            print(mode, error)
"""


def has_landlock() -> bool:
    try:
        return not landlock.missing(landlock.version())
    except OSError:
        return False


needs_landlock = pytest.mark.skipif(not has_landlock(), reason=f"needs Landlock of Linux {without_namespaces.LINUX}")


@needs_landlock
@machines.can_be_ordinary
def test_it_holds_for_an_ordinary_user_in_a_process_tree_without_namespaces() -> None:
    summary = run_without_namespaces(str(TESTS))
    assert re.search(r"\b1[0-9] passed", summary), summary
    assert "skipped" not in summary


@machines.can_be_ordinary
def test_where_landlock_is_refused_as_well_it_is_said() -> None:
    said = machines.run(machines.without_namespaces(landlock=False), REFUSAL).stdout
    assert said.startswith("bubblewrap A required layer of the sandbox is missing: the outer wall")
    assert said.count("a filter of system calls refuses Landlock's calls") == 2
    assert said.count("Allow landlock_create_ruleset") == 2


@pytest.mark.parametrize("has", [*range(1, without_namespaces.VERSION)])
def test_a_kernel_with_a_lower_version_is_told_what_that_lacks(monkeypatch: pytest.MonkeyPatch, has: int) -> None:
    monkeypatch.setattr(landlock, "version", lambda: has)
    said, cure = without_namespaces.problem()
    assert f"version {has} of Landlock" in said
    named = {protection.name for protection in landlock.PROTECTIONS if f"{protection.name} (version" in said}
    assert named == {protection.name for protection in landlock.PROTECTIONS if protection.version > has}
    assert without_namespaces.LINUX in cure


@pytest.mark.parametrize(
    ("number", "problem", "cure"),
    [
        (errno.ENOSYS, "no Landlock", "Linux 6.12"),
        (errno.EOPNOTSUPP, "not enabled when this machine started", "lsm="),
        (errno.EPERM, "refuses Landlock's calls", "seccomp profile"),
    ],
)
def test_a_kernel_without_it_is_told_so(monkeypatch: pytest.MonkeyPatch, number: int, problem: str, cure: str) -> None:
    def version() -> int:
        raise OSError(number, "as the kernel says")

    monkeypatch.setattr(landlock, "version", version)
    monkeypatch.setattr(choice, "bubblewrap_works", lambda: False)
    said, line = without_namespaces.problem()
    assert problem in said
    assert cure in line
    # bubblewrap then refuses, and says both.
    assert choice.choose() is Mode.BUBBLEWRAP


def test_what_is_asked_for_by_name_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "bubblewrap_works", lambda: False)
    assert [choice.choose(Choice(mode.value)) for mode in Mode] == list(Mode)
