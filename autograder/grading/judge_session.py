"""A session with a judge: it asks for student processes, has them interrupted and ended, and reports outcomes."""

import socket
import time
from collections.abc import Callable
from typing import Any

from autograder.limits import Limits
from autograder.sandbox.student_process import DIED, LOST, StudentProcess
from autograder.verdicts import CellOutcome
from autograder.wall.channel import ANY_SIZE, Channel
from autograder.wire import from_plain

_SESSION_SPARE_SECONDS = 60.0
_EXIT_NOTICE_SECONDS = 0.3
_SILENCE_SPARE_SECONDS = 10.0
_SIGKILL = "was killed (signal 9"


class DisturbedError(Exception):
    """A student's process was killed from outside, as the kernel does when the machine's memory runs out."""


class JudgeSession:
    """What one judge was given, and what it has reported; it is used once.

    Args:
        limits: what the submission may use.
        new_student: starts a student process.
        suspect_kills: whether a kill of the student's process counts as one from outside, so that the submission is
            judged again. A submission can also kill its own process.
    """

    def __init__(self, limits: Limits, new_student: Callable[[], StudentProcess], *, suspect_kills: bool) -> None:
        self.outcomes: dict[int, CellOutcome] = {}
        """What was reported, by the cell's index."""
        self.flags: list[str] = []
        """What a person should know about how the submission ran."""
        self.reliance = ""
        """Why the submission must be judged again with all of its cells; empty if it need not be."""
        self._limits = limits
        self._new_student = new_student
        self._suspect_kills = suspect_kills
        self._student: StudentProcess | None = None
        self._cell: int | None = None

    def running_cell(self, count: int) -> int | None:
        """The cell in which the judge is or was, of so many; None if it has come to the end."""
        if self._cell is not None and self._cell not in self.outcomes:
            return self._cell
        return next((index for index in range(count) if index not in self.outcomes), None)

    def serve(self, connection: socket.socket) -> dict[str, Any]:
        """Serve the judge until it has finished.

        Returns:
            The profile of the instructor's solution as plain data, if that was judged; else an empty dictionary.

        Raises:
            DeadlineExceededError: it has sent nothing for much longer than a cell may take.
            ConnectionClosedError: it has ended.
            DisturbedError: the submission must be judged again.
        """
        channel = Channel(connection, ANY_SIZE)
        silence = 2 * self._limits.cell_seconds + self._limits.grace_seconds + _SILENCE_SPARE_SECONDS
        end = time.monotonic() + self._limits.submission_seconds + self._limits.cell_seconds + _SESSION_SPARE_SECONDS
        try:
            while True:
                deadline = min(end, time.monotonic() + silence)
                message = channel.receive(deadline)
                for index, outcome in message.get("outcomes", ()):
                    self.outcomes[index] = from_plain(CellOutcome, outcome)
                if message["do"] == "finish":
                    recorded: dict[str, Any] = message["recorded"]
                    return recorded
                if message["do"] == "again":
                    self.reliance = message["reason"]
                    return {}
                if message["do"] == "flag":
                    self.flags.append(message["sentence"])
                elif message["do"] == "student":
                    self._student = student = self._new_student()
                    channel.send(None, deadline)
                    socket.send_fds(connection, [b"f"], [student.connection.fileno()])
                    student.connection.close()
                elif message["do"] == "interrupt":
                    if self._student is not None:
                        self._student.interrupt()
                    channel.send(None, deadline)
                elif message["do"] == "begin":
                    self._cell = message["cell"]
                elif message["do"] == "end":
                    if self._student is not None:
                        self._end(self._student)
                    channel.send(None, deadline)
                elif message["do"] == "kill":
                    channel.send(self._kill(), deadline)
        finally:
            if self._student is not None:
                # It is still open if the judge ended before the socket was passed to it.
                self._student.connection.close()
                self._end(self._student)

    def _kill(self) -> str:
        """End the student's process; returns how it ended, if it had ended before."""
        if self._student is None:
            return ""
        # A process that has just died may not have been noticed yet.
        ending = self._student.wait(_EXIT_NOTICE_SECONDS) or ""
        self._end(self._student)
        if ending in (DIED, LOST) or (self._suspect_kills and ending.startswith(_SIGKILL)):
            raise DisturbedError(f"the student's process {ending}")
        self.flags.append(f"the student's process {ending}" if ending else "the student's process had to be ended")
        return ending

    def _end(self, student: StudentProcess) -> None:
        student.kill()
        if student.warning and student.warning not in self.flags:
            self.flags.append(student.warning)
