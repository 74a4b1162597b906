"""Runs what parses or rewrites a stranger's text in a process of its own, with bounds on its time and memory.

Parsers of HTML, JSON, Python, dates and archives can be made to take hours or all memory by a small file, and some end
their process then. A helper is a process that has imported what is needed; it forks a process for each call, so that no
call leaves anything behind for the next one. Arguments and results are plain data and records, checked against the
function's annotations on both sides: nothing is unpickled. Such a process can read files and answer, and do no more
(`confinement`).
"""

import atexit
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from struct import Struct
from typing import Final, ParamSpec, TypeVar, get_type_hints

import msgspec

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Item = TypeVar("Item")

LENGTH: Final = Struct("<Q")
"""The length that stands before each message."""
KEY_BYTES: Final = 16
DONE, RAISED, OUT_OF_MEMORY, OUT_OF_TIME, ENDED = b"drmte"
"""The first byte of a reply. The request's key follows."""

_PROGRAM: Final = (
    "import sys; sys.path.append({place!r}); from autograder.untrusted.helper_server import serve; serve()"
)
_MOST_HELPERS: Final = max(2, os.cpu_count() or 2)
# The bound is on processor time. This one is for a process that waits for something, or for a very busy machine.
_WALL_FACTOR, _WALL_SPARE_SECONDS = 30, 60.0
_SPARE_MEBIBYTES: Final = 64
"""A reply is written in the memory that a call may use; what is longer is none."""
_CHUNK: Final = 1024**2
_MOST_FAILURES: Final = 3


class HelperError(Exception):
    """A call did not come to its end within its bounds, or failed; the text says why, in one clause."""


@dataclass(frozen=True)
class Bounds:
    """What one call may use.

    Attributes:
        seconds: seconds of processor time.
        mebibytes: MiB of memory, besides what the interpreter and its modules take.
        folder: the folder in which it may write; empty if it writes nowhere.
    """

    seconds: int
    mebibytes: int
    folder: bytes = b""


class Request(msgspec.Struct, frozen=True):
    """One call, as it goes to a helper.

    Attributes:
        module: the function's module.
        function: its name there.
        arguments: the arguments, encoded.
        seconds: see `Bounds`.
        mebibytes: see `Bounds`.
        folder: see `Bounds`.
        key: what the reply must repeat. Code that a text has run in an earlier call's process can't know it.
    """

    module: str
    function: str
    arguments: bytes
    seconds: int
    mebibytes: int
    folder: bytes
    key: bytes


def within(
    bounds: Bounds, function: Callable[Arguments, Result], /, *arguments: Arguments.args, **keywords: Arguments.kwargs
) -> Result:
    """Call a function of a module in a process of its own, within bounds. Several threads may do so at once.

    Args:
        bounds: what the call may use.
        function: a function at the top of its module, all annotated with types of plain data and records.
        arguments: its arguments.
        keywords: none.

    Raises:
        HelperError: it came to a bound, or raised an exception.
    """
    assert not keywords
    try:
        encoded = msgspec.msgpack.encode(arguments)
    except Exception as error:  # noqa: BLE001 - a text may be no text, a number too large, a list too deep
        raise HelperError(f"it can't be handed on ({type(error).__name__}: {error})") from None
    limits = bounds.seconds, bounds.mebibytes, bounds.folder
    request = Request(function.__module__, function.__qualname__, encoded, *limits, os.urandom(KEY_BYTES))
    reply = _ask(request)
    kind, content = reply[:1], memoryview(reply)[1 + KEY_BYTES :]
    if kind == bytes([DONE]):
        try:
            result: Result = msgspec.msgpack.decode(content, type=get_type_hints(function)["return"])
        except msgspec.MsgspecError:
            raise HelperError("the process that was to read it gave no answer") from None
        return result
    raise HelperError(_reason(kind, bytes(content), bounds))


def _ask(request: Request) -> bytes:
    """Have a helper answer; one that says something that it was not asked for is replaced by another."""
    seconds = _WALL_FACTOR * request.seconds + _WALL_SPARE_SECONDS
    most = (request.mebibytes + _SPARE_MEBIBYTES) * 1024**2
    for _ in range(_MOST_HELPERS + 1):
        with _borrowed() as helper:
            reply = helper.ask(msgspec.msgpack.encode(request), seconds, most)
            if reply[1 : 1 + KEY_BYTES] == request.key:
                return reply
            helper.end()
    raise HelperError("the process that was to read it gave no answer")


