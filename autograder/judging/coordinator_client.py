"""The judge's connection to the coordinator, which starts student processes for it and receives its outcomes."""

import socket
from typing import Any

from autograder.verdicts import CellOutcome
from autograder.wall.channel import ANY_SIZE, Channel
from autograder.wire import to_plain


class CoordinatorClient:
    """The judge's end of the connection to the coordinator."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._channel = Channel(connection, ANY_SIZE)
        self._outcomes: list[list[Any]] = []
        self._cell: int | None = None

    def student(self, message_bytes: int) -> Channel:
        """A channel to a new student process."""
        self._ask("student")
        _, descriptors, _, _ = socket.recv_fds(self._connection, 1, 1)
        return Channel(socket.socket(fileno=descriptors[0]), message_bytes, exclusive=True)

    def enter(self, index: int) -> None:
        """Note which cell is next."""
        self._cell = index

    def begin(self) -> None:
        """Report that a cell begins, with the outcomes of those before it."""
        self._channel.send({"do": "begin", "cell": self._cell, "outcomes": self._outcomes})
        self._outcomes = []

    def interrupt(self) -> None:
        """Interrupt what the student's process is doing."""
        self._ask("interrupt")

    def kill(self) -> str:
        """End the student's process.

        Returns:
            How it ended, if it had ended before; else an empty text.
        """
        ending: str = self._ask("kill")
        return ending

    def end(self) -> None:
        """End the student's process in good order, since another one follows."""
        self._ask("end")

    def flag(self, sentence: str) -> None:
        """Report what a person should know about how the submission ran."""
        self._channel.send({"do": "flag", "sentence": sentence})

    def report(self, index: int, outcome: CellOutcome) -> None:
        """Report the outcome of a cell. It is sent before the next cell begins, in which this process may die."""
        self._outcomes.append([index, to_plain(outcome)])

    def finish(self, recorded: dict[str, Any]) -> None:
        """Report that the submission is judged.

        Args:
            recorded: what was recorded of the instructor's solution, as plain data; empty for a submission.
        """
        self._channel.send({"do": "finish", "outcomes": self._outcomes, "recorded": recorded})

    def judge_again(self, reason: str) -> None:
        """Report that the submission must be judged again with all of its cells, since it may rely on them."""
        self._channel.send({"do": "again", "reason": reason})

    def _ask(self, what: str) -> Any:  # noqa: ANN401 - a text or nothing
        self._channel.send({"do": what})
        return self._channel.receive()
