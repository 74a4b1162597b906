"""The first process of a container: it forks each grading into namespaces of its own, and reports what changed.

`container` starts it. It reads orders from stdin and writes reports to stdout, a line of JSON each. Outside of the
graders, it uses only the standard library and what is no more than system calls, since it runs beside the code that it
watches, and in otter-grader's environment, too. A signal sent from within a process namespace does not end its first
process, so that outlives whatever an attack does to the processes around it.
"""

import base64
import contextlib
import gc
import hashlib
import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path
from typing import Any, NoReturn

from autograder import kernel
from autograder.clone import fork_with
from benchmarks.attacks import warm

COURSE = Path("/home/course")
WATCHED = ("/home", "/tmp", "/dev/shm")
LOG = Path("/log/grading")
_SMALL_BYTES = 128 * 1024**2
_SETTLE_SECONDS = 3.0
_LATE_SECONDS = 1.5
_LAST_WORDS = 4_000
_LARGEST_FILE = 32 * 1024**2
_NAMESPACES = kernel.NEW_MOUNTS | kernel.NEW_PROCESSES | kernel.NEW_IPC
_SAFE = kernel.NO_SETUID | kernel.NO_DEVICES
Message = dict[str, Any]


def serve() -> None:
    """Import what gradings need, then carry out one order after another, each in a process of its own."""
    # Python has put the current folder there, since it was given its program as an argument.
    del sys.path[0]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    about = json.loads(sys.stdin.readline())
    if about["account"] is not None:
        mount_processes()
    for name in about["imported"]:
        importlib.import_module(name)
    if len(list(Path("/proc/self/task").iterdir())) != 1:
        raise RuntimeError("A module that was imported has started a thread, so nothing can be forked.")
    gc.collect()
    gc.freeze()
    answer({})
    for line in sys.stdin:
        answer(in_a_machine_of_its_own(json.loads(line), about))


def answer(message: Message) -> None:
    """Write a line to stdout."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def in_a_machine_of_its_own(order: Message, about: Message) -> Message:
    """Carry out an order in new namespaces.

    Returns:
        The report, or what went wrong in the container itself.
    """
    theirs, ours = os.pipe()
    process = fork_with(_NAMESPACES)
    if process == 0:
        os.close(theirs)
        report_to(ours, order, about)
    os.close(ours)
    with os.fdopen(theirs, "rb") as pipe:
        report = pipe.read()
    os.waitpid(process, 0)
    return json.loads(report) if report else {"error": "The first process of the grading has ended."}


def report_to(pipe: int, order: Message, about: Message) -> NoReturn:
    """Carry out an order as the first process of its namespace, and end."""
    try:
        kernel.die_with_parent(signal.SIGKILL)
        make_folders(about["disk"])
        become(about["account"])
        report = run(order)
    except BaseException:  # noqa: BLE001 - it is the answer
        report = {"error": traceback.format_exc()}
    with os.fdopen(pipe, "wb") as opened:
        opened.write(json.dumps(report).encode())
    os._exit(0)


def make_folders(disk_bytes: int) -> None:
    """Mount the folders in which a grading may write, and the /proc of its namespace."""
    kernel.mount("none", "/", None, kernel.RECURSIVE | kernel.PRIVATE)
    sizes = dict.fromkeys(("/home", "/tmp"), disk_bytes) | dict.fromkeys(("/log", "/dev/shm"), _SMALL_BYTES)
    for folder, size in sizes.items():
        kernel.mount("tmpfs", folder, "tmpfs", _SAFE, f"size={size},mode=1777")
    mount_processes()


def mount_processes() -> None:
    """Mount the /proc of this process's namespace."""
    kernel.mount("proc", "/proc", "proc", _SAFE | kernel.NO_EXECUTE)


def become(account: int | None) -> None:
    """Give up every right, and become an account without a user if one is named."""
    kernel.empty_bounding_set()
    if account is not None:
        os.setgroups([])
        os.setresgid(account, account, account)
        os.setresuid(account, account, account)
    kernel.drop_capabilities()
    kernel.forbid_new_privileges()


