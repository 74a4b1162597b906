"""Attacks on the notebook file, each graded beside an honest one in one class."""

from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.grading.run import grade_class
from autograder.grading.terms import Terms
from autograder.verdicts import Result, SubmissionStatus
from tests.attacks.attack import Attack
from tests.attacks.formats import FORMATS
from tests.sandbox_mode import MODE
from tests.small_course import LAB, hand_in, make_small_course, notebook_of
from tests.small_lab import EXERCISES, LIMITS, POINTS


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_attacks_on_the_file_earn_nothing_and_are_flagged(tmp_path: Path, blank_gradebook: Path) -> None:
    root = make_small_course(tmp_path / "course", blank_gradebook)
    attacks = {f"attack-{number:03}": attack for number, attack in enumerate(FORMATS)}
    honest = Attack("none at all", FORMATS[0].kind)
    for student, attack in (attacks | {"honest": honest}).items():
        hand_in(root, student, notebook_of(attack))
    # One class for all: they must leave one another alone, and no worker of the tests does it twice.
    graded = grade_class(Course.open(root), [LAB], None, Terms(LIMITS, MODE, workers=2))
    results = {result.student: result for result in graded}
    assert results.keys() == attacks.keys() | {"honest"}
    assert _wrong(honest, results["honest"]) is None
    wrong = {attack.name: said for student, attack in attacks.items() if (said := _wrong(attack, results[student]))}
    assert not wrong


def _wrong(attack: Attack, result: Result) -> object:
    points = {cell.grade_id.removesuffix("-test"): cell.points for cell in result.cells}
    expected = {name: 0.0 if attack.spoils or name in attack.answers else POINTS for name in EXERCISES}
    status = SubmissionStatus.QUARANTINED if attack.spoils else SubmissionStatus.GRADED
    if result.status is not status or points != expected:
        differing = {name: points.get(name) for name in expected if points.get(name) != expected[name]}
        return result.status, result.reason, differing
    if attack.spoils:
        return None if result.reason else "put aside without a reason"
    if attack.flagged:
        return None if any(attack.flagged in flag for flag in result.flags) else result.flags
    return None
