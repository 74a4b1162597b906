"""The judge of one submission: a fork of the process in which the instructor's notebook has run.

It walks down the student's notebook. Cells of the lesson and of the student's are run on the student's side; grade
cells run here, in the instructor's wording, when the cells above them have run and those below have not.
"""

import hashlib
import hmac
import random
import resource
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy
import torch

from autograder.cells import Cell, Role, SubmittedNotebook
from autograder.grading.instructor import Rehearsal
from autograder.grading.judgement import Circumstances, judge
from autograder.grading.outputs import failed, read_count, read_outputs, timed_out
from autograder.grading.supervisor import Supervisor
from autograder.limits import Limits
from autograder.verdicts import CellOutcome, CellStatus, CellVerdict
from autograder.wall.faults import OutOfTime, StudentGone, WallFault
from autograder.wall.greeting import greet
from autograder.wall.judge_side import Wall
from autograder.wall.namespace import Namespace
from autograder.wall.profile import Profile, Recorder
from autograder.wall.shell import Execution, NotebookShell, run_cell

_MOST_REPLACEMENTS = 20


@dataclass(frozen=True)
class Case:
    """What is to be judged.

    Attributes:
        submitted: the student's notebook.
        files: the data files of the lab and of the student: path → content.
        secret: from which the hidden inputs of each cell are drawn.
        measure: what the submission may do, or what notes what the instructor's solution does.
        limits: what it may use.
        hopeless: tests that are not to be run, by the cell's index, with the verdict: a judge has died of them.
    """

    submitted: SubmittedNotebook
    files: Mapping[str, bytes]
    secret: bytes
    measure: Profile | Recorder
    limits: Limits
    hopeless: Mapping[int, CellVerdict] = field(default_factory=dict)


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
        self._end = time.monotonic() + case.limits.submission_seconds
        self._tests = {
            cell.grade_id or "": (i, cell) for i, cell in enumerate(rehearsal.cells) if cell.role is Role.TEST
        }
        self._played = 0
        self._ran: list[int] = []
        self._endless: set[int] = set()
        self._replacements = 0
        self._wall = self._meet_student()
        namespace.student_names = rehearsal.student_names

    def judge(self) -> None:
        """Judge the submission; each outcome is reported to the supervisor as soon as it is known."""
        memory = 2 * self._case.limits.memory_bytes
        # A student's number may make a test ask for more memory than there is.
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
        for index, cell in enumerate(self._case.submitted.cells):
            self._supervisor.report(index, self._outcome(index, cell))

    def _outcome(self, index: int, cell: Cell) -> CellOutcome:
        if index in self._case.hopeless:
            return CellOutcome(verdict=self._case.hopeless[index])
        if cell.role is Role.TEST and cell.grade_id is not None:
            return CellOutcome(verdict=self._grade(cell.grade_id, self._endless & self._exercise(index)))
        outcome = self._run(index, cell) if cell.kind == "code" and cell.source.strip() else CellOutcome()
        if cell.role in (Role.ANSWER, Role.TASK):
            outcome = replace(outcome, verdict=self._for_a_person(cell))
        return outcome

    def _exercise(self, index: int) -> set[int]:
        """The cells between a test and the test before it."""
        cells = self._case.submitted.cells
        first = next((i + 1 for i in range(index - 1, -1, -1) if cells[i].role is Role.TEST), 0)
        return set(range(first, index))

    def _for_a_person(self, cell: Cell) -> CellVerdict:
        grade_id = cell.grade_id or ""
        if grade_id in self._case.submitted.unanswered and cell.role is Role.ANSWER:
            message = "This question was left as it was."
            return CellVerdict(grade_id, 0.0, cell.points, CellStatus.UNANSWERED, message)
        return CellVerdict(grade_id, None, cell.points, CellStatus.MANUAL, "A person will read this answer.")

    # The student's side

    def _meet_student(self) -> Wall:
        limits = self._case.limits
        channel = self._supervisor.student(limits.message_bytes)
        greet(channel, self._case.files, limits, time.monotonic() + limits.cell_seconds)
        return Wall(channel, self._case.measure, self._student_has)

    def _student_has(self, name: str, value: object) -> bool:
        return name in self._rehearsal.shared_names and dict.get(self._namespace, name) is value

    def _run(self, index: int, cell: Cell) -> CellOutcome:
        try:
            with self._limited():
                reply = self._wall.run(cell.source)
        except OutOfTime:
            self._recover()
            self._endless.add(index)
            return timed_out(self._case.limits.cell_seconds, None)
        except StudentGone as gone:
            ending = self._replace_student() or f"could not go on: {gone}"
            return failed("ProcessEnded", f"the process in which this cell ran {ending}")
        self._ran.append(index)
        limit = self._case.limits.output_bytes
        return CellOutcome(read_outputs(reply["outputs"], limit), read_count(reply["count"]))

    @contextmanager
    def _limited(self) -> Iterator[None]:
        deadline = min(time.monotonic() + self._case.limits.cell_seconds, self._end)
        self._wall.deadline = deadline
        # A test may loop on this side, on a number or an iterator of the student's: the alarm ends it. It rings again,
        # for the first may be lost where Python ignores errors. A loop in C doesn't hear it: see `Bench`.
        self._supervisor.begin()
        previous = signal.signal(signal.SIGALRM, _out_of_time)
        signal.setitimer(signal.ITIMER_REAL, max(deadline - time.monotonic(), 0.0) + 1.0, 1.0)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, previous)

    def _recover(self) -> None:
        """After a time-out: go on with the same process if it obeys an interrupt, else with another."""
        if not self._wall.awaited:
            # It was the test that took so long: an interrupt would hit whatever the student's side does next.
            return
        self._supervisor.interrupt()
        if not self._wall.settle(time.monotonic() + self._case.limits.grace_seconds):
            self._replace_student()

    def _replace_student(self) -> str:
        """Start another process, and run in it the cells that ran before.

        Returns:
            How the last one ended.
        """
        ending = self._supervisor.kill()
        self._replacements += 1
        if self._replacements > _MOST_REPLACEMENTS:
            self._end = time.monotonic()
        self._wall = self._meet_student()
        while not self._replay():
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

    def _grade(self, grade_id: str, endless: set[int]) -> CellVerdict:
        place, test = self._tests[grade_id]
        self._play_lesson(place)
        execution = self._run_test(test)
        if self._wall.answers.withheld and not isinstance(execution.error, WallFault):
            # What the submission changed of the test's own data was kept from the test. Were that shown in the only
            # run, a submission could turn a hidden input into one whose answer it knows. So it must pass both, and is
            # told what the second says: that is what a notebook says.
            again = self._run_test(test, trusting=True)
            execution = again if again.error is not None else execution
        ending = ""
        if isinstance(execution.error, OutOfTime):
            self._recover()
        elif isinstance(execution.error, StudentGone):
            ending = self._replace_student()
        if endless and execution.error is not None:
            # What the test lacks is what the cell would have defined, had it come to an end.
            execution = replace(execution, error=OutOfTime())
        circumstances = Circumstances(self._case.limits.cell_seconds, ending)
        return judge(test, self._released.get(grade_id, replace(test, source="")), execution, circumstances)

    def _run_test(self, test: Cell, *, trusting: bool = False) -> Execution:
        self._seed(test.grade_id or "")
        names = dict(self._namespace)
        answers = self._wall.answers
        answers.withheld, answers.trusting = False, trusting
        self._namespace.wall = self._wall
        try:
            with self._limited():
                execution = run_cell(self._shell, test.source)
        except WallFault as fault:
            # The alarm may go off outside of the cell's own code.
            execution = Execution([], fault, None, 0)
        finally:
            self._namespace.wall = None
            answers.trusting = False
        if answers.withheld and not trusting:
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
        seed = int.from_bytes(digest[:8], "big")
        random.seed(seed)
        numpy.random.seed(seed % 2**32)
        torch.manual_seed(seed)


def _out_of_time(*_: object) -> None:
    raise OutOfTime
