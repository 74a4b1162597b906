"""Serving a judge: it asks for student processes, has them interrupted and ended, and reports outcomes."""

import socket
import time
from collections.abc import Callable
from typing import Any

from autograder.judging.supervisor import read_outcome
from autograder.limits import Limits
from autograder.sandbox.student_process import StudentProcess
from autograder.verdicts import CellOutcome
from autograder.wall.channel import Channel

_ANY_SIZE = 2**40
_SPARE_SECONDS = 60.0
_NOTICED_SECONDS = 0.3
_SILENT_SECONDS = 10.0
_BY_THE_SANDBOX = ("died with the sandbox", "could not be seen to end")
_BY_ANYBODY = "was killed (signal 9"


class DisturbedError(Exception):
    """A student's process was ended from outside, as the kernel does when the machine's memory runs out."""


class Attendance:
    """What a judge was given, and what it has reported; it is used once.

    Args:
        limits: what the submission may use.
        new_student: starts a student process.
        doubtful: whether a kill is taken for one from outside: a submission can kill its own process, too.
    """

    def __init__(self, limits: Limits, new_student: Callable[[], StudentProcess], *, doubtful: bool) -> None:
        self.outcomes: dict[int, CellOutcome] = {}
        """What was reported, by the cell's index."""
        self.flags: list[str] = []
        """What a person should know about how the submission ran."""
        self._limits = limits
        self._new_student = new_student
        self._doubtful = doubtful
        self._student: StudentProcess | None = None

    def serve(self, line: socket.socket) -> dict[str, Any]:
        """Serve the judge until it has finished.

        Args:
            line: the socket to it.

        Returns:
            What it found out about the instructor's solution, if it was to.

        Raises:
            OutOfTime: it has said nothing for much longer than a cell may take.
            StudentGone: it has ended.
            DisturbedError: it is to judge anew.
        """
        channel = Channel(line, _ANY_SIZE)
        silence = 2 * self._limits.cell_seconds + self._limits.grace_seconds + _SILENT_SECONDS
        end = time.monotonic() + self._limits.submission_seconds + self._limits.cell_seconds + _SPARE_SECONDS
        try:
            while True:
                deadline = min(end, time.monotonic() + silence)
                message = channel.receive(deadline)
                for index, outcome in message.get("outcomes", ()):
                    self.outcomes[index] = read_outcome(outcome)
                if message["do"] == "finish":
                    findings: dict[str, Any] = message["findings"]
                    return findings
                if message["do"] == "flag":
                    self.flags.append(message["sentence"])
                elif message["do"] == "student":
                    self._student = student = self._new_student()
                    channel.send(None, deadline)
                    socket.send_fds(line, [b"f"], [student.connection.fileno()])
                    student.connection.close()
                elif message["do"] == "interrupt":
                    self._interrupt()
                    channel.send(None, deadline)
                elif message["do"] == "kill":
                    channel.send(self._kill(), deadline)
        finally:
            if self._student is not None:
                # It is still open if the judge went away before it was handed on.
                self._student.connection.close()
                self._end(self._student)

    def _interrupt(self) -> None:
        if self._student is not None:
            self._student.interrupt()

    def _end(self, student: StudentProcess) -> None:
        student.kill()
        if student.warning and student.warning not in self.flags:
            self.flags.append(student.warning)

    def _kill(self) -> str:
        """End the student's process; returns how it ended, if it had ended before."""
        if self._student is None:
            return ""
        # A process that has just died may not have been noticed yet.
        ending = self._student.wait(_NOTICED_SECONDS) or ""
        self._end(self._student)
        if ending in _BY_THE_SANDBOX or (self._doubtful and ending.startswith(_BY_ANYBODY)):
            raise DisturbedError(f"the student's process {ending}")
        self.flags.append(f"the student's process {ending}" if ending else "the student's process had to be ended")
        return ending
