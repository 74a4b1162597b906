"""Courses on disk: nbgrader's own example, small ones, and broken ones."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from autograder.cells import Role
from autograder.course.course import Course
from autograder.errors import ExpectedError
from autograder.gradebook.labs import read_lab, record_lab
from autograder.repair import repair_notebook
from autograder.untrusted.notebooks import parse

MakeCell = Callable[..., NotebookNode]
MakeCourse = Callable[..., Path]

SOLUTION = "def f(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
TEST = "assert f(1) == 2\n### BEGIN HIDDEN TESTS\nassert f(21) == 42\n### END HIDDEN TESTS\nassert f(0) == 0"


def _cells(make_cell: MakeCell, solution: str = SOLUTION, test: str = TEST) -> list[NotebookNode]:
    return [make_cell(solution, Role.SOLUTION, "f"), make_cell(test, Role.TEST, "f-test", 2)]


def test_nbgraders_own_course(quickstart: Path) -> None:
    course = Course.open(quickstart)
    assert (course.course_id, course.labs(), course.students("ps1")) == ("demo", ["ps1"], ["bitdiddle", "hacker"])
    lab = read_lab(course, "ps1")
    assert [notebook.name for notebook in lab.notebooks] == ["problem1", "problem2"]
    problem1 = lab.notebooks[0]
    graded = {cell.grade_id: (cell.role, cell.points) for cell in problem1.source if cell.graded}
    assert graded["correct_squares"] == (Role.TEST, 1.0)
    assert graded["sum_of_squares_equation"] == (Role.ANSWER, 1.0)
    assert graded["cell-938593c4a215c6cc"] == (Role.TASK, 4.0)
    assert len(problem1.source) == len(problem1.released)
    assert "Before you turn this problem in" in problem1.source[0].source
    assert set(lab.files) == {"jupyter.png"}
    assert course.submitted_at("hacker", "ps1") == datetime(2015, 2, 1, 17, 28, 58, 749302)
    assert course.submission_folder("hacker", "ps1") == quickstart / "submitted" / "hacker" / "ps1"


def test_what_nbgrader_has_not_released_is_released_in_memory(make_cell: MakeCell, make_course: MakeCourse) -> None:
    course = Course.open(make_course(main=_cells(make_cell)))
    solution, test = read_lab(course, "lab").notebooks[0].released
    assert solution.source == "def f(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    assert test.source == "assert f(1) == 2\nassert f(0) == 0"
    assert read_lab(course, "lab").notebooks[0].source[1].source == TEST


def test_a_release_on_disk_wins(make_cell: MakeCell, make_course: MakeCourse) -> None:
    make_course(main=_cells(make_cell))
    root = make_course(step="release", main=_cells(make_cell, "def f(x): ...", "assert f"))
    assert [cell.source for cell in read_lab(Course.open(root), "lab").notebooks[0].released] == [
        "def f(x): ...",
        "assert f",
    ]


def test_a_release_of_another_source_is_refused(make_cell: MakeCell, make_course: MakeCourse) -> None:
    make_course(main=_cells(make_cell))
    root = make_course(step="release", main=[make_cell("x", Role.SOLUTION, "g")])
    with pytest.raises(ExpectedError, match="is not the release of") as caught:
        read_lab(Course.open(root), "lab")
    assert "nbgrader generate_assignment lab" in caught.value.cure


def test_the_tag_of_an_instructors_test_demands_the_wall(make_cell: MakeCell, make_course: MakeCourse) -> None:
    cells = _cells(make_cell)
    cells[1].metadata["tags"] = ["slow", "autograder:wall"]
    root = make_course(main=cells)
    make_course(step="release", main=_cells(make_cell, "def f(x): ...", "assert f"))
    (notebook,) = read_lab(Course.open(root), "lab").notebooks
    assert [cell.wall_only for cell in notebook.source] == [False, True]
    assert not any(cell.wall_only for cell in notebook.released)


def test_the_tag_of_an_instructors_lesson_cell_is_the_released_ones(make_course: MakeCourse) -> None:
    tagged, plain = (nbformat.v4.new_code_cell(text) for text in ("print(1)", "print(2)"))
    tagged.metadata["tags"] = ["autograder:skip"]
    root = make_course(main=[tagged, plain])
    other, same = (nbformat.v4.new_code_cell(text) for text in ("print(1)", "print(2)"))
    same.metadata["tags"] = ["autograder:skip"]
    make_course(step="release", main=[other, same])
    (notebook,) = read_lab(Course.open(root), "lab").notebooks
    assert [cell.skipped for cell in notebook.source] == [True, False]
    assert [cell.skipped for cell in notebook.released] == [True, False]


@pytest.mark.parametrize(
    ("place", "tag"),
    [(1, "autograder:walled"), (0, "autograder:wall"), (0, "autograder:skip"), (1, "autograder:skip")],
)
def test_a_tag_that_would_have_no_effect_is_refused(
    make_cell: MakeCell, make_course: MakeCourse, place: int, tag: str
) -> None:
    cells = _cells(make_cell)
    cells[place].metadata["tags"] = [tag]
    cell = cells[place].metadata.nbgrader.grade_id
    with pytest.raises(ExpectedError, match=f"lab/main.ipynb, cell '{cell}': it has the tag '{tag}'"):
        read_lab(Course.open(make_course(main=cells)), "lab")


def test_a_students_own_tag_changes_nothing(make_cell: MakeCell, make_course: MakeCourse) -> None:
    root = make_course(main=_cells(make_cell))
    (notebook,) = read_lab(Course.open(root), "lab").notebooks
    cells = _cells(make_cell, "def f(x): return 2 * x", "assert f(1) == 2\nassert f(0) == 0")
    handed_in = nbformat.v4.new_notebook(cells=cells)
    submitted = []
    for tags in ([], ["autograder:wall"], ["autograder:beside", 7], ["autograder:skip"], "autograder:wall"):
        for cell in handed_in.cells:
            cell.metadata["tags"] = tags
        parsed = parse(json.dumps(handed_in).encode(), "main.ipynb")
        submitted.append(repair_notebook("main", parsed, notebook.released))
    assert submitted == [submitted[0]] * 5
    assert not any(cell.wall_only for cell in submitted[0].cells)
    assert not submitted[0].flags


def test_configured_delimiters_and_stubs_are_honoured(make_cell: MakeCell, make_course: MakeCourse) -> None:
    configuration = (
        'c.ClearSolutions.begin_solution_delimeter = "VON"\nc.ClearSolutions.end_solution_delimeter = "BIS"\n'
        'c.ClearSolutions.code_stub = {"python": "..."}\n'
        'c.ClearHiddenTests.begin_test_delimeter = "GEHEIM"\nc.ClearHiddenTests.end_test_delimeter = "OFFEN"\n'
    )
    test = "assert f\n# GEHEIM\nassert f(1)\n# OFFEN\nassert 1"
    root = make_course(configuration, main=_cells(make_cell, "# VON\nf = 1\n# BIS", test))
    course = Course.open(root)
    assert [cell.source for cell in read_lab(course, "lab").notebooks[0].released] == ["...", "assert f\nassert 1"]


def test_other_folders(make_cell: MakeCell, make_course: MakeCourse) -> None:
    root = make_course(
        'c.CourseDirectory.directory_structure = "{nbgrader_step}/{assignment_id}/{student_id}"\n'
        'c.CourseDirectory.submitted_directory = "inbox"\nc.CourseDirectory.db_url = "sqlite:///marks.db"\n'
        'c.CourseDirectory.student_id_exclude = "mallory"\n'
    )
    for student in ("alice", "mallory"):
        (root / "inbox" / "lab" / student).mkdir(parents=True)
    course = Course.open(root)
    assert course.students("lab") == ["alice"]
    assert course.gradebook_url == f"sqlite:///{root}/marks.db"


def test_ignored_files_are_no_data_files(make_cell: MakeCell, make_course: MakeCourse) -> None:
    root = make_course('c.CourseDirectory.ignore = ["*.bak"]', main=_cells(make_cell))
    (root / "source" / "lab" / "data").mkdir()
    (root / "source" / "lab" / "data" / "x.csv").write_text("1,2")
    (root / "source" / "lab" / "old.bak").write_text("secret")
    assert read_lab(Course.open(root), "lab").files == {"data/x.csv": b"1,2"}


def test_a_folder_without_configuration_is_no_course(tmp_path: Path) -> None:
    with pytest.raises(ExpectedError, match=r"no nbgrader_config\.py"):
        Course.open(tmp_path)


@pytest.mark.parametrize("configuration", ["1 / 0", "def", "c.CourseDirectory.course_id = 5"])
def test_a_broken_configuration_is_named(make_course: MakeCourse, configuration: str) -> None:
    with pytest.raises(ExpectedError, match=r"nbgrader_config\.py cannot be read"):
        Course.open(make_course(configuration))


def test_a_configuration_elsewhere_does_not_matter(
    make_course: MakeCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "nbgrader_config.py").write_text('c = get_config()\nc.CourseDirectory.submitted_directory = "other"')
    monkeypatch.chdir(tmp_path)
    assert Course.open(make_course()).directory.submitted_directory == "submitted"


def test_missing_labs_and_students_are_named(quickstart: Path, make_course: MakeCourse) -> None:
    course = Course.open(quickstart)
    for ask, problem, cure in (
        (lambda: read_lab(course, "ps2"), "no lab 'ps2'", "Did you mean 'ps1'"),
        (lambda: read_lab(course, "optimisers"), "no lab 'optimisers'", "There are: ps1"),
        (lambda: course.submission_folder("hackr", "ps1"), "by 'hackr'", "Did you mean 'hacker'"),
        (lambda: course.submission_folder("../hacker", "ps1"), "by '../hacker'", "Did you mean 'hacker'"),
        (lambda: course.submission_folder("hacker", "ps2"), "Nobody has submitted", ""),
        (lambda: read_lab(Course.open(make_course()), "x"), "There is no lab in", "Put each lab"),
    ):
        with pytest.raises(ExpectedError, match=problem) as caught:
            ask()
        assert cure in caught.value.cure


def test_a_broken_source_is_named(make_cell: MakeCell, make_course: MakeCourse) -> None:
    root = make_course(main=[*_cells(make_cell), *_cells(make_cell)])
    with pytest.raises(ExpectedError, match=r"main\.ipynb: its nbgrader metadata are broken \(Duplicate grade id"):
        read_lab(Course.open(root), "lab")
    (root / "source" / "lab" / "main.ipynb").write_text("nonsense")
    with pytest.raises(ExpectedError, match=r"main\.ipynb: it cannot be read as a notebook"):
        read_lab(Course.open(root), "lab")


def test_unbalanced_delimiters_are_named(make_cell: MakeCell, make_course: MakeCourse) -> None:
    root = make_course(main=_cells(make_cell, solution="### BEGIN SOLUTION\nx = 1"))
    with pytest.raises(ExpectedError, match=r"lab/main\.ipynb: nbgrader's ClearSolutions refuses it"):
        read_lab(Course.open(root), "lab")


@pytest.mark.parametrize(
    "text", ["yesterday, I think", "1" * 40 + "h", "\N{ROMAN NUMERAL ONE}:00", "2026-11-22 14:05" * 20]
)
def test_a_timestamp_that_is_none_is_named(quickstart: Path, text: str) -> None:
    (quickstart / "submitted" / "hacker" / "ps1" / "timestamp.txt").write_text(text, encoding="utf-8")
    with pytest.raises(ExpectedError, match=r"timestamp\.txt: it holds no date"):
        Course.open(quickstart).submitted_at("hacker", "ps1")


@pytest.mark.slow
def test_recording_a_lab_is_what_nbgrader_does(quickstart: Path, run_nbgrader: Callable[..., str]) -> None:
    course = Course.open(quickstart)
    record_lab(course, "ps1")
    assert not (quickstart / "release").exists()

    def recorded() -> list[tuple[object, ...]]:
        with Gradebook(course.gradebook_url, course.course_id) as gradebook:
            return sorted(
                (notebook.name, cell.name, cell.source, cell.checksum, cell.locked, cell.cell_type)
                for notebook in gradebook.find_assignment("ps1").notebooks
                for cell in notebook.source_cells
            )

    ours = recorded()
    (quickstart / "gradebook.db").unlink()
    run_nbgrader(quickstart, "generate_assignment", "ps1")
    assert ours == recorded()


@pytest.mark.slow
def test_generated_tests_come_from_the_gradebook(autotest_course: Path, run_nbgrader: Callable[..., str]) -> None:
    course = Course.open(autotest_course)
    with pytest.raises(ExpectedError, match="generated tests are not in the gradebook") as caught:
        read_lab(course, "ps1")
    assert caught.value.cure == "Run: nbgrader generate_assignment ps1"
    run_nbgrader(autotest_course, "generate_assignment", "ps1")
    tests = [cell for cell in read_lab(course, "ps1").notebooks[0].source if cell.role is Role.TEST]
    assert tests
    assert all("AUTOTEST" not in cell.source for cell in tests)
    assert any("assert" in cell.source for cell in tests)
