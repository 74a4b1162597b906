"""A real JupyterHub on this machine, set up as docs/hub.md says: its proxy, accounts, exchange and course."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.hub.accounts import Accounts, as_root, may_be_root, opened, run_as_root
from tests.hub.guide import Guide

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
PROXY = ROOT / ".venv" / "hub" / "node_modules" / ".bin" / "configurable-http-proxy"
COURSE = "grader-gradlab"
STUDENTS = ("ada", "ben", "cleo", "dora")
INSTRUCTORS = ("ines", "ivan")
PASSWORD = "only-for-this-test"
LAB = "00_welcome"
START_SECONDS = 240.0

_OF_THE_TEST = """
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = {password!r}
c.JupyterHub.hub_port = {ports[hub]}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{ports[proxy]}"
c.ConfigurableHTTPProxy.command = [{proxy!r}]
c.JupyterHub.db_url = "sqlite:///{folder}/hub/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = "{folder}/hub/cookie_secret"
c.ConfigurableHTTPProxy.pid_file = "{folder}/hub/proxy.pid"
c.Spawner.start_timeout = c.Spawner.http_timeout = {seconds}
"""
"""What an administrator would add: an authenticator; and, since other tests run here, ports and files of its own."""


@dataclass
class Hub:
    """A hub that runs.

    Attributes:
        folder: holds homes, the exchange and settings; everybody may enter it.
        guide: the page by which it was set up.
        accounts: the people.
        address: where browsers find it.
        process: the hub's process.
    """

    folder: Path
    guide: Guide
    accounts: Accounts
    address: str = ""
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def course(self) -> Path:
        return self.accounts.home(COURSE) / "gradlab"

    @property
    def exchange(self) -> Path:
        return self.folder / "srv" / "nbgrader" / "exchange"

    @property
    def log(self) -> Path:
        return self.folder / "hub" / "log"

    def run(self, words: str, who: str = COURSE, *, folder: Path | None = None, code: int = 0) -> str:
        """Run a command as somebody, the course's account if no other is named; what it printed."""
        done = subprocess.run(
            self.command(words, who, folder=folder),
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == code, f"{words}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def command(self, words: str, who: str = COURSE, *, folder: Path | None = None) -> list[str]:
        """The command line for it, in the course's folder if no other is named."""
        environment = {
            "PATH": os.pathsep.join((str(BIN), os.environ["PATH"])),
            "COLUMNS": "200",
            "OMP_NUM_THREADS": "1",
        }
        return self.accounts.command(who, words, environment, folder or self.course)


@contextmanager
def running() -> Iterator[Hub]:
    """The hub of docs/hub.md; the test is skipped, with the reason, where no accounts can be made."""
    for missing in (_without_proxy(), _without_rights()):
        if missing:
            pytest.skip(missing)
    # Not in the tests' own folder, which other users can't enter.
    folder = Path(tempfile.mkdtemp(prefix="hub-", dir="/tmp"))
    folder.chmod(0o755)
    accounts = Accounts((COURSE, *STUDENTS, *INSTRUCTORS), folder / "home")
    ports = dict(zip(("hub", "proxy", "public", "service"), _free_ports(4), strict=True))
    instead = {
        r"/opt/gradlab/bin": str(BIN),
        r"/srv/": f"{folder}/srv/",
        r"/home/([\w-]+)": lambda found: str(accounts.home(found[1])),
        rf"(?<![\w/-])({'|'.join((COURSE, *STUDENTS, *INSTRUCTORS))})(?![\w-])": lambda found: accounts.name(found[1]),
        "127.0.0.1:8000": f"127.0.0.1:{ports['public']}",
        "127.0.0.1:9999": f"127.0.0.1:{ports['service']}",
        "useradd ": f"useradd --base-dir {accounts.homes} ",
        r"git clone \S+": f"cp -r {folder}/checkout",
    }
    hub = Hub(folder, Guide(instead), accounts, f"http://127.0.0.1:{ports['public']}")
    try:
        _set_up(hub, ports)
        _start(hub)
        yield hub
    finally:
        _stop(hub)
        accounts.remove()
        keep_log(hub)
        subprocess.run(as_root("rm", "-rf", str(folder)), check=False)


def _set_up(hub: Hub, ports: dict[str, int]) -> None:
    guide = hub.guide
    for name in ("home", "hub", "srv/gradlab/students/labconfig", "checkout/course"):
        (hub.folder / name).mkdir(parents=True)
    # What is installed is what tools/set_up.sh has installed.
    programs = "\n".join(guide.commands("Programs"))
    assert f"configurable-http-proxy@{_proxy_version()}" in programs
    for command in (*guide.commands("Accounts"), *guide.commands("The exchange")):
        run_as_root("bash", "-ec", command)
    students = hub.folder / "srv" / "gradlab" / "students"
    nbgrader, server, page = guide.blocks("Students' settings")
    (students / "nbgrader_config.py").write_text(nbgrader, encoding="utf-8")
    for path, text in (("jupyter_server_config.json", server), ("labconfig/page_config.json", page)):
        json.loads(text)
        (students / path).write_text(text, encoding="utf-8")
    (settings,) = guide.blocks("The hub's settings")
    added = _OF_THE_TEST.format(
        password=PASSWORD, ports=ports, proxy=str(PROXY), folder=hub.folder, seconds=int(START_SECONDS)
    )
    (hub.folder / "srv" / "gradlab" / "jupyterhub_config.py").write_text(settings + added, encoding="utf-8")
    shutil.copy(ROOT / "course" / f"{LAB}.py", hub.folder / "checkout" / "course")
    for name in ("nbgrader_config.py", "pyproject.toml"):
        shutil.copy(ROOT / name, hub.folder / "checkout")
    for command in guide.commands("The course"):
        hub.run(command, folder=hub.accounts.home(COURSE))


def _start(hub: Hub) -> None:
    (command,) = hub.guide.commands("Start it")
    chdir = [f"--chdir={hub.folder}/hub"]
    environment = [f"HOME={hub.folder}/hub", "LANG=C.UTF-8", f"PATH={BIN}:{os.environ['PATH']}"]
    with hub.log.open("wb") as log:
        hub.process = subprocess.Popen(
            opened(["env", "--ignore-environment", *chdir, *environment, "bash", "-c", f"exec env {command}"]),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_SECONDS
    while not (_answers(hub, "/hub/login") and _answers(hub, "/services/gradlab/api")):
        said = hub.log.read_text(encoding="utf-8", errors="replace")
        assert hub.process.poll() is None, said
        assert time.monotonic() < deadline, said
        time.sleep(0.3)


def _answers(hub: Hub, path: str) -> bool:
    connection = http.client.HTTPConnection(hub.address.removeprefix("http://"), timeout=30)
    try:
        connection.request("GET", path)
        return connection.getresponse().status in (200, 302)
    except OSError:
        return False
    finally:
        connection.close()


def _stop(hub: Hub) -> None:
    if hub.process is None:
        return
    # It then ends its proxy, the service and everybody's server.
    subprocess.run(as_root("kill", f"-{signal.SIGTERM.value}", str(hub.process.pid)), check=False)
    try:
        hub.process.wait(START_SECONDS)
    except subprocess.TimeoutExpired:
        subprocess.run(as_root("kill", f"-{signal.SIGKILL.value}", "--", f"-{hub.process.pid}"), check=False)
        hub.process.wait()
    # A hub that ended by itself leaves its proxy; one that was stopped removes this file.
    left = hub.folder / "hub" / "proxy.pid"
    if left.exists():
        proxy = left.read_text(encoding="ascii").split()[0]
        subprocess.run(as_root("kill", f"-{signal.SIGTERM.value}", proxy), capture_output=True, check=False)


def keep_log(hub: Hub) -> None:
    """Keep what the hub said, where browser tests leave what they saw."""
    output = os.environ.get("GRADLAB_BROWSER_OUTPUT")
    if output and hub.log.exists():
        Path(output).mkdir(parents=True, exist_ok=True)
        shutil.copy(hub.log, Path(output) / "jupyterhub.log")


def _without_proxy() -> str:
    return "" if PROXY.exists() else "the hub's proxy is not installed: run tools/set_up.sh --hub (it needs npm)"


def _without_rights() -> str:
    if not may_be_root():
        return "making accounts for a hub takes root, or sudo without a password"
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "bash", "-c", f"{sys.executable} -c 1"]
    done = subprocess.run(opened(nobody), capture_output=True, text=True, check=False, cwd="/")
    return (
        "" if done.returncode == 0 else f"other accounts can't read {ROOT} and its Python: {done.stderr.strip()[-200:]}"
    )


def _proxy_version() -> str:
    found = re.search(r"configurable-http-proxy@([\d.]+)", (ROOT / "tools" / "set_up.sh").read_text(encoding="utf-8"))
    assert found is not None
    return found[1]


def _free_ports(count: int) -> list[int]:
    with_ports = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [it.getsockname()[1] for it in with_ports]
    for it in with_ports:
        it.close()
    return ports
