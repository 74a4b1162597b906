"""Tests that run beside the student's code: in copies of the student's process, when all cells have run.

Such a test passes the instructor's solution in one process and not across the wall. Its verdict is the word of a
process in which student code runs. It is believed if the copy was made when this judge asked for it, was given its test
over a connection of its own, answered a question that was asked after the test, and then ended.

No text that the copy sends reaches the student if the test has a hidden part: student code that runs during the test
can read it.
"""

import ast
import hashlib
import hmac
import secrets
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from autograder.cells import Cell
from autograder.python_names import statements
from autograder.wall.channel import Channel
from autograder.wall.errors import ConnectionClosedError, MalformedError, WallError
from autograder.wall.judge_end import Wall

_MESSAGE_BYTES = 16 * 1024**2
MOST_COPIES = 40
"""Copies that wait at once: each counts against the processes that a submission may have."""
_LONGEST_NAME = 100
_LOOKING = frozenset(
    {"_getframe", "currentframe", "f_back", "f_builtins", "f_code", "f_globals", "f_lineno", "f_locals", "tb_frame"}
    | {"autograder", "get_objects", "get_referrers", "linecache", "memmove", "memset", "pythonapi", "string_at"}
)
"""Names by which code looks into its process, for what an exercise does not ask."""


@dataclass(frozen=True)
class BesideReport:
    """What a copy said of its test.

    Attributes:
        error: what the test raised, described by `autograder.wall.process_copy`, unchecked; None if it passed.
        points: its last value where that is a number.
    """

    error: Mapping[str, Any] | None
    points: float | None


@dataclass(frozen=True)
class WaitingCopy:
    """A copy of a student's process, which waits for its test.

    Attributes:
        channel: the connection to it.
        changed: names of functions of libraries that student code had replaced. They are told to a person and to the
            student, so they were sent before the copy got its test: else they could hold that.
    """

    channel: Channel
    changed: tuple[str, ...]


def looking_names(own: Iterable[str], given: Iterable[str]) -> list[str]:
    """The names in a student's cells by which code could look at the test that runs beside it.

    Args:
        own: the texts of these cells.
        given: the texts of the instructor's cells: what they mention may be mentioned.
    """
    return sorted(_LOOKING & _mentioned(own) - _mentioned(given))


def _mentioned(sources: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for node in (node for source in sources for statement in statements(source) for node in ast.walk(statement)):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                found.add(name)
            case ast.Import(names=names):
                found.update(part for alias in names for part in alias.name.split("."))
            case ast.ImportFrom(module=module, names=names):
                found.update((module or "").split("."), (alias.name for alias in names))
    return found


@dataclass
class PendingTest:
    """A test that waits until all cells have run.

    Attributes:
        index: its place in the notebook.
        cell: the instructor's cell.
        public: whether the student has all of its text, and that of the tests that run before it.
        copy: the copy in which it will run; None if there is none, and the cells above must be run again.
    """

    index: int
    cell: Cell
    public: bool
    copy: WaitingCopy | None = None

    def close(self) -> None:
        """Forget the copy."""
        if self.copy is not None:
            self.copy.channel.close()
            self.copy = None


class StartedStudent:
    """A student process with the socket over which its copies get their connections.

    Args:
        wall: the connection to it.
        copies: the judge's end of the pair of sockets.
    """

    def __init__(self, wall: Wall, copies: socket.socket) -> None:
        self._wall = wall
        self._copies = copies

    def copy(self, deadline: float) -> WaitingCopy | None:
        """Have it make a copy; returns it, or None if it can't.

        Raises:
            WallError: the process has ended, or doesn't answer.
        """
        ours = self._pass_connection()
        try:
            if self._wall.copy() and (waiting := self._prepare(ours, deadline)) is not None:
                return waiting
        except (WallError, MalformedError):
            ours.close()
            raise
        ours.close()
        return None

    def become_copy(self, deadline: float) -> WaitingCopy | None:
        """Have it become such a copy itself; the same answer as `copy`."""
        ours = self._pass_connection()
        self._wall.become_copy()
        waiting = self._prepare(ours, deadline)
        if waiting is None:
            ours.close()
        return waiting

    def close(self) -> None:
        """Close the judge's end: the process can make no more copies."""
        self._copies.close()

    def _pass_connection(self) -> Channel:
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                socket.send_fds(self._copies, [b"f"], [theirs.fileno()], socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
            except OSError as error:
                ours.close()
                raise ConnectionClosedError("the connection is closed") from error
        return Channel(ours, _MESSAGE_BYTES, exclusive=True)

    def _prepare(self, channel: Channel, deadline: float) -> WaitingCopy | None:
        """Wait until a copy has put back the functions of libraries."""
        try:
            said = channel.receive(deadline)
        except (ConnectionClosedError, MalformedError):
            return None
        if not isinstance(said, dict) or said.get("ready") is not True:
            return None
        changed = said.get("changed")
        if not isinstance(changed, list) or not all(isinstance(name, str) for name in changed):
            return None
        names = [name[:_LONGEST_NAME] for name in changed if all(part.isidentifier() for part in name.split("."))]
        return WaitingCopy(channel, tuple(names))


def run_in_copy(channel: Channel, order: Mapping[str, Any], deadline: float) -> BesideReport | None:
    """Give a copy its test, and wait for what it says.

    Returns:
        None if the copy could not give the working folder what it held when the copy was made: no test has run.

    Raises:
        DeadlineExceededError: it has not answered in time.
        ConnectionClosedError: it has ended, or its answer is none: student code ended it, or got in the way.
    """
    try:
        return _exchange(channel, order, deadline)
    except MalformedError as error:
        raise ConnectionClosedError("what it said of the test is no answer") from error
    finally:
        channel.close()


def _exchange(channel: Channel, order: Mapping[str, Any], deadline: float) -> BesideReport | None:
    key = secrets.token_bytes(32)
    channel.send({**order, "key": key}, deadline)
    said = channel.receive(deadline)
    if isinstance(said, dict) and said.get("ready") is False:
        return None
    report = _read(said)
    question = secrets.token_bytes(32)
    channel.send({"question": question}, deadline)
    answer = channel.receive(deadline)
    given = answer.get("answer") if isinstance(answer, dict) else None
    right = hmac.digest(key, question, hashlib.sha256)
    # It must end now: a process that goes on is not the one that was made for this test.
    if not isinstance(given, bytes) or not hmac.compare_digest(given, right) or not _has_ended(channel, deadline):
        raise MalformedError("answer")
    return report


def _has_ended(channel: Channel, deadline: float) -> bool:
    try:
        channel.receive(deadline)
    except ConnectionClosedError:
        return True
    return False


def _read(said: Any) -> BesideReport:  # noqa: ANN401 - whatever it has sent
    if not isinstance(said, dict):
        raise MalformedError("report")
    error, points = said.get("error"), said.get("points")
    if not (error is None or isinstance(error, dict)) or not (points is None or isinstance(points, float)):
        raise MalformedError("report")
    return BesideReport(error, points)
