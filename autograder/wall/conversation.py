"""A conversation with one student process: a question, an answer, and what is done if there is none."""

import math
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from autograder.wall.channel import Channel
from autograder.wall.faults import MalformedError, Misspoke, OutOfTime, StudentGone, UnsendableError, WallFault

LATEST = 1.0
"""Seconds after the deadline at which a test is stopped that takes its time on the judge's side."""


class Conversation:
    """The judge speaks first, and the student's side once for each time that it is spoken to.

    Args:
        channel: the connection.
    """

    def __init__(self, channel: Channel) -> None:
        self.deadline: float | None = None
        """`time.monotonic` seconds at which the running cell's time is over."""
        self.call_seconds = math.inf
        """Seconds that one answer to a test may take."""
        self.fault: WallFault | None = None
        """What has ended the conversation during the test that runs: a test that catches everything hides it."""
        self._channel = channel
        self._awaited = False
        # Each question has a number, which its answer must bear: what was said without being asked is found out, be
        # it by a thread that speaks just when an answer is due.
        self._turn = secrets.randbits(32)

    @property
    def awaited(self) -> bool:
        """Whether the student's side still owes an answer."""
        return self._awaited

    @property
    def late(self) -> bool:
        """Whether the running cell's time was over so long ago that it was told so."""
        return self.deadline is not None and time.monotonic() > self.deadline + LATEST

    def settle(self, deadline: float) -> bool:
        """After `OutOfTime` and an interrupt: wait for the answer that is still owed.

        Returns:
            Whether the student's side told of the interrupt, so that it can be asked on. If it came to an end of its
            own accord, the interrupt may still be on its way, and would hit whatever it is asked next.
        """
        try:
            reply = self._channel.receive(deadline)
        except (OutOfTime, StudentGone, MalformedError):
            return False
        if not self._is_answer(reply):
            return False
        self._awaited = False
        said = reply.get("error") or reply.get("failed")
        types = said.get("types") if isinstance(said, dict) else None
        return isinstance(types, list) and types[:1] == ["builtins.KeyboardInterrupt"]

    def part(self, deadline: float) -> None:
        """Ask for a last answer: so anything that was said besides answers has come by now.

        Raises:
            WallFault: there was something, or no answer came.
        """
        self._exchange({"do": "part"}, deadline)

    @contextmanager
    def _noting(self) -> Iterator[None]:
        """Remember what ends the conversation."""
        try:
            yield
        except WallFault as fault:
            self.fault = self.fault or fault
            raise

    def _consult(self, message: dict[str, Any], origin: str) -> dict[str, Any]:
        """Exchange messages on behalf of a test, which has less time for one answer than for all."""
        begun = time.monotonic()
        end = min(begun + self.call_seconds, math.inf if self.deadline is None else self.deadline)
        try:
            return self._exchange(message, None if math.isinf(end) else end)
        except WallFault as fault:
            verb = "called" if message["do"] == "call" else "asked for"
            fault.question = f"`{origin.replace('()', '(…)').replace('[]', '[…]')}` had been {verb}"
            fault.waited = time.monotonic() - begun
            raise

    def _exchange(self, message: dict[str, Any], deadline: float | None) -> dict[str, Any]:
        if self._awaited:
            raise StudentGone("it still owes an answer")
        if self._channel.has_more():
            self._give_up("it spoke without being asked")
        self._awaited = True
        self._turn += 1
        try:
            self._channel.send(message | {"turn": self._turn}, deadline)
            reply = self._channel.receive(deadline)
        except MalformedError as error:
            raise Misspoke("what it sent is no message") from error
        except UnsendableError:
            self._awaited = False
            raise
        self._awaited = False
        if not self._is_answer(reply):
            self._give_up("what it sent is no answer")
        answer: dict[str, Any] = reply
        return answer

    def _is_answer(self, reply: object) -> bool:
        return isinstance(reply, dict) and reply.get("turn") == self._turn

    def _give_up(self, reason: str) -> NoReturn:
        self._awaited = True
        self._channel.close()
        raise Misspoke(reason)
