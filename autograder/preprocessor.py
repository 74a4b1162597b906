"""The wall as a step of ``nbgrader autograde``, in place of nbgrader's `Execute`.

In nbgrader_config.py::

    c.Autograde.sanitize_preprocessors = ["nbgrader.preprocessors.ClearOutput"]
    c.Autograde.autograde_preprocessors = [
        "autograder.preprocessor.GradeBehindWall",
        "nbgrader.preprocessors.LimitOutput",
        "nbgrader.preprocessors.SaveAutoGrades",
        "nbgrader.preprocessors.AssignLatePenalties",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]

nbgrader's own repairs (`DeduplicateIds`, `OverwriteCells`) are left out because this step reads the submission again
and realigns it itself.
"""

import atexit
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Enum

from autograder.autograded import store
from autograder.autograded.nbgrader_format import graded_notebook, submission_metadata
from autograder.cells import Lab, LabNotebook
from autograder.course.course import Course
from autograder.course.submissions import working_files
from autograder.errors import ExpectedError
from autograder.gradebook.labs import read_lab
from autograder.grading.level_store import LevelStore
from autograder.grading.local_executor import LocalExecutor
from autograder.grading.lock import course_lock
from autograder.grading.submission import NotebookGrader
from autograder.grading.terms import Terms
from autograder.limits import Limits
from autograder.repair import repair_notebook
from autograder.sandbox.mode import Mode
from autograder.untrusted.notebooks import read
from autograder.untrusted.student_ids import unsafe_id
from autograder.verdicts import CellStatus, Level, NotebookResult, Result, SubmissionStatus

_IDLE_SECONDS = 120.0


class SharedExecutor:
    """One executor for the runs of nbgrader that follow one another in this process.

    nbgrader creates a preprocessor anew for each notebook, and formgrader starts a run at each press of its button,
    inside a server that lives for days. Starting an executor takes longer than grading, and leaving one behind at each
    press would fill the memory. So one is kept; it ends when it has not been used for a while, or after an error.

    Args:
        idle_seconds: seconds without use after which the processes end.
    """

    def __init__(self, idle_seconds: float) -> None:
        self._idle_seconds = idle_seconds
        self._lock = threading.Lock()
        self._executor: LocalExecutor | None = None
        self._belongs_to: tuple[Path, Terms] | None = None
        self._timer: threading.Timer | None = None

    @contextmanager
    def use(self, state: Path, terms: Terms) -> Iterator[LocalExecutor]:
        """Lend the executor of a course, to one thread at a time; arguments as for `LocalExecutor`."""
        with self._lock:
            if self._executor is None or self._belongs_to != (state, terms):
                self._end()
                self._executor, self._belongs_to = LocalExecutor(state, terms), (state, terms)
            try:
                yield self._executor
            except BaseException:
                self._end()
                raise
            self._restart_timer()

    def close(self) -> None:
        """End the executor's processes, once it is not in use."""
        with self._lock:
            self._end()

    def _restart_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = threading.Timer(self._idle_seconds, self.close)
        self._timer.daemon = True
        self._timer.start()

    def _end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._executor is not None:
            self._executor.close()
            self._executor = None


_EXECUTOR = SharedExecutor(_IDLE_SECONDS)
atexit.register(_EXECUTOR.close)


