"""Which sandbox a run gets: the strongest that this machine can have, or the one that is asked for by name."""

import shutil
import subprocess
import sys
from typing import Final

from autograder import kernel
from autograder.errors import ExpectedError
from autograder.sandbox import bubblewrap, without_namespaces
from autograder.sandbox.mode import Choice, Mode

_SECONDS: Final = 20.0
_ENTER: Final = f"import ctypes, sys; sys.exit(ctypes.CDLL(None).unshare({kernel.NEW_USERS}) != 0)"
"""A program that makes a user namespace, as each submission gets one within bubblewrap's."""


def choose(wanted: Choice = Choice.AUTO) -> Mode:
    """The sandbox of a run.

    Where neither can be had it is bubblewrap, which then says what this machine lacks when it is started.
    """
    if wanted is not Choice.AUTO:
        return Mode(wanted.value)
    if bubblewrap_works():
        return Mode.BUBBLEWRAP
    said, _ = without_namespaces.problem()
    return Mode.BUBBLEWRAP if said else Mode.LANDLOCK


def bubblewrap_works() -> bool:
    """Whether bubblewrap is there and gets its namespaces, with others within them.

    All that it needs is tried when it starts (`autograder.sandbox.kernel_features`); this takes a moment.
    """
    if shutil.which("bwrap") is None:
        return False
    try:
        command = [bubblewrap.find(), "--unshare-pid", "--unshare-net", *bubblewrap.user_namespace()]
        command += ["--bind", "/", "/", "--", sys.executable, "-I", "-S", "-c", _ENTER]
        account = bubblewrap.account()
        return subprocess.run(command, capture_output=True, check=False, timeout=_SECONDS, **account).returncode == 0
    except (OSError, ExpectedError, subprocess.TimeoutExpired):
        return False
