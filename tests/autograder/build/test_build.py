"""The whole build, with the real nbgrader, the real grader and a real kernel."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.build.build import build
from autograder.build.files import contents
from autograder.course.course import Course
from autograder.errors import ExpectedError
from autograder.gradebook.labs import read_lab
from autograder.grading.cache_keys import notebook_key
from autograder.grading.local_executor import measures
from autograder.grading.lock import exclusive_lock
from autograder.grading.terms import Terms
from autograder.limits import Limits
from autograder.sandbox.mode import Mode

WriteLab = Callable[..., Path]
LAB_WITHOUT_END = """\
# %% nbgrader={"grade_id": "square", "solution": true}
### BEGIN SOLUTION
"""
GRADED = """\
assert square(2) == 4, "2 squared is 4"
### BEGIN HIDDEN TESTS
assert square(torch.tensor(3.0)) == 9
### END HIDDEN TESTS"""


@pytest.fixture(scope="module")
def built_course(tmp_path_factory: pytest.TempPathFactory, source_text: str, configuration: str) -> Path:
    """A course whose lab is built, for tests to copy."""
    root = tmp_path_factory.mktemp("built") / "math"
    (root / "course").mkdir(parents=True)
    (root / "course" / "squares.py").write_text(source_text, encoding="utf-8")
    (root / "nbgrader_config.py").write_text(configuration, encoding="utf-8")
    make(root)
    return root


@pytest.fixture
def course(built_course: Path, tmp_path: Path) -> Path:
    """A copy of the course, with the lab built."""
    return Path(shutil.copytree(built_course, tmp_path / "math"))


def rewrite(root: Path, text: str) -> None:
    (root / "course" / "squares.py").write_text(text, encoding="utf-8")


def make(root: Path) -> None:
    # The sandbox has tests of its own.
    build(root, mode=Mode.NONE)


def folders(root: Path) -> dict[str, dict[str, bytes]]:
    return {step: contents(root / step) for step in ("source", "release", "solutions")}


SHOWN = '# %% tags=["autograder:skip"]\nsides = [square(side) for side in range(5)]\nprint(sides)\n'


def source_of(root: Path, step: str) -> str:
    notebook = nbformat.read(root / step / "squares" / "squares.ipynb", as_version=4)
    return "\n".join(cell.source for cell in notebook.cells)


def tags_of(root: Path, step: str) -> list[str]:
    notebook = nbformat.read(root / step / "squares" / "squares.ipynb", as_version=4)
    return [tag for cell in notebook.cells for tag in cell.metadata.get("tags", [])]


def test_a_lab_is_built_and_stays_the_same(write_lab: WriteLab, source_text: str) -> None:
    text = source_text.replace("# %% [markdown] nbgrader", f"{SHOWN}\n# %% [markdown] nbgrader", 1)
    root = write_lab(text)
    (root / "course" / "squares").mkdir()
    (root / "course" / "squares" / "numbers.txt").write_text("1 2 3")
    report = build(root, mode=Mode.NONE)
    (lab,) = report.labs
    assert (lab.name, lab.points, lab.exercises, lab.advice) == ("squares", 6.0, 3, ())

    source, release, solution = (source_of(root, step) for step in ("source", "release", "solutions"))
    assert "return x * x" in source
    assert "torch.tensor(3.0)" in source
    assert "MARK SCHEME" in source
    assert "x * x" not in release
    assert "torch.tensor(3.0)" not in release
    assert "right angles" not in release
    assert "two equal sides" not in release
    assert "return x * x" in solution
    assert "torch.tensor(3.0)" not in solution
    assert "right angles" not in solution
    for step in ("source", "release", "solutions"):
        assert tags_of(root, step) == ["autograder:skip"]
        assert (root / step / "squares" / "numbers.txt").read_text() == "1 2 3"

    first = folders(root)
    make(root)
    assert folders(root) == first
    with sqlite3.connect(root / "gradebook.db") as database:
        assert database.execute("select name from assignment").fetchall() == [("squares",)]
    database.close()


def test_the_first_run_that_grades_need_not_find_out_what_the_build_did(course: Path) -> None:
    opened = Course.open(course)
    lab = read_lab(opened, "squares")
    key = notebook_key(lab.notebooks[0], lab.files, Terms(Limits(), Mode.NONE))
    assert measures(opened.state).find(key) is not None


