"""What a student process can do, tried from within one. `autograder.sandbox.self_test` draws the conclusions."""

import json
import mmap
import os
import resource
import signal
import socket
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from autograder import kernel
from autograder.wire import from_plain

_INTERFACES_TRIED: Final = 256
_CONNECTION_SECONDS: Final = 5.0


@dataclass(frozen=True)
class Attempts:
    """What to try.

    Attributes:
        secrets: files that must not be readable.
        protected: folders that must not be writable.
        processes: how many processes to try to start.
        memory_bytes: how many bytes of private memory to try to allocate.
        outside: the number of a process of the same user outside of the sandbox.
        service: the path of a socket on which such a process listens.
        owned: a file of the same user's.
    """

    secrets: tuple[str, ...]
    protected: tuple[str, ...]
    processes: int
    memory_bytes: int
    outside: int
    service: str
    owned: str


@dataclass(frozen=True)
class Findings:
    """What was found.

    Attributes:
        readable: the secrets that could be opened.
        writable: the protected folders in which a file could be made.
        interfaces: network interfaces that can carry something to another process.
        processes: how many processes are visible.
        described: whether processes are described to them in a /proc.
        user: the numeric user id.
        capabilities: whether it holds a capability.
        bounding: whether a capability is left that a program with rights of its own could give it.
        new_privileges: whether a set-user-id program would work.
        nested: whether a further user namespace can be made.
        started: how many of the processes that were tried could be started.
        allocated: whether that memory could be allocated.
        folder_bytes: size of the file systems of the working folder and of /tmp.
        limits: the hard resource limits: RLIMIT number → value.
        terminal: whether a pseudoterminal can be opened.
        filtered: whether system calls are filtered.
        signalled: whether that process could be signalled.
        traced: whether its memory could be read.
        connected: whether that socket could be connected to.
        changed: whether the rights of that file could be changed.
        sockets: whether a socket for the internet could be made.
    """

    readable: tuple[str, ...]
    writable: tuple[str, ...]
    interfaces: tuple[str, ...]
    processes: int
    described: bool
    user: int
    capabilities: bool
    bounding: bool
    new_privileges: bool
    nested: bool
    started: int
    allocated: bool
    folder_bytes: tuple[int, int]
    limits: dict[str, int]
    terminal: bool
    filtered: bool
    signalled: bool
    traced: bool
    connected: bool
    changed: bool
    sockets: bool


def serve(connection: socket.socket) -> None:
    """Read `Attempts` from the connection as one line of JSON, answer with `Findings` as another."""
    with connection.makefile("rw", encoding="utf-8") as stream:
        attempts = from_plain(Attempts, json.loads(stream.readline()))
        stream.write(json.dumps(asdict(try_all(attempts))) + "\n")


def try_all(attempts: Attempts) -> Findings:
    """Try everything."""
    limits = (resource.RLIMIT_CPU, resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE)
    return Findings(
        readable=tuple(path for path in attempts.secrets if _works(lambda path=path: _read(path))),  # type: ignore[misc]
        writable=tuple(path for path in attempts.protected if _works(lambda path=path: _write(path))),  # type: ignore[misc]
        interfaces=_interfaces(),
        processes=_visible_processes(),
        described=Path("/proc/self").exists(),
        user=os.getuid(),
        capabilities=bool(kernel.capabilities()),
        bounding=any(kernel.bounding_set()),
        new_privileges=kernel.may_gain_privileges(),
        nested=_in_child(lambda: kernel.unshare(kernel.NEW_USERS)),
        started=_start_processes(attempts.processes),
        allocated=_works(lambda: _allocate(attempts.memory_bytes)),
        folder_bytes=(_size("."), _size("/tmp")),  # noqa: S108 - private
        limits={str(kind): resource.getrlimit(kind)[1] for kind in limits},
        terminal=_works(os.openpty),
        # Any process may talk to the kernel through such a socket, unless it is forbidden.
        filtered=not _works(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close()),
        # In a process namespace of its own no process has that number, or one of the submission's own.
        signalled=_works(lambda: os.kill(attempts.outside, 0)),
        traced=_works(lambda: _read(f"/proc/{attempts.outside}/mem")),
        connected=_works(lambda: _connect(attempts.service)),
        changed=_works(lambda: Path(attempts.owned).chmod(0o600)),
        sockets=_works(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()),
    )


def _visible_processes() -> int:
    try:
        return sum(entry.name.isdigit() for entry in Path("/proc").iterdir())
    except OSError:
        return 0


def _connect(path: str) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(path)


def _works(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True


def _read(path: str) -> None:
    with Path(path).open("rb") as file:
        file.read(1)


def _write(folder: str) -> None:
    path = Path(folder) / ".written-by-the-sandbox-inspection"
    path.touch()
    path.unlink()


def _interfaces() -> tuple[str, ...]:
    # Asked for one at a time, since a list of them takes a socket that the filter of system calls forbids.
    names = [_interface(number) for number in range(1, _INTERFACES_TRIED)]
    loops_back = _works(_talk_to_oneself)
    return tuple(name for name in names if name and (name != "lo" or loops_back))


def _interface(number: int) -> str:
    try:
        return socket.if_indextoname(number)
    except OSError:
        return ""


def _talk_to_oneself() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), _CONNECTION_SECONDS).close()


def _in_child(attempt: Callable[[], object]) -> bool:
    child = os.fork()
    if child == 0:
        os._exit(0 if _works(attempt) else 1)
    return os.waitpid(child, 0)[1] == 0


def _start_processes(count: int) -> int:
    started: list[int] = []
    try:
        for _ in range(count):
            child = os.fork()
            if child == 0:
                signal.pause()
                os._exit(0)
            started.append(child)
    except OSError:
        pass
    for child in started:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return len(started)


def _allocate(size: int) -> None:
    mmap.mmap(-1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()


def _size(folder: str) -> int:
    found = os.statvfs(folder)
    return found.f_blocks * found.f_frsize
