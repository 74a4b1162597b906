"""Accounts of this machine that a test makes and removes again, and commands that run as one of them.

Making an account takes root's rights, or sudo without a password.
"""

import os
import pwd
import secrets
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

PROBE_SECONDS = 120.0


def as_root(*command: str) -> list[str]:
    """The command as root."""
    return list(command) if os.geteuid() == 0 else ["sudo", "--non-interactive", *command]


def may_be_root() -> bool:
    with suppress(FileNotFoundError):
        return subprocess.run(as_root("true"), capture_output=True, check=False).returncode == 0
    return False


def run_as_root(*command: str) -> None:
    done = subprocess.run(as_root(*command), capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


class Accounts:
    """The accounts that a page names, under names that this machine does not have.

    Args:
        names: the names on the page.
        homes: the folder in which their homes are.
    """

    def __init__(self, names: Sequence[str], homes: Path) -> None:
        self._prefix = f"t{secrets.token_hex(3)}-"
        self._names = names
        self.homes = homes

    def name(self, shown: str) -> str:
        """The account's name here."""
        return self._prefix + shown

    def home(self, shown: str) -> Path:
        return self.homes / self.name(shown)

    def command(self, shown: str, words: str, environment: Mapping[str, str], folder: Path) -> list[str]:
        """The command line that runs a shell's command as an account, in a folder."""
        user = pwd.getpwnam(self.name(shown))
        known = {"HOME": user.pw_dir, "USER": user.pw_name, "LOGNAME": user.pw_name, "LANG": "C.UTF-8", **environment}
        return as_root(
            *("setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--init-groups"),
            *("env", "--ignore-environment", f"--chdir={folder}", *(f"{name}={value}" for name, value in known.items())),
            *("bash", "-c", words),
        )

    def remove(self) -> None:
        """End what the accounts still run, and remove them; their homes stay."""
        uids = set()
        for shown in self._names:
            with suppress(KeyError):
                uids.add(pwd.getpwnam(self.name(shown)).pw_uid)
        for process in _processes(uids):
            subprocess.run(as_root("kill", f"-{signal.SIGKILL.value}", str(process)), capture_output=True, check=False)
        for shown in self._names:
            subprocess.run(as_root("userdel", "--force", self.name(shown)), capture_output=True, check=False)


def _processes(uids: set[int]) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        with suppress(OSError):
            if folder.name.isdecimal() and folder.stat().st_uid in uids:
                found.append(int(folder.name))
    return found
