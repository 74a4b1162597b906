"""Labs of courses of others, graded by the autograder."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import nbformat

from autograder.cells import Lab
from autograder.course import release
from autograder.course.course import Course
from autograder.grading.submission import NotebookGrader
from autograder.limits import Limits
from autograder.repair import repair_notebook
from autograder.sandbox.mode import Mode
from autograder.untrusted.notebooks import parse
from autograder.verdicts import NotebookResult
from tests.foreign.lab_text import ForeignLab
from tests.graders import open_grader

# A busy machine must not fail a test: no answer here runs without end.
LIMITS: Final = Limits(submission_seconds=3600.0)


@dataclass(frozen=True)
class Graded:
    """A submission that was graded here."""

    result: NotebookResult
    repairs: Sequence[str]


def make_course(root: Path, lab: ForeignLab) -> Path:
    """Make a course whose one lab is this one."""
    root.mkdir(parents=True)
    (root / "nbgrader_config.py").write_text("c = get_config()\n", encoding="utf-8")
    lab.write_source(root / "source" / lab.name)
    return root


def _no_generated_tests(lab: str, notebook: str, grade_ids: Sequence[str]) -> Mapping[str, str]:
    raise AssertionError


@contextmanager
def grader_of(folder: Path) -> Iterator[NotebookGrader]:
    """A grader in the real sandbox."""
    with open_grader(folder / "state", LIMITS, Mode.BUBBLEWRAP) as grader:
        yield grader


def grade(folder: Path, grader: NotebookGrader, foreign: ForeignLab) -> dict[str, Graded]:
    """Grade all variants of a lab.

    Args:
        folder: where its course is made.
        grader: grades them.
        foreign: the lab.
    """
    course = Course.open(make_course(folder / foreign.name, foreign))
    path = course.source_notebooks(foreign.name)[0]
    released = release.released(release.read_instructors(path), course.application, foreign.name)
    lab = course.lab(foreign.name, _no_generated_tests)
    graded = {}
    for variant in foreign.variants:
        content = nbformat.writes(foreign.submission(released, variant)).encode()
        graded[variant] = _grade(grader, lab, content, variant)
    return graded


def _grade(grader: NotebookGrader, lab: Lab, content: bytes, variant: str) -> Graded:
    (notebook,) = lab.notebooks
    submitted = repair_notebook(notebook.name, parse(content, f"{notebook.name}.ipynb"), notebook.released)
    return Graded(grader.grade(lab, submitted, variant), submitted.repairs)
