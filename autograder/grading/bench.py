"""Where a notebook is graded: stages, a zygote, and what passes between a judge and a student's process."""

import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any

from autograder.cells import Cell, LabNotebook, Role, SubmittedNotebook
from autograder.errors import ExpectedError
from autograder.grading.cache import Cache, key_of
from autograder.grading.judge import Case
from autograder.grading.judgement import broken
from autograder.grading.messages import read_profile
from autograder.grading.secret import open_secret, secret_for
from autograder.grading.stage import Stage, end_judge
from autograder.grading.supervisor import read_outcome
from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.sandbox.zygote import StudentProcess, Zygote
from autograder.verdicts import CellOutcome, CellStatus, CellVerdict, NotebookResult
from autograder.wall.channel import Channel
from autograder.wall.faults import MalformedError, OutOfTime, StudentGone
from autograder.wall.profile import Profile, Recorder

_ANY_SIZE = 2**40
_SPARE_SECONDS = 60.0
_NOTICED_SECONDS = 0.3
_SILENT_SECONDS = 10.0
_MOST_JUDGES = 4
_UNFIT = (CellStatus.FAILED, CellStatus.ERROR, CellStatus.TIMED_OUT, CellStatus.BROKE)


@dataclass(frozen=True)
class _Prepared:
    notebook: LabNotebook
    files: Mapping[str, bytes]
    stage: Stage
    profile: Profile
    unfit: Mapping[str, str]
    """Tests that the instructor's own solution passes in one process and not across the wall, by grade id."""


