"""Answers to all labs, right and wrong: no false refusal, no mistake without its name."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.build.lab_text import lab_names
from autograder.cells import Role
from gradlab import words
from tests.course.answer_book import Answer, answers, exercises, labs
from tests.course.notebook_trial import ROOT, try_in_notebook
from tests.course.wall_trial import open_lab, try_through_wall

FEWEST = 3


def test_every_lab_has_answers() -> None:
    assert labs() == lab_names(ROOT)


@pytest.mark.parametrize("lab", labs())
def test_every_exercise_has_right_and_wrong_answers(lab: str) -> None:
    tests = {cell.grade_id for cell in open_lab(lab).notebooks[0].released if cell.role is Role.TEST}
    assert {f"{exercise}-test" for exercise in exercises(lab)} == tests
    for exercise in exercises(lab):
        right = [each for each in answers(lab, exercise) if each.right]
        assert len(right) >= FEWEST
        assert len(answers(lab, exercise)) - len(right) >= FEWEST


def test_every_misconception_that_the_course_knows_is_made_somewhere() -> None:
    made = {each.kind for lab in labs() for exercise in exercises(lab) for each in answers(lab, exercise)}
    assert made >= words.MISCONCEPTIONS.keys()


@pytest.mark.parametrize(("lab", "exercise"), [(lab, exercise) for lab in labs() for exercise in exercises(lab)])
def test_in_a_notebook_right_answers_pass_and_wrong_ones_get_their_name(lab: str, exercise: str) -> None:
    refused = [str(each) for each in try_in_notebook(lab, answers(lab, exercise)) if not each.as_it_should]
    assert not refused, "\n\n".join(refused)


def share(lab: str, exercise: str) -> Iterator[Answer]:
    """A few right answers to an exercise and one wrong answer of each kind; `make mutants` grades all of them."""
    right = [each for each in answers(lab, exercise) if each.right]
    kinds = {each.kind: each for each in reversed(answers(lab, exercise)) if not each.right}
    yield from right[:FEWEST]
    yield from kinds.values()


@pytest.mark.parametrize("lab", labs())
def test_graded_right_answers_earn_full_marks_and_wrong_ones_their_name(lab: str, tmp_path: Path) -> None:
    given = [each for exercise in exercises(lab) for each in share(lab, exercise)]
    refused = [str(each) for each in try_through_wall(lab, given, tmp_path) if not each.as_it_should]
    assert not refused, "\n\n".join(refused)
