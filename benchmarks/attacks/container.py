"""The container in which every grading of an attack runs, so that no attack reaches this machine.

It belongs to the benchmark, and not to any of the graders: nbgrader and ``otter run`` have nothing like it. A container
is started once for many gradings; inside, `inside` forks each grading into namespaces of its own. There, one account
owns everything that a person who grades owns: the course, a home, the temporary folders. It has a process namespace and
no network; everything else is read-only; files go to bounded memory; processes are counted. A machine whose memory runs
out is played by ending the largest process, as the kernel does.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from benchmarks.other_graders import ROOT

_USER = 61_000
"""An account without a user, which grades if this program is root; containers that run at once have the next ones."""
_PROCESSES = 400
DISK_BYTES = 512 * 1024**2
MEMORY_BYTES = 6 * 1024**3
_WATCH_SECONDS = 0.05
_SPARE_SECONDS = 60.0
_START_SECONDS = 120.0
_SYSTEM = ("/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin")
_DEVICES = ("null", "zero", "full", "random", "urandom")
_FOLDERS = ("/home", "/log", "/tmp")
"""Where what is imported may write; `inside` mounts others over them for each grading."""
_PROGRAM = "from benchmarks.attacks.inside import serve; serve()"


@dataclass(frozen=True)
class Machine:
    """What every grading in a container finds.

    Attributes:
        python: the interpreter that runs in the container, and its gradings.
        environment: environment variables, besides PATH, HOME and those that bound threads.
        imported: modules that are imported once, before the gradings are forked.
    """

    python: Path = Path(sys.executable)
    environment: dict[str, str] = field(default_factory=dict)
    imported: Sequence[str] = ()


@dataclass(frozen=True)
class Order:
    """What is to be run.

    Attributes:
        given: the folder that is copied to /home/course. It lies in the container's; root gives it to the account
            inside.
        commands: run one after another, in the course.
        seconds: wall-clock seconds for all commands together.
        collected: files of the course to bring back, relative to it.
    """

    given: Path
    commands: Sequence[Sequence[str]]
    seconds: float
    collected: Sequence[str]


@dataclass(frozen=True)
class Report:
    """What became of it.

    Attributes:
        codes: the commands' exit codes; None for one that was stopped.
        seconds: wall-clock seconds for all of them.
        survivors: command lines of processes that were there when the commands had ended.
        before: the files in /home and the other writable folders: path → digest.
        after: the same when everything had ended.
        collected: files in base64, or None where there is none.
        words: the end of what was printed.
        starved: how many processes were ended because memory had run out.
    """

    codes: tuple[int | None, ...]
    seconds: float
    survivors: tuple[str, ...]
    before: dict[str, str]
    after: dict[str, str]
    collected: dict[str, str | None]
    words: str
    starved: int

    @property
    def in_time(self) -> bool:
        """Whether all commands ended by themselves."""
        return None not in self.codes


class ContainerError(Exception):
    """The container itself failed: this says nothing of any grader."""


class Container:
    """A container, in which one grading at a time runs. It is started when it is needed, and again if it fails.

    Args:
        folder: a folder of its own; what gradings are given lies in it.
        machine: what is the same for all of them.
        number: which one it is of those that run at once.
    """

    def __init__(self, folder: Path, machine: Machine, number: int = 0) -> None:
        # The account inside must be able to read it.
        folder.chmod(0o755)
        self._folder = folder
        self._machine = machine
        self._user = _USER + number
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def run(self, order: Order) -> Report:
        """Run commands as if on a machine of their own.

        Raises:
            ContainerError: the container could not be started, or gave no report.
        """
        message = {
            "given": str(Path("/given", order.given.relative_to(self._folder))),
            "commands": [list(command) for command in order.commands],
            "seconds": order.seconds,
            "collected": list(order.collected),
        }
        self._hand_over(order.given)
        if self._process is None:
            self._start()
        assert self._process is not None
        with _memory_watched(self._process.pid) as starved:
            report = self._ask(message, order.seconds + _SPARE_SECONDS)
        report["codes"], report["survivors"] = tuple(report["codes"]), tuple(report["survivors"])
        return Report(**report, starved=len(starved))

    def _start(self) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(self._command(), stdin=pipe, stdout=pipe, stderr=pipe)
        account = self._user if os.geteuid() == 0 else None
        about = {"account": account, "imported": list(self._machine.imported), "disk": DISK_BYTES}
        self._ask(about, _START_SECONDS)

    def _ask(self, message: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Send a line, and wait for the line that answers it."""
        assert self._process is not None
        late = threading.Timer(seconds, self._process.kill)
        late.start()
        try:
            with suppress(BrokenPipeError):
                _opened(self._process.stdin).write(json.dumps(message).encode() + b"\n")
                _opened(self._process.stdin).flush()
            answer: dict[str, Any] = json.loads(_opened(self._process.stdout).readline())
        except ValueError as error:
            raise ContainerError(self._end() or "it ended without a word") from error
        except BaseException:
            self._end()
            raise
        finally:
            late.cancel()
        if "error" in answer:
            raise ContainerError(answer["error"])
        return answer

    def _end(self) -> str:
        """End the container, and all that is in it; returns the end of what it said."""
        process, self._process = self._process, None
        if process is None:
            return ""
        process.kill()
        _, errors = process.communicate()
        return errors.decode(errors="replace")[-2000:]

    def _hand_over(self, folder: Path) -> None:
        if os.geteuid() == 0:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, self._user, self._user, follow_symlinks=False)

    def _command(self) -> list[str]:
        command = ["prlimit", f"--nproc={_most_processes()}", "--core=0", "bwrap"]
        command += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--as-pid-1"]
        command += ["--die-with-parent", "--new-session", *_rights()]
        command += ["--ro-bind", "/usr", "/usr", "--ro-bind", "/etc", "/etc"]
        for name in _SYSTEM:
            path = Path(name)
            if path.is_symlink():
                command += ["--symlink", str(path.readlink()), name]
            elif path.is_dir():
                command += ["--ro-bind", name, name]
        command += _devices()
        for folder in _FOLDERS:
            command += ["--tmpfs", folder]
        for path in _shown():
            for parent in reversed(path.parents):
                command += ["--dir", str(parent)]
            command += ["--ro-bind", str(path), str(path)]
        command += ["--ro-bind", str(self._folder), "/given"]
        # For root, bubblewrap would cover parts of the /proc that it mounts, and then no container inside may have one.
        command += ["--dir", "/proc"] if os.geteuid() == 0 else ["--proc", "/proc"]
        command += ["--remount-ro", "/", "--chdir", "/", "--clearenv"]
        for name, value in self._variables().items():
            command += ["--setenv", name, value]
        return [*command, "--", str(self._machine.python), "-c", _PROGRAM]

    def _variables(self) -> dict[str, str]:
        path = os.pathsep.join([str(self._machine.python.parent), "/usr/local/bin", "/usr/bin", "/bin"])
        threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
        fixed = {"PATH": path, "HOME": "/home", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
        return fixed | threads | {"PYTHONPATH": str(ROOT)} | self._machine.environment


def _opened(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def _rights() -> list[str]:
    """What `inside` needs to make namespaces and mounts; it gives all of it up before anything is graded."""
    command = ["--cap-drop", "ALL"] if os.geteuid() == 0 else ["--unshare-user"]
    for capability in ("CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"):
        command += ["--cap-add", capability]
    return command


def _most_processes() -> int:
    """The limit counts all processes of an account, so those that the user runs already are added."""
    if os.geteuid() == 0:
        return _PROCESSES
    own = sum(int(about["Threads"]) for about in _processes().values() if about["Uid"].split()[0] == str(os.getuid()))
    _, most = resource.getrlimit(resource.RLIMIT_NPROC)
    return own + _PROCESSES if most == resource.RLIM_INFINITY else min(own + _PROCESSES, most)


def _devices() -> list[str]:
    command = ["--tmpfs", "/dev", "--dir", "/dev/pts"]
    for name in _DEVICES:
        command += ["--dev-bind", f"/dev/{name}", f"/dev/{name}"]
    command += ["--symlink", "/proc/self/fd", "/dev/fd", "--dir", "/dev/shm"]
    return [*command, "--remount-ro", "/dev"]


def _shown() -> list[Path]:
    """Python, its environment and this checkout, which holds otter-grader's environment, too."""
    paths = {Path(sys.base_prefix), Path(sys.prefix), ROOT}
    return sorted(p for p in paths if not any(q in p.parents for q in {*paths, Path("/usr")}))


@contextmanager
def _memory_watched(container: int) -> Iterator[list[int]]:
    """End the largest process of a container while all of them together hold too much."""
    starved: list[int] = []
    done = threading.Event()

    def watch() -> None:
        while not done.wait(_WATCH_SECONDS):
            held = _memory(container)
            if sum(held.values()) > MEMORY_BYTES:
                largest = max(held, key=lambda process: held[process])
                with suppress(ProcessLookupError):
                    os.kill(largest, signal.SIGKILL)
                starved.append(largest)
                time.sleep(_WATCH_SECONDS)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield starved
    finally:
        done.set()
        thread.join()


def _memory(container: int) -> dict[int, int]:
    """The private memory of the processes of a container's grading, in bytes, but for the first one of all."""
    first = [grading for server in _children(container) for grading in _children(server)]
    found = [process for grading in first for process in _children(grading)]
    for process in found:
        found += _children(process)
    return {process: _private_memory(process) for process in found}


def _children(process: int) -> list[int]:
    """The processes that any thread of a process has started."""
    found: list[int] = []
    # A process, or a thread, may end meanwhile.
    with suppress(OSError):
        for thread in Path("/proc", str(process), "task").iterdir():
            with suppress(OSError):
                found += map(int, (thread / "children").read_text().split())
    return found


def _private_memory(process: int) -> int:
    with suppress(OSError, ValueError):
        _, resident, shared, *_ = map(int, Path("/proc", str(process), "statm").read_text().split())
        return (resident - shared) * resource.getpagesize()
    return 0


def _processes() -> dict[int, dict[str, str]]:
    """The kernel's status of every process, by its number."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                lines = (folder / "status").read_text(encoding="utf-8", errors="replace").splitlines()
                found[int(folder.name)] = {
                    name: value.strip() for name, _, value in (ln.partition(":") for ln in lines)
                }
    return found
