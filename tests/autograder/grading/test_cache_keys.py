"""Keys change with everything that a verdict depends on, and with nothing else."""

import os
from dataclasses import replace
from pathlib import Path

from autograder.cells import Cell, Lab, LabNotebook, Role, SubmittedNotebook
from autograder.grading.cache_keys import case_key, lab_key, notebook_key, submission_key
from autograder.grading.terms import Terms
from autograder.judging.case import Case
from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.verdicts import Level
from autograder.wall.profile import Profile

PROSE = Cell("markdown", Role.FREE, "Some words.")
TEST = Cell("code", Role.TEST, "assert f(2) == 4", "f-test", 1.0)
NOTEBOOK = LabNotebook("lab", (PROSE, TEST), (PROSE, TEST))
CASE = Case(SubmittedNotebook("lab", (PROSE, TEST)), {}, b"secret", Profile(), Limits())


TERMS = Terms(Limits(), Mode.BUBBLEWRAP)


def key(notebook: LabNotebook = NOTEBOOK, terms: Terms = TERMS) -> str:
    return notebook_key(notebook, {"data.csv": b"1"}, terms)


def test_prose_does_not_matter() -> None:
    other = replace(PROSE, source="Other words.")
    assert key(LabNotebook("lab", (other, TEST), (other, TEST))) == key()
    submitted = replace(CASE, submitted=SubmittedNotebook("lab", (other, TEST)))
    assert case_key("notebook", submitted) == case_key("notebook", CASE)


def test_all_else_of_an_instructors_notebook_matters() -> None:
    harder = replace(TEST, source="assert f(3) == 9")
    keys = {
        key(),
        key(LabNotebook("lab", (PROSE, harder), (PROSE, TEST))),
        key(LabNotebook("lab", (PROSE, TEST), (PROSE, harder))),
        key(LabNotebook("lab", (PROSE, replace(TEST, points=2.0)), (PROSE, TEST))),
        key(terms=Terms(Limits(cell_seconds=1.0), Mode.BUBBLEWRAP)),
        key(terms=Terms(Limits(), Mode.NONE)),
        key(terms=Terms(Limits(), Mode.BUBBLEWRAP, level=Level.WALL)),
        key(LabNotebook("lab", (PROSE, replace(TEST, wall_only=True)), (PROSE, TEST))),
        key(LabNotebook("lab", (PROSE, replace(TEST, skipped=True)), (PROSE, TEST))),
        notebook_key(NOTEBOOK, {"data.csv": b"2"}, TERMS),
    }
    assert len(keys) == 10


def test_what_is_written_about_a_submission_depends_on_the_terms() -> None:
    lab = Lab("lab", (NOTEBOOK,), {})
    terms = (TERMS, replace(TERMS, level=Level.WALL), replace(TERMS, mode=Mode.NONE), replace(TERMS, workers=7))
    keys = [lab_key(lab, each, b"", b"") for each in terms]
    assert len(set(keys)) == 3
    assert keys[3] == keys[0]


def test_all_else_of_a_submission_matters() -> None:
    longer = SubmittedNotebook("lab", (PROSE, PROSE, TEST))
    keys = {
        case_key("notebook", CASE),
        case_key("other notebook", CASE),
        case_key("notebook", replace(CASE, submitted=longer)),
        case_key("notebook", replace(CASE, submitted=replace(CASE.submitted, unanswered=frozenset(["f"])))),
        case_key("notebook", replace(CASE, files={"own.csv": b"1"})),
        case_key("notebook", replace(CASE, secret=b"of another student")),
    }
    assert len(keys) == 6


def test_whatever_changes_in_a_folder_changes_its_key(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x.csv").write_text("1")
    seen = [submission_key("lab", tmp_path), submission_key("other lab", tmp_path)]
    (tmp_path / "data" / "x.csv").write_text("2")
    seen.append(submission_key("lab", tmp_path))
    (tmp_path / "data" / "x.csv").rename(tmp_path / "data" / "y.csv")
    seen.append(submission_key("lab", tmp_path))
    (tmp_path / "link").symlink_to(tmp_path / "data")
    seen.append(submission_key("lab", tmp_path))
    os.mkfifo(tmp_path / "pipe")
    seen.append(submission_key("lab", tmp_path))
    assert len(set(seen)) == len(seen)
    assert submission_key("lab", tmp_path) == seen[-1]
