"""Starts the sandbox and tests each of its layers: a student process tries to break out."""

import json
import os
import resource
import socket
import sys
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

from autograder import call_filter, landlock
from autograder.errors import ExpectedError
from autograder.limits import Limits
from autograder.sandbox import kernel_features, without_namespaces
from autograder.sandbox.escape_attempts import Attempts, Findings
from autograder.sandbox.mode import Mode
from autograder.sandbox.zygote import Zygote
from autograder.untrusted.confinement import find_allowed
from autograder.untrusted.helper import Bounds, HelperError, within
from autograder.wire import from_plain

_ENTRY: Final = "autograder.sandbox.escape_attempts:serve"
_LIMITS: Final = Limits(processes=16, disk_bytes=64 * 1024**2, cpu_seconds=60)
_TOO_MUCH_MEMORY: Final = _LIMITS.memory_bytes * 9 // 8
"""In bytes; a process can get a little more than the bound: it frees some of what it held when the bound was set."""
_ANSWER_SECONDS: Final = 60.0
_FILES_TRIED: Final = 200
_HELPER_BOUNDS: Final = Bounds(seconds=5, mebibytes=64)
_LACKING: Final = {
    "own /proc": "there is no view of a submission's own processes alone: it gets none",
    "private folders": "a submission has one folder, on this machine's disk; /tmp and /dev/shm are closed to it",
    "own pseudoterminals": "cells with !command write to a pipe instead",
}
"""What the sandbox without namespaces lacks, and what holds instead."""


@dataclass(frozen=True)
class Layer:
    """One layer of the sandbox.

    Attributes:
        name: what it is.
        required: whether grading refuses without it.
        active: whether it works, as just tried.
        detail: what was seen.
        cure: what would activate it; empty if it is active.
    """

    name: str
    required: bool
    active: bool
    detail: str
    cure: str = ""


def probe(hidden: Sequence[Path] | None = None, mode: Mode = Mode.BUBBLEWRAP) -> tuple[Layer, ...]:
    """Start the sandbox and try to break out of it in the ways that it is there to stop.

    Args:
        hidden: folders whose files students must not read; the current folder and the home folder if None.
        mode: the sandbox to try.

    Returns:
        The layers, the outer wall first. If that one is missing, no student process can try the others; the kernel
        features that the sandbox needs follow instead, each tried by itself.
    """
    folders = [Path.cwd(), Path.home()] if hidden is None else hidden
    with (
        tempfile.NamedTemporaryFile(prefix="secret-") as canary,
        tempfile.TemporaryDirectory(prefix="service-") as place,
        _listening(Path(place) / "socket") as service,
    ):
        canary.write(b"secret")
        canary.flush()
        # The canary may be read by all: if students can't open it, that is the sandbox's doing.
        Path(canary.name).chmod(0o644)
        secrets = (canary.name, "/etc/hostname", "/etc/shadow", *_files(folders))
        protected = ("/", "/usr", "/etc", "/dev", sys.prefix, sys.base_prefix, str(Path(__file__).parent))
        try:
            # Without namespaces a submission that starts too many processes is ended, and could not answer.
            processes = _LIMITS.processes + (-8 if mode is Mode.LANDLOCK else 8)
            attempts = Attempts(secrets, protected, processes, _TOO_MUCH_MEMORY, os.getpid(), service, canary.name)
            findings = _find_out(mode, attempts)
        except ExpectedError as error:
            missing = Layer("outer wall", required=True, active=False, detail=error.problem, cure=error.cure)
            return (missing, *_features(), *_alternative())
    return tuple(_conclude_alone(findings) if mode is Mode.LANDLOCK else _conclude(findings))


def probe_helpers() -> Layer:
    """Try what a process may still do that reads what strangers hand in (`autograder.untrusted.helper`)."""
    name = "readers of strangers' files"
    with tempfile.TemporaryDirectory(prefix="helper-") as folder:
        try:
            allowed = within(_HELPER_BOUNDS, find_allowed, folder)
        except HelperError as error:
            return Layer(name, required=True, active=False, detail=f"none could be started: {error}")
    if allowed:
        return Layer(
            name,
            required=False,
            active=False,
            detail=f"they may {', '.join(allowed)}; time and memory are bounded",
            cure=call_filter.INSTALLATION,
        )
    return Layer(
        name,
        required=False,
        active=True,
        detail="they can read and compute within time and memory, and do nothing else",
    )


