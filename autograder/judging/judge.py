"""The judge of one submission: a fork of the process in which the instructor's notebook has run.

It walks down the student's notebook. Cells of the lesson and of the student's are run on the student's side; grade
cells run here, in the instructor's wording, when the cells above them have run and those below have not.
"""

import hashlib
import hmac
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from autograder.cells import Cell, Role
from autograder.judging.case import Case
from autograder.judging.clock import Clock, out_of_time
from autograder.judging.instructor import Rehearsal
from autograder.judging.judgement import Circumstances, for_a_person, judge
from autograder.judging.outputs import failed, read_count, read_outputs, size, timed_out
from autograder.judging.stops import Stop, endless_cell, error_of, failing_cell, fatal_cell, first_stop, name_of
from autograder.judging.supervisor import Supervisor
from autograder.judging.tests import run_test
from autograder.sandbox.accelerator import accelerator_for
from autograder.sandbox.isolation import limit_own_memory
from autograder.verdicts import CellOutcome, CellVerdict
from autograder.wall.conversation import LATEST
from autograder.wall.faults import Misspoke, OutOfTime, StudentGone, WallFault
from autograder.wall.handshake import greet
from autograder.wall.judge_end import Wall
from autograder.wall.namespace import Namespace
from autograder.wall.profile import Recorder
from autograder.wall.seeds import seed
from autograder.wall.shell import Execution, NotebookShell

_MOST_REPLACEMENTS = 20
_CELLS_OF_OUTPUT = 8
_FORGED = "the student's process sent messages of its own making"


