"""Submissions that try to earn points in any way but by a right answer."""

import pytest

from autograder.verdicts import CellStatus
from tests.autograder.grading.attacks.attack import Attack
from tests.autograder.grading.attacks.exhaustion import EXHAUSTION
from tests.autograder.grading.attacks.objects import OBJECTS
from tests.autograder.grading.attacks.process import PROCESS
from tests.autograder.grading.attacks.wire import WIRE
from tests.autograder.grading.conftest import EXERCISES, POINTS, SmallLab, by_id

ATTACKS = [*OBJECTS, *PROCESS, *WIRE, *EXHAUSTION]


def assert_full_marks(lab: SmallLab, student: str) -> None:
    verdicts = by_id(lab.grade(student, {}))
    assert {name: verdict.points for name, verdict in verdicts.items()} == dict.fromkeys(EXERCISES, POINTS)


def test_an_honest_submission_has_full_marks(small_lab: SmallLab) -> None:
    assert_full_marks(small_lab, "honest")
    assert small_lab.bench.failures(small_lab.notebook, {}) == {}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_earns_nothing(small_lab: SmallLab, attack: Attack) -> None:
    verdicts = by_id(small_lab.grade("dishonest", attack.answers))
    attacked = set(attack.answers) & set(EXERCISES)
    assert {name: verdicts[name].points for name in attacked} == dict.fromkeys(attacked, 0.0)
    assert not [verdict for verdict in verdicts.values() if verdict.status is CellStatus.BROKE]
    spared = set() if attack.spoils else set(EXERCISES) - attacked
    assert {name: verdicts[name].points for name in spared} == dict.fromkeys(spared, POINTS)
    # What is told of it can be written and read by a person.
    for verdict in verdicts.values():
        assert len(verdict.message.encode()) < 100_000
    assert_full_marks(small_lab, f"honest after: {attack.name}")