@contextmanager
def _listening(path: Path) -> Iterator[str]:
    """A socket of this process, open to every user."""
    path.parent.chmod(0o755)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        path.chmod(0o777)
        server.listen()
        yield str(path)


def _features() -> Iterator[Layer]:
    for feature in kernel_features.try_all():
        held = not feature.problem
        detail, cure = ("the kernel allows it", "") if held else (feature.problem, kernel_features.cure_for(feature))
        yield Layer(feature.name, feature.required, held, detail, cure)


def _alternative() -> Iterator[Layer]:
    """What Landlock has on this machine, by protection; all are required where there are no namespaces."""
    problem, cure = without_namespaces.problem()
    try:
        has = landlock.version()
    except OSError:
        has = 0
    for protection in landlock.PROTECTIONS:
        held = protection.version <= has
        needed = f"version {protection.version}, Linux {protection.linux}"
        detail = f"the kernel has it ({needed})" if held else f"missing: {needed}"
        yield Layer(
            f"Landlock: {protection.name}", required=False, active=held, detail=detail, cure="" if held else cure
        )
    if problem:
        yield Layer("sandbox without namespaces", required=False, active=False, detail=problem, cure=cure)


def _files(folders: Iterable[Path]) -> Iterator[str]:
    """Some files of the folders, without those that the sandbox is meant to show."""
    here = Path(__file__).parents[1]
    visible = {Path(sys.prefix), Path(sys.base_prefix), Path("/usr"), here, here.parent / "gradlab"}
    for folder in folders:
        yield from islice(_walk(folder, visible), _FILES_TRIED)


def _walk(folder: Path, visible: Collection[Path]) -> Iterator[str]:
    for root, children, files in os.walk(folder):
        children[:] = [child for child in children if Path(root, child) not in visible]
        yield from (str(Path(root, file)) for file in files)


def _find_out(mode: Mode, attempts: Attempts) -> Findings:
    with Zygote(mode, _LIMITS, entry=_ENTRY) as zygote:
        student = zygote.fork()
        student.connection.settimeout(_ANSWER_SECONDS)
        with student.connection, student.connection.makefile("rw", encoding="utf-8") as stream:
            try:
                stream.write(json.dumps(asdict(attempts)) + "\n")
                stream.flush()
                line = stream.readline()
            except OSError as error:
                line = ""
                problem = str(error)
            else:
                problem = student.wait(1.0) or "gave no answer" if not line else ""
        if not line:
            cure = kernel_features.cure_for_namespaces()
            raise ExpectedError(f"The student process that was to try the sandbox {problem}.", cure)
        return from_plain(Findings, json.loads(line))


def _conclude_alone(found: Findings) -> Iterable[Layer]:
    """The layers of the sandbox without namespaces."""
    layer = partial(_layer, without_namespaces.UPDATE)
    yield layer(
        "outer wall",
        [f"student code can read {path}" for path in found.readable[:3]],
        "student code can read neither the home folder, nor the course, nor /tmp; it can ask whether a file exists",
    )
    yield layer(
        "read-only environment",
        [f"student code can write in {path}" for path in found.writable]
        + (["student code can change the rights of files of this account"] if found.changed else []),
        "the interpreter, its packages and the system can't be changed, nor the rights of any file",
    )
    yield layer(
        "no network", _network(found), "no socket for a network can be made, and none of this machine is reached"
    )
    yield layer(
        "own processes",
        [
            *(["student code can signal a process of this account"] if found.signalled else []),
            *(["student code can read the memory of a process of this account"] if found.traced else []),
            *([f"{found.processes} processes are described"] if found.processes else []),
        ],
        "no process outside can be signalled, read or traced, and what a submission starts ends with it",
    )
    yield layer("no privileges", _privileges(found), f"user {found.user}, no capability, no way to gain one")
    yield layer(
        "resource limits",
        _limits(found),
        "CPU, memory, open files and file size are bounded; processes and the folder are watched",
    )
    yield layer(
        "system-call filter",
        [] if found.filtered else ["student code may make every system call"],
        "what Landlock leaves open and no lab needs is out of reach",
    )
    for name, detail in _LACKING.items():
        yield Layer(name, required=False, active=False, detail=detail)


