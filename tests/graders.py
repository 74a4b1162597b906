"""A notebook grader on this machine, and labs for it, as the tests of grading use them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from autograder.cells import Cell, Lab, LabNotebook
from autograder.grading.local_executor import LocalExecutor
from autograder.grading.submission import NotebookGrader
from autograder.grading.terms import Terms
from autograder.limits import Limits
from autograder.sandbox.mode import Mode


@contextmanager
def open_grader(state: Path, limits: Limits, mode: Mode) -> Iterator[NotebookGrader]:
    """Open a grader; its processes end with the context.

    Args:
        state: the folder for the secret and the caches.
        limits: what a submission may use.
        mode: how student code is isolated.
    """
    terms = Terms(limits, mode)
    with LocalExecutor(state, terms) as executor:
        yield NotebookGrader(state, terms, executor)


def lab_of(name: str, source: Sequence[Cell], released: Sequence[Cell] | None = None) -> Lab:
    """A lab without files, whose one notebook has the lab's name.

    Args:
        name: the name.
        source: the instructor's cells.
        released: the released ones; None for the same.
    """
    return Lab(name, (LabNotebook(name, tuple(source), tuple(source if released is None else released)),), {})
