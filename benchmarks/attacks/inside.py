"""The first process of a container: it runs one grading and reports what changed.

`container` starts it. It reads an order from stdin and writes a report to stdout, both JSON. It uses only the standard
library, since it runs beside the code that it watches. A signal sent from within a process namespace does not end its
first process, so it outlives whatever an attack does to the processes around it.
"""

import base64
import contextlib
import ctypes
import hashlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

COURSE = Path("/home/course")
WATCHED = ("/home", "/tmp", "/dev/shm")
LOG = Path("/log/grading")
_SETTLE_SECONDS = 3.0
_LATE_SECONDS = 1.5
_LAST_WORDS = 4_000
_LARGEST_FILE = 32 * 1024**2
_SET_DUMPABLE = 4


def main() -> None:
    """Read an order, carry it out, report."""
    order = json.load(sys.stdin)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # No process of the same account may inspect this one.
    ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
    shutil.copytree("/given", COURSE)
    before = snapshot()
    started = time.monotonic()
    codes = carry_out(order["commands"], order["environment"], started + order["seconds"])
    seconds = time.monotonic() - started
    survivors = settle()
    if survivors:
        # They may act once the grading has ended.
        time.sleep(_LATE_SECONDS)
    end_all()
    report = {
        "codes": codes,
        "seconds": round(seconds, 1),
        "survivors": survivors,
        "before": before,
        "after": snapshot(),
        "collected": {path: read(COURSE / path) for path in order["collected"]},
        "words": output_tail(),
    }
    sys.stdout.write(json.dumps(report))
    sys.stdout.flush()


def carry_out(commands: list[list[str]], environment: dict[str, str], end: float) -> list[int | None]:
    """Run commands one after another.

    Returns:
        Their exit codes; None for one that had not ended in time, and for those after it.
    """
    codes: list[int | None] = []
    with LOG.open("wb") as log:
        for command in commands:
            process = subprocess.Popen(
                command, cwd=COURSE, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
            code = wait_for(process.pid, end)
            process.returncode = -signal.SIGKILL if code is None else code
            codes.append(code)
    return codes


def wait_for(process: int, end: float) -> int | None:
    """Wait for a process, and reap the orphans that a namespace hands to its first process."""
    listener = select.poll()
    listener.register(sys.stdout, 0)
    while time.monotonic() < end:
        # An attack may make even this fail: then the time limit ends it.
        with contextlib.suppress(OSError):
            if listener.poll(0):
                # The reader of the report is gone: the container ends with its first process.
                os._exit(1)
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


if __name__ == "__main__":
    main()
