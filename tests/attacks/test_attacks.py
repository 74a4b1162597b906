"""Submissions that try to earn points in any way but by a right answer."""

import ast
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.cells import Lab, Role, SubmittedNotebook
from autograder.course.course import Course
from autograder.gradebook.labs import read_lab
from autograder.grading.judge_server import JudgeServer
from autograder.grading.submission import NotebookGrader
from autograder.verdicts import CellStatus
from tests.attacks.attack import Attack, Kind
from tests.attacks.corpus import ATTACKS, ONCE_SUCCEEDED, one_of_each_kind
from tests.graders import open_grader
from tests.sandbox_mode import MODE
from tests.small_lab import EXERCISES, LIMITS, POINTS, SmallLab, by_id

IN_CELLS = [attack for attack in ATTACKS if attack.tamper is None]
ALWAYS = {attack.name for attack in one_of_each_kind(IN_CELLS)} | ONCE_SUCCEEDED
"""What is tried on each change; all others are slow."""


def assert_full_marks(lab: SmallLab, student: str) -> None:
    verdicts = by_id(lab.grade(student, {}))
    assert {name: verdict.points for name, verdict in verdicts.items()} == dict.fromkeys(EXERCISES, POINTS)


def test_every_attack_is_there_once_and_attacks_an_exercise() -> None:
    names = [attack.name for attack in ATTACKS]
    assert len(names) == len(set(names))
    assert {attack.kind for attack in ATTACKS} == set(Kind)
    assert not [attack.name for attack in IN_CELLS if not set(attack.answers) & set(EXERCISES)]
    assert set(names) >= ONCE_SUCCEEDED


def test_an_honest_submission_has_full_marks(small_lab: SmallLab) -> None:
    assert_full_marks(small_lab, "honest")
    with closing(JudgeServer()) as server:
        server.run_instructor_notebook(small_lab.notebook, {}, LIMITS)
        assert server.failures == {}


@pytest.mark.parametrize(
    "attack",
    [
        pytest.param(attack, id=attack.name, marks=() if attack.name in ALWAYS else pytest.mark.slow)
        for attack in IN_CELLS
    ],
)
def test_an_attack_earns_nothing(small_lab: SmallLab, attack: Attack) -> None:
    result = small_lab.grade("dishonest", attack.answers)
    verdicts = by_id(result)
    assert attack.flagged in " ".join(result.flags)
    attacked = set(attack.answers) & set(EXERCISES)
    assert {name: verdicts[name].points for name in attacked} == dict.fromkeys(attacked, 0.0)
    assert not [verdict for verdict in verdicts.values() if verdict.status is CellStatus.BROKE]
    spared = set() if attack.spoils else set(EXERCISES) - attacked
    assert {name: verdicts[name].points for name in spared} == dict.fromkeys(spared, POINTS)
    # What is told of it can be written and read by a person.
    for verdict in verdicts.values():
        assert len(verdict.message.encode()) < 100_000
    assert_full_marks(small_lab, f"honest after: {attack.name}")


REPLACED_CHECKS = """
import sys, gradlab.check, torch, numpy
for module in [m for name, m in list(sys.modules.items()) if name.startswith("gradlab")]:
    for name, thing in list(vars(module).items()):
        if callable(thing):
            setattr(module, name, lambda *args, **kwargs: None)
torch.allclose = torch.equal = numpy.allclose = lambda *args, **kwargs: True
class Yes(torch.Tensor):
    @classmethod
    def __torch_function__(cls, *args, **kwargs): return True
    def __eq__(self, other): return True
"""
LIES = ["args[0]", "Yes()"]
MORE_LIES = ["torch.zeros(1)", "float('nan')", "[args]", "iter(int, 1)", "10**5000"]


@pytest.fixture(scope="module")
def minimum() -> Lab:
    return read_lab(Course.open(Path(__file__).resolve().parents[2]), "06_minimum")


@pytest.fixture(scope="module")
def minimum_grader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NotebookGrader]:
    limits = replace(LIMITS, cell_seconds=5.0, submission_seconds=90.0)
    with open_grader(tmp_path_factory.mktemp("minimum"), limits, MODE) as grader:
        yield grader


@pytest.mark.xdist_group("lies")
@pytest.mark.parametrize("lie", [*LIES, *(pytest.param(lie, marks=pytest.mark.slow) for lie in MORE_LIES)])
def test_checks_that_were_replaced_earn_nothing(minimum: Lab, minimum_grader: NotebookGrader, lie: str) -> None:
    notebook = minimum.notebooks[0]
    cells = tuple(
        replace(cell, source=_lying(cell.source, lie)) if cell.role is Role.SOLUTION else cell
        for cell in notebook.source
    )
    submitted = SubmittedNotebook(notebook.name, cells, frozenset())
    verdicts = minimum_grader.grade(minimum, submitted, "dishonest").verdicts
    graded = [verdict for verdict in verdicts if verdict.status is not CellStatus.MANUAL]
    assert len(graded) >= 8
    assert {verdict.grade_id: verdict.points for verdict in graded} == {v.grade_id: 0.0 for v in graded}


def _lying(source: str, lie: str) -> str:
    names = [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    return REPLACED_CHECKS + "".join(f"def {name}(*args, **kwargs): return {lie}\n" for name in names)
