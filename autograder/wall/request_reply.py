"""Requests to one student process and its replies, one at a time, and what is done if there is none."""

import math
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from autograder.wall.channel import Channel
from autograder.wall.errors import (
    ConnectionClosedError,
    DeadlineExceededError,
    MalformedError,
    ProtocolError,
    UnsendableError,
    WallError,
)

ALARM_SECONDS = 1.0
"""Seconds after the deadline at which a test is stopped that runs on the judge's side."""


class RequestReply:
    """The judge sends requests, and the student's side replies once to each."""

    def __init__(self, channel: Channel) -> None:
        self.deadline: float | None = None
        """`time.monotonic` seconds at which the running cell's time is over."""
        self.call_seconds = math.inf
        """Seconds that one reply to a test may take."""
        self.fault: WallError | None = None
        """What has ended the connection during the test that runs: a test that catches every error hides it."""
        self._channel = channel
        self._reply_due = False
        # Each request has a number, which its reply must repeat. So an unrequested message is detected, even one
        # that a thread sends just when a reply is due.
        self._number = secrets.randbits(32)

    @property
    def reply_due(self) -> bool:
        """Whether the student's side still owes a reply."""
        return self._reply_due

    @property
    def overdue(self) -> bool:
        """Whether the time of the running cell is over, and its alarm must have gone off."""
        return self.deadline is not None and time.monotonic() > self.deadline + ALARM_SECONDS

    def receive_late_reply(self, deadline: float) -> bool:
        """After `DeadlineExceededError` and an interrupt: wait for the reply that is still due.

        Returns:
            Whether the reply reports the interrupt, so that further requests can be sent. If the call ended by itself,
            the interrupt may still be on its way, and would hit the next request.
        """
        try:
            reply = self._channel.receive(deadline)
        except (DeadlineExceededError, ConnectionClosedError, MalformedError):
            return False
        if not self._is_reply(reply):
            return False
        self._reply_due = False
        said = reply.get("error") or reply.get("failed")
        types = said.get("types") if isinstance(said, dict) else None
        return isinstance(types, list) and types[:1] == ["builtins.KeyboardInterrupt"]

    def finish(self, deadline: float) -> object:
        """Ask for a last reply; by then every message must have arrived that was sent besides the replies.

        Returns:
            What it says of `autograder.wall.traces`, unchecked.

        Raises:
            WallError: there was such a message, or no reply came.
        """
        return self._exchange({"do": "finish"}, deadline).get("traces")

    @contextmanager
    def _keeping_fault(self) -> Iterator[None]:
        """Remember what ends the connection."""
        try:
            yield
        except WallError as fault:
            self.fault = self.fault or fault
            raise

    def _exchange_for_test(self, message: dict[str, Any], origin: str) -> dict[str, Any]:
        """Exchange messages on behalf of a test, which has less time for one reply than for all."""
        begun = time.monotonic()
        end = min(begun + self.call_seconds, math.inf if self.deadline is None else self.deadline)
        try:
            return self._exchange(message, None if math.isinf(end) else end)
        except WallError as fault:
            verb = "called" if message["do"] == "call" else "asked for"
            fault.question = f"`{origin.replace('()', '(…)').replace('[]', '[…]')}` had been {verb}"
            fault.waited = time.monotonic() - begun
            raise

    def _exchange(self, message: dict[str, Any], deadline: float | None) -> dict[str, Any]:
        if self._reply_due:
            raise ConnectionClosedError("it still owes an answer")
        if self._channel.has_more():
            self._reject("it spoke without being asked")
        try:
            self._send(message, deadline)
            reply = self._channel.receive(deadline)
        except MalformedError as error:
            raise ProtocolError("what it sent is no message") from error
        except UnsendableError:
            self._reply_due = False
            raise
        self._reply_due = False
        if not self._is_reply(reply):
            self._reject("what it sent is no answer")
        answer: dict[str, Any] = reply
        return answer

    def _send(self, message: dict[str, Any], deadline: float | None) -> None:
        self._reply_due = True
        self._number += 1
        self._channel.send(message | {"number": self._number}, deadline)

    def _is_reply(self, message: object) -> bool:
        return isinstance(message, dict) and message.get("number") == self._number

    def _reject(self, reason: str) -> NoReturn:
        """Close the connection to a process that does not keep to the protocol."""
        self._reply_due = True
        self._channel.close()
        raise ProtocolError(reason)
