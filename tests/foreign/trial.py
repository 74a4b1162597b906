"""One lab tried in a process of its own."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.foreign.compare import differences, levels_of
from tests.foreign.expected import read_stored
from tests.foreign.lab_text import read_lab
from tests.foreign.nbgraders import Points, grade_with_nbgrader
from tests.foreign.ours import grade, grader_of


def try_with_nbgrader(name: str) -> tuple[Points, float]:
    """What nbgrader gives, and how many seconds it took."""
    begun = time.monotonic()
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        return grade_with_nbgrader(Path(folder), read_lab(name)), time.monotonic() - begun


def try_here(name: str) -> tuple[dict[str, str], list[str]]:
    """The level of each test here, and what differs from what is stored."""
    lab = read_lab(name)
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder, grader_of(Path(folder)) as grader:
        graded = grade(Path(folder), grader, lab)
    return levels_of(graded), differences(lab, read_stored().get(name, {}), graded)
