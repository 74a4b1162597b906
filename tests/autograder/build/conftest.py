"""A small course to build."""

from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.build.lab_text import LabText, read_lab_text

CONFIGURATION = """\
c = get_config()
c.CourseDirectory.course_id = "math"
c.CourseDirectory.solution_directory = "solutions"
"""

LAB = '''\
# %% [markdown]
# # Squares

# %%
import torch

# %% nbgrader={"grade_id": "square", "solution": true}
def square(x):
    """Return the square of x."""
    ### BEGIN SOLUTION
    return x * x
    ### END SOLUTION


# %% nbgrader={"grade_id": "square-test", "grade": true, "points": 2}
assert square(2) == 4, "2 squared is 4"
### BEGIN HIDDEN TESTS
assert square(torch.tensor(3.0)) == 9
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade_id": "why", "solution": true, "points": 3}
# Because a square has two equal sides.

# %% [markdown] nbgrader={"grade_id": "essay", "task": true, "points": 1}
# Draw a square.
# ### BEGIN MARK SCHEME
# One point for four right angles.
# ### END MARK SCHEME
'''


@pytest.fixture(scope="session")
def source_text() -> str:
    """The text of a lab with a cell of every role."""
    return LAB


@pytest.fixture(scope="session")
def configuration() -> str:
    """The course's nbgrader_config.py."""
    return CONFIGURATION


@pytest.fixture
def write_lab(tmp_path: Path) -> Callable[..., Path]:
    """Write a course with one lab called squares; return the course's folder."""

    def write(text: str = LAB, configuration: str = "") -> Path:
        root = tmp_path / "math"
        (root / "course").mkdir(parents=True, exist_ok=True)
        (root / "course" / "squares.py").write_text(text, encoding="utf-8")
        (root / "nbgrader_config.py").write_text(CONFIGURATION + configuration, encoding="utf-8")
        return root

    return write


@pytest.fixture
def read_lab(write_lab: Callable[..., Path]) -> Callable[[str], LabText]:
    """Read a lab called squares from its text."""
    return lambda text: read_lab_text(write_lab(text), "squares")
