"""The outer sandbox: the command line for bubblewrap (https://github.com/containers/bubblewrap)."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from autograder import kernel
from autograder.errors import ExpectedError
from autograder.sandbox import isolation, visible_files, without_namespaces
from autograder.sandbox.accelerator import HIDDEN, DeviceAccess
from autograder.sandbox.mode import Mode

_LINKS: Final = {"fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2", "ptmx": "pts/ptmx"}
_ALL_USERS: Final = ["0", "0", str(2**32 - 1)]
"""What the user namespace with which the machine starts says of itself (user_namespaces(7))."""
_CAPABILITIES: Final = ("CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP")

INSTALLATION: Final = "Install it: apt-get install bubblewrap (or dnf install bubblewrap)."
"""What to do where bubblewrap is missing."""
ACCOUNTS: Final = "student:x:65534:65534:student:/tmp:/bin/sh\n"
"""The sandbox's /etc/passwd."""
GROUPS: Final = "student:x:65534:\n"
"""The sandbox's /etc/group."""


def find() -> str:
    """The path of bubblewrap.

    Raises:
        ExpectedError: it isn't installed.
    """
    found = shutil.which("bwrap")
    if found is None:
        raise ExpectedError(
            "bubblewrap, the sandbox's outer wall, isn't installed: there is no bwrap on the PATH. "
            + without_namespaces.alternative(),
            INSTALLATION,
        )
    return found


def privileged() -> bool:
    """Whether bubblewrap can do its work with root's rights; without them it needs a user namespace.

    The root of a container that is a user namespace itself has the rights, but may not mount a /proc that shows more
    than the container's, where parts of it are covered: not even after bubblewrap has covered them.
    """
    if os.geteuid() != 0 or not kernel.capabilities() & kernel.ADMINISTRATOR:
        return False
    return Path("/proc/self/uid_map").read_text(encoding="ascii").split() == _ALL_USERS


def account() -> dict[str, Any]:
    """The account that bubblewrap is started as, as arguments of `subprocess.Popen`.

    A container's root often lacks root's rights. Student code must not be root in a user namespace either, since the
    kernel doesn't count root's processes: it is then started as an ordinary user.

    Raises:
        ExpectedError: that can't be done.
    """
    if os.geteuid() != 0 or privileged():
        return {}
    return isolation.ordinary_account()


def user_namespace() -> list[str]:
    """The part of the command line that makes up for root's rights."""
    return [] if privileged() else ["--unshare-user", "--uid", str(isolation.NOBODY), "--gid", str(isolation.NOBODY)]


def proc_is_covered() -> bool:
    """Whether the kernel refuses a new /proc, since parts of the one that is there are covered.

    Containers cover some of it. The zygote then gets that /proc as it is, and each submission an empty one.

    Raises:
        ExpectedError: bubblewrap is missing, or can't be started.
    """
    mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    if privileged() or not any(mount.split()[4].startswith("/proc/") for mount in mounts):
        return False

    def works(*proc: str) -> bool:
        command = [find(), "--unshare-pid", *user_namespace(), "--ro-bind", "/", "/", *proc, "true"]
        return subprocess.run(command, capture_output=True, check=False, **account()).returncode == 0

    return not works("--proc", "/proc") and works()


def environment(mode: Mode, further: Mapping[str, str]) -> dict[str, str]:
    """The environment variables of the zygote and of every student process: nothing of the user's own.

    Args:
        mode: how student code is isolated.
        further: what an accelerator needs (`DeviceAccess.environment`).
    """
    home = "/tmp"  # noqa: S108 - private to each submission
    shared = {
        "PATH": f"{sys.prefix}/bin:/usr/local/bin:/usr/bin:/bin",
        "HOME": home,
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        **HIDDEN,
        **further,
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        # A figure's data, and not four megabytes of plotly.js beside it.
        "PLOTLY_RENDERER": "plotly_mimetype",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
    }
    if mode is not Mode.NONE:
        return shared | {"USER": "student", "LOGNAME": "student", "MPLCONFIGDIR": f"{home}/matplotlib"}
    # Outside bubblewrap the user's font cache is found where it is.
    kept = {name: os.environ[name] for name in ("MPLCONFIGDIR", "XDG_CACHE_HOME") if name in os.environ}
    return shared | {"HOME": str(Path.home())} | kept


def arguments(
    shown: Iterable[Path], accounts: tuple[int, int], device: DeviceAccess, *, covered: bool = False
) -> list[str]:
    """The command line up to the program that runs inside.

    Root keeps four capabilities inside, with which the zygote mounts /proc and stops being root; others get a user
    namespace.

    Args:
        shown: files and folders to show, read-only, at their own paths: `visible_files.shown_paths`.
        accounts: file descriptors from which /etc/passwd and /etc/group are filled.
        device: what student processes see of an accelerator.
        covered: `proc_is_covered`.

    Raises:
        ExpectedError: bubblewrap is missing.
    """
    command = [find(), "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    command += ["--die-with-parent", "--new-session", "--hostname", "sandbox", "--cap-drop", "ALL"]
    command += user_namespace()
    if privileged():
        for capability in _CAPABILITIES:
            command += ["--cap-add", capability]
    command += ["--ro-bind", "/usr", "/usr"]
    for name in visible_files.SYSTEM:
        path = Path(name)
        if path.is_symlink():
            command += ["--symlink", str(path.readlink()), name]
        elif path.is_dir():
            command += ["--ro-bind", name, name]
    # Parents that bubblewrap makes by itself may be closed to the user that root becomes.
    command += ["--dir", "/etc", "--dir", "/var", "--dir", "/var/cache"]
    for setting in visible_files.SETTINGS:
        command += ["--ro-bind-try", setting, setting]
    passwd, group = map(str, accounts)
    command += ["--file", passwd, "/etc/passwd", "--file", group, "/etc/group"]
    command += ["--perms", "1777", "--tmpfs", "/tmp", "--dir", isolation.WORKING_FOLDER]  # noqa: S108
    for path in shown:
        for parent in reversed(path.parents):
            command += ["--dir", str(parent)]
        command += ["--ro-bind", str(path), str(path)]
    for path, target in device.readable:
        for parent in reversed(Path(target).parents):
            command += ["--dir", str(parent)]
        command += ["--ro-bind", str(path), target]
    command += _devices(device.nodes)
    # bubblewrap covers parts of the /proc that it mounts for root, and the kernel then refuses the submissions a /proc
    # of their own: for root the zygote mounts it.
    if covered:
        command += ["--bind", "/proc", "/proc"]
    else:
        command += ["--dir", "/proc"] if privileged() else ["--proc", "/proc"]
    return [*command, "--remount-ro", "/", "--chdir", "/", "--"]


def _devices(further: Iterable[tuple[Path, str]]) -> list[str]:
    command = ["--tmpfs", "/dev", "--dir", "/dev/pts", "--dir", "/dev/shm"]  # noqa: S108
    for name in visible_files.DEVICES:
        command += ["--dev-bind", f"/dev/{name}", f"/dev/{name}"]
    for node, name in further:
        command += ["--dev-bind", str(node), f"/dev/{name}"]
    for name, target in _LINKS.items():
        command += ["--symlink", target, f"/dev/{name}"]
    return [*command, "--remount-ro", "/dev"]
