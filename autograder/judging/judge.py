"""The judge of one submission: a fork of the process in which the instructor's notebook has run.

It goes through the student's notebook from top to bottom. All cells but tests run on the student's side; tests run
here, in the instructor's wording, when the cells above them have run and those below have not.
"""

import hashlib
import hmac
import signal
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

from autograder.cells import ANSWERS, Cell, Role
from autograder.judging.case import Case
from autograder.judging.cell_verdicts import Circumstances, is_public, judge, judge_beside, manual_verdict
from autograder.judging.compiled_tests import run_test
from autograder.judging.coordinator_client import CoordinatorClient
from autograder.judging.failed_cells import FailedCells
from autograder.judging.failure_messages import (
    StoppedCell,
    ended_process_cell,
    error_of,
    explain_used_time,
    first_stop,
    name_cell,
    out_of_resources_cell,
    timed_out_cell,
)
from autograder.judging.given_names import GivenNames
from autograder.judging.instructor_run import InstructorRun
from autograder.judging.lesson_values import changed_values, with_values, worse
from autograder.judging.skip_watch import SkipWatch
from autograder.judging.skipped_cells import NOTICE
from autograder.judging.tests_beside import (
    MOST_COPIES,
    BesideReport,
    PendingTest,
    StartedStudent,
    WaitingCopy,
    looking_names,
    run_in_copy,
)
from autograder.judging.untrusted_outputs import failed, read_count, read_outputs, size
from autograder.limits import Limits
from autograder.python_names import bound_names, functions_defined, import_statements, used_names
from autograder.sandbox.accelerator import accelerator_for
from autograder.sandbox.isolation import limit_own_memory
from autograder.verdicts import CellOutcome, CellVerdict, Level
from autograder.wall.errors import ConnectionClosedError, DeadlineExceededError, ProtocolError, WallError
from autograder.wall.handshake import CopySetup, send_setup
from autograder.wall.ipython_shell import Execution, NotebookShell
from autograder.wall.judge_end import Wall
from autograder.wall.namespace import Namespace
from autograder.wall.request_reply import ALARM_SECONDS
from autograder.wall.seeds import noticing_seeds, seed

_MOST_REPLACEMENTS = 20
_OUTPUT_CELLS = 8
_MOST_UPDATED = 100
_MOST_NAMED = 5
_FORGED = "the student's process sent messages that no request asked for"


@dataclass(frozen=True)
class Preparation:
    """What all submissions have in common. It is made once, and each judge is forked with it.

    Attributes:
        run: the instructor's notebook, which has run in this process.
        released: the released text of each graded cell, by its id.
        lesson: the released cells that are neither answers nor tests.
        shell: the shell in which it ran.
        namespace: the names with which it ran.
        packages: the packages that it imports.
    """

    run: InstructorRun
    released: Mapping[str, Cell]
    lesson: Sequence[Cell]
    shell: NotebookShell
    namespace: Namespace
    packages: frozenset[str]


