"""Courses of others: each cell gets the points that nbgrader gives, and each test runs at the level that is stored."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from autograder.verdicts import Level
from tests.foreign.compare import differences, levels_of
from tests.foreign.expected import Expected, Stored, merged_stored, read_stored
from tests.foreign.groups import GROUPS
from tests.foreign.lab_text import ForeignLab, lab_names, merged, parse_lab, read_lab
from tests.foreign.nbgraders import grade_with_nbgrader
from tests.foreign.ours import grade, grader_of

PROBES = "shared_"
FAST = ("probes", "data")
"""The groups that are graded on each change."""
# It imports a library that is not installed: nobody can pass it.
UNFIT = {("shared_19_reason_that_misleads", "missing")}
# It forbids a function that the other answer calls.
FORBIDDEN = {("num_linalg", "solve-forbidden")}


@pytest.fixture(scope="session")
def stored() -> Stored:
    return read_stored()


def check(folder: Path, lab: ForeignLab, expected: Mapping[str, Expected]) -> None:
    """Grade all variants of a lab; their points and levels must be those that are stored."""
    with grader_of(folder) as grader:
        graded = grade(folder, grader, lab)
    assert differences(lab, expected, graded) == []
    assert levels_of(graded) == {test: it.level for test, it in expected.items()}


# All of them take minutes.
@pytest.mark.parametrize(
    "group",
    [
        pytest.param(
            name, marks=[pytest.mark.xdist_group(f"foreign-{name}"), *([] if name in FAST else [pytest.mark.slow])]
        )
        for name in GROUPS
    ],
)
def test_labs_get_the_points_of_nbgrader_at_the_stored_levels(group: str, stored: Stored, tmp_path: Path) -> None:
    labs = GROUPS[group]
    check(tmp_path, merged(group, [read_lab(name) for name in labs]), merged_stored(stored, labs))


# The others are graded in their groups; `python -m tests.foreign LAB` grades any of them alone.
@pytest.mark.slow
@pytest.mark.parametrize("name", lab_names()[::12])
def test_a_lab_of_its_own_gets_the_points_of_nbgrader(name: str, stored: Stored, tmp_path: Path) -> None:
    check(tmp_path, read_lab(name), stored[name])


# `python -m tests.foreign --record` grades all with nbgrader again, in an hour.
@pytest.mark.slow
@pytest.mark.parametrize("name", lab_names()[5::20])
def test_nbgrader_gives_what_is_stored(name: str, stored: Stored, tmp_path: Path) -> None:
    points = grade_with_nbgrader(tmp_path, read_lab(name))
    assert points == {test: it.points for test, it in stored[name].items()}


def test_every_lab_is_in_one_group_and_is_stored_whole(stored: Stored) -> None:
    assert sorted(name for labs in GROUPS.values() for name in labs) == lab_names()
    for name in lab_names():
        lab = read_lab(name)
        assert list(stored[name]) == lab.tests
        assert all(set(it.points) == set(lab.variants) for it in stored[name].values())


def test_solutions_earn_all_and_wrong_answers_do_not(stored: Stored) -> None:
    for name in lab_names():
        lab = read_lab(name)
        full = {cell.grade_id: cell.points for cell in lab.cells if cell.kind == "test"}
        for test, expected in stored[name].items():
            points = expected.points | {v: it.points for (of, v), it in lab.corrections.items() if of == test}
            assert points["release"] == 0
            assert points["solution"] == full[test] or (name, test) in UNFIT, f"{name}/{test}"
            for variant in ("other", "another"):
                assert points.get(variant, full[test]) == full[test] or (name, test) in FORBIDDEN, f"{name}/{test}"
        for variant in ("wrong", "subtle"):
            if lab.answers[variant]:
                earned = sum(it.points[variant] for it in stored[name].values())
                assert earned < sum(full.values()), f"{name}: {variant}"


def test_two_thirds_of_the_probes_run_at_the_wall(stored: Stored) -> None:
    levels = [it.level for name, tests in stored.items() if name.startswith(PROBES) for it in tests.values()]
    assert len(levels) >= 50
    assert 3 * levels.count(Level.WALL) >= 2 * len(levels)


def test_there_are_many_labs() -> None:
    own = [read_lab(name) for name in lab_names() if not name.startswith(PROBES)]
    assert len(own) >= 40
    assert sum(len(lab.tests) for lab in own) >= 200
    assert all(lab.answers["wrong"] and lab.answers["subtle"] for lab in own)


def test_a_lab_is_read_from_its_text() -> None:
    lab = parse_lab(
        "small",
        '"""About."""\n# %% lesson\nx = 1\n# %% answer f\n#! %%time\nf = 2\n# %% wrong\nf = 3\n'
        "# %% test f 2\nassert f\n"
        "# %% file a.csv\n#! 1,2\n# %% right f wrong 0: why\n",
    )
    assert (lab.about, lab.tests, lab.files) == ("About.", ["f"], {"a.csv": b"1,2\n"})
    assert [cell.source for cell in lab.cells] == ["x = 1", "%%time\nf = 2", "assert f"]
    assert lab.answers["wrong"] == {"f-answer": "f = 3"}
    assert lab.variants == ["solution", "release", "wrong"]
    assert lab.corrections["f", "wrong"].points == 0
