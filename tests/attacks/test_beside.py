"""The attacks of the corpus again, on tests that run beside the student's code.

The verdict is then the word of a process in which the attack runs. What such an attack must not do is harm another
student, the class or the machine; those that earn points are named.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from autograder.cells import LabNotebook, Role
from autograder.verdicts import CellStatus, Level
from tests.attacks.attack import Attack, Kind
from tests.attacks.test_attacks import IN_CELLS
from tests.graders import open_grader
from tests.sandbox_mode import MODE
from tests.small_lab import EXERCISES, LIMITS, POINTS, SmallLab, by_id, make_small_notebook

pytestmark = pytest.mark.xdist_group("attacks beside")

_FAST = (Kind.OBJECT, Kind.LIBRARY, Kind.SHELL)
EARNS_BESIDE = frozenset(
    {
        "an argument that is made empty, so that it is close to everything",
        "an argument that is shrunk in place",
        "an end of iteration in the middle of a test's loop",
        "changing the other argument, from which the test works out what it expects",
        "the argument made into the answer",
    }
)
"""Names of the attacks that earn points beside, and not at the wall."""
_GROUPS = (
    frozenset({"square", "half", "greet"}),
    frozenset({"square", "half", "greet", "mean", "slope", "graph", "step"}),
    frozenset({"primes", "Vector", "Net", "points", "pair", "arrange", "limit"}),
    frozenset(EXERCISES),
)
"""Exercises of the labs that are graded: each costs time. An attack meets the first lab with all that it attacks."""
_LESSON = frozenset({"lesson", "helpers", "plus"})

Labs = Callable[[Collection[str]], SmallLab]


def make_beside_notebook(exercises: Collection[str]) -> LabNotebook:
    """The small lab with these exercises, whose tests all need one process with the student's code."""
    notebook = make_small_notebook()
    ids = {*_LESSON, *exercises, *(f"{name}-test" for name in exercises), *(f"{name}-lesson" for name in exercises)}
    source = tuple(
        replace(cell, source=f"import os\nos.environ['LEVEL'] = 'beside'\n{cell.source}")
        if cell.role is Role.TEST
        else cell
        for cell in notebook.source
        if cell.grade_id in ids
    )
    released = tuple(
        replace(cell, source="# YOUR CODE HERE") if cell.role is Role.SOLUTION else cell for cell in source
    )
    return replace(notebook, source=source, released=released)


@pytest.fixture(scope="module")
def labs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Labs]:
    """Labs that hold some exercises, each opened when it is first asked for."""
    with ExitStack() as stack:
        opened: dict[frozenset[str], SmallLab] = {}

        def lab(attacked: Collection[str]) -> SmallLab:
            exercises = next(group for group in _GROUPS if group.issuperset(attacked))
            if exercises not in opened:
                state = tmp_path_factory.mktemp("attacks-beside")
                grader = stack.enter_context(open_grader(state, LIMITS, MODE))
                opened[exercises] = SmallLab(make_beside_notebook(exercises), grader)
            return opened[exercises]

        yield lab


def assert_full_marks(lab: SmallLab, student: str) -> None:
    verdicts = by_id(lab.grade(student, {}))
    assert {verdict.points for verdict in verdicts.values()} == {POINTS}
    assert {verdict.level for verdict in verdicts.values()} == {Level.BESIDE}


def test_attacks_that_earn_points_are_attacks() -> None:
    assert {attack.name for attack in IN_CELLS} >= EARNS_BESIDE


@pytest.mark.parametrize("kind", _FAST)
def test_one_attack_of_a_kind_earns_nothing(labs: Labs, kind: Kind) -> None:
    attack = next(attack for attack in IN_CELLS if attack.kind is kind and attack.name not in EARNS_BESIDE)
    assert earning(labs, [attack]) == set()


# Each takes seconds: `tests.attacks.test_beside_lab` is the fast one.
@pytest.mark.slow
@pytest.mark.parametrize("kind", Kind)
def test_attacks_of_a_kind_earn_nothing_unless_they_are_named(labs: Labs, kind: Kind) -> None:
    attacks = [attack for attack in IN_CELLS if attack.kind is kind]
    assert earning(labs, attacks) == EARNS_BESIDE & {attack.name for attack in attacks}


def earning(labs: Labs, attacks: Iterable[Attack]) -> set[str]:
    """Grade attacks, and an honest submission after them; which attacks earned points."""
    found = set()
    used: dict[int, SmallLab] = {}
    for attack in attacks:
        attacked = set(attack.answers) & set(EXERCISES)
        lab = labs(attacked)
        used[id(lab)] = lab
        verdicts = by_id(lab.grade("dishonest", attack.answers))
        assert not [verdict for verdict in verdicts.values() if verdict.status is CellStatus.BROKE], attack.name
        assert all(len(verdict.message.encode()) < 100_000 for verdict in verdicts.values()), attack.name
        if any(verdicts[name].points for name in attacked):
            found.add(attack.name)
    for lab in used.values():
        assert_full_marks(lab, f"honest after: {attack.name}")
    return found