def run(order: Message) -> Message:
    """Carry out an order.

    Returns:
        The report.
    """
    # No process of the same account may inspect this one.
    kernel.set_inspectable(inspectable=False)
    shutil.copytree(order["given"], COURSE)
    before = snapshot()
    started = time.monotonic()
    codes = carry_out(order["commands"], started + order["seconds"])
    seconds = time.monotonic() - started
    survivors = settle()
    if survivors:
        # They may act once the grading has ended.
        time.sleep(_LATE_SECONDS)
    end_all()
    return {
        "codes": codes,
        "seconds": round(seconds, 1),
        "survivors": survivors,
        "before": before,
        "after": snapshot(),
        "collected": {path: read(COURSE / path) for path in order["collected"]},
        "words": output_tail(),
    }


def carry_out(commands: list[list[str]], end: float) -> list[int | None]:
    """Run commands one after another.

    Returns:
        Their exit codes; None for one that had not ended in time, and for those after it.
    """
    codes: list[int | None] = []
    with LOG.open("wb") as log:
        for command in commands:
            process = start(command, log.fileno())
            code = wait_for(process.pid, end)
            process.returncode = -signal.SIGKILL if code is None else code
            codes.append(code)
    return codes


def start(command: list[str], log: int) -> subprocess.Popen[bytes]:
    """Start a command: a fork where its module has been imported, else a new program."""
    if warm.can_run(command):
        return warm.start(command, COURSE, log)
    return subprocess.Popen(command, cwd=COURSE, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def wait_for(process: int, end: float) -> int | None:
    """Wait for a process, and reap the orphans that a namespace hands to its first process."""
    while time.monotonic() < end:
        with contextlib.suppress(ChildProcessError):
            reaped, status = os.waitpid(-1, os.WNOHANG)
            if reaped == process:
                return os.waitstatus_to_exitcode(status)
            if reaped:
                continue
        time.sleep(0.02)
    return None


def settle() -> list[str]:
    """Give processes a moment to end by themselves.

    Returns:
        The command lines of those that did not.
    """
    end = time.monotonic() + _SETTLE_SECONDS
    while (left := others()) and time.monotonic() < end:
        reap()
        time.sleep(0.05)
    return sorted(left.values())


def others() -> dict[int, str]:
    """The other processes of the container, by their number: their command lines."""
    found = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or folder.name == "1":
            continue
        with contextlib.suppress(OSError):
            if "State:\tZ" not in (folder / "status").read_text():
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ")
                found[int(folder.name)] = command.decode(errors="replace")
    return found


def reap() -> None:
    """Reap all processes that have ended."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def end_all() -> None:
    """End every other process of the container."""
    if os.getpid() != 1:
        raise SystemExit("This must be the first process of a container: it ends all others.")
    while others():
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        reap()
        time.sleep(0.02)


def snapshot() -> dict[str, str]:
    """The files where a grading may write: path → digest, or a link's target."""
    found = {}
    for top in WATCHED:
        for folder, names, files in os.walk(top):
            for name in [*names, *files]:
                path = Path(folder, name)
                with contextlib.suppress(OSError):
                    found[str(path)] = fingerprint(path)
    return found


def fingerprint(path: Path) -> str:
    """A short text that changes when a file does."""
    if path.is_symlink():
        return f"link to {path.readlink()}"
    if path.is_file():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    return "folder" if path.is_dir() else "special"


def read(path: Path) -> str | None:
    """The content of a plain file, for JSON; None if there is none or it is too large."""
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > _LARGEST_FILE:
            return None
        return base64.b64encode(path.read_bytes()).decode()
    except OSError:
        return None


def output_tail() -> str:
    """The end of what the grading printed."""
    return LOG.read_bytes()[-_LAST_WORDS:].decode(errors="replace")
