"""A helper's process: it forks a process for each call of `autograder.untrusted.helper.within`, which answers it."""

import gc
import os
import resource
import signal
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from types import GenericAlias
from typing import Any, BinaryIO, NoReturn, get_type_hints

import msgspec

from autograder.untrusted import confinement
from autograder.untrusted.helper import DONE, ENDED, LENGTH, OUT_OF_MEMORY, OUT_OF_TIME, RAISED, Request

_MEBIBYTE = 1024**2
_LONGEST_MESSAGE = 500


def serve() -> None:
    """Answer requests from standard input until it is closed."""
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.dup(1)
    # What a library prints must not get between the replies.
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(nothing, descriptor)
    os.close(nothing)
    # jsonschema, which nbformat imports, would build a parser with it for seconds.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type] # None is how Python marks it
    gc.disable()
    filters = {writes: confinement.program(writes=writes) for writes in (False, True)}
    while header := requests.read(LENGTH.size):
        _serve_one(requests, LENGTH.unpack(header)[0], replies, filters)


def _serve_one(requests: BinaryIO, length: int, replies: int, filters: Mapping[bool, bytes]) -> None:
    request = msgspec.msgpack.decode(requests.read(length), type=Request)
    try:
        # Imported here, once, and not in each process that is forked.
        function = getattr(import_module(request.module), request.function)
        kinds = get_type_hints(function)
    except Exception as error:  # noqa: BLE001 - it is the reply
        _write(replies, RAISED, request.key, _described(error))
        return
    gc.freeze()
    child = os.fork()
    if child == 0:
        os.close(requests.fileno())
        _answer(request, function, kinds, replies, filters[bool(request.folder)])
    _, status = os.waitpid(child, 0)
    if status != 0:
        _write(replies, _ending(status), request.key, b"")


def _answer(
    request: Request, function: Callable[..., Any], kinds: dict[str, Any], replies: int, filter_program: bytes
) -> NoReturn:
    """Make a call in a process that was forked for it, within its bounds; the process ends here."""
    try:
        try:
            _limit(request)
            confinement.confine(filter_program, request.folder)
            expected = tuple(kind for name, kind in kinds.items() if name != "return")
            arguments = msgspec.msgpack.decode(request.arguments, type=GenericAlias(tuple, expected))
            reply = DONE, msgspec.msgpack.encode(function(*arguments))
        except (MemoryError, RecursionError):
            reply = OUT_OF_MEMORY, b""
        except Exception as error:  # noqa: BLE001 - it is the reply
            reply = RAISED, _described(error)
        # A reply that has begun must not be cut off.
        resource.setrlimit(resource.RLIMIT_CPU, (resource.getrlimit(resource.RLIMIT_CPU)[1],) * 2)
        kind, content = reply
        _write(replies, kind, request.key, content)
    except BaseException:  # noqa: BLE001 - no other code of the parent's may run here
        os._exit(1)
    os._exit(0)


def _limit(request: Request) -> None:
    """Bound this process. Its CPU time begins at 0; the kernel kills it with SIGXCPU, and later with SIGKILL."""
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (request.seconds, 2 * request.seconds + 5))
    used = _private_memory()
    most = used + request.mebibytes * _MEBIBYTE
    _, allowed = resource.getrlimit(resource.RLIMIT_DATA)
    if allowed not in (resource.RLIM_INFINITY, -1):
        most = min(most, allowed)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def _private_memory() -> int:
    """The bytes that count for RLIMIT_DATA now."""
    with open("/proc/self/status", encoding="ascii", errors="replace") as status:  # noqa: PTH123 - the fast way
        sizes = {name: text.split() for name, _, text in (line.partition(":") for line in status)}
    return int(sizes["VmData"][0]) * 1024


def _ending(status: int) -> int:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number in (signal.SIGXCPU, signal.SIGKILL):
            return OUT_OF_TIME
        if number in (signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS):
            # Libraries that are not written in Python end their process where memory or the stack is used up.
            return OUT_OF_MEMORY
    return ENDED


def _described(error: Exception) -> bytes:
    return f"{type(error).__name__}: {error}"[:_LONGEST_MESSAGE].encode("utf-8", "replace")


def _write(descriptor: int, kind: int, key: bytes, content: bytes) -> None:
    rest = memoryview(LENGTH.pack(1 + len(key) + len(content)) + bytes([kind]) + key + content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