def _network(found: Findings) -> list[str]:
    problems = {
        "student code can make a socket for the internet": found.sockets,
        "student code can connect to a socket in a folder": found.connected,
    }
    return [problem for problem, present in problems.items() if present]


def _layer(cure: str, name: str, problems: Sequence[str], good: str, *, required: bool = True) -> Layer:
    held = not problems
    return Layer(name, required, held, good if held else "; ".join(problems), "" if held else cure)


def _conclude(found: Findings) -> Iterable[Layer]:
    layer = partial(_layer, kernel_features.cure_for_namespaces())

    readable, writable = found.readable, found.writable
    yield layer(
        "outer wall",
        [f"student code can read {path}" for path in readable[:3]],
        "student code sees neither the home folder, nor the course, nor /tmp",
    )
    yield layer(
        "read-only environment",
        [f"student code can write in {path}" for path in writable],
        "the interpreter, its packages and the system can't be changed",
    )
    yield layer("no network", [f"{name} is reachable" for name in found.interfaces], "no interface is up")
    yield layer(
        "own processes",
        [f"{found.processes} processes are visible"] if found.processes > 2 else [],
        "a submission sees its own processes alone, and they die with it",
    )
    # Where there are no namespaces a process may not empty that set, and needn't: it can't gain privileges.
    privileges = _privileges(found) + (["student code could be given capabilities"] if found.bounding else [])
    yield layer("no privileges", privileges, f"user {found.user}, no capability, no way to gain one")
    yield layer("private folders", _folders(found), "the working folder and /tmp are the submission's own, and bounded")
    yield layer("resource limits", _limits(found), "CPU, memory, processes, open files and file size are bounded")
    described = layer(
        "own /proc",
        [] if found.described else ["parts of this machine's are covered: a submission has none, and is as safe"],
        "describes a submission's own processes alone",
        required=False,
    )
    yield described if described.active else replace(described, cure=kernel_features.WHOLE_PROC)
    filtered = layer(
        "system-call filter",
        [] if found.filtered else ["student code may make every system call; unmapped shared memory isn't counted"],
        "what no lab needs of the kernel is out of reach",
        # It alone forbids namespaces where there is no /proc to forbid them in.
        required=not found.described,
    )
    yield filtered if filtered.active else replace(filtered, cure=call_filter.INSTALLATION)
    yield layer(
        "own pseudoterminals",
        [] if found.terminal else ["none can be opened: cells with !command fail"],
        "cells with !command work",
        required=False,
    )


def _privileges(found: Findings) -> list[str]:
    problems = {
        "runs as root": found.user == 0,
        "holds capabilities": found.capabilities,
        "may gain privileges": found.new_privileges,
        "can make namespaces": found.nested,
    }
    return [f"student code {problem}" for problem, present in problems.items() if present]


def _folders(found: Findings) -> list[str]:
    return [f"{size} bytes of disk" for size in found.folder_bytes if size > _LIMITS.disk_bytes]


def _limits(found: Findings) -> list[str]:
    wanted = {
        resource.RLIMIT_CPU: ("CPU seconds", _LIMITS.cpu_seconds + 1),
        resource.RLIMIT_NOFILE: ("open files", _LIMITS.open_files),
        resource.RLIMIT_FSIZE: ("bytes in a file", _LIMITS.file_bytes),
    }
    problems = []
    for kind, (name, bound) in wanted.items():
        value = found.limits[str(int(kind))]
        if value == resource.RLIM_INFINITY or value > bound:
            problems.append(f"{value} {name}")
    if found.allocated:
        problems.append(f"{_TOO_MUCH_MEMORY} bytes of memory in a process")
    if found.started > _LIMITS.processes:
        problems.append(f"{found.started} processes" + (" (root's are not counted)" if os.geteuid() == 0 else ""))
    return problems