class GradeBehindWall(NbGraderPreprocessor):  # type: ignore[misc] # nbgrader has no types
    """Grades the submitted notebook behind the wall; nbgrader computes our points from the outputs that it gets."""

    sandbox = Enum(
        [mode.value for mode in Mode],
        default_value=Mode.BUBBLEWRAP.value,
        help="How student code is isolated: bubblewrap, or none where a machine has no namespaces.",
    ).tag(config=True)
    level = Enum(
        [Level.WALL.value, Level.BESIDE.value],
        default_value=Level.BESIDE.value,
        help="The weakest level at which a test may run: beside student code, or at the wall alone, as in an exam.",
    ).tag(config=True)

    def preprocess(self, _: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Grade one notebook; it is read from ``submitted/`` again, as the student handed it in.

        Raises:
            ExpectedError: the course or the sandbox is not in order, or an autograder is grading the course.
            autograder.untrusted.files.Quarantine: the submission cannot be read.
            RuntimeError: the grader itself broke. nbgrader then marks the submission as failed and records no score.
        """
        # nbgrader runs its steps in the course's folder.
        course = Course.open(Path.cwd())
        names: Mapping[str, str] = resources["nbgrader"]
        course.require_python(names["assignment"])
        lab = read_lab(course, names["assignment"])
        notebook = _notebook(lab, names["notebook"])
        if unsafe_id(names["student"]):
            _forget(names["db_url"], names["student"])
        folder = course.submission_folder(names["student"], lab.name)
        store.replace_files(course, lab, names["student"])
        submitted = repair_notebook(notebook.name, read(folder / f"{notebook.name}.ipynb"), notebook.released)
        files = working_files(course, lab, folder)
        started = monotonic()
        terms = Terms(Limits(), Mode(self.sandbox), level=Level(self.level))
        with course_lock(course), _EXECUTOR.use(course.state, terms) as executor:
            graded = NotebookGrader(course.state, terms, executor).grade(lab, submitted, names["student"], files)
            _refuse_broken(graded)
            LevelStore(course.state).keep(lab.name, notebook.name, graded.levels)
        if any(verdict.status is CellStatus.EXCLUDED for verdict in graded.verdicts):
            # After the steps that are configured, of which one records 0 points for what has no verdict.
            self._exporter().register_preprocessor(LeaveExcludedOpen, enabled=True)
        result = Result(
            student=names["student"],
            lab=lab.name,
            status=SubmissionStatus.GRADED,
            cells=graded.verdicts,
            repairs=submitted.repairs,
            flags=(*submitted.flags, *graded.flags),
            seconds=monotonic() - started,
            sandboxed=self.sandbox != Mode.NONE.value,
        )
        return graded_notebook(notebook, submitted, graded, submission_metadata(result)), resources

    def _exporter(self) -> Exporter:
        """What runs nbgrader's steps, one after another."""
        if isinstance(self.parent, Exporter):
            return self.parent
        raise RuntimeError("a test can be run for nobody, and only nbgrader's autograde can leave its points open")


class LeaveExcludedOpen(NbGraderPreprocessor):  # type: ignore[misc] # nbgrader has no types
    """Leaves the points of tests that can be run for nobody to a person. nbgrader has no word for them, and gives 0."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Open the grades of one notebook that has been graded and recorded."""
        names: Mapping[str, str] = resources["nbgrader"]
        with Gradebook(names["db_url"]) as gradebook:
            for cell in nb.cells:
                if cell.metadata.get("gradlab", {}).get("status") == CellStatus.EXCLUDED.value:
                    grade_id = cell.metadata["nbgrader"]["grade_id"]
                    grade = gradebook.find_grade(grade_id, names["notebook"], names["assignment"], names["student"])
                    grade.auto_score, grade.needs_manual_grade = None, True
            gradebook.db.commit()
        return nb, resources


def _forget(db_url: str, student: str) -> None:
    """Take a student without a score out of the gradebook: nbgrader has added it, and its pages would show the id."""
    with Gradebook(db_url) as gradebook:
        submissions = gradebook.find_student(student).submissions
        grades = [grade for it in submissions for notebook in it.notebooks for grade in notebook.grades]
        if all(grade.auto_score is None and grade.manual_score is None for grade in grades):
            gradebook.remove_student(student)


def _notebook(lab: Lab, name: str) -> LabNotebook:
    for notebook in lab.notebooks:
        if notebook.name == name:
            return notebook
    raise ExpectedError(
        f"The lab {lab.name!r} has no notebook {name!r} in its source folder.",
        f"Run: nbgrader generate_assignment {lab.name}",
    )


def _refuse_broken(graded: NotebookResult) -> None:
    broken = [verdict for verdict in graded.verdicts if verdict.status is CellStatus.BROKE]
    if broken:
        reasons = "; ".join(f"{verdict.grade_id}: {verdict.message}" for verdict in broken)
        raise RuntimeError(f"the grader broke, so that no score is recorded ({reasons})")
