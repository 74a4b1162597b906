"""Answers tried as in a student's notebook: one process, the cells in their order."""

import io
import warnings
from collections.abc import Iterable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from nbformat import NotebookNode

from autograder.build.lab_text import read_lab_text
from gradlab.check import diagnose
from tests.course.answer_files import Answer
from tests.course.outcomes import Outcome

ROOT = Path(__file__).parents[2]
_HIDDEN = "### BEGIN HIDDEN TESTS"


@cache
def _cells(lab: str) -> tuple[NotebookNode, ...]:
    """The cells that grading needs: locked ones, solutions, tests."""
    found = read_lab_text(ROOT, lab).notebook.cells
    return tuple(cell for cell in found if cell.cell_type == "code" and "nbgrader" in cell.metadata)


def try_in_notebook(lab: str, given: Iterable[Answer], *, visible: bool = False) -> Iterator[Outcome]:
    """Try answers one by one, each among the worked solutions of the other exercises.

    Args:
        lab: the lab's name.
        given: the answers.
        visible: whether to run the visible part of the test alone, which is what a student sees.
    """
    for each in given:
        error = _first_error(lab, each, visible=visible)
        diagnosis = None if error is None else diagnose(error)
        message = "" if error is None else str(diagnosis or f"{type(error).__name__}: {error}")
        yield Outcome(each, error is None, diagnosis.misconception if diagnosis else None, message)


def _first_error(lab: str, answer: Answer, *, visible: bool) -> Exception | None:
    """Run the lab's cells down to the answer's test; what that cell or the answer itself raised."""
    names: dict[str, Any] = {"__name__": "__main__"}
    torch.manual_seed(len(answer.source))
    np.random.seed(len(answer.source))
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for cell in _cells(lab):
            grade_id = cell.metadata.nbgrader["grade_id"]
            own = grade_id == answer.exercise
            last = grade_id == f"{answer.exercise}-test"
            if cell.metadata.nbgrader["grade"] and not last:
                continue
            source = answer.source if own else cell.source
            try:
                exec(compile(source.split(_HIDDEN)[0] if visible else source, grade_id, "exec"), names)
            except Exception as error:
                if own or last:
                    return error
                raise
            if last:
                return None
    raise LookupError(f"{lab} has no test of {answer.exercise}")
