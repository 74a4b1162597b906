"""A course's labs and the gradebook: labs are recorded in it, and tests that nbgrader generates are read from it."""

from collections.abc import Mapping, Sequence

from nbgrader.api import MissingEntry

from autograder.cells import Lab, LabNotebook, Role
from autograder.course import release
from autograder.course.course import Course
from autograder.errors import ExpectedError
from autograder.gradebook.connection import NoGradebookError, alembic_on_path, explained, reading, writing
from autograder.gradebook.records import GRADED, LabNotebookRecord, LabRecord

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

    return course.lab(name, generated_tests)


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
            release.record(release.read_instructors(path), course.application, names)


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