class Judge:
    """Judges one submission; it is used once."""

    def __init__(self, case: Case, preparation: Preparation, coordinator: CoordinatorClient) -> None:
        self._case = case
        self._instructor = preparation.run
        self._released = preparation.released
        self._shell = preparation.shell
        self._namespace = preparation.namespace
        self._packages = preparation.packages
        self._coordinator = coordinator
        self._tests = {
            cell.grade_id or "": (i, cell) for i, cell in enumerate(self._instructor.cells) if cell.role is Role.TEST
        }
        self._replayed_cells = 0
        self._ran: list[int] = []
        self._stops: dict[int, StoppedCell] = {}
        self._failed = FailedCells()
        self._shown: dict[int, tuple[int, CellOutcome]] = {}
        self._replacements = 0
        self._given = GivenNames(self._namespace, self._instructor, self._released, case.submitted.cells)
        self._accelerator = accelerator_for(case.limits)
        self._watch = SkipWatch.of(case, self._instructor, preparation.lesson)
        # A notebook may have any number of cells, and all that they print is kept at once.
        self._output_left = _OUTPUT_CELLS * case.limits.output_bytes
        self._pending: list[PendingTest] = []
        self._student: StartedStudent | None = None
        self._wall = self._start_student()
        # It begins here, since the first student's process may have waited for the sandbox to start.
        self._time = TimeBudget(case.limits)
        self._namespace.student_names = self._instructor.student_names

    def judge(self) -> None:
        """Judge the submission; each outcome is reported to the coordinator.

        Raises:
            ReliesOnSkippedCellsError: it must be judged again with all of its cells.
        """
        # A student's number may make a test ask for more memory than there is.
        limit_own_memory(2 * self._case.limits.memory_bytes)
        for index, cell in enumerate(self._case.submitted.cells):
            if index in self._watch.skipped:
                notice = {"output_type": "stream", "name": "stdout", "text": NOTICE}
                self._coordinator.report(index, CellOutcome((notice,)))
                continue
            self._coordinator.enter(index)
            with self._time.running(name_cell(cell)):
                outcome = self._outcome(index, cell)
            if outcome is not None:
                self._report(index, outcome)
        self._end_student()
        self._judge_pending()

    def _outcome(self, index: int, cell: Cell) -> CellOutcome | None:
        """The outcome of a cell; None if its test must wait until all cells have run."""
        if index in self._case.excluded:
            self._bind_names(index, cell)
            return CellOutcome(verdict=self._case.excluded[index])
        if cell.role is Role.TEST and cell.grade_id is not None:
            if cell.grade_id in self._case.beside:
                self._prepare_beside(index, cell.grade_id)
                self._bind_names(index, cell)
                return None
            stop = first_stop(self._case.submitted.cells, self._stops, index)
            return CellOutcome(verdict=self._grade(cell.grade_id, stop, index))
        outcome = self._run(index, cell) if cell.kind == "code" and cell.source.strip() else CellOutcome()
        if cell.role in (Role.ANSWER, Role.TASK):
            outcome = replace(outcome, verdict=manual_verdict(cell, self._case.submitted.unanswered))
        return outcome

    # The student's side

    def _start_student(self) -> Wall:
        limits = self._case.limits
        channel = self._coordinator.student(limits.message_bytes)
        deadline = time.monotonic() + limits.cell_seconds
        if self._student is not None:
            self._student.close()
            self._student = None
        # Another process numbers its cells anew.
        self._shown = {}
        first_seed = self._seed_of("the student's process")
        traces = self._watch.watching
        if not self._case.beside:
            send_setup(channel, self._case.files, limits, deadline, first_seed=first_seed, traces=traces)
        else:
            copies, theirs = socket.socketpair()
            with theirs:
                setup = CopySetup(theirs, self._packages, self._case.profile.changes)
                send_setup(channel, self._case.files, limits, deadline, setup, first_seed=first_seed, traces=traces)
        wall = Wall(channel, self._case.profile, self._student_has, self._shared)
        wall.call_seconds = limits.call_seconds
        wall.answers.devices = self._accelerator.judge_devices
        if self._case.beside:
            self._student = StartedStudent(wall, copies)
        wall.collect = self._given.collect
        return wall

    def _student_has(self, name: str, value: object) -> bool:
        return name in self._instructor.shared_names and dict.get(self._namespace, name) is value

    def _shared(self, name: str) -> object:
        return dict.get(self._namespace, name) if name in self._instructor.shared_names else None

    def _run(self, index: int, cell: Cell) -> CellOutcome:
        limits = self._case.limits
        if self._over:
            return failed("NotRun", self._over)
        try:
            with self._limited():
                reply = self._wall.run(cell.source)
        except DeadlineExceededError:
            if self._time.over:
                return failed("CellTimeoutError", self._over)
            self._interrupt_student()
            self._stops[index] = timed_out_cell(cell, limits.cell_seconds)
            message = f"this cell had not come to an end after {limits.cell_seconds:g} seconds"
            return failed("CellTimeoutError", message)
        except ConnectionClosedError as closed:
            self._flag_violation(closed, cell)
            ending = self._replace_student() or f"could not go on: {closed}"
            self._stops[index] = ended_process_cell(cell, ending)
            return failed("ProcessEnded", self._stops[index].message)
        self._watch.see_cell(index, reply["drew"], reply["traces"])
        if stop := out_of_resources_cell(cell, reply["failed"], limits):
            self._stops[index] = stop
        else:
            self._failed.note(index, cell, reply["failed"])
        if self._accelerator.is_lost(error_of(reply["failed"])[1]):
            self._replace_student()
        else:
            self._ran.append(index)
        self._update_earlier(reply.get("earlier"))
        return CellOutcome(self._read_outputs(reply["outputs"]), read_count(reply["count"]))

    def _read_outputs(self, reported: object) -> tuple[dict[str, Any], ...]:
        outputs = read_outputs(reported, min(self._case.limits.output_bytes, self._output_left))
        self._output_left -= sum(size(output) for output in outputs)
        return outputs

    def _update_earlier(self, reported: object) -> None:
        """Report cells again whose outputs a later one has updated (``display_id``)."""
        for pair in (reported if isinstance(reported, list) else [])[:_MOST_UPDATED]:
            count, outputs = pair if isinstance(pair, list) and len(pair) == 2 else (None, None)
            known = self._shown.get(count) if type(count) is int else None
            if known is not None:
                index, outcome = known
                self._report(index, replace(outcome, outputs=self._read_outputs(outputs)))

    def _report(self, index: int, outcome: CellOutcome) -> None:
        self._coordinator.report(index, outcome)
        if outcome.execution_count is not None:
            self._shown[outcome.execution_count] = index, outcome

    @property
    def _over(self) -> str:
        """Why no further cell is run; empty while there is time."""
        if self._replacements > _MOST_REPLACEMENTS:
            return f"The process in which the notebook runs had ended {_MOST_REPLACEMENTS} times before this cell."
        return self._time.used_up() if self._time.over else ""

    @contextmanager
    def _limited(self) -> Iterator[None]:
        deadline = self._time.deadline()
        self._wall.deadline = deadline
        # A test may loop on this side, on a number or an iterator of the student's: the alarm ends it. It is repeated,
        # since Python may ignore the first error (in a destructor). It doesn't end a loop in C: the coordinator does.
        self._coordinator.begin()
        previous = signal.signal(signal.SIGALRM, _raise_deadline_exceeded)
        signal.setitimer(signal.ITIMER_REAL, max(deadline - time.monotonic(), 0.0) + ALARM_SECONDS, 1.0)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, previous)

    def _end_student(self) -> None:
        """Check that the student's process has sent nothing but answers, before the coordinator ends it."""
        if self._wall.reply_due:
            return
        try:
            traces = self._wall.finish(time.monotonic() + self._case.limits.grace_seconds)
        except ProtocolError:
            self._coordinator.flag(f"at its end {_FORGED}")
        except WallError:
            # However its process ends now, all of its cells have run.
            return
        else:
            self._watch.see(traces)

    def _interrupt_student(self) -> None:
        """After a timeout: go on with the same process if an interrupt stops it, else with another."""
        if not self._wall.reply_due:
            # The test itself took too long: an interrupt would hit what the student's side does next.
            return
        self._coordinator.interrupt()
        if not self._wall.receive_late_reply(time.monotonic() + self._case.limits.grace_seconds):
            self._replace_student()

    def _flag_violation(self, closed: ConnectionClosedError, cell: Cell) -> None:
        if isinstance(closed, ProtocolError):
            # The text of a cell without an id is the student's: it must not be shown on a terminal.
            where = name_cell(cell) if cell.grade_id is not None else "a cell of the student's own"
            self._coordinator.flag(f"in {where} {_FORGED}")

    def _replace_student(self) -> str:
        """Start another process, and run in it the cells that ran before.

        Returns:
            How the last one ended.
        """
        ending = self._coordinator.kill()
        # The copies of the process have ended with it.
        for test in self._pending:
            test.close()
        self._replacements += 1
        if self._over:
            return ending
        self._wall = self._start_student()
        while not self._over and not self._rerun_cells():
            self._coordinator.kill()
            self._wall = self._start_student()
        return ending

    def _rerun_cells(self) -> bool:
        """Run the cells above again; a cell that ends the process this time is never run again."""
        self._give_again()
        for index in self._ran:
            try:
                with self._limited():
                    self._wall.run(self._case.submitted.cells[index].source)
            except WallError:
                self._ran.remove(index)
                return False
        self._give_again()
        return True

    # Tests beside the student's code

    def _prepare_beside(self, index: int, grade_id: str) -> None:
        """Have the student's process copied as it is now, for a test that will run in the copy."""
        _, cell = self._tests[grade_id]
        waiting = sum(test.copy is not None for test in self._pending)
        test = PendingTest(index, cell, all(map(self._is_public, (grade_id, *self._case.beside[grade_id]))))
        self._pending.append(test)
        if self._student is None or self._over or self._wall.reply_due or waiting >= MOST_COPIES:
            return
        if grade_id in self._case.replayed:
            # It runs in a process of its own.
            return
        try:
            with self._limited():
                test.copy = self._student.copy(time.monotonic() + self._case.limits.grace_seconds)
        except DeadlineExceededError:
            self._replace_student()
        except ConnectionClosedError as closed:
            self._flag_violation(closed, cell)
            self._replace_student()

    def _judge_pending(self) -> None:
        """Run the tests that waited: first those whose copies wait, since all copies end when cells are run again."""
        # The cells may have used up the time for the notebook, with which these tests have nothing to do.
        self._time = TimeBudget(self._case.limits)
        changed: set[str] = set()
        # The message of a test without hidden parts holds what student code says: it must not have met another test.
        waiting = sorted(self._pending, key=lambda test: not test.public)
        left = [test for test in waiting if not self._judge_waiting(test, changed, in_copy=True)]
        for test in left:
            self._judge_waiting(test, changed, in_copy=False)
        self._case.profile.record_changes(changed)
        given = [cell.source for cell in self._instructor.cells if cell.kind == "code"]
        if self._pending and (looking := looking_names([cell.source for cell in self._own_cells], given)):
            names = ", ".join(looking[:_MOST_NAMED])
            self._coordinator.flag(f"the submission uses {names}, with which code can look at a test beside it")
        if replaced := sorted(changed - self._case.profile.changes):
            names = ", ".join(replaced[:_MOST_NAMED])
            self._coordinator.flag(f"the submission replaced {names}, which its tests may use")

    def _judge_waiting(self, test: PendingTest, changed: set[str], *, in_copy: bool) -> bool:
        """Give the verdict on a test that waited.

        Args:
            test: the test.
            changed: to which names of replaced functions of libraries are added.
            in_copy: whether it is to run in the copy that waits for it; else the cells above it are run again.

        Returns:
            False if there is no copy, or it could not run the test.
        """
        self._coordinator.enter(test.index)
        with self._time.running(name_cell(test.cell)):
            verdict = self._judge_beside(test, changed, in_copy=in_copy)
        if verdict is None:
            return False
        self._coordinator.report(test.index, CellOutcome(verdict=verdict))
        return True

    def _judge_beside(self, test: PendingTest, changed: set[str], *, in_copy: bool) -> CellVerdict | None:
        grade_id = test.cell.grade_id or ""
        released = self._released.get(grade_id, replace(test.cell, source=""))
        stop = first_stop(self._case.submitted.cells, self._stops, test.index)
        circumstances = self._circumstances(test.index, stop)
        if stop is not None and stop.in_answer:
            return CellVerdict(grade_id, 0.0, test.cell.points, stop.status, stop.message, level=Level.BESIDE)
        fault: WallError = DeadlineExceededError()
        if not self._over:
            try:
                report = self._run_beside(test, changed, in_copy=in_copy)
            except DeadlineExceededError as late:
                fault = late
            except WallError as ended:
                # All copies end when one of them makes the sandbox end its submission.
                if in_copy:
                    return None
                fault = ended
            else:
                if report is None and in_copy:
                    return None
                if report is not None:
                    self._see_error(report.error)
                    return judge_beside(test.cell, released, report, circumstances, public=test.public)
                fault = ConnectionClosedError("the cells above the test could not be run again")
        circumstances = replace(circumstances, over=self._over, ending="ended before the test was over")
        return replace(judge(test.cell, released, Execution([], fault, None, 0), circumstances), level=Level.BESIDE)

    def _see_error(self, error: Mapping[str, Any] | None) -> None:
        kind, message, _ = error_of(error)
        if error is not None:
            self._watch.see_error(kind, message)

    def _is_public(self, grade_id: str) -> bool:
        released = self._released.get(grade_id)
        return released is not None and is_public(self._tests[grade_id][1], released)

    def _run_beside(self, test: PendingTest, changed: set[str], *, in_copy: bool) -> BesideReport | None:
        """What a copy says of its test; None if there is none, or the test did not begin."""
        earlier = [self._tests[grade_id][1].source for grade_id in self._case.beside[test.cell.grade_id or ""]]
        order = {
            "source": test.cell.source,
            "text": self._shell.transform_cell(test.cell.source),
            "notebook": [],
            "before": [*self._helpers(test), *(self._shell.transform_cell(source) for source in earlier)],
            "seed": self._seed_of(test.cell.grade_id or ""),
            "seconds": self._case.limits.cell_seconds,
            "imports": self._imports(test),
            "own": sorted(self._instructor.student_names),
        }
        with self._limited():
            if test.cell.grade_id in self._case.replayed:
                order["notebook"] = self._notebook_above(test.index)
                copy = None if in_copy else self._rerun_as_copy(0)
            else:
                copy = test.copy if in_copy else self._rerun_as_copy(test.index)
            if copy is None:
                return None
            changed |= set(copy.changed)
            return run_in_copy(copy.channel, order, self._time.deadline())

    def _imports(self, test: PendingTest) -> dict[str, str]:
        """The lesson's import statements above a test, by the name that each binds; no name that is bound otherwise."""
        above, _ = self._tests[test.cell.grade_id or ""]
        cells = [cell for cell in self._instructor.cells[:above] if cell.kind == "code"]
        bound = frozenset().union(*(bound_names(cell.source) for cell in cells))
        found: dict[str, str] = {}
        for cell in cells:
            if cell.role not in (*ANSWERS, Role.TEST):
                found |= import_statements(cell.source)
        return {name: text for name, text in found.items() if name not in bound}

    def _notebook_above(self, index: int) -> list[list[str]]:
        """What would have run above a test in one process: the texts of cells, and tests as plain Python."""
        above: list[list[str]] = []
        for place, cell in enumerate(self._case.submitted.cells[:index]):
            if cell.role is Role.TEST and cell.grade_id is not None:
                above.append(["test", self._shell.transform_cell(self._tests[cell.grade_id][1].source)])
            elif place in self._ran:
                above.append(["cell", cell.source])
        return above

    def _helpers(self, test: PendingTest) -> list[str]:
        """The texts of the lesson's functions that a test uses: a submission may have put others in their places."""
        lesson: dict[str, str] = {}
        above, _ = self._tests[test.cell.grade_id or ""]
        for cell in self._instructor.cells[:above]:
            if cell.kind == "code" and cell.role not in (*ANSWERS, Role.TEST):
                lesson |= functions_defined(cell.source)
        found: dict[str, str] = {}
        ahead = [test.cell.source]
        while ahead:
            for name in used_names(ahead.pop()) & lesson.keys() - found.keys() - self._instructor.student_names:
                found[name] = lesson[name]
                ahead.append(lesson[name])
        replaced = [name for name in found if any(name in bound_names(cell.source) for cell in self._own_cells)]
        if replaced:
            self._coordinator.flag(f"the submission replaced {', '.join(sorted(replaced))}, which the lesson gives")
        return [found[name] for name in lesson if name in found]

    @property
    def _own_cells(self) -> list[Cell]:
        """The cells of the submission whose text is the student's."""
        given = {cell.source for cell in self._instructor.cells if cell.role not in ANSWERS}
        roles = (*ANSWERS, Role.FREE)
        cells = self._case.submitted.cells
        return [cell for cell in cells if cell.kind == "code" and cell.role in roles and cell.source not in given]

    def _rerun_as_copy(self, index: int) -> WaitingCopy | None:
        """Run the cells above a test in another process, which then waits for the test."""
        self._coordinator.end()
        self._wall = self._start_student()
        for ran in self._ran:
            if ran < index:
                self._wall.deadline = self._time.deadline()
                self._wall.run(self._case.submitted.cells[ran].source)
        self._wall.deadline = self._time.deadline()
        return None if self._student is None else self._student.become_copy(self._time.deadline())

    def _give_again(self) -> None:
        """Bind what tests have bound in a process that replaces another."""
        # If it ends of that, the next request finds it ended.
        with suppress(WallError), self._limited():
            self._wall.give(self._given.given[:])

    # The judge's side

    def _circumstances(self, place: int, stop: StoppedCell | None) -> Circumstances:
        failures = self._failed.above(self._case.submitted.cells, place)
        return Circumstances(self._case.limits, stop=stop, failures=failures, rehearsal=self._case.rehearsal)

    def _grade(self, grade_id: str, stop: StoppedCell | None, place: int) -> CellVerdict:
        """The verdict on a test; `place` is the cell's in the submission."""
        index, test = self._tests[grade_id]
        released = self._released.get(grade_id, replace(test, source=""))
        circumstances = self._circumstances(place, stop)
        if self._over:
            execution = Execution([], DeadlineExceededError(), None, 0)
            return judge(test, released, execution, replace(circumstances, over=self._over))
        self._begin_test(index, grade_id)
        changed = self._changed_values(grade_id)
        execution = self._run_test(test, repeatable=bool(changed))
        if device := self._accelerator.retry_on(execution.error):
            execution = self._run_test(test, device=device)
        if not self._wall.asked:
            self._case.profile.record_blind_test(grade_id)
        if (self._wall.answers.withheld or changed) and not isinstance(execution.error, WallError):
            # The submission changed the test's own data, and the test did not see the change. If it did in its only
            # run, a submission could turn a hidden input into one whose answer it knows. So it must pass both runs.
            # The message is that of the second run, as it would be in a notebook.
            with with_values(self._namespace, changed):
                again = self._run_test(test, trusting=True, device=device)
            if self._wall.answers.moved or (execution.error is not None and again.error is None):
                # A mistaken change in place fails a test that looks for it; this answer passes only because of it.
                self._coordinator.flag(f"in {name_cell(test)} the answer changed what the solution leaves alone")
            execution = worse(execution, again)
        self._watch.see_missing(self._wall.missing)
        ending = self._recover(execution, test)
        circumstances = replace(circumstances, ending=ending)
        if isinstance(execution.error, DeadlineExceededError):
            circumstances = replace(circumstances, over=self._over)
        return judge(test, released, execution, circumstances)

    def _recover(self, execution: Execution, test: Cell) -> str:
        """After a test: have a student's side with which the next cell can go on.

        Returns:
            How its process ended, if it did.
        """
        self._given.end()
        if isinstance(execution.error, DeadlineExceededError):
            if not self._over:
                self._interrupt_student()
        elif isinstance(execution.error, ConnectionClosedError):
            self._flag_violation(execution.error, test)
            return self._replace_student()
        elif self._accelerator.is_lost_by(execution.error):
            self._replace_student()
        return ""

    def _begin_test(self, index: int, grade_id: str) -> None:
        self._given.settle()
        self._replay_instructor_cells(index)
        if (state := self._instructor.states.get(index)) is not None:
            state.restore()
        self._given.begin(grade_id)

    def _changed_values(self, grade_id: str) -> dict[str, Any]:
        """The values that the submission has given to what the lesson gives and this test looks at."""
        names = self._instructor.watched_names.get(grade_id, frozenset()) & self._given.changeable
        # If its process ends of that, the test finds it ended.
        with suppress(WallError), self._limited():
            return changed_values(names, self._namespace, self._wall)
        return {}

    def _bind_names(self, index: int, cell: Cell) -> None:
        """Bind the names that other cells take from a test which is not run here."""
        grade_id = cell.grade_id or ""
        text = "\n".join(filter(None, (self._instructor.slices.get(grade_id), self._given.public_text(grade_id))))
        if text and not self._over:
            self._begin_test(index, grade_id)
            execution = self._run_test(replace(cell, source=text, grade_id=f"{grade_id} names"))
            self._recover(execution, cell)

    def _run_test(self, test: Cell, *, trusting: bool = False, device: str = "", repeatable: bool = False) -> Execution:
        # Other numbers on another device: a submission that causes this second run learns nothing from the first.
        seed(self._seed_of(f"{test.grade_id or ''}{device}"))
        names = dict(self._namespace)
        self._wall.begin_test(trusting=trusting, device=device)
        self._namespace.wall = self._wall
        try:
            with self._limited(), noticing_seeds(self._namespace, self._wall.seeded.add):
                execution = run_test(self._shell, self._instructor.tests.get(test.grade_id or ""), test.source)
        except WallError as fault:
            # The alarm may interrupt code outside the cell's own.
            execution = Execution([], fault, None, 0)
        finally:
            self._namespace.wall = None
            self._wall.seeded.clear()
        if self._wall.fault is not None and not isinstance(execution.error, WallError):
            # A test that catches every error has caught the end of the student's process, too.
            execution = Execution([], self._wall.fault, None, 0)
        elif self._wall.overdue and not isinstance(execution.error, WallError):
            execution = Execution([], DeadlineExceededError(), None, 0)
        repeatable = repeatable or self._wall.answers.withheld or bool(self._accelerator.retry_on(execution.error))
        if not trusting and repeatable:
            self._namespace.clear()
            self._namespace.update(names)
        return execution

    def _seed_of(self, name: str) -> int:
        return int.from_bytes(hmac.digest(self._case.secret, name.encode(), hashlib.sha256)[:8], "big")

    def _replay_instructor_cells(self, end: int) -> None:
        """Do to the judge's names what the instructor's cells above this index did to them."""
        for index in range(self._replayed_cells, end):
            effect = self._instructor.effects.get(index)
            if effect is not None:
                for name in effect.deleted:
                    dict.pop(self._namespace, name, None)
                remote = self._instructor.student_names
                own = {name: value for name, value in effect.bound.items() if name not in remote}
                dict.update(self._namespace, own)
        self._replayed_cells = max(self._replayed_cells, end)


class TimeBudget:
    """Divides the time for a notebook among its cells; it starts when it is made."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._end = time.monotonic() + limits.submission_seconds
        self._spent: dict[str, float] = {}

    def deadline(self) -> float:
        """When a cell that begins now must have ended, in seconds of `time.monotonic`."""
        return min(time.monotonic() + self._limits.cell_seconds, self._end)

    @property
    def over(self) -> bool:
        """Whether the time for the notebook is used up."""
        return time.monotonic() >= self._end

    @contextmanager
    def running(self, name: str) -> Iterator[None]:
        """Note how long a cell takes, under its name."""
        begun = time.monotonic()
        try:
            yield
        finally:
            self._spent[name] = self._spent.get(name, 0.0) + time.monotonic() - begun

    def used_up(self) -> str:
        """What the student is told once the time for the notebook is used up."""
        name = max(self._spent, key=self._spent.__getitem__, default="")
        return explain_used_time(self._limits.submission_seconds, name, self._spent.get(name, 0.0))


def _raise_deadline_exceeded(*_: object) -> None:
    raise DeadlineExceededError