class Bench:
    """Grades notebooks; several threads may use it at once.

    Args:
        state: the folder in which the autograder keeps what belongs to a course (its secret).
        limits: what a submission may use.
        mode: how student code is walled in.
    """

    def __init__(self, state: Path, limits: Limits, mode: Mode) -> None:
        self._secret = open_secret(state)
        self._cache = Cache(state / "cache")
        self._limits = limits
        self._mode = mode
        self._lock = threading.Lock()
        self._prepared: list[_Prepared] = []
        self._zygote_lock = threading.Lock()
        self._zygote: Zygote | None = None
        self._modules: tuple[str, ...] = ()
        self._closed = False

    def __enter__(self) -> "Bench":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every process; what is being graded ends as broken."""
        self._closed = True
        for prepared in self._prepared:
            prepared.stage.close()
        self._prepared.clear()
        if self._zygote is not None:
            self._zygote.close()
            self._zygote = None

    def grade(
        self,
        notebook: LabNotebook,
        submitted: SubmittedNotebook,
        files: Mapping[str, bytes],
        student: str,
        lab: str,
        working_files: Mapping[str, bytes] | None = None,
    ) -> NotebookResult:
        """Grade one notebook of one student.

        Args:
            notebook: the instructor's notebook.
            submitted: the student's, realigned to it.
            files: the lab's own data files: path → content.
            student: the student's id.
            lab: the lab's name.
            working_files: the files that the submission runs with; the lab's own where it is None.

        Returns:
            An outcome for each cell; where the grader itself failed, the verdicts are BROKE. What was graded before
            and has not changed is not run again.

        Raises:
            ExpectedError: the sandbox or the instructor's notebook can't be started.
        """
        secret = secret_for(self._secret, lab, notebook.name, student)
        case = Case(submitted, files if working_files is None else working_files, secret, Profile(), self._limits)
        key = key_of(case, notebook, files, self._mode)
        result = self._cache.find(key)
        if result is None:
            result, sound = self._grade(case, notebook, files)
            if not sound:
                # The stage was killed, as when memory runs out: another one then serves the rest of the class.
                result, _ = self._grade(case, notebook, files)
            self._cache.keep(key, result)
        return result

    def _grade(self, case: Case, notebook: LabNotebook, files: Mapping[str, bytes]) -> tuple[NotebookResult, bool]:
        prepared = self._prepare(notebook, files)
        unfit = _hopeless(case.submitted, prepared.unfit)
        result, _ = self._run(prepared.stage, replace(case, measure=prepared.profile, hopeless=unfit))
        return result, not prepared.stage.ended

    def failures(self, notebook: LabNotebook, files: Mapping[str, bytes]) -> Mapping[str, str]:
        """Tests that the instructor's own solution fails, by grade id, with what they raised."""
        return self._prepare(notebook, files).stage.failures

    def _prepare(self, notebook: LabNotebook, files: Mapping[str, bytes]) -> "_Prepared":
        with self._lock:
            if self._closed:
                raise ExpectedError("Grading was stopped.")
            for prepared in list(self._prepared):
                if prepared.stage.ended:
                    prepared.stage.close()
                    self._prepared.remove(prepared)
                elif prepared.notebook == notebook and prepared.files == files:
                    return prepared
            stage = Stage(notebook, files, self._limits)
            try:
                if self._zygote is None:
                    self._modules = stage.modules
                    self._zygote = Zygote(self._mode, self._limits, stage.modules)
                prepared = _Prepared(notebook, files, stage, *self._measure(stage, notebook, files))
            except BaseException:
                stage.close()
                raise
            self._prepared.append(prepared)
            return prepared

    def _measure(
        self, stage: Stage, notebook: LabNotebook, files: Mapping[str, bytes]
    ) -> tuple[Profile, Mapping[str, str]]:
        """Grade the instructor's own solution, to see what it does across the wall."""
        solution = SubmittedNotebook(notebook.name, notebook.source)
        secret = secret_for(self._secret, notebook.name)
        result, findings = self._run(stage, Case(solution, files, secret, Recorder(), self._limits))
        unfit = {
            verdict.grade_id: verdict.message
            for verdict in result.verdicts
            if verdict.status in _UNFIT and verdict.grade_id not in stage.failures
        }
        if not findings:
            # Without the measure no answer can be held against it.
            return Profile(), {verdict.grade_id: "it could not be run to the end" for verdict in result.verdicts}
        return read_profile(findings), unfit

    def _run(self, stage: Stage, case: Case) -> tuple[NotebookResult, dict[str, Any]]:
        outcomes: dict[int, CellOutcome] = {}
        flags: list[str] = []
        findings: dict[str, Any] = {}
        reason = ""
        for _ in range(_MOST_JUDGES):
            outcomes.clear()
            try:
                findings, reason = self._judge(stage, case, outcomes, flags), ""
                break
            except (StudentGone, OutOfTime, MalformedError) as error:
                reason = f"{stage.last_words() or 'the judge ended without a word'} ({type(error).__name__})"
                index = next((i for i in range(len(case.submitted.cells)) if i not in outcomes), None)
                if self._closed or index is None or case.submitted.cells[index].role is not Role.TEST:
                    break
                # Another judge grades the rest.
                verdict = self._lost(case.submitted.cells[index], reason, error)
                case = replace(case, hopeless={**case.hopeless, index: verdict})
        if reason:
            flags.append("the grader itself failed")
        return NotebookResult(case.submitted.name, _complete(case.submitted, outcomes, reason), tuple(flags)), findings

    def _lost(self, cell: Cell, reason: str, error: BaseException) -> CellVerdict:
        """The verdict on a test in which the judge hung (a loop in C on a giant of the student's), or died."""
        if not isinstance(error, OutOfTime):
            return broken(cell, reason)
        message = f"With your answer the test had not come to an end after {self._limits.cell_seconds:g} seconds."
        return CellVerdict(cell.grade_id or "", 0.0, cell.points, CellStatus.TIMED_OUT, message)

    def _judge(self, stage: Stage, case: Case, outcomes: dict[int, CellOutcome], flags: list[str]) -> dict[str, Any]:
        line, process = stage.judge(case)
        try:
            return self._attend(line, outcomes, flags)
        finally:
            line.close()
            end_judge(process)

    def _attend(self, line: socket.socket, outcomes: dict[int, CellOutcome], flags: list[str]) -> dict[str, Any]:
        """Serve a judge until it has finished.

        Returns:
            What it found out about the instructor's solution, if it was to.

        Raises:
            OutOfTime: it has said nothing for much longer than a cell may take.
            StudentGone: it has ended.
        """
        channel = Channel(line, _ANY_SIZE)
        silence = 2 * self._limits.cell_seconds + self._limits.grace_seconds + _SILENT_SECONDS
        end = time.monotonic() + self._limits.submission_seconds + self._limits.cell_seconds + _SPARE_SECONDS
        student: StudentProcess | None = None
        try:
            while True:
                deadline = min(end, time.monotonic() + silence)
                message = channel.receive(deadline)
                if message["do"] == "begin":
                    continue
                if message["do"] == "report":
                    outcomes[message["index"]] = read_outcome(message["outcome"])
                elif message["do"] == "finish":
                    findings: dict[str, Any] = message["findings"]
                    return findings
                elif message["do"] == "student":
                    student = self._new_student()
                    channel.send(None, deadline)
                    socket.send_fds(line, [b"f"], [student.connection.fileno()])
                    student.connection.close()
                else:
                    channel.send(_act(message["do"], student, flags), deadline)
        finally:
            if student is not None:
                student.kill()

    def _new_student(self) -> StudentProcess:
        zygote = self._zygote
        if zygote is None:
            raise StudentGone("the bench is closed")
        try:
            return zygote.fork()
        except ExpectedError:
            # It may have been killed, as when memory runs out: another one then serves the rest of the class.
            return self._successor(zygote).fork()

    def _successor(self, dead: Zygote) -> Zygote:
        with self._zygote_lock:
            if self._closed or self._zygote is None:
                raise StudentGone("the bench is closed")
            if self._zygote is dead:
                dead.close()
                self._zygote = Zygote(self._mode, self._limits, self._modules)
            return self._zygote


def _hopeless(submitted: SubmittedNotebook, unfit: Mapping[str, str]) -> dict[int, CellVerdict]:
    """The verdicts on tests that can't be run across the wall: they say nothing of a submission."""
    return {
        index: broken(
            cell, f"this test does not pass the instructor's own answer across the wall: {unfit[cell.grade_id]}"
        )
        for index, cell in enumerate(submitted.cells)
        if cell.role is Role.TEST and cell.grade_id is not None and cell.grade_id in unfit
    }


def _act(what: str, student: StudentProcess | None, flags: list[str]) -> str:
    if student is None:
        return ""
    if what == "interrupt":
        student.interrupt()
        return ""
    # A process that has just died may not have been noticed yet.
    ending = student.wait(_NOTICED_SECONDS) or ""
    student.kill()
    flags.append(f"the student's process {ending}" if ending else "the student's process had to be ended")
    return ending


def _complete(submitted: SubmittedNotebook, outcomes: dict[int, CellOutcome], reason: str) -> tuple[CellOutcome, ...]:
    """One outcome for each cell; a graded cell that the judge never came to is the grader's failure."""
    complete = []
    for index, cell in enumerate(submitted.cells):
        missing = CellOutcome(verdict=broken(cell, reason) if cell.role is Role.TEST or cell.graded else None)
        complete.append(outcomes.get(index, missing))
    return tuple(complete)
