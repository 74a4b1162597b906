"""Keys change with everything that a verdict depends on, and with nothing else."""

import os
from dataclasses import replace
from pathlib import Path

from autograder.cells import Cell, LabNotebook, Role, SubmittedNotebook
from autograder.grading.cache_keys import key_of_case, key_of_folder, key_of_lesson
from autograder.judging.case import Case
from autograder.limits import Limits
from autograder.wall.profile import Profile

PROSE = Cell("markdown", Role.FREE, "Some words.")
TEST = Cell("code", Role.TEST, "assert f(2) == 4", "f-test", 1.0)
LESSON = LabNotebook("lab", (PROSE, TEST), (PROSE, TEST))
CASE = Case(SubmittedNotebook("lab", (PROSE, TEST)), {}, b"secret", Profile(), Limits())


def lesson(notebook: LabNotebook = LESSON, limits: Limits = CASE.limits, mode: str = "bubblewrap") -> str:
    return key_of_lesson(notebook, {"data.csv": b"1"}, limits, mode)


def test_prose_does_not_matter() -> None:
    other = replace(PROSE, source="Other words.")
    assert lesson(LabNotebook("lab", (other, TEST), (other, TEST))) == lesson()
    submitted = replace(CASE, submitted=SubmittedNotebook("lab", (other, TEST)))
    assert key_of_case("lesson", submitted) == key_of_case("lesson", CASE)


def test_all_else_of_a_lesson_matters() -> None:
    harder = replace(TEST, source="assert f(3) == 9")
    keys = {
        lesson(),
        lesson(LabNotebook("lab", (PROSE, harder), (PROSE, TEST))),
        lesson(LabNotebook("lab", (PROSE, TEST), (PROSE, harder))),
        lesson(LabNotebook("lab", (PROSE, replace(TEST, points=2.0)), (PROSE, TEST))),
        lesson(limits=Limits(cell_seconds=1.0)),
        lesson(mode="none"),
        key_of_lesson(LESSON, {"data.csv": b"2"}, CASE.limits, "bubblewrap"),
    }
    assert len(keys) == 7


def test_all_else_of_a_submission_matters() -> None:
    longer = SubmittedNotebook("lab", (PROSE, PROSE, TEST))
    keys = {
        key_of_case("lesson", CASE),
        key_of_case("other lesson", CASE),
        key_of_case("lesson", replace(CASE, submitted=longer)),
        key_of_case("lesson", replace(CASE, submitted=replace(CASE.submitted, unanswered=frozenset(["f"])))),
        key_of_case("lesson", replace(CASE, files={"own.csv": b"1"})),
        key_of_case("lesson", replace(CASE, secret=b"of another student")),
    }
    assert len(keys) == 6


def test_whatever_changes_in_a_folder_changes_its_key(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x.csv").write_text("1")
    seen = [key_of_folder("lab", tmp_path), key_of_folder("other lab", tmp_path)]
    (tmp_path / "data" / "x.csv").write_text("2")
    seen.append(key_of_folder("lab", tmp_path))
    (tmp_path / "data" / "x.csv").rename(tmp_path / "data" / "y.csv")
    seen.append(key_of_folder("lab", tmp_path))
    (tmp_path / "link").symlink_to(tmp_path / "data")
    seen.append(key_of_folder("lab", tmp_path))
    os.mkfifo(tmp_path / "pipe")
    seen.append(key_of_folder("lab", tmp_path))
    assert len(set(seen)) == len(seen)
    assert key_of_folder("lab", tmp_path) == seen[-1]
