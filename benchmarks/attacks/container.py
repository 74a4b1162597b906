"""The container in which every grading of an attack runs, so that no attack reaches this machine.

It belongs to the benchmark, and not to any of the graders: nbgrader and ``otter run`` have nothing like it. Inside, one
account owns everything that a person who grades owns: the course, a home, the temporary folders. It has a process
namespace and no network; everything else is read-only; files go to bounded memory; processes are counted. A machine
whose memory runs out is played by ending the largest process, as the kernel does.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.other_graders import ROOT

_USER = 61_000
"""An account without a user, which grades if this program is root."""
_PROCESSES = 400
DISK_BYTES = 512 * 1024**2
_HOME_BYTES = 128 * 1024**2
MEMORY_BYTES = 6 * 1024**3
_WATCH_SECONDS = 0.05
_SPARE_SECONDS = 60.0
_SYSTEM = ("/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin")
_DEVICES = ("null", "zero", "full", "random", "urandom")
_INSIDE = Path(__file__).with_name("inside.py")


@dataclass(frozen=True)
class Order:
    """What is to be run.

    Attributes:
        given: the folder that is copied to /home/course. Root gives it to the account inside.
        commands: run one after another, in the course.
        environment: environment variables, besides PATH and HOME.
        tools: the folder with the programs that come first.
        seconds: wall-clock seconds for all commands together.
        collected: files of the course to bring back, relative to it.
    """

    given: Path
    commands: Sequence[Sequence[str]]
    environment: dict[str, str]
    tools: Path
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


def run(order: Order) -> Report:
    """Run commands in a container of their own.

    Raises:
        ContainerError: it could not be started, or gave no report.
    """
    message = {
        "commands": [list(command) for command in order.commands],
        "environment": _variables(order),
        "seconds": order.seconds,
        "collected": list(order.collected),
    }
    _hand_over(order.given)
    pipe = subprocess.PIPE
    with (
        subprocess.Popen(_command(order.given), stdin=pipe, stdout=pipe, stderr=pipe) as process,
        _memory_watched(process.pid) as starved,
    ):
        try:
            out, errors = process.communicate(json.dumps(message).encode(), order.seconds + _SPARE_SECONDS)
        finally:
            # The container dies with its parent.
            process.kill()
    try:
        report: dict[str, Any] = json.loads(out)
    except ValueError as error:
        raise ContainerError(errors.decode(errors="replace")[-2000:] or f"exit code {process.returncode}") from error
    report["codes"], report["survivors"] = tuple(report["codes"]), tuple(report["survivors"])
    return Report(**report, starved=len(starved))


def _hand_over(folder: Path) -> None:
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, _USER, _USER, follow_symlinks=False)


def _variables(order: Order) -> dict[str, str]:
    path = os.pathsep.join([str(order.tools), "/usr/local/bin", "/usr/bin", "/bin"])
    threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    fixed = {"PATH": path, "HOME": "/home", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    return fixed | threads | order.environment


def _command(given: Path) -> list[str]:
    root = os.geteuid() == 0
    command = ["prlimit", f"--nproc={_most_processes()}", "--core=0", "bwrap"]
    command += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--as-pid-1"]
    command += ["--die-with-parent", "--new-session"]
    command += _root_rights() if root else ["--unshare-user"]
    command += ["--ro-bind", "/usr", "/usr", "--ro-bind", "/etc", "/etc"]
    for name in _SYSTEM:
        path = Path(name)
        if path.is_symlink():
            command += ["--symlink", str(path.readlink()), name]
        elif path.is_dir():
            command += ["--ro-bind", name, name]
    command += _writable("/home", DISK_BYTES) + _writable("/log", _HOME_BYTES)
    command += _writable("/tmp", DISK_BYTES)
    for path in _shown():
        for parent in reversed(path.parents):
            command += ["--dir", str(parent)]
        command += ["--ro-bind", str(path), str(path)]
    command += ["--ro-bind", str(given), "/given", *_devices()]
    command += ["--dir", "/proc"] if root else ["--proc", "/proc"]
    command += ["--remount-ro", "/", "--chdir", "/", "--"]
    program = [sys.executable, "-I", str(_INSIDE)]
    return [*command, *_as_nobody(program)] if root else [*command, *program]


def _root_rights() -> list[str]:
    command = ["--cap-drop", "ALL"]
    for capability in ("CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"):
        command += ["--cap-add", capability]
    return command


def _as_nobody(program: list[str]) -> list[str]:
    # bubblewrap would cover parts of the /proc that it mounts for root, and then no container inside may have one.
    drop = ["setpriv", f"--reuid={_USER}", f"--regid={_USER}", "--clear-groups", "--no-new-privs"]
    drop += ["--inh-caps=-all", "--bounding-set=-all"]
    return ["sh", "-c", 'mount -t proc proc /proc && exec "$@"', "sh", *drop, *program]


def _most_processes() -> int:
    """The limit counts all processes of an account, so those that the user runs already are added."""
    if os.geteuid() == 0:
        return _PROCESSES
    own = sum(int(about["Threads"]) for about in _processes().values() if about["Uid"].split()[0] == str(os.getuid()))
    _, most = resource.getrlimit(resource.RLIMIT_NPROC)
    return own + _PROCESSES if most == resource.RLIM_INFINITY else min(own + _PROCESSES, most)


def _writable(path: str, size: int) -> list[str]:
    return ["--perms", "1777", "--size", str(size), "--tmpfs", path]


def _devices() -> list[str]:
    command = ["--tmpfs", "/dev", "--dir", "/dev/pts", *_writable("/dev/shm", _HOME_BYTES)]
    for name in _DEVICES:
        command += ["--dev-bind", f"/dev/{name}", f"/dev/{name}"]
    command += ["--symlink", "/proc/self/fd", "/dev/fd"]
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
    """The private memory of a container's processes, in bytes, but for its first one."""
    processes = _processes()
    children: dict[int, list[int]] = defaultdict(list)
    for number, about in processes.items():
        children[int(about["PPid"])].append(number)
    found = [process for first in children[container] for process in children[first]]
    for process in found:
        found += children[process]
    return {process: int(processes[process].get("RssAnon", "0 kB").split()[0]) * 1024 for process in found}


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
