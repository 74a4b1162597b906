"""The processes of a grader, as the kernel shows them, by what they do."""

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

JUDGE_SERVER = "autograder.judging.server"
ZYGOTE = "autograder.sandbox.zygote_server"
ROLES = ("sandbox", "zygote", "judge server", "judge", "student")
"""bubblewrap; the zygote in it; the process that forks judges; a judge; a student process."""


def _table() -> dict[int, tuple[int, str]]:
    """All processes that run: the parent and the command line of each."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                found[int(folder.name)] = int(parent), words
    return found


def family(coordinator: int) -> dict[str, list[int]]:
    """The descendants of a grader, by their role: see `ROLES`."""
    table = _table()
    found: dict[str, list[int]] = {role: [] for role in ROLES}
    for process, role in _descend(table, coordinator, ""):
        if role:
            found[role].append(process)
    return found


def _descend(table: dict[int, tuple[int, str]], process: int, role: str) -> Iterator[tuple[int, str]]:
    for child, (parent, words) in sorted(table.items()):
        if parent == process:
            is_ = _role(role, words)
            yield child, is_
            yield from _descend(table, child, is_)


def _role(parent: str, words: str) -> str:
    if parent in ("zygote", "student"):
        return "student"
    if parent in ("judge server", "judge"):
        return "judge"
    if JUDGE_SERVER in words:
        return "judge server"
    if ZYGOTE in words:
        return "sandbox" if Path(words.split()[0]).name == "bwrap" else "zygote"
    return ""


def born(process: int) -> str:
    """When a process was started, which tells it from a later one with the same id; empty if it has ended."""
    with suppress(OSError):
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return "" if fields[0] == "Z" else fields[19]
    return ""


def members(coordinator: int) -> dict[int, str]:
    """A grader and all its processes, by number, with when they were started."""
    found = [coordinator, *(process for processes in family(coordinator).values() for process in processes)]
    return {process: born(process) for process in found}


def all_gone(processes: dict[int, str], seconds: float = 30.0) -> bool:
    """Whether none of these processes, by number and birth, runs any more, or soon will."""
    end = time.monotonic() + seconds
    while any(birth and born(process) == birth for process, birth in processes.items()):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
