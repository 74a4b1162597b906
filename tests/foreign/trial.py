"""One lab tried in a process of its own."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.foreign.compare import differences, levels_of
from tests.foreign.expected import merged_stored, read_stored
from tests.foreign.groups import GROUPS
from tests.foreign.lab_text import merged, read_lab
from tests.foreign.nbgraders import Points, grade_with_nbgrader
from tests.foreign.ours import grade, grader_of


def try_with_nbgrader(name: str) -> tuple[Points, float]:
    """What nbgrader gives, and how many seconds it took."""
    begun = time.monotonic()
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        return grade_with_nbgrader(Path(folder), read_lab(name)), time.monotonic() - begun


def try_here(name: str) -> tuple[dict[str, dict[str, str]], list[str]]:
    """A lab, or a group of labs in one notebook: each test's level here, and what differs from what is stored."""
    names = GROUPS.get(name, [name])
    stored = read_stored()
    lab = merged(name, [read_lab(each) for each in names])
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder, grader_of(Path(folder)) as grader:
        graded = grade(Path(folder), grader, lab)
    levels = levels_of(graded)
    by_lab = {each: {test: levels[f"{each}-{test}"] for test in read_lab(each).tests} for each in names}
    return by_lab, differences(lab, merged_stored(stored, [each for each in names if each in stored]), graded)
