"""Regrading: only what a change affects runs again, and what a person gave stays."""

import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.reliability.class_course import (
    LAB,
    autograded,
    given_by_hand,
    grade,
    grade_by_hand,
    gradebook,
    hand_in,
    lab_notebook,
    records,
    submission,
    verdicts_kept,
)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("regrading")]

STUDENTS = ("ann", "bob", "cid")
NOTEBOOKS = {"first": ("half", "square"), "second": ("cube",)}


@pytest.fixture(scope="module")
def graded_course(tmp_path_factory: pytest.TempPathFactory, blank_gradebook: Path) -> Path:
    """A lab of two notebooks, handed in by three students, graded, and seen by a person."""
    root = tmp_path_factory.mktemp("class") / "course"
    for name, exercises in NOTEBOOKS.items():
        path = root / "source" / LAB / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        asks = name == "first"
        nbformat.write(lab_notebook(exercises, asks=asks), path)
        for student in STUDENTS:
            hand_in(root, student, submission(words="Because.", exercises=exercises, asks=asks), name)
    hand_in(root, "bob", submission({"square": "def square(x): return 4 * x"}, "No.", NOTEBOOKS["first"]), "first")
    (root / "nbgrader_config.py").write_text("c = get_config()\n", encoding="utf-8")
    (root / "gradebook.db").write_bytes(blank_gradebook.read_bytes())
    code, _, err = grade(root, "--sandbox", "none")
    assert code == 0, err
    grade_by_hand(root, "ann", "why", 2.0, "Nearly.")
    grade_by_hand(root, "bob", "square-test", 1.5, "The idea is right.")
    return root


@pytest.fixture
def course(graded_course: Path, tmp_path: Path) -> Path:
    """A copy of it for one test."""
    return shutil.copytree(graded_course, tmp_path / "course")


def change(root: Path, notebook: str, old: str, new: str) -> None:
    path = root / "source" / LAB / f"{notebook}.ipynb"
    assert path.read_text().count(old) == 1
    path.write_text(path.read_text().replace(old, new))


def regrade(root: Path) -> tuple[dict[str, dict[str, Any]], set[str], set[str]]:
    """Grade again.

    Returns:
        The records; the students' notebooks that ran again; the verdicts that were kept anew.
    """
    before, files = verdicts_kept(root), autograded(root)
    code, out, err = grade(root, "--sandbox", "none", "--format", "json")
    assert code == 0, err
    after = verdicts_kept(root)
    assert {name: after.get(name) for name in before} == before
    changed = {name for name, text in autograded(root).items() if files.get(name) != text}
    return records(out), changed, set(after) - set(before)


def grades(root: Path, student: str) -> dict[tuple[str, str], tuple[Any, ...]]:
    """The automatic score, the score by hand, and whether a person must look, by notebook and cell."""
    return {(row[2], row[3]): (row[4], row[5], row[7]) for row in gradebook(root)["grades"] if row[0] == student}


def test_a_class_that_has_not_changed_is_left_alone(course: Path) -> None:
    before = gradebook(course)
    _, changed, anew = regrade(course)
    assert (changed, anew) == (set(), set())
    assert gradebook(course) == before


def test_a_changed_hidden_test_runs_its_own_notebook_again_and_no_other(course: Path) -> None:
    before = {student: grades(course, student) for student in STUDENTS}
    hand = given_by_hand(course)
    change(course, "second", "assert cube(3.0) == 3.0**3", "assert cube(3.0) == 28")
    results, _, anew = regrade(course)
    # One verdict file for the second notebook of each student; none for the first.
    assert len(anew) == len(STUDENTS)
    for student in STUDENTS:
        after = grades(course, student)
        assert after.pop(("second", "cube-test")) == (0.0, None, 0)
        assert before[student].pop(("second", "cube-test")) == (2.0, None, 0)
        assert {cell: row[:2] for cell, row in after.items()} == {
            cell: row[:2] for cell, row in before[student].items()
        }
        assert [cell["status"] for cell in results[student]["cells"] if cell["id"] == "cube-test"] == ["failed"]
    assert given_by_hand(course) == hand


def test_what_a_person_gave_is_to_be_looked_at_again_only_where_the_notebook_was_graded_again(course: Path) -> None:
    change(course, "first", "assert half(3.0) == 3.0 / 2", "assert half(5.0) == 2.5")
    hand = given_by_hand(course)
    regrade(course)
    assert given_by_hand(course) == hand
    assert grades(course, "bob")["first", "square-test"] == (0.0, 1.5, 1)
    assert grades(course, "bob")["first", "half-test"] == (2.0, None, 0)
    assert grades(course, "ann")["first", "why"] == (None, 2.0, 1)
    assert grades(course, "cid")["first", "why"] == (None, None, 1)


def test_an_edit_of_prose_runs_nothing_again(course: Path) -> None:
    before = gradebook(course)
    change(course, "first", "# Powers", "# Powers of x")
    results, changed, anew = regrade(course)
    assert anew == set()
    assert {student: record["score"] for student, record in results.items()} == {"ann": 6.0, "bob": 4.0, "cid": 6.0}
    assert given_by_hand(course)
    assert {row[:6] for row in before["grades"]} == {row[:6] for row in gradebook(course)["grades"]}
    assert all(name.endswith("first.ipynb") for name in changed)


def test_changed_points_count_for_everybody_and_leave_what_a_person_gave(course: Path) -> None:
    hand = given_by_hand(course)
    path = course / "source" / LAB / "second.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[2].metadata.nbgrader.points = 5
    nbformat.write(notebook, path)
    results, _, _ = regrade(course)
    for student in STUDENTS:
        assert grades(course, student)["second", "cube-test"] == (5.0, None, 0)
        assert results[student]["max_score"] == 12.0
    assert given_by_hand(course) == hand


def test_a_student_who_hands_in_again_is_graded_again_alone(course: Path) -> None:
    before = {student: grades(course, student) for student in STUDENTS}
    hand = given_by_hand(course)
    hand_in(course, "bob", submission(words="Now I know.", exercises=NOTEBOOKS["first"]), "first")
    results, changed, anew = regrade(course)
    assert len(anew) == 1
    assert {Path(name).parts[1] for name in changed} == {"bob"}
    assert results["bob"]["score"] == 6.0
    # The person gave 1.5 to an answer that is another now.
    assert grades(course, "bob")["first", "square-test"] == (2.0, 1.5, 1)
    assert given_by_hand(course) == hand
    assert {student: grades(course, student) for student in ("ann", "cid")} == {
        student: before[student] for student in ("ann", "cid")
    }