def test_a_check_of_a_lab_that_was_never_built_names_all_its_files(write_lab: WriteLab) -> None:
    root = write_lab()
    report = build(root, check=True)
    assert report.labs[0].outdated == ("source/squares/squares.ipynb", "release/squares/squares.ipynb")
    assert not (root / "source").exists()


def test_a_check_finds_what_is_out_of_date_and_changes_nothing(course: Path, source_text: str) -> None:
    root = course
    assert build(root, check=True).current

    rewrite(root, source_text.replace("x * x", "x**2"))
    before = contents(root)
    report = build(root, check=True)
    assert not report.current
    assert report.labs[0].outdated == ("source/squares/squares.ipynb",)
    assert contents(root) == before


def test_a_check_names_folders_without_a_lab(course: Path) -> None:
    root = course
    (root / "release" / "circles").mkdir()
    assert build(root, check=True).orphans == ("release/circles",)
    assert build(root, ["squares"], check=True).current


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            GRADED,
            "assert torch.ones(3).sum() == 3",
            r"line 15, cell 'square-test': the released notebook, as it is, earns 2 of 2 points",
        ),
        ("return x * x", "return x + x + 1", r"line 15, cell 'square-test': the worked solution earns 0 of 2 points"),
        (
            "assert square(torch.tensor(3.0)) == 9",
            "assert square(open) == 9",
            r"line 15, cell 'square-test': the worked solution earns 0 of 2 points",
        ),
        ("### END SOLUTION", "", r"line 10, cell 'square': the solution lines begin here but never end"),
        ('"points": 2', '"locked": true', r"line 15, cell 'square-test': it is graded but has no points"),
        ("# # Squares", "# # Squares\n# return x * x", r"gives away one of the solution lines"),
        (
            "# %%\nimport torch",
            '# %% tags=["autograder:skip"]\nimport torch',
            r"line 4, cell 2: it has the tag 'autograder:skip', .* skipped: the test 'square-test' uses 'torch'",
        ),
    ],
)
def test_a_refused_lab_leaves_everything_as_it_was(
    course: Path, source_text: str, old: str, new: str, problem: str
) -> None:
    assert old in source_text
    rewrite(course, source_text.replace(old, new))
    before = contents(course)
    with pytest.raises(ExpectedError, match=problem) as refusal:
        make(course)
    assert refusal.value.problem.startswith("course/squares.py, line ")
    assert refusal.value.cure
    assert contents(course) == before


def test_a_lab_that_students_have_handed_in_keeps_its_cells(course: Path, source_text: str) -> None:
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        gradebook.add_student("ada")
        with gradebook.db.no_autoflush:
            gradebook.add_submission("squares", "ada")
    rewrite(course, source_text.replace("2 squared is 4", "two squared is four"))
    make(course)
    rewrite(
        course, source_text + '\n# %% nbgrader={"grade_id": "new", "grade": true, "points": 1}\nassert square(3) == 9\n'
    )
    before = folders(course)
    with pytest.raises(ExpectedError, match="The gradebook holds submissions to 'squares'"):
        make(course)
    assert folders(course) == before
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        assert [cell.name for cell in gradebook.find_assignment("squares").notebooks[0].grade_cells] == [
            *("square-test", "why"),
        ]


def test_a_folder_that_is_no_course_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExpectedError, match="not a course"):
        make(tmp_path)


def test_a_header_is_refused(write_lab: WriteLab) -> None:
    with pytest.raises(ExpectedError, match="adds a header or a footer"):
        make(write_lab(configuration='c.IncludeHeaderFooter.header = "header.ipynb"\n'))


def test_a_notebook_among_the_data_is_refused(write_lab: WriteLab) -> None:
    root = write_lab()
    (root / "course" / "squares").mkdir()
    (root / "course" / "squares" / "other.ipynb").write_text("{}")
    with pytest.raises(ExpectedError, match=r"holds a notebook, other\.ipynb"):
        make(root)


def test_one_build_at_a_time_and_nothing_is_left_of_one_that_was_killed(write_lab: WriteLab) -> None:
    root = write_lab(LAB_WITHOUT_END)
    state = Course.open(root).state
    (state / "build-killed" / "source").mkdir(parents=True)
    with (
        exclusive_lock(state / "building", "busy"),
        pytest.raises(ExpectedError, match="Another autograder is building labs"),
    ):
        make(root)
    assert (state / "build-killed").is_dir()
    with pytest.raises(ExpectedError, match=r"course/squares\.py"):
        make(root)
    assert [path.name for path in state.iterdir()] == ["building"]
    assert not (root / "gradebook.db").exists()
