"""A course's labs and the gradebook: labs are recorded in it, and tests that nbgrader generates are read from it."""

from collections.abc import Mapping, Sequence
from functools import partial

from nbformat import NotebookNode
from nbgrader.api import MissingEntry
from nbgrader.utils import is_grade, is_locked, is_solution, is_task

from autograder.cells import Lab, LabNotebook, Role
from autograder.course import release
from autograder.course.course import Course
from autograder.errors import ExpectedError
from autograder.gradebook.connection import NoGradebookError, alembic_on_path, explained, reading, writing
from autograder.gradebook.records import (
    GRADED,
    LabNotebookRecord,
    LabRecord,
    add_missing,
    read_lab_record,
    read_submission_record,
)

_KINDS = {
    Role.TEST: {"GradeCell"},
    Role.ANSWER: {"GradeCell", "SolutionCell"},
    Role.SOLUTION: {"SolutionCell"},
    Role.TASK: {"TaskCell"},
}
"""The entries that nbgrader makes for a cell."""


def read_lab(course: Course, name: str) -> Lab:
    """Read a lab: the instructor's cells, the released cells, the data files.

    Raises:
        ExpectedError: there is no such lab, or one of its notebooks is broken or older than its source, or tests that
            nbgrader generates are not in the gradebook.
    """

    def generated_tests(lab: str, notebook: str, grade_ids: Sequence[str]) -> Mapping[str, str]:
        cure = f"Run: nbgrader generate_assignment {lab}"
        try:
            with reading(course.gradebook_url, cure) as gradebook:
                return {it: gradebook.find_source_cell(it, notebook, lab).source for it in grade_ids}
        except (MissingEntry, NoGradebookError) as error:
            problem = f"{lab}/{notebook}.ipynb: its generated tests are not in the gradebook."
            raise ExpectedError(problem, cure) from error

    return course.lab(name, generated_tests, lambda: _has_submissions(course, name))


def _has_submissions(course: Course, name: str) -> bool:
    """Whether the gradebook holds submissions to a lab; nbgrader then adds no cells to it."""
    try:
        with reading(course.gradebook_url) as gradebook:
            return bool(gradebook.assignment_submissions(name))
    except (MissingEntry, NoGradebookError):
        return False


def record_lab(course: Course, name: str) -> None:
    """Write a lab's cells into the gradebook, as ``nbgrader generate_assignment`` does; release/ is left alone.

    Raises:
        ExpectedError: there is no such lab, nbgrader refuses it, or the gradebook cannot be written.
    """
    folder = course.source_folder(name)
    url = course.gradebook_url
    with explained(url), alembic_on_path():
        with writing(url, course.course_id) as gradebook:
            gradebook.update_or_create_assignment(name)
        for path in course.source_notebooks(name):
            names = {"notebook": path.stem, "assignment": name, "db_url": url, "path": str(folder)}
            admit = partial(_admit_changed_cells, course, name, path.stem)
            release.record(release.read_instructors(path), course.application, names, admit)


def _admit_changed_cells(course: Course, lab: str, name: str, notebook: NotebookNode) -> None:
    """Add the cells that a notebook has got since submissions were graded: nbgrader refuses to.

    Each submission gets an entry for them. Read-only cells without points may be removed.

    Raises:
        ExpectedError: a cell was removed that has a grade or a comment in each submission.
    """
    with writing(course.gradebook_url, course.course_id) as gradebook:
        try:
            known = gradebook.find_notebook(name, lab)
        except MissingEntry:
            return
        if not known.submissions:
            return
        there = {
            "grade": {it.name for it in known.grade_cells},
            "solution": {it.name for it in known.solution_cells},
            "task": {it.name for it in known.task_cells},
        }
        cells = [(cell.metadata.nbgrader["grade_id"], cell) for cell in notebook.cells if _is_recorded(cell)]
        now = {
            "grade": {grade_id for grade_id, cell in cells if is_grade(cell)},
            "solution": {grade_id for grade_id, cell in cells if is_solution(cell)},
            "task": {grade_id for grade_id, cell in cells if is_task(cell)},
        }
        gone = sorted(set().union(*(there[kind] - now[kind] for kind in there)))
        if gone:
            raise ExpectedError(
                f"{lab}/{name}.ipynb: submissions were graded with the cell {gone[0]!r}, which the notebook has no "
                "longer, or as a cell of another kind.",
                "Put it back as it was; a test that nobody needs may be worth 0 points. Or forget all grades of the "
                f"lab: nbgrader db assignment remove {lab} --force",
            )
        for grade_id, cell in cells:
            points = float(cell.metadata.nbgrader.get("points") or 0.0)
            if grade_id in now["grade"] - there["grade"]:
                gradebook.update_or_create_grade_cell(grade_id, name, lab, max_score=points, cell_type=cell.cell_type)
            if grade_id in now["solution"] - there["solution"]:
                gradebook.update_or_create_solution_cell(grade_id, name, lab)
            if grade_id in now["task"] - there["task"]:
                gradebook.update_or_create_task_cell(grade_id, name, lab, max_score=points, cell_type=cell.cell_type)
            gradebook.update_or_create_source_cell(grade_id, name, lab, cell_type=cell.cell_type)
        for source in known.source_cells:
            if source.name not in dict(cells):
                gradebook.db.delete(source)
        gradebook.db.commit()
        record = read_lab_record(gradebook, lab)
        if record is not None and any(now[kind] - there[kind] for kind in there):
            for student in [it.student_id for it in gradebook.assignment_submissions(lab)]:
                add_missing(gradebook.db, record, student, read_submission_record(gradebook.db, record, student))
            gradebook.db.commit()


def _is_recorded(cell: NotebookNode) -> bool:
    return any(kind(cell) for kind in (is_grade, is_solution, is_locked, is_task))


def is_current(known: LabRecord, lab: Lab) -> bool:
    """Whether the gradebook has a lab as it is now: its cells, their points and their texts."""
    notebooks = {notebook.name: notebook for notebook in known.notebooks}
    return notebooks.keys() == {notebook.name for notebook in lab.notebooks} and all(
        _is_current(notebooks[notebook.name], notebook) for notebook in lab.notebooks
    )


def _is_current(known: LabNotebookRecord, notebook: LabNotebook) -> bool:
    cells = {
        (cell.grade_id, kind, cell.points if kind in GRADED else None)
        for cell in notebook.source
        for kind in _KINDS.get(cell.role, ())
    }
    # Solutions are recorded as they are released, tests with their hidden part.
    texts = {(cell.grade_id, cell.source) for cell in (*notebook.source, *notebook.released)}
    return cells == {(cell.name, cell.kind, cell.points) for cell in known.cells} and known.sources.items() <= texts
