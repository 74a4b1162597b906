"""Why a sandbox can't be had on this machine, and the line that mends it."""

from pathlib import Path
from typing import Final

from autograder.errors import ExpectedError

_SWITCHES: Final = (
    ("/proc/sys/kernel/unprivileged_userns_clone", "0", "sysctl -w kernel.unprivileged_userns_clone=1"),
    (
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
    ),
    ("/proc/sys/user/max_user_namespaces", "0", "sysctl -w user.max_user_namespaces=16384"),
)
_CONTAINER: Final = "--security-opt seccomp=unconfined --security-opt systempaths=unconfined --cap-add SYS_ADMIN"
_LAYERS: Final = (
    ("private folders of the submission", "private folders of each submission"),
    ("namespaces", "namespaces of each submission"),
    ("resource limits", "resource limits"),
    ("giving up privileges", "dropped privileges"),
    ("bwrap:", "the outer wall (bubblewrap)"),
)


def refused(said: str) -> ExpectedError:
    """The error for a sandbox that didn't start.

    Args:
        said: what the part that failed wrote.
    """
    layer = next((name for sign, name in _LAYERS if sign in said), "")
    if not layer:
        return ExpectedError(
            f"The sandbox's warm interpreter didn't start: {said or 'it said nothing'}",
            "Mend the environment (autograder doctor shows what is in it) and try again.",
        )
    return ExpectedError(
        f"A required layer of the sandbox is missing: {layer}. {said}",
        f"{cure()} To see each layer: autograder doctor.",
    )


def cure() -> str:
    """The line that lets this kernel give out namespaces, as far as its own switches tell."""
    for path, closed, line in _SWITCHES:
        switch = Path(path)
        if switch.exists() and switch.read_text(encoding="ascii").strip() == closed:
            return f"Run as root: {line}"
    if Path("/.dockerenv").exists() or Path("/run/.containerenv").exists():
        return f"Start the container with: {_CONTAINER}"
    return "Run it on Linux 5.14 or later, outside a container that forbids namespaces."
