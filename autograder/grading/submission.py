"""Grades one submission, notebook by notebook; nothing is written but the verdict cache."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Protocol, Self

from autograder.cells import Lab, LabNotebook, SubmittedNotebook
from autograder.course.course import Course
from autograder.course.recognition import Recognition
from autograder.course.submissions import Submission, read_submission, working_files
from autograder.errors import ExpectedError, described
from autograder.grading.cache_keys import case_key, content_digest, notebook_key
from autograder.grading.json_store import JsonStore
from autograder.grading.secret import derived_secret, open_secret
from autograder.grading.terms import Terms
from autograder.judging.case import Case, broken
from autograder.sandbox.mode import Mode
from autograder.untrusted.files import Quarantine
from autograder.verdicts import CellStatus, CellVerdict, NotebookResult, Result, SubmissionStatus
from autograder.wall.profile import Profile
from autograder.wire import MalformedRecordError, from_plain, to_plain


class NotebookExecutor(Protocol):
    """Where notebooks run: this machine, or a cluster. Its processes end with its context."""

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(self, *error: object) -> None:
        """End all that runs; what is being judged ends as broken, or with an `ExpectedError`."""

    def judge(self, notebook: LabNotebook, files: Mapping[str, bytes], case: Case) -> NotebookResult:
        """Judge one notebook of one student. Several threads may do so at once.

        Args:
            notebook: the instructor's notebook.
            files: the lab's own data files: path → content.
            case: the student's notebook. Its profile is replaced by the solution's, which the executor records.

        Returns:
            An outcome for each cell; where the grader itself failed, the verdicts are BROKE.

        Raises:
            ExpectedError: the sandbox, the instructor's notebook or the cluster can't be used.
        """


class NotebookGrader:
    """Grades notebooks: has an executor judge those whose verdicts are not cached. Several threads may use it at once.

    Args:
        state: the folder in which the autograder keeps what belongs to a course (its secret, its cache).
        terms: the terms of the run.
        executor: where notebooks run.

    Raises:
        ExpectedError: the course's secret can't be used.
    """

    def __init__(self, state: Path, terms: Terms, executor: NotebookExecutor) -> None:
        self._secret = open_secret(state)
        self._cache = JsonStore(state / "cache")
        self._terms = terms
        self._executor = executor
        self._notebook_keys: dict[str, tuple[LabNotebook, Mapping[str, bytes], str]] = {}
        self._lock = Lock()
        self._running: dict[str, tuple[Lock, int]] = {}
        self._graded: set[str] = set()

    def grade(
        self, lab: Lab, submitted: SubmittedNotebook, drawn_for: str, files: Mapping[str, bytes] | None = None
    ) -> NotebookResult:
        """Grade one notebook of one student.

        Args:
            lab: the lab.
            submitted: the student's notebook, realigned to the one of the same name in the lab.
            drawn_for: for what the hidden inputs are drawn: the same text gives the same inputs. For a submission it
                is `content_digest`, so that what a group hands in is graded once, and equal work earns the same.
            files: the files with which the submission runs, path → content; None for the lab's own.

        Returns:
            An outcome for each cell; where the grader itself failed, the verdicts are BROKE.

        Raises:
            ExpectedError: the sandbox, the instructor's notebook or the cluster can't be used.
        """
        (notebook,) = (notebook for notebook in lab.notebooks if notebook.name == submitted.name)
        own_files = lab.files if files is None else files
        secret = derived_secret(self._secret, lab.name, notebook.name, drawn_for)
        case = Case(submitted, own_files, secret, Profile(), self._terms.limits)
        key = case_key(self._notebook_key(notebook, lab.files), case)
        with self._only_one(key):
            result = self._known_result(key)
            if result is None:
                result = self._executor.judge(notebook, lab.files, case)
                if all(verdict.status is not CellStatus.BROKE for verdict in result.verdicts):
                    self._cache.keep(key, to_plain(result))
                    self._graded.add(key)
        return result

    @contextmanager
    def _only_one(self, key: str) -> Iterator[None]:
        """Let one thread after another work on the same notebook: the first one's result is the others'."""
        with self._lock:
            lock, waiting = self._running.get(key, (Lock(), 0))
            self._running[key] = lock, waiting + 1
        try:
            with lock:
                yield
        finally:
            with self._lock:
                lock, waiting = self._running.pop(key)
                if waiting > 1:
                    self._running[key] = lock, waiting - 1

    def _known_result(self, key: str) -> NotebookResult | None:
        """An earlier result; None if there is none, the file is damaged, or a fresh run has not graded it."""
        if self._terms.fresh and key not in self._graded:
            return None
        try:
            return from_plain(NotebookResult, self._cache.find(key))
        except MalformedRecordError:
            return None

    def _notebook_key(self, notebook: LabNotebook, files: Mapping[str, bytes]) -> str:
        # The same for a whole class: its digest is computed once for each notebook.
        known = self._notebook_keys.get(notebook.name)
        if known is not None and known[0] is notebook and known[1] is files:
            return known[2]
        key = notebook_key(notebook, files, self._terms)
        self._notebook_keys[notebook.name] = notebook, files, key
        return key


@dataclass(frozen=True)
class GradedSubmission:
    """A submission after grading, before it is written.

    Attributes:
        result: its result.
        submitted: its realigned notebooks, by name.
        notebooks: its graded notebooks, by name.
    """

    result: Result
    submitted: Mapping[str, SubmittedNotebook]
    notebooks: Mapping[str, NotebookResult]


def grade_submission(
    course: Course,
    lab: Lab,
    student: str,
    terms: Terms,
    grader: NotebookGrader,
    recognition: Recognition | None = None,
) -> GradedSubmission:
    """Grade one submission.

    Args:
        course: the course.
        lab: the lab.
        student: the student's id.
        terms: the terms of the run.
        grader: grades the notebooks.
        recognition: knows the notebooks of the course, to see that none has the name of another one.

    What is wrong with it becomes part of its result and raises no error: the rest of the class is still graded.

    Raises:
        ExpectedError: the sandbox, the instructor's notebook or the cluster can't be used.
    """
    started = time.monotonic()
    folder = course.folder(course.directory.submitted_directory, student, lab.name)
    empty = _empty(lab, student, terms)
    try:
        submission = read_submission(folder, lab, recognition)
        files = working_files(course, lab, folder)
    except Quarantine as error:
        unreadable = tuple((notebook.name, str(error)) for notebook in lab.notebooks)
        return GradedSubmission(_summarise(empty, lab, Submission((), unreadable), {}), {}, {})
    except Exception as error:  # noqa: BLE001 - an unexpected error must not stop the class
        return broken_submission(lab, student, terms, f"reading it failed with {described(error)}")
    try:
        notebooks = {
            notebook.name: grader.grade(lab, notebook, content_digest(notebook, files), files)
            for notebook in submission.notebooks
        }
    except ExpectedError:
        raise
    except Exception as error:  # noqa: BLE001 - the same
        return broken_submission(lab, student, terms, f"running it failed with {described(error)}")
    result = replace(
        _summarise(empty, lab, submission, notebooks),
        seconds=round(time.monotonic() - started, 3),
    )
    return GradedSubmission(result, {notebook.name: notebook for notebook in submission.notebooks}, notebooks)


def broken_submission(lab: Lab, student: str, terms: Terms, reason: str) -> GradedSubmission:
    """A submission at which the grader itself failed, for a reason in one clause."""
    cells = tuple(broken(cell, reason) for notebook in lab.notebooks for cell in notebook.released if cell.graded)
    empty = _empty(lab, student, terms)
    reason = f"The grader itself failed: {reason}"
    return GradedSubmission(replace(empty, status=SubmissionStatus.BROKEN, cells=cells, reason=reason), {}, {})


def _empty(lab: Lab, student: str, terms: Terms) -> Result:
    sandboxed, gpu = terms.mode is not Mode.NONE, terms.limits.gpu_bytes > 0
    sandbox = terms.mode.value
    return Result(student, lab.name, SubmissionStatus.GRADED, sandboxed=sandboxed, sandbox=sandbox, gpu=gpu)


def _summarise(empty: Result, lab: Lab, submission: Submission, graded: Mapping[str, NotebookResult]) -> Result:
    cells: list[CellVerdict] = []
    for notebook in lab.notebooks:
        if notebook.name in graded:
            cells += graded[notebook.name].verdicts
        else:
            reason = dict(submission.unreadable).get(notebook.name, f"{notebook.name}.ipynb was not handed in.")
            cells += [
                CellVerdict(cell.grade_id or "", 0.0, cell.points, CellStatus.FAILED, f"Not graded: {reason}")
                for cell in notebook.released
                if cell.graded
            ]
    flags = [*submission.all_flags, *(flag for notebook in graded.values() for flag in notebook.flags)]
    notes = dict.fromkeys(note for notebook in graded.values() for note in notebook.notes)
    levels = dict.fromkeys(level for notebook in graded.values() for level in notebook.levels)
    result = replace(
        empty,
        cells=tuple(cells),
        repairs=submission.all_repairs,
        flags=tuple(dict.fromkeys(flags)),
        levels=tuple(levels),
        notes=tuple(notes),
    )
    if submission.unreadable:
        reason = "; ".join(dict.fromkeys(why for _, why in submission.unreadable))
        return replace(result, status=SubmissionStatus.QUARANTINED, reason=reason)
    broke = [cell for cell in cells if cell.status is CellStatus.BROKE]
    if broke:
        return replace(result, status=SubmissionStatus.BROKEN, reason=broke[0].message)
    return result
