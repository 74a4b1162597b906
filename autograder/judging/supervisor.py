"""How a judge speaks with the coordinator: it asks for student processes, and reports outcomes."""

import socket
from typing import Any

from autograder.verdicts import CellOutcome, CellStatus, CellVerdict
from autograder.wall.channel import Channel


class Supervisor:
    """The judge's end of the line to the coordinator.

    Args:
        connection: the socket to the coordinator.
        channel: the channel over it.
    """

    def __init__(self, connection: socket.socket, channel: Channel) -> None:
        self._connection = connection
        self._channel = channel
        self._outcomes: list[list[Any]] = []

    def student(self, message_bytes: int) -> Channel:
        """A channel to a new student process."""
        self._ask("student")
        _, descriptors, _, _ = socket.recv_fds(self._connection, 1, 1)
        return Channel(socket.socket(fileno=descriptors[0]), message_bytes, alone=True)

    def begin(self) -> None:
        """Say that a piece of work begins that has the time of one cell, and what came of all that was before."""
        self._channel.send({"do": "begin", "outcomes": self._outcomes})
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

    def flag(self, sentence: str) -> None:
        """Say what a person should know about how the submission ran."""
        self._channel.send({"do": "flag", "sentence": sentence})

    def report(self, index: int, outcome: CellOutcome) -> None:
        """Report the outcome of a cell: no later than the next piece of work begins, in which this process may die."""
        self._outcomes.append([index, write_outcome(outcome)])

    def finish(self, findings: dict[str, Any]) -> None:
        """Say that the submission is judged."""
        self._channel.send({"do": "finish", "outcomes": self._outcomes, "findings": findings})

    def _ask(self, what: str) -> Any:  # noqa: ANN401 - a text or nothing
        self._channel.send({"do": what})
        return self._channel.receive()


def write_outcome(outcome: CellOutcome) -> dict[str, Any]:
    """An outcome as a dictionary. Its outputs, which may be large, are not copied."""
    return {
        "outputs": list(outcome.outputs),
        "execution_count": outcome.execution_count,
        "verdict": None if outcome.verdict is None else dict(vars(outcome.verdict)),
    }


def read_outcome(message: dict[str, Any]) -> CellOutcome:
    """What `write_outcome` wrote."""
    verdict = None if message["verdict"] is None else read_verdict(message["verdict"])
    return CellOutcome(tuple(message["outputs"]), message["execution_count"], verdict)


def read_verdict(message: dict[str, Any]) -> CellVerdict:
    """A verdict from its dictionary."""
    return CellVerdict(**(message | {"status": CellStatus(message["status"])}))
