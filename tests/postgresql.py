"""A PostgreSQL server for tests: in a temporary folder, reached by a Unix socket, never over a network."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

BLANK = "blank"
"""A database in which nbgrader has made its tables; nbgrader takes seconds for them."""
GUARDED = "guarded"
"""A user who must give a password."""
PASSWORD = "correct-horse"
_START_SECONDS = 60.0
_SETTINGS = ("listen_addresses=", "max_connections=20")
_NOT_DURABLE = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
"""Faster; what was written may be lost when the machine loses power."""


class Server:
    """A server that can be stopped and started again.

    Args:
        programs: the folder of PostgreSQL's programs.
        folder: a short path (a socket's may have a hundred letters), which belongs to the server's user.
        user: the user as whom it runs; it refuses to run as root.
        settings: how it runs.
    """

    def __init__(self, programs: Path, folder: Path, user: pwd.struct_passwd, settings: Sequence[str]) -> None:
        self._programs = programs
        self._user = user
        self._settings = settings
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        options = ["--username=owner", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        command = self._command("initdb", "--pgdata", str(folder / "data"), *options)
        made = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert made.returncode == 0, made.stderr
        rules = folder / "data" / "pg_hba.conf"
        rules.write_text(f"local all {GUARDED} scram-sha-256\nlocal all owner trust\n")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = [word for setting in self._settings for word in ("-c", setting)]
        command = self._command("postgres", "-D", str(self.folder / "data"), "-k", str(self.folder), *settings)
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log, start_new_session=True)
        end = time.monotonic() + _START_SECONDS
        while True:
            try:
                self.connect("postgres").close()
            except psycopg.OperationalError:
                log_so_far = (self.folder / "log").read_text()
                assert self._process.poll() is None, log_so_far
                assert time.monotonic() < end, log_so_far
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """End all connections, and the server."""
        if self._process is not None:
            self._process.send_signal(2)
            self._process.wait()
            self._process = None

    def connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(f"dbname={database} user=owner host={self.folder}")

    def make(self, database: str, template: str = "template1") -> str:
        """Make a database; its URL, as people write it."""
        with self.connect("postgres") as connection:
            connection.autocommit = True
            names = sql.Identifier(database), sql.Identifier(template)
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
        return self.url(database)

    def url(self, database: str, who: str = "owner") -> str:
        return f"postgresql://{who}@/{database}?host={self.folder}"

    def _command(self, program: str, *arguments: str) -> list[str]:
        words = [str(self._programs / program), *arguments]
        if os.geteuid() != 0:
            return words
        # It ends with the tests, even if these are killed.
        who = [f"--reuid={self._user.pw_uid}", f"--regid={self._user.pw_gid}", "--clear-groups"]
        return ["setpriv", *who, "--pdeathsig=INT", *words]


def programs() -> Path | None:
    """The folder of PostgreSQL's programs; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    beside = shutil.which("postgres")
    return found[-1].parent if found else Path(beside).resolve().parent if beside else None


@contextmanager
def running(*, safe: bool = False) -> Iterator[Server]:
    """A server that runs; the test is skipped, with the reason, where there is none to be had.

    Args:
        safe: whether each commit waits for the disk, as on a real server.
    """
    folder = programs()
    if folder is None:
        pytest.skip("no PostgreSQL server is installed (Debian: apt-get install postgresql)")
    # Not in the tests' own folder, which other users can't enter, and whose path is too long for a socket.
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as name:
        user = pwd.getpwuid(os.geteuid())
        if os.geteuid() == 0:
            there = {it.pw_name: it for it in pwd.getpwall()}
            user = there.get("postgres", there["nobody"])
            os.chown(name, user.pw_uid, user.pw_gid)
        server = Server(folder, Path(name), user, _SETTINGS if safe else (*_SETTINGS, *_NOT_DURABLE))
        server.start()
        try:
            yield server
        finally:
            server.stop()
