"""The attacks of the corpus again, on tests that run beside the student's code."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from autograder.cells import Cell, Role
from autograder.sandbox.mode import Mode
from autograder.verdicts import CellStatus, Level
from tests.attacks.attack import Attack
from tests.attacks.test_attacks import ALWAYS, IN_CELLS, assert_full_marks
from tests.graders import open_grader
from tests.small_lab import EXERCISES, LIMITS, POINTS, SmallLab, by_id, make_small_notebook

EARNS_BESIDE: frozenset[str] = frozenset()


def make_notebook():
    notebook = make_small_notebook()
    source = tuple(
        replace(cell, source=f"import os\nos.environ['LEVEL'] = 'beside'\n{cell.source}") if cell.role is Role.TEST else cell
        for cell in notebook.source
    )
    released = tuple(
        replace(cell, source="# YOUR CODE HERE") if cell.role is Role.SOLUTION else cell for cell in source
    )
    return replace(notebook, source=source, released=released)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallLab]:
    with open_grader(tmp_path_factory.mktemp("beside"), LIMITS, Mode.BUBBLEWRAP) as grader:
        yield SmallLab(make_notebook(), grader)


import json, time
LOG = open("/tmp/attack1.log", "a")

@pytest.mark.parametrize("attack", [pytest.param(attack, id=attack.name) for attack in IN_CELLS])
def test_attack(lab: SmallLab, attack: Attack) -> None:
    begun = time.time()
    result = lab.grade("dishonest", attack.answers)
    took = time.time() - begun
    verdicts = by_id(result)
    attacked = set(attack.answers) & set(EXERCISES)
    earned = {n: verdicts[n].points for n in attacked if verdicts[n].points}
    broke = [n for n, v in verdicts.items() if v.status is CellStatus.BROKE]
    levels = {str(v.level) for v in verdicts.values()}
    spared = {n: (verdicts[n].points, verdicts[n].message[:100]) for n in set(EXERCISES) - attacked if verdicts[n].points != POINTS}
    big = [n for n, v in verdicts.items() if len(v.message.encode()) > 100_000]
    after = by_id(lab.grade(f"honest after {attack.name}", {}))
    bad = {n: (v.points, v.message[:100]) for n, v in after.items() if v.points != POINTS}
    LOG.write(json.dumps(dict(name=attack.name, earned=earned, broke=broke, flags=result.flags, spared=list(spared.items())[:2], nspared=len(spared), spoils=attack.spoils, big=big, after=bad, levels=sorted(levels), took=round(took, 2))) + "\n")
    LOG.flush()
