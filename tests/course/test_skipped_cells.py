"""Each cell of each lab has the same points with and without the cells that grading skips."""

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.cells import Cell, Lab, Role, SubmittedNotebook
from autograder.grading.submission import NotebookGrader
from autograder.judging.skipped_cells import NOTICE
from autograder.verdicts import NotebookResult
from tests.course.answer_files import answers, exercises, labs
from tests.course.wall_trial import open_lab, repeatable_grader

_SUBMISSIONS = 6
_RIGHT = 0.5


def test_each_lab_has_such_cells() -> None:
    for name in labs():
        (notebook,) = open_lab(name).notebooks
        lesson = [cell for cell in notebook.source if cell.kind == "code" and cell.role is Role.FREE]
        # Students write their guesses into these.
        lesson = [cell for cell in lesson if not cell.source.startswith("# Prediction ")]
        assert sum(cell.skipped for cell in lesson) >= len(lesson) - 3, name
        assert [cell.skipped for cell in notebook.released] == [cell.skipped for cell in notebook.source], name


@pytest.mark.slow
@pytest.mark.parametrize("name", labs())
def test_the_points_are_the_same(name: str, tmp_path: Path) -> None:
    lab = open_lab(name)
    for kind in ("without", "with"):
        (tmp_path / kind).mkdir()
    with repeatable_grader(tmp_path / "without") as lean, repeatable_grader(tmp_path / "with") as full:
        compare(lab, lean, full)


def compare(lab: Lab, lean: NotebookGrader, full: NotebookGrader) -> int:
    """Grade submissions in both ways; returns how many were graded without all cells."""
    everything = untagged(lab)
    skipping = 0
    for number, submitted in enumerate(submissions(lab)):
        without = lean.grade(lab, submitted, f"student{number}")
        with_all = full.grade(everything, _untagged(submitted), f"student{number}")
        assert without.notes == ()
        assert points(without) == points(with_all), submitted.cells
        skipping += any(output.get("text") == NOTICE for it in without.outcomes for output in it.outputs)
    assert skipping >= _SUBMISSIONS - 1
    return skipping


def points(result: NotebookResult) -> dict[str, float | None]:
    return {verdict.grade_id: verdict.points for verdict in result.verdicts}


def submissions(lab: Lab) -> Iterator[SubmittedNotebook]:
    """The solution, and submissions with other answers to each exercise, right and wrong ones."""
    (notebook,) = lab.notebooks
    source = {cell.grade_id: cell.source for cell in notebook.source if cell.role is Role.SOLUTION}
    draw = random.Random(lab.name)
    for number in range(_SUBMISSIONS):
        chosen = dict(source)
        for exercise in exercises(lab.name) if number else ():
            if draw.random() > _RIGHT:
                chosen[exercise] = draw.choice(answers(lab.name, exercise)).source
        cells = [_answered(cell, chosen) for cell in notebook.released]
        yield SubmittedNotebook(notebook.name, tuple(cells))


def _answered(cell: Cell, chosen: dict[str | None, str]) -> Cell:
    return replace(cell, source=chosen[cell.grade_id]) if cell.role is Role.SOLUTION else cell


def untagged(lab: Lab) -> Lab:
    (notebook,) = lab.notebooks
    plain = [tuple(replace(cell, skipped=False) for cell in cells) for cells in (notebook.source, notebook.released)]
    return replace(lab, notebooks=(replace(notebook, source=plain[0], released=plain[1]),))


def _untagged(submitted: SubmittedNotebook) -> SubmittedNotebook:
    return replace(submitted, cells=tuple(replace(cell, skipped=False) for cell in submitted.cells))
