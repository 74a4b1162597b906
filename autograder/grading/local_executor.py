"""Where a notebook is graded: stages, a zygote, and what passes between a judge and a student's process."""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from autograder.cells import Cell, LabNotebook, Role, SubmittedNotebook
from autograder.errors import ExpectedError
from autograder.grading.blind_tests import blind_tests
from autograder.grading.cores import Cores, keep_to
from autograder.grading.judge_server import Stage, end_judge
from autograder.grading.judge_session import Attendance, DisturbedError
from autograder.grading.prestart import HeadStart
from autograder.grading.profile_store import Measures
from autograder.grading.verdict_cache import Lookup
from autograder.judging.case import Case, broken, complete
from autograder.judging.messages import read_profile
from autograder.limits import Limits
from autograder.sandbox.accelerator import accelerator_for
from autograder.sandbox.mode import Mode
from autograder.sandbox.student_process import StudentProcess
from autograder.sandbox.zygote import Zygote
from autograder.verdicts import CellStatus, CellVerdict, NotebookResult
from autograder.wall.faults import MalformedError, OutOfTime, StudentGone
from autograder.wall.profile import Profile, Recorder

_MOST_JUDGES = 9
_MOST_DEATHS = 2
"""So often a judge may die at one place before that is put down to what it judges: a test that kills it always does."""
_MORE_STAGES = 2
_MOST_DOUBTS = 2
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
        fresh: whether verdicts that were given before are put aside, and everything runs again.
        begun: processes that were started already, with the same limits and the same mode.
        solution_secret: from what the hidden inputs of the instructor's own solution are drawn, where another
            machine keeps the course's secret.
    """

    def __init__(
        self,
        state: Path,
        limits: Limits,
        mode: Mode,
        *,
        fresh: bool = False,
        begun: HeadStart | None = None,
        solution_secret: bytes | None = None,
    ) -> None:
        self._lookup = Lookup(state, limits, mode, fresh=fresh)
        self._solution_secret = solution_secret
        self._measures = Measures(state / "measures")
        self._limits = limits
        self._mode = mode
        self._cores = Cores()
        self._lock = threading.Lock()
        self._prepared: list[_Prepared] = []
        self._starting: Stage | None = None
        self._zygote_lock = threading.Lock()
        self._begun = begun
        self._zygote: Zygote | None = begun.take_zygote() if begun is not None else None
        self._modules: tuple[str, ...] = ()
        self._closed = False
        self._device = accelerator_for(limits).check(partial(self._new_student, None))

    def __enter__(self) -> "Bench":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every process; what is being graded ends as broken."""
        self._closed = True
        if self._starting is not None:
            self._starting.hang_up()
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
        judge = partial(self.judge, notebook, files)
        return self._lookup.grade(notebook, submitted, files, student, lab, working_files, judge)

    def judge(self, notebook: LabNotebook, files: Mapping[str, bytes], case: Case) -> NotebookResult:
        """Run a notebook, whatever is known of it.

        Args:
            notebook: the instructor's notebook.
            files: the lab's own data files: path → content.
            case: the student's notebook; the measure is found out here.

        Raises:
            ExpectedError: the sandbox or the instructor's notebook can't be started.
        """
        result, sound = self._grade(case, notebook, files)
        for _ in range(_MORE_STAGES):
            if sound:
                break
            # The stage was killed, as when memory runs out: another one then serves the rest of the class.
            result, sound = self._grade(case, notebook, files)
        return result

    def _grade(self, case: Case, notebook: LabNotebook, files: Mapping[str, bytes]) -> tuple[NotebookResult, bool]:
        prepared = self._prepare(notebook, files)
        unfit = _hopeless(case.submitted, prepared.unfit)
        overdrawn = self._overdrawn()
        result, _ = self._run(prepared.stage, replace(case, measure=prepared.profile, hopeless=unfit))
        # Who runs beside a submission that takes all of an accelerator's memory finds too little, and is to run again.
        crowded = self._overdrawn() > overdrawn and self._device.ran_out_of_memory(result)
        result = self._device.without_device_failures(result, case.submitted.cells)
        broke = any(verdict.status is CellStatus.BROKE for verdict in result.verdicts)
        return result, not (crowded or (broke and prepared.stage.ended))

    def _overdrawn(self) -> int:
        zygote = self._zygote
        return 0 if zygote is None else zygote.overdrawn

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
            if self._zygote is None:
                # It starts in the background, while the instructor's notebook runs.
                self._zygote = Zygote(self._mode, self._limits)
            self._starting = stage = (self._begun and self._begun.take_stage()) or Stage()
            try:
                stage.rehearse(notebook, files, self._limits)
                self._modules = tuple(dict.fromkeys((*self._modules, *stage.modules)))
                self._zygote.warm(stage.modules)
                self._device.before_grading()
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
        key = self._lookup.lesson(notebook, files)
        known = self._measures.find(key)
        if known is not None:
            return known, {}
        solution = SubmittedNotebook(notebook.name, notebook.source)
        secret = self._solution_secret or self._lookup.solution_secret(notebook.name)
        result, findings = self._run(stage, Case(solution, files, secret, Recorder(), self._limits))
        unfit = {
            verdict.grade_id: verdict.message
            for verdict in result.verdicts
            if verdict.status in _UNFIT and verdict.grade_id not in stage.failures
        }
        if not findings:
            # Without the measure no answer can be held against it.
            return Profile(), {verdict.grade_id: "it could not be run to the end" for verdict in result.verdicts}
        profile = read_profile(findings)
        unfit |= blind_tests(notebook, files, self._limits, profile.unasked)
        if not unfit:
            self._measures.keep(key, profile)
        return profile, unfit

    def _run(self, stage: Stage, case: Case) -> tuple[NotebookResult, dict[str, Any]]:
        cells = case.submitted.cells
        findings: dict[str, Any] = {}
        doubts, deaths = 0, Counter[int | None]()
        for _ in range(_MOST_JUDGES):
            try:
                with self._cores.lent() as core:
                    new_student = partial(self._new_student, core)
                    attendance = Attendance(self._limits, new_student, doubtful=doubts < _MOST_DOUBTS)
                    findings, reason = self._judge(stage, case, attendance, core), ""
                break
            except DisturbedError as error:
                doubts, reason = doubts + 1, str(error)
            except (StudentGone, OutOfTime, MalformedError) as error:
                reason = f"{stage.last_words() or 'the judge ended without a word'} ({type(error).__name__})"
                index = next((i for i in range(len(cells)) if i not in attendance.outcomes), None)
                if self._closed or stage.ended:
                    break
                if deaths[index] < _MOST_DEATHS and not isinstance(error, OutOfTime):
                    # It, too, may have been killed from outside.
                    deaths[index] += 1
                elif index is None or cells[index].role is not Role.TEST:
                    break
                else:
                    # Another judge grades the rest.
                    case = replace(case, hopeless={**case.hopeless, index: self._lost(cells[index], reason, error)})
        flags = (*attendance.flags, "the grader itself failed") if reason else tuple(attendance.flags)
        outcomes = complete(case.submitted, attendance.outcomes, reason)
        return NotebookResult(case.submitted.name, outcomes, flags), findings

    def _lost(self, cell: Cell, reason: str, error: BaseException) -> CellVerdict:
        """The verdict on a test in which the judge hung (a loop in C on a giant of the student's), or died."""
        if not isinstance(error, OutOfTime):
            return broken(cell, reason)
        message = f"With your answer the test had not come to an end after {self._limits.cell_seconds:g} seconds."
        return CellVerdict(cell.grade_id or "", 0.0, cell.points, CellStatus.TIMED_OUT, message)

    def _judge(self, stage: Stage, case: Case, attendance: Attendance, core: int | None) -> dict[str, Any]:
        line, process = stage.judge(case)
        keep_to(core, process)
        try:
            return attendance.serve(line)
        finally:
            line.close()
            end_judge(process)

    def _new_student(self, core: int | None) -> StudentProcess:
        zygote = self._zygote
        if zygote is None:
            raise StudentGone("the bench is closed")
        try:
            return zygote.fork(core)
        except ExpectedError:
            # It may have been killed, as when memory runs out: another one then serves the rest of the class.
            return self._successor(zygote).fork(core)

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
