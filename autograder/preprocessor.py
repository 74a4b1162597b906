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

    c.Autograde.exporter_class = "autograder.preprocessor.ExporterUnlessBusy"

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

from nbconvert.exporters import Exporter, NotebookExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Enum

from autograder.autograded import store
from autograder.autograded.nbgrader_format import graded_notebook, shown_notebook, submission_metadata
from autograder.cells import Lab, LabNotebook
from autograder.course.course import Course
from autograder.course.recognition import Recognition
from autograder.course.submissions import read_notebook, working_files
from autograder.errors import ExpectedError
from autograder.gradebook.labs import read_lab
from autograder.grading.cache_keys import content_digest
from autograder.grading.level_store import LevelStore
from autograder.grading.local_executor import LocalExecutor
from autograder.grading.lock import course_lock
from autograder.grading.marks_by_hand import MarksByHand
from autograder.grading.submission import NotebookGrader
from autograder.grading.terms import Terms
from autograder.limits import Limits
from autograder.sandbox.choice import choose
from autograder.sandbox.mode import Choice, Mode
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


_TOLD: set[str] = set()
"""What was said of labs in this process: nbgrader makes the step anew for each notebook."""
_EXECUTOR = SharedExecutor(_IDLE_SECONDS)
atexit.register(_EXECUTOR.close)


class GradeBehindWall(NbGraderPreprocessor):  # type: ignore[misc] # nbgrader has no types
    """Grades the submitted notebook behind the wall; nbgrader computes our points from the outputs that it gets."""

    sandbox = Enum(
        [choice.value for choice in Choice],
        default_value=Choice.AUTO.value,
        help="How student code is isolated: bubblewrap, landlock where a machine has no namespaces (auto takes the "
        "first of them that works), or none.",
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
        submitted = read_notebook(folder / f"{notebook.name}.ipynb", notebook, lab.name, Recognition(course))
        files = working_files(course, lab, folder)
        started = monotonic()
        terms = Terms(Limits(), choose(Choice(self.sandbox)), level=Level(self.level))
        with course_lock(course), _EXECUTOR.use(course.state, terms) as executor:
            drawn_for = content_digest(submitted, files)
            graded = NotebookGrader(course.state, terms, executor).grade(lab, submitted, drawn_for, files)
            _refuse_broken(graded)
            LevelStore(course.state).keep(lab.name, notebook.name, graded.levels)
        for note in set(graded.notes) - _TOLD:
            _TOLD.add(note)
            self.log.warning(note)
        marks = MarksByHand(course)
        texts, hold = marks.compare(
            lab.name, names["student"], submitted, _marks_in_gradebook(names), in_autograded=False
        )
        marks.keep(lab.name, names["student"], notebook.name, texts)
        resources["gradlab_hold"] = hold
        if hold or any(verdict.status is CellStatus.EXCLUDED for verdict in graded.verdicts):
            # After the steps that are configured, of which one records 0 points for what has no verdict.
            self._exporter().register_preprocessor(FinishGrades, enabled=True)
        shown = shown_notebook(notebook, submitted, graded)
        result = Result(
            student=names["student"],
            lab=lab.name,
            status=SubmissionStatus.GRADED,
            cells=graded.verdicts,
            repairs=submitted.repairs,
            flags=(*submitted.flags, *graded.flags, *shown.flags),
            seconds=monotonic() - started,
            sandboxed=terms.mode is not Mode.NONE,
            sandbox=terms.mode.value,
        )
        return graded_notebook(notebook, submitted, graded, shown, submission_metadata(result)), resources

    def _exporter(self) -> Exporter:
        """What runs nbgrader's steps, one after another."""
        if isinstance(self.parent, Exporter):
            return self.parent
        raise RuntimeError("only nbgrader's autograde can leave points open, or a person's mark as it is")


class ExporterUnlessBusy(NotebookExporter):  # type: ignore[misc] # nbconvert has no types
    """nbgrader's exporter, which is not made while an autograder is grading the course.

    nbgrader removes the graded notebook before its first step is asked: the step could only refuse afterwards.

    Args:
        arguments: as for nbconvert's exporter; the parent is what runs nbgrader's steps.

    Raises:
        NbGraderException: an autograder is grading the course; nothing was changed.
    """

    def __init__(self, **arguments: Any) -> None:  # noqa: ANN401 - nbconvert has no types
        super().__init__(**arguments)
        converter = arguments["parent"]
        busy = _busy(Path(converter.coursedir.root))
        if busy:
            converter.log.error(busy)
            raise NbGraderException(busy)


class FinishGrades(NbGraderPreprocessor):  # type: ignore[misc] # nbgrader has no types
    """Corrects what nbgrader's own steps record.

    The points of tests that can be run for nobody are left to a person: nbgrader has no word for them, and gives 0. A
    mark by a person on an answer that has not changed holds: nbgrader has each of them given again.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Correct the grades of one notebook that has been graded and recorded."""
        names: Mapping[str, str] = resources["nbgrader"]
        with Gradebook(names["db_url"]) as gradebook:
            for cell in nb.cells:
                status = cell.metadata.get("gradlab", {}).get("status")
                grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
                holds = status is not None and grade_id in resources["gradlab_hold"]
                if holds or status == CellStatus.EXCLUDED.value:
                    grade = gradebook.find_grade(grade_id, names["notebook"], names["assignment"], names["student"])
                    grade.needs_manual_grade = not holds
                    if status == CellStatus.EXCLUDED.value:
                        grade.auto_score = None
            gradebook.db.commit()
        return nb, resources


def _busy(course: Path) -> str:
    """Why the course in a folder can't be graded now; empty if it can."""
    try:
        with course_lock(Course.open(course)):
            return ""
    except ExpectedError as error:
        return str(error)


def _marks_in_gradebook(names: Mapping[str, str]) -> dict[str, bool]:
    """The cells of a submitted notebook that a person has marked: grade id → whether it waits all the same."""
    with Gradebook(names["db_url"]) as gradebook:
        try:
            found = gradebook.find_submission_notebook(names["notebook"], names["assignment"], names["student"])
        except MissingEntry:
            return {}
        return {it.name: bool(it.needs_manual_grade) for it in found.grades if it.manual_score is not None}


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
