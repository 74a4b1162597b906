"""A real Jupyter server and a real browser, neither of which sees anything of the person who runs the tests."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# A bound, not an expectation: a machine that runs other tests at the same time is slow.
TIMEOUT_SECONDS = 120.0
OUTPUT = "GRADLAB_BROWSER_OUTPUT"
"""The environment variable with the folder for screenshots, traces and server logs of tests that failed."""

Serve = Callable[[Path], str]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep what the browser shows when a test fails, before its pages are closed."""
    report = yield
    if OUTPUT in os.environ and report.when == "call" and report.failed:
        keep_output(Path(os.environ[OUTPUT], re.sub(r"[^\w-]+", "-", item.name)), getattr(item, "funcargs", {}))
    return report


def keep_output(folder: Path, fixtures: Mapping[str, Any]) -> None:
    """Write a screenshot of each page, the trace of the test's own page, and the server's log."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = [page for context in fixtures["browser"].contexts for page in context.pages]
    for number, page in enumerate(pages):
        page.screenshot(path=folder / f"page-{number}.png", full_page=True)
    if "page" in fixtures:
        fixtures["page"].context.tracing.stop(path=folder / "trace.zip")
    log = fixtures["tmp_path"] / "server.log" if "tmp_path" in fixtures else folder / "none"
    if log.is_file():
        shutil.copy(log, folder)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium; tests in this folder are skipped where there is none."""
    program = next(filter(None, map(shutil.which, BROWSERS)))
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that can reach this machine alone, as in a lecture hall without a network."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    context.set_default_timeout(1000 * TIMEOUT_SECONDS)
    expect.set_options(timeout=1000 * TIMEOUT_SECONDS)
    context.route("**/*", lambda route: route.continue_() if "//localhost:" in route.request.url else route.abort())
    if OUTPUT in os.environ:
        context.tracing.start(screenshots=True, snapshots=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start JupyterLab with nbgrader's extensions in a folder; gives its address."""
    running: list[subprocess.Popen[bytes]] = []

    def start(folder: Path) -> str:
        home = tmp_path / "home"
        settings = home / "config" / "lab" / "user-settings" / "@jupyterlab" / "apputils-extension"
        settings.mkdir(parents=True)
        # Otherwise a window over the notebook asks whether to fetch news.
        (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}', encoding="utf-8")
        log = tmp_path / "server.log"
        with log.open("wb") as words:
            running.append(
                subprocess.Popen(command(folder), cwd=folder, env=environment(home), stdout=words, stderr=words)
            )
        information = home / "runtime" / f"jpserver-{running[-1].pid}.json"
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while not information.exists() or not information.read_text(encoding="utf-8").endswith("}"):
            assert running[-1].poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, "the server does not start"
            time.sleep(0.1)
        return str(json.loads(information.read_text(encoding="utf-8"))["url"])

    yield start
    for server in running:
        # The server then ends its kernels too.
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()


def command(folder: Path) -> list[str]:
    """The server's command line: any free port, and no token, since it listens to this machine alone."""
    return [
        sys.executable,
        *("-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.port=0", "--ServerApp.ip=localhost"),
        *("--IdentityProvider.token=", "--ServerApp.password=", f"--ServerApp.root_dir={folder}"),
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]


def environment(home: Path) -> dict[str, str]:
    """The environment without anybody's Jupyter configuration, with this Python's programs first."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "IPYTHON"))}
    return kept | {
        "HOME": str(home),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "OMP_NUM_THREADS": "1",
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
    }