class Judge:
    """Judges one submission; it is used once.

    Args:
        case: what is to be judged.
        rehearsal: the instructor's notebook, which has run in this process.
        released: the released text of each graded cell, by its id.
        shell: the shell in which it ran.
        namespace: the names with which it ran.
        supervisor: gives student processes, interrupts them and replaces them.
    """

    def __init__(
        self,
        case: Case,
        rehearsal: Rehearsal,
        released: Mapping[str, Cell],
        shell: NotebookShell,
        namespace: Namespace,
        supervisor: Supervisor,
    ) -> None:
        self._case = case
        self._rehearsal = rehearsal
        self._released = released
        self._shell = shell
        self._namespace = namespace
        self._supervisor = supervisor
        self._tests = {
            cell.grade_id or "": (i, cell) for i, cell in enumerate(rehearsal.cells) if cell.role is Role.TEST
        }
        self._played = 0
        self._ran: list[int] = []
        self._stops: dict[int, Stop] = {}
        self._replacements = 0
        self._accelerator = accelerator_for(case.limits)
        # A notebook may have any number of cells, and all that they print is kept at once.
        self._room = _CELLS_OF_OUTPUT * case.limits.output_bytes
        self._wall = self._meet_student()
        # The first student's process is waited for until the sandbox stands.
        self._clock = Clock(case.limits)
        namespace.student_names = rehearsal.student_names

    def judge(self) -> None:
        """Judge the submission; each outcome is reported to the supervisor."""
        # A student's number may make a test ask for more memory than there is.
        limit_own_memory(2 * self._case.limits.memory_bytes)
        for index, cell in enumerate(self._case.submitted.cells):
            with self._clock.running(name_of(cell)):
                outcome = self._outcome(index, cell)
            self._supervisor.report(index, outcome)
        self._part()

    def _outcome(self, index: int, cell: Cell) -> CellOutcome:
        if index in self._case.hopeless:
            return CellOutcome(verdict=self._case.hopeless[index])
        if cell.role is Role.TEST and cell.grade_id is not None:
            stop = first_stop(self._case.submitted.cells, self._stops, index)
            return CellOutcome(verdict=self._grade(cell.grade_id, stop))
        outcome = self._run(index, cell) if cell.kind == "code" and cell.source.strip() else CellOutcome()
        if cell.role in (Role.ANSWER, Role.TASK):
            outcome = replace(outcome, verdict=for_a_person(cell, self._case.submitted.unanswered))
        return outcome

    # The student's side

    def _meet_student(self) -> Wall:
        limits = self._case.limits
        channel = self._supervisor.student(limits.message_bytes)
        greet(channel, self._case.files, limits, time.monotonic() + limits.cell_seconds)
        wall = Wall(channel, self._case.measure, self._student_has)
        wall.call_seconds = limits.call_seconds
        wall.answers.devices = self._accelerator.judge_devices
        return wall

    def _student_has(self, name: str, value: object) -> bool:
        return name in self._rehearsal.shared_names and dict.get(self._namespace, name) is value

    def _run(self, index: int, cell: Cell) -> CellOutcome:
        limits = self._case.limits
        if self._over:
            return failed("NotRun", self._over)
        try:
            with self._limited():
                reply = self._wall.run(cell.source)
        except OutOfTime:
            if self._clock.over:
                return failed("CellTimeoutError", self._over)
            self._recover()
            self._stops[index] = endless_cell(cell, limits.cell_seconds)
            return timed_out(limits.cell_seconds, None)
        except StudentGone as gone:
            self._flag(gone, cell)
            ending = self._replace_student() or f"could not go on: {gone}"
            self._stops[index] = fatal_cell(cell, ending)
            return failed("ProcessEnded", self._stops[index].message)
        if stop := failing_cell(cell, reply["failed"], limits):
            self._stops[index] = stop
        if self._accelerator.is_lost(error_of(reply["failed"])[1]):
            self._replace_student()
        else:
            self._ran.append(index)
        outputs = read_outputs(reply["outputs"], min(limits.output_bytes, self._room))
        self._room -= sum(size(output) for output in outputs)
        return CellOutcome(outputs, read_count(reply["count"]))

    @property
    def _over(self) -> str:
        """Why no further cell is run; empty while there is time."""
        if self._replacements > _MOST_REPLACEMENTS:
            return f"The process in which the notebook runs had ended {_MOST_REPLACEMENTS} times before this cell."
        return self._clock.told() if self._clock.over else ""

    @contextmanager
    def _limited(self) -> Iterator[None]:
        deadline = self._clock.deadline()
        self._wall.deadline = deadline
        # A test may loop on this side, on a number or an iterator of the student's: the alarm ends it. It rings again,
        # for the first may be lost where Python ignores errors. A loop in C doesn't hear it: see `Bench`.
        self._supervisor.begin()
        previous = signal.signal(signal.SIGALRM, out_of_time)
        signal.setitimer(signal.ITIMER_REAL, max(deadline - time.monotonic(), 0.0) + LATEST, 1.0)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, previous)

    def _part(self) -> None:
        """Take leave of the student's process, and see that it has said nothing but answers."""
        if self._wall.awaited:
            return
        try:
            self._wall.part(time.monotonic() + self._case.limits.grace_seconds)
        except Misspoke:
            self._supervisor.flag(f"at its end {_FORGED}")
        except WallFault:
            # However its process ends now, all of its cells have run.
            return

    def _recover(self) -> None:
        """After a time-out: go on with the same process if it obeys an interrupt, else with another."""
        if not self._wall.awaited:
            # It was the test that took so long: an interrupt would hit whatever the student's side does next.
            return
        self._supervisor.interrupt()
        if not self._wall.settle(time.monotonic() + self._case.limits.grace_seconds):
            self._replace_student()

    def _flag(self, gone: StudentGone, cell: Cell) -> None:
        if isinstance(gone, Misspoke):
            # The words of a cell without an id are the student's: they are not for a terminal.
            where = name_of(cell) if cell.grade_id is not None else "a cell of the student's own"
            self._supervisor.flag(f"in {where} {_FORGED}")

    def _replace_student(self) -> str:
        """Start another process, and run in it the cells that ran before.

        Returns:
            How the last one ended.
        """
        ending = self._supervisor.kill()
        self._replacements += 1
        if self._over:
            return ending
        self._wall = self._meet_student()
        while not self._over and not self._replay():
            self._supervisor.kill()
            self._wall = self._meet_student()
        return ending

    def _replay(self) -> bool:
        """Run the cells above again; a cell that ends the process this time is left out for good."""
        for index in self._ran:
            try:
                with self._limited():
                    self._wall.run(self._case.submitted.cells[index].source)
            except WallFault:
                self._ran.remove(index)
                return False
        return True

    # The judge's side

    def _grade(self, grade_id: str, stop: Stop | None) -> CellVerdict:
        place, test = self._tests[grade_id]
        released = self._released.get(grade_id, replace(test, source=""))
        circumstances = Circumstances(self._case.limits, stop=stop)
        if self._over:
            execution = Execution([], OutOfTime(), None, 0)
            return judge(test, released, execution, replace(circumstances, over=self._over))
        self._play_lesson(place)
        execution = self._run_test(test)
        if device := self._accelerator.retry_on(execution.error):
            execution = self._run_test(test, place=device)
        if isinstance(self._case.measure, Recorder) and not self._wall.asked:
            self._case.measure.unasked.add(grade_id)
        if self._wall.answers.withheld and not isinstance(execution.error, WallFault):
            # What the submission changed of the test's own data was kept from the test. Were that shown in the only
            # run, a submission could turn a hidden input into one whose answer it knows. So it must pass both, and is
            # told what the second says: that is what a notebook says.
            again = self._run_test(test, trusting=True, place=device)
            if self._wall.answers.moved or (execution.error is not None and again.error is None):
                # A slip in place fails a test that looks for it; this passes only thanks to what it has changed.
                self._supervisor.flag(f"in {name_of(test)} the answer changed what the solution leaves alone")
            execution = again if again.error is not None else execution
        if isinstance(execution.error, OutOfTime):
            circumstances = replace(circumstances, over=self._over)
            if not self._over:
                self._recover()
        elif isinstance(execution.error, StudentGone):
            self._flag(execution.error, test)
            circumstances = replace(circumstances, ending=self._replace_student())
        elif self._accelerator.is_lost_by(execution.error):
            self._replace_student()
        return judge(test, released, execution, circumstances)

    def _run_test(self, test: Cell, *, trusting: bool = False, place: str = "") -> Execution:
        # Other numbers in another place: a submission that asks for it learns nothing from the first run.
        self._seed(f"{test.grade_id or ''}{place}")
        names = dict(self._namespace)
        self._wall.begin_test(trusting=trusting, place=place)
        self._namespace.wall = self._wall
        try:
            with self._limited():
                execution = run_test(self._shell, self._rehearsal.tests.get(test.grade_id or ""), test.source)
        except WallFault as fault:
            # The alarm may go off outside of the cell's own code.
            execution = Execution([], fault, None, 0)
        finally:
            self._namespace.wall = None
        if self._wall.fault is not None and not isinstance(execution.error, WallFault):
            # A test that catches every error has caught the end of the student's process, too.
            execution = Execution([], self._wall.fault, None, 0)
        elif self._wall.late and not isinstance(execution.error, WallFault):
            execution = Execution([], OutOfTime(), None, 0)
        if not trusting and (self._wall.answers.withheld or self._accelerator.retry_on(execution.error)):
            self._namespace.clear()
            self._namespace.update(names)
        return execution

    def _play_lesson(self, place: int) -> None:
        """Do to the judge's names what the instructor's cells above this place did to them."""
        for index in range(self._played, place):
            effect = self._rehearsal.effects.get(index)
            if effect is not None:
                for name in effect.deleted:
                    dict.pop(self._namespace, name, None)
                own = {name: value for name, value in effect.bound.items() if name not in self._rehearsal.student_names}
                dict.update(self._namespace, own)
        self._played = max(self._played, place)

    def _seed(self, grade_id: str) -> None:
        digest = hmac.digest(self._case.secret, grade_id.encode(), hashlib.sha256)
        seed(int.from_bytes(digest[:8], "big"))
