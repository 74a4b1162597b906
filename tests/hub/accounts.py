"""Accounts of this machine that a test makes and removes again, and commands that run as one of them.

Making an account takes root's rights, or sudo without a password.
"""

import os
import pwd
import secrets
import signal
import stat
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from shlex import quote

ROOT = Path(__file__).parents[2]
PROBE_SECONDS = 120.0


def as_root(*command: str) -> list[str]:
    """The command as root."""
    return list(command) if os.geteuid() == 0 else ["sudo", "--non-interactive", *command]


def opened(command: Sequence[str]) -> list[str]:
    """The command, as root; other accounts can read this checkout and its Python there, even in a closed home.

    In a mount namespace of its own, which ends with the command, an empty folder hides the one that is closed; what is
    needed is mounted in it again. Nothing changes for anybody else.
    """
    needed = [ROOT, Path(sys.base_prefix)]
    hidden = {closed for path in needed if (closed := _closed(path)) is not None}
    # Kept at another place until the empty folder is there.
    script = ["set -e", "mount -t tmpfs tmpfs /mnt"]
    for number, path in enumerate(needed):
        script.append(f"mkdir /mnt/{number}; mount --bind {quote(str(path))} /mnt/{number}")
    script += (f"mount -t tmpfs -o mode=755 tmpfs {quote(str(closed))}" for closed in hidden)
    for number, path in enumerate(needed):
        if _closed(path) in hidden:
            script.append(f"mkdir -p {quote(str(path))}; mount --bind /mnt/{number} {quote(str(path))}")
        script.append(f"umount /mnt/{number}")
    script.append("umount /mnt")
    if not hidden:
        return as_root(*command)
    return as_root("unshare", "--mount", "bash", "-c", "\n".join([*script, 'exec "$@"']), "bash", *command)


def _closed(path: Path) -> Path | None:
    """The topmost folder above a path that other accounts may not pass."""
    above = (folder for folder in reversed(path.parents) if not folder.stat().st_mode & stat.S_IXOTH)
    return next(above, None)


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
        return opened(
            [
                *("setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--init-groups"),
                *(
                    "env",
                    "--ignore-environment",
                    f"--chdir={folder}",
                    *(f"{name}={value}" for name, value in known.items()),
                ),
                *("bash", "-c", words),
            ]
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
