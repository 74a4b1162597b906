"""Why a sandbox can't be had on this machine, and the line that mends it."""

import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

from autograder.errors import ExpectedError
from autograder.sandbox import bubblewrap, probes
from autograder.sandbox.probes import Attempt

_SWITCHES: Final = (
    ("/proc/sys/kernel/unprivileged_userns_clone", "0", "sysctl -w kernel.unprivileged_userns_clone=1"),
    (
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
    ),
    ("/proc/sys/user/max_user_namespaces", "0", "sysctl -w user.max_user_namespaces=16384"),
)
WHOLE_PROC: Final = (
    "Start the container with: --security-opt systempaths=unconfined (Docker) or --security-opt unmask=ALL (Podman)"
)
"""The line that uncovers /proc in a container."""
_CONTAINER: Final = (
    "--security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined"
)
FILTER: Final = "apt-get install libseccomp2"
"""The line that installs what the filter of system calls is written with."""

_SIGNS: Final = {
    "private folders of the submission": "private folders of each submission",
    "namespaces": "namespaces of each submission",
    "own /proc": "a /proc of each submission's own",
    "becoming an ordinary user": "an ordinary user for student code",
    "resource limits": "resource limits",
    "giving up privileges": "dropped privileges",
    "filter of system calls": "the filter of system calls",
    "GPU:": "a GPU that nothing has used before the fork",
    "bwrap:": "the outer wall (bubblewrap)",
}
"""What a part of the sandbox that fails writes, and the layer that it is."""


def refused(said: str) -> ExpectedError:
    """The error for a sandbox that didn't start. What this machine lacks is tried, and named.

    Args:
        said: what the part that failed wrote.
    """
    layer = next((name for sign, name in _SIGNS.items() if sign in said), "")
    if not layer:
        return ExpectedError(
            f"The sandbox's warm interpreter didn't start: {said or 'it said nothing'}",
            "Mend the environment (autograder doctor shows what is in it) and try again.",
        )
    missing = _missing()
    lacks = f" This machine lacks: {', '.join(attempt.name for attempt in missing)}." if missing else ""
    lines = " ".join(dict.fromkeys(map(cure_for, missing))) or cure()
    return ExpectedError(
        f"A required layer of the sandbox is missing: {layer}.{lacks} {said}",
        f"{lines} To see each layer: autograder doctor.",
    )


def gpu_lost(said: str) -> ExpectedError:
    """The error for a GPU that the driver has lost sight of.

    Args:
        said: what the driver says.
    """
    return ExpectedError(
        f"The GPU has gone, or can't be watched any more: {said}.",
        "Look at `nvidia-smi` and at the kernel's log (dmesg); then start the run again: finished work is kept.",
    )


def gpu_without_proc() -> ExpectedError:
    """The error for a container in which CUDA doesn't start, since a submission has no /proc."""
    return ExpectedError(
        "Parts of this container's /proc are covered, so a submission has none, and CUDA does not start without.",
        WHOLE_PROC,
    )


def _missing() -> list[Attempt]:
    # What went wrong first is told in any case.
    with suppress(ExpectedError):
        return [attempt for attempt in probes.make() if attempt.required and attempt.problem]
    return []


def cure_for(attempt: Attempt) -> str:
    """The line that gets what was tried and is missing."""
    name = attempt.needs or attempt.name
    if name == "bubblewrap" and shutil.which("bwrap") is None:
        return bubblewrap.INSTALLATION
    cures = {
        "own /proc": WHOLE_PROC,
        "ordinary user": "Start it as an ordinary user, or give the container a range of users.",
        "system-call filter": FILTER,
    }
    return cures.get(name) or cure()


def cure() -> str:
    """The line that lets this kernel give out namespaces, as far as its own switches tell."""
    for path, closed, line in _SWITCHES:
        switch = Path(path)
        if switch.exists() and switch.read_text(encoding="ascii").strip() == closed:
            return f"Run as root: {line}"
    if Path("/.dockerenv").exists() or Path("/run/.containerenv").exists():
        return f"Start the container with: {_CONTAINER}"
    return "Run it on Linux 5.14 or later, outside a container that forbids namespaces."
