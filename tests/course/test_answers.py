"""Answers to 06_minimum, right and wrong, go through the real wall: no false refusal, no mistake without its name.

The k-th answers to all the exercises make one notebook, so that a few notebooks hold them all.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

from autograder.cells import Lab, Role, SubmittedNotebook
from autograder.course import Course
from autograder.grading.bench import Bench
from autograder.limits import Limits
from autograder.repair import realign
from autograder.sandbox.mode import Mode
from autograder.verdicts import CellStatus, CellVerdict
from gradlab import words
from tests.course.answer_book import RIGHT, Answer, answer, answers, exercises

ROOT = Path(__file__).parents[2]
NAME = "06_minimum"
# A fixed secret: the same hidden inputs in every run.
SECRET = bytes(range(32))
INDEPENDENT = "functional"
"""The note of a right answer to each exercise that uses no other exercise's."""

Notebook = Mapping[str, Answer]


@contextmanager
def open_bench(state: Path) -> Iterator[Bench]:
    (state / "secret").write_bytes(SECRET)
    with Bench(state, Limits(cell_seconds=60), Mode.BUBBLEWRAP) as bench:
        yield bench


def handed_in(lab: Lab, chosen: Notebook) -> SubmittedNotebook:
    """The released notebook with these answers; the lesson's examples are emptied, which saves their time."""
    (notebook,) = lab.notebooks
    cells = []
    for cell in notebook.released:
        if cell.role is Role.SOLUTION:
            cells.append(replace(cell, source=chosen[cell.grade_id or ""].source))
        elif cell.role is Role.FREE and cell.kind == "code":
            cells.append(replace(cell, source=""))
        else:
            cells.append(cell)
    return realign(notebook.name, cells, notebook.released)


def verdicts(state: Path, notebooks: list[Notebook]) -> list[tuple[Answer, CellVerdict]]:
    """Grade notebooks: each answer with its verdict."""
    lab = Course.open(ROOT).lab(NAME)
    found = []
    with open_bench(state) as bench:
        for number, chosen in enumerate(notebooks):
            graded = bench.grade(lab.notebooks[0], handed_in(lab, chosen), lab.files, f"student{number}", NAME)
            assert graded.flags == ()
            given = {verdict.grade_id.removesuffix("-test"): verdict for verdict in graded.verdicts}
            found += [(each, given[exercise]) for exercise, each in chosen.items()]
    return found


def combined(chosen: Mapping[str, list[Answer]]) -> list[Notebook]:
    """Notebooks with the first, the second, … answers; where there are no more, an independent right one."""
    right = {exercise: answer(exercise, RIGHT, INDEPENDENT) for exercise in exercises()}
    rows = zip_longest(*chosen.values())
    return [
        right | {exercise: each for exercise, each in zip(chosen, row, strict=True) if each is not None} for row in rows
    ]


def of(exercise: str, *, right: bool) -> list[Answer]:
    return [each for each in answers(exercise) if (each.kind == RIGHT) is right]


def wrong_verdict(each: Answer, verdict: CellVerdict) -> str | None:
    """What is wrong with a verdict on an answer, or None."""
    if each.kind == RIGHT:
        well = verdict.status is CellStatus.PASSED and verdict.points == verdict.max_points and not verdict.message
    else:
        named = each.kind in words.MISCONCEPTIONS
        explanation = words.MISCONCEPTIONS[each.kind] if named else words.FINDINGS[each.kind]
        well = (
            verdict.status in (CellStatus.FAILED, CellStatus.ERROR)
            and verdict.points == 0
            and verdict.misconception == (each.kind if named else None)
            and explanation.title in verdict.message
        )
    return None if well else f"{each} → {verdict.status}, {verdict.misconception}: {verdict.message}"


def test_every_exercise_has_right_and_wrong_answers() -> None:
    tests = {cell.grade_id for cell in Course.open(ROOT).lab(NAME).notebooks[0].released if cell.role is Role.TEST}
    assert {f"{exercise}-test" for exercise in exercises()} == tests
    for exercise in exercises():
        assert len(of(exercise, right=True)) >= 5
        assert len(of(exercise, right=False)) >= 5


def test_right_answers_earn_full_marks_and_wrong_ones_the_name_of_their_mistake(tmp_path: Path) -> None:
    others = [exercise for exercise in exercises() if exercise != "surface"]
    right = combined({exercise: of(exercise, right=True) for exercise in exercises()})
    wrong = combined({exercise: of(exercise, right=False) for exercise in others})
    # The other exercises build on the surface: where it is wrong, its own verdict alone counts.
    wrong_surface = combined({"surface": of("surface", right=False)})
    pairs = verdicts(tmp_path, [*right, *wrong, *wrong_surface])
    judged = pairs[: -len(wrong_surface) * len(exercises())]
    judged += [pair for pair in pairs if pair[0].exercise == "surface" and pair[0].kind != RIGHT]
    refused = [told for each, verdict in judged if (told := wrong_verdict(each, verdict))]
    assert not refused, "\n\n".join(refused)