def each(
    bounds: Bounds, function: Callable[[list[Item]], list[Result]], items: Sequence[Item]
) -> list[Result | HelperError]:
    """Call a function that maps a list on all items at once; if that fails, on one item after another.

    Args:
        bounds: what one call may use.
        function: as for `within`; its result has an entry for each item.
        items: the items.

    Returns:
        For each item its result, or why there is none. After `_MOST_FAILURES` failures, no other item is tried.
    """
    results: list[Result | HelperError] = []
    if not items:
        return results
    try:
        results.extend(within(bounds, function, list(items)))
    except HelperError as error:
        if len(items) == 1:
            return [error]
    else:
        return results
    failures = 0
    for item in items:
        if failures >= _MOST_FAILURES:
            results.append(HelperError("others before it could not be read"))
            continue
        try:
            results.extend(within(bounds, function, [item]))
        except HelperError as error:
            failures += 1
            results.append(error)
    return results


def end_all() -> None:
    """End every helper; calls that are in progress raise `HelperError`."""
    with _LOCK:
        for helper in _HELPERS:
            helper.end()
        _HELPERS.clear()
        _IDLE.clear()


def _reason(kind: bytes, content: bytes, bounds: Bounds) -> str:
    if kind == bytes([OUT_OF_MEMORY]):
        return f"it takes more than {bounds.mebibytes:,} MiB of memory, or is nested too deeply"
    if kind == bytes([OUT_OF_TIME]):
        return f"it takes more than {bounds.seconds} seconds of processor time"
    if kind == bytes([RAISED]):
        return f"it fails with {content.decode('utf-8', 'replace')}"
    return "the process that was to read it ended"


class _Helper:
    """One helper; one thread at a time may use it."""

    def __init__(self) -> None:
        command = [sys.executable, "-s", "-P", "-c", _PROGRAM.format(place=str(Path(__file__).parents[2]))]
        # In a session of its own: Ctrl-C is this program's to answer, and all of a helper ends at once.
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            bufsize=0,
        )
        self.ended = False

    def ask(self, request: bytes, seconds: float, most: int) -> bytes:
        """Send a request and wait for the reply; a helper that gives none, or a longer one, is ended."""
        try:
            return self._ask(request, time.monotonic() + seconds, most)
        except BaseException as error:
            self.end()
            if isinstance(error, OSError | EOFError):
                raise HelperError("the process that was to read it ended") from None
            raise

    def end(self) -> None:
        """End the helper, and what it has forked."""
        self.ended = True
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def _ask(self, request: bytes, deadline: float, most: int) -> bytes:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._write(self._process.stdin.fileno(), LENGTH.pack(len(request)) + request)
        descriptor = self._process.stdout.fileno()
        (length,) = LENGTH.unpack(self._read(descriptor, LENGTH.size, deadline))
        if length > most:
            raise EOFError
        return self._read(descriptor, length, deadline)

    @staticmethod
    def _write(descriptor: int, content: bytes) -> None:
        # A helper reads a request before it does anything else.
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]

    @staticmethod
    def _read(descriptor: int, length: int, deadline: float) -> bytes:
        parts: list[bytes] = []
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, selectors.EVENT_READ)
            while length:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise EOFError
                part = os.read(descriptor, min(length, _CHUNK))
                if not part:
                    raise EOFError
                parts.append(part)
                length -= len(part)
        return b"".join(parts)


_LOCK = threading.Lock()
_FREE = threading.BoundedSemaphore(_MOST_HELPERS)
_HELPERS: list[_Helper] = []
_IDLE: list[_Helper] = []
_OWNER: list[int] = []


@contextmanager
def _borrowed() -> Iterator[_Helper]:
    with _FREE:
        with _LOCK:
            _forget_those_of_another_process()
            helper = _IDLE.pop() if _IDLE else None
            if helper is None:
                helper = _Helper()
                _HELPERS.append(helper)
        try:
            yield helper
        finally:
            with _LOCK:
                if not helper.ended:
                    _IDLE.append(helper)
                elif helper in _HELPERS:
                    _HELPERS.remove(helper)


def _forget_those_of_another_process() -> None:
    """After a fork, the helpers are still the parent's."""
    if [os.getpid()] != _OWNER:
        _OWNER[:] = [os.getpid()]
        _HELPERS.clear()
        _IDLE.clear()


def _end_at_exit() -> None:
    if [os.getpid()] == _OWNER:
        end_all()


atexit.register(_end_at_exit)
