"""Machines on which only some layers of the sandbox can be had, made within this one. Only root can make them.

Each is a command line prefix for a program. Root's home is closed to others; where the interpreter or the checkout lies
in it, they see an open home that holds these alone.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from autograder import call_filter
from autograder.sandbox import bubblewrap

ORDINARY_USER = 12345
CHECKOUT = Path(__file__).parents[3]

only_root = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None, reason="needs root and setpriv to make such a machine"
)

can_be_ordinary = pytest.mark.skipif(
    os.geteuid() == 0 and shutil.which("setpriv") is None, reason="needs an ordinary user, or setpriv to become one"
)


def run(command: list[str], program: str, **options: object) -> subprocess.CompletedProcess[str]:
    """Run a Python program at the end of this command line."""
    found = subprocess.run(
        [*command, "env", "HOME=/tmp", f"PATH={os.environ['PATH']}", sys.executable, "-c", program],
        capture_output=True,
        text=True,
        cwd="/",
        check=False,
        **options,
    )
    if found.returncode != 0 and "Permission denied" in found.stderr:
        pytest.skip("the checkout is closed to other users")
    assert found.returncode == 0, found.stderr
    return found


def open_home() -> list[str]:
    """Arguments for bubblewrap: the interpreter and the checkout in an open home."""
    home = Path("/root")
    needed = {path for path in (Path(sys.base_prefix), Path(sys.prefix), CHECKOUT) if path.is_relative_to(home)}
    shown = sorted(str(path) for path in needed if needed.isdisjoint(path.parents))
    if not shown:
        return []
    parents = {parent for path in shown for parent in Path(path).parents if parent.is_relative_to(home)}
    opened = [argument for parent in sorted(parents) for argument in ("--chmod", "0755", str(parent))]
    return ["--tmpfs", str(home), *(argument for path in shown for argument in ("--ro-bind", path, path)), *opened]


def ordinary_user() -> list[str]:
    identity = [f"--reuid={ORDINARY_USER}", f"--regid={ORDINARY_USER}", "--clear-groups", "--inh-caps=-all"]
    return ["bwrap", "--dev-bind", "/", "/", *open_home(), "setpriv", *identity]


_FORBID_NAMESPACES = """
import errno, os, sys
sys.path.insert(0, {checkout!r})
from autograder import call_filter, kernel
from autograder.call_filter import MASKED, Condition
FLAGS = (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000)
def rules(number):
    # The C library then uses clone, whose flags a filter can see.
    yield number("clone3"), errno.ENOSYS, []
    for name in ("mount", "umount2", "setns", "keyctl", "add_key", "request_key", {further}):
        yield number(name), errno.EPERM, []
    for name in ("clone", "unshare"):
        for flag in FLAGS:
            yield number(name), errno.EPERM, [Condition(0, MASKED, flag, flag)]
kernel.forbid_new_privileges()
kernel.filter_system_calls(call_filter.program(rules))
os.execvp(sys.argv[1], sys.argv[1:])
"""
_LANDLOCK = ("landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self")


def without_namespaces(*, landlock: bool = True) -> list[str]:
    """An ordinary user under the filter of a container's runtime: no namespaces, mounts and keys.

    Args:
        landlock: whether the filter lets Landlock's calls through.
    """
    further = "" if landlock else ", ".join(map(repr, _LANDLOCK))
    program = _FORBID_NAMESPACES.format(checkout=str(CHECKOUT), further=further)
    user = ordinary_user() if os.geteuid() == 0 else []
    return [*user, "env", "PYTHONDONTWRITEBYTECODE=1", sys.executable, "-c", program]


def powerless_root() -> list[str]:
    """Root as containers have it: without the rights to mount or to look into others, and unable to gain any."""
    without = "-sys_admin,-sys_ptrace"
    return ["bwrap", "--dev-bind", "/", "/", *open_home(), "setpriv", "--bounding-set", without, "--no-new-privs"]


@contextmanager
def container_with_covered_proc() -> Iterator[tuple[list[str], int]]:
    """The root of a container that is a user namespace, with parts of /proc covered; and a descriptor to pass on."""
    with subprocess.Popen(["unshare", "--user", "cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        # An echo means that the namespace is there.
        holder.stdin.write(b".")
        holder.stdin.flush()
        holder.stdout.read(1)
        for name in ("uid_map", "gid_map"):
            Path(f"/proc/{holder.pid}/{name}").write_text("0 0 65536")
        users = os.open(f"/proc/{holder.pid}/ns/user", os.O_RDONLY)
        try:
            command = ["bwrap", "--userns", str(users), "--unshare-pid", "--cap-add", "ALL", *_everything_but_proc()]
            yield [*command, *open_home(), "--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys"], users
        finally:
            os.close(users)
            holder.stdin.close()


def _everything_but_proc() -> Iterator[str]:
    for path in Path("/").iterdir():
        if path.is_symlink():
            yield from ("--symlink", str(path.readlink()), str(path))
        elif path.name != "proc":
            yield from ("--dev-bind", str(path), str(path))


@contextmanager
def without_libseccomp() -> Iterator[None]:
    """No sandbox that is started meanwhile finds libseccomp."""
    arguments = bubblewrap.arguments

    def covered(*given: Any, **named: Any) -> list[str]:
        command = arguments(*given, **named)
        for path in libraries():
            # Before the last three: the file system closed, the folder, the end of the arguments.
            command[-5:-5] = ["--ro-bind", "/dev/null", path]
        return command

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bubblewrap, "arguments", covered)
        yield


def libraries() -> set[str]:
    """Where libseccomp lies; nowhere if it isn't installed."""
    with suppress(OSError):
        ctypes.CDLL(call_filter.LIBRARY)
    maps = Path("/proc/self/maps").read_text().splitlines()
    return {line.split()[-1] for line in maps if "libseccomp" in line}
