"""Every command that the documentation shows is run, page by page and in order, and every link leads somewhere.

``autograder`` runs in this process, so that nbgrader is imported once; tests/test_instructors_guide.py runs it as it is
installed. Everything else is run by bash. ``INSTEAD`` has what runs instead of a command that cannot be run as it
stands; any other command that does not work fails its page.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

import gradlab
from autograder.cli.application import application
from tests.doc_course import LAB, STUDENT, make_documented_course
from tests.postgresql import running

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
FOLLOWED_ELSEWHERE = {"hub.md"}
"""Pages whose commands tests/hub follows: they need root, other accounts and a hub."""
NOT_COMMANDS = {"json", "markdown", "python", "text", "toml"}
"""Languages of fenced blocks that are no shell's; every line of any other block is a command."""

_FENCE = re.compile(
    r"^ *(?P<ticks>`{3,})(?P<language>\w*)\n(?P<text>.*?)^ *(?P=ticks)$", flags=re.MULTILINE | re.DOTALL
)
_INLINE = re.compile(r"`([^`]+)`")
_PROGRAM = re.compile(
    r"(?:\.venv/bin/)?(?:autograder|createdb|dask|jupyter|make|nbgrader|nvidia-smi|pip|python|uv) +\S"
)
BIN = Path(sys.executable).parent
WORDS = {"[LAB]": LAB, "LAB": LAB, "SOURCE": "moodle.zip"}
"""What stands for the words that a reader replaces."""


@dataclass(frozen=True)
class Command:
    """A command that a page shows.

    Attributes:
        page: the page's name.
        line: the line on which it stands, from 1.
        text: the command, on one line and without a comment.
    """

    page: str
    line: int
    text: str


def commands(page: Path) -> list[Command]:
    """The commands of a page: each line of each block, and what begins like a program in a sentence or a table."""
    text = page.read_text(encoding="utf-8")
    found: list[tuple[int, str]] = []
    for block in _FENCE.finditer(text):
        if block["language"] not in NOT_COMMANDS:
            for line in re.finditer(r"^.+$", block["text"], flags=re.MULTILINE):
                words = re.sub(r"(?:^|\s)#\s.*", "", line[0]).strip()
                found += [(block.start("text") + line.start(), words)] * bool(words)
    prose = _FENCE.sub(lambda block: re.sub(r"[^\n]", " ", block[0]), text)
    inline = ((code.start(), " ".join(code[1].split())) for code in _INLINE.finditer(prose))
    found += [(start, words) for start, words in inline if _PROGRAM.match(words)]
    return [Command(page.name, text.count("\n", 0, start) + 1, words) for start, words in sorted(found)]


def snippet(page: str, chapter: str) -> str:
    """The first Python block of a chapter."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    (part,) = [it for it in re.split(r"^## ", text, flags=re.MULTILINE) if it.startswith(f"{chapter}\n")]
    return next(block["text"] for block in _FENCE.finditer(part) if block["language"] == "python")


@dataclass(frozen=True)
class Run:
    """Another command that bash runs instead; what it prints has to hold each text of ``prints``."""

    command: str
    prints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Elsewhere:
    """The file that runs the command, and a text by which it is found there."""

    file: str
    text: str


def dry(target: str, *prints: str) -> Run:
    """Make prints the commands that it would run."""
    return Run(f"make --dry-run --directory {shlex.quote(str(ROOT))} {target}", prints)


def in_checkout(command: str, *prints: str) -> Run:
    """The command runs in the checkout, into which it must not write."""
    return Run(f"cd {shlex.quote(str(ROOT))} && {command}", prints)


def helped(module: str, *options: str) -> Run:
    """A program of the checkout prints its options; it is tested elsewhere, and what it does takes minutes."""
    return in_checkout(f"python -B -m {module} --help", *options)


INSTEAD: dict[str, Run | Elsewhere] = {
    "make demo": dry("demo", ".venv/bin/autograder demo"),
    "make lint": dry("lint", "ruff check", "mypy"),
    "make test": dry("test", "ruff check", "mypy", 'pytest -n auto --dist loadgroup -m "not slow"'),
    "make test-slow": dry("test-slow", "pytest -n auto --dist loadgroup -m slow"),
    "make test-all": dry("test-all", '-m "not slow"', "-m slow"),
    "git clone https://github.com/gradlab/gradlab.git && cd gradlab": Run("git --version"),
    ".venv/bin/python -m tests.course 06_minimum surface": in_checkout(
        "python -B -m tests.course 06_minimum surface", "11 of 11 mutants caught, 11 rightly diagnosed"
    ),
    ".venv/bin/python -m tests.course 06_minimum surface --wall": helped("tests.course", "--wall"),
    ".venv/bin/pre-commit install": in_checkout("pre-commit validate-config .pre-commit-config.yaml"),
    "make mutants": dry("mutants", "tests.course --wall"),
    "make attacks": dry("attacks", "benchmarks.attacks --write"),
    "make test-cuda": dry("test-cuda", "pytest -m cuda"),
    # What it builds with is run for the wheel that pip gets here.
    "make wheel": dry("wheel", "hatchling build -t wheel", "twine check"),
    "make site": dry("site", "python -m website"),
    # Where a builder is at hand, tests/test_wheel.py builds the image.
    "podman build --tag gradlab .": Elsewhere("tests/test_wheel.py", "def test_the_image_grades"),
    'podman run --rm --userns=keep-id --volume "$PWD:/course" gradlab doctor': Elsewhere(
        "tests/test_wheel.py", "def test_the_image_grades"
    ),
    "jupyter lab": Run("jupyter lab --version"),
    # nvidia-smi comes with the driver.
    "nvidia-smi -L": Run("! command -v nvidia-smi >/dev/null || nvidia-smi -L"),
    "dask scheduler": Run("dask scheduler --help"),
    "dask worker tcp://scheduler.example.edu:8786 --nthreads 8": Run("dask worker --help", ("SCHEDULER", "--nthreads")),
    "dask worker --nthreads": Run("dask worker --help", ("--nthreads", "--memory-limit", "--tls-key")),
    f"autograder grade {LAB} --dask tcp://scheduler.example.edu:8786": Elsewhere(
        "tests/reliability/test_cluster.py", '"--dask"'
    ),
    "createdb autodiff_2026": Elsewhere("tests/test_docs.py", "def test_a_gradebook_on_a_server"),
    "python -m benchmarks.attacks --write": helped("benchmarks.attacks", "--write"),
    "python -m gradlab.ladder --starts 65536": helped("gradlab.ladder", "--starts"),
    "autograder build": Elsewhere("docs/instructors.md", f"autograder build {LAB}"),
    "autograder build --check": Elsewhere("tests/test_notebooks_current.py", "check"),
    "autograder build NAME": Elsewhere("docs/instructors.md", f"autograder build {LAB}"),
    "autograder build --format json": Elsewhere("tests/autograder/cli/test_json.py", '"build"'),
    "autograder demo --format json": Elsewhere("tests/demo_run.py", '"demo"'),
    "autograder build 90_double": Elsewhere("tests/test_authors_guide.py", '"build", LAB'),
    "python -m tests.course 90_double": Elsewhere("tests/test_authors_guide.py", '"tests.course", LAB)'),
    "python -m tests.course 90_double double": Elsewhere("tests/test_authors_guide.py", 'LAB, "double")'),
    # Through the wall, tests/course/test_answers.py tries the answers.
    "python -m tests.course 90_double --wall": dry("mutants", "tests.course --wall"),
    "nbgrader autograde": Elsewhere("tests/autograder/test_preprocessor.py", '"autograde", "lab"'),
    "nbgrader generate_assignment": Elsewhere("tests/autograder/course/test_course.py", '"generate_assignment", "ps1"'),
    "nbgrader generate_feedback": Elsewhere("tests/autograder/test_preprocessor.py", '"generate_feedback", "lab"'),
    "nbgrader release_feedback": Elsewhere("tests/autograder/report/test_write.py", '"release_feedback", "lab"'),
    "nbgrader db student import": Run("nbgrader db student import class.csv", (STUDENT,)),
}
"""What cannot be run as it stands, because it takes long, waits for ever, needs a network or misses a word."""

HERE = {"--n 2048": "--n 16", "--n 1024": "--n 16", "gradlab[": f"./gradlab-{gradlab.__version__}-py3-none-any.whl["}
"""What makes a command cheap without making it another one, or installs this checkout's package and no older one."""


ANYWHERE = ("autograder doctor", "dask ", "jupyter ", "make ", "pip ")
SILENT_FAILURES = ("does not provide the extra", "No command given")
"""What pip and nbgrader say, with exit code 0, of an extra and a command that do not exist."""


@dataclass
class Terminal:
    """A terminal in the course.

    Attributes:
        course: the folder in which commands are run.
        environment: the environment of bash.
        known: what was found where the course makes no difference: command → exit code, what it printed.
    """

    course: Path
    environment: dict[str, str]
    known: dict[str, tuple[int, str]]

    def run(self, command: str) -> tuple[int, str]:
        """Run a command, once for all pages where they make no difference; its exit code and what it printed."""
        plain = command.removeprefix(".venv/bin/")
        if not plain.startswith(ANYWHERE):
            return self._run(command)
        if plain not in self.known:
            self.known[plain] = self._run(command)
        return self.known[plain]

    def _run(self, command: str) -> tuple[int, str]:
        words = shlex.split(command)
        if words[0].removeprefix(".venv/bin/") == "autograder" and "--install-completion" not in words:
            result = CliRunner().invoke(application, words[1:])
            return result.exit_code, result.output
        done = subprocess.run(
            # What comes behind keeps bash from becoming the command: completion is installed for the shell above it.
            ["bash", "-c", f"{command}\nexit"],
            cwd=self.course,
            env=self.environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that students install, as ``make wheel`` makes it."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (made,) = folder.iterdir()
    return made


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory, blank_gradebook: Path) -> Path:
    return make_documented_course(tmp_path_factory.mktemp("documented") / "course", blank_gradebook)


@pytest.fixture(scope="module")
def known() -> dict[str, tuple[int, str]]:
    return {}


@pytest.fixture
def terminal(
    original: Path, wheel: Path, known: dict[str, tuple[int, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Terminal:
    """A terminal in a copy of the course: pip may install nothing and fetch nothing, and home is elsewhere."""
    course = shutil.copytree(original, tmp_path / "course")
    (course / ".venv").mkdir()
    (course / ".venv" / "bin").symlink_to(BIN)
    shutil.copy(wheel, course)
    monkeypatch.chdir(course)
    monkeypatch.setenv("JUPYTER_NO_CONFIG", "1")
    pip = {"PIP_DRY_RUN": "1", "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    path = os.pathsep.join((str(BIN), os.environ["PATH"]))
    return Terminal(course, os.environ | pip | {"PATH": path, "HOME": str(tmp_path), "COLUMNS": "200"}, known)


def replaced(command: str) -> str:
    """The command with a reader's own words in it, as a test can afford it."""
    for shown, here in HERE.items():
        command = command.replace(shown, here)
    return re.sub(r"(?<=\s)\S+", lambda word: WORDS.get(word[0], word[0]), command)


def expected_code(command: str) -> int:
    """The exit code that a command has here: a machine without a GPU refuses ``--gpu``."""
    return 1 if "--gpu" in shlex.split(command) and not torch.cuda.is_available() else 0


def check(terminal: Terminal, command: Command) -> None:
    instead = INSTEAD.get(command.text)
    where = f"{command.page}, line {command.line}: {command.text}"
    if isinstance(instead, Elsewhere):
        return
    code, printed = terminal.run(instead.command if instead else replaced(command.text))
    assert code == expected_code(command.text), f"{where}\n{printed}"
    assert all(text in printed for text in (instead.prints if instead else ())), f"{where}\n{printed}"
    assert not any(failure in printed for failure in SILENT_FAILURES), f"{where}\n{printed}"


@pytest.mark.slow
@pytest.mark.parametrize("page", [it for it in PAGES if it.name not in FOLLOWED_ELSEWHERE], ids=lambda page: page.name)
def test_the_commands_of_the_page_work_in_their_order(page: Path, terminal: Terminal) -> None:
    shown = commands(page)
    for command in shown:
        check(terminal, command)
    if f"autograder report {LAB}" in {command.text.removeprefix(".venv/bin/") for command in shown}:
        assert (terminal.course / "feedback" / STUDENT / LAB / f"{LAB}.html").is_file()
        assert (terminal.course / "report" / f"{LAB}.html").is_file()


def test_the_documentation_shows_what_stands_in_the_table() -> None:
    shown = {command.text for page in PAGES for command in commands(page)}
    assert len(shown) > 60
    assert not INSTEAD.keys() - shown


def test_what_runs_elsewhere_is_in_the_file_that_the_table_names() -> None:
    for command, instead in INSTEAD.items():
        if isinstance(instead, Elsewhere):
            assert instead.text in (ROOT / instead.file).read_text(encoding="utf-8"), command


@pytest.mark.slow
def test_a_command_that_does_not_exist_fails(terminal: Terminal) -> None:
    for text in ("autograder grade --sandbx none", "make nothing", "python -m gradlab.nothing", "nbgrader gradde"):
        with pytest.raises(AssertionError, match=r"page\.md, line 1"):
            check(terminal, Command("page.md", 1, text))


@pytest.mark.slow
def test_a_gradebook_on_a_server(terminal: Terminal) -> None:
    """``createdb``, the guide's setting, and the first command, which makes the tables."""
    with running() as server:
        terminal.environment |= {"PGHOST": str(server.folder), "PGUSER": "owner"}
        code, printed = terminal.run("createdb autodiff_2026")
        assert code == 0, printed
        shown = snippet("instructors.md", "The gradebook on a PostgreSQL server")
        setting, places = re.subn(r'"postgresql://.*"', repr(server.url("autodiff_2026")), shown)
        assert places == 1
        (terminal.course / "gradebook.db").unlink()
        with (terminal.course / "nbgrader_config.py").open("a", encoding="utf-8") as file:
            file.write(setting)
        code, printed = terminal.run("autograder collect moodle.zip --roster class.csv")
        assert code == 0, printed
        with server.connect("autodiff_2026") as connection:
            found = connection.execute("SELECT id FROM student ORDER BY id").fetchall()
    assert ("ada",) in found
    assert not (terminal.course / "gradebook.db").exists()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link, _, chapter in re.findall(r"\]\(([^)#\s]*)(#([^)\s]*))?\)", page.read_text(encoding="utf-8")):
        if "://" in link:
            continue
        target = page.parent / link if link else page
        assert target.exists(), link
        assert not chapter or chapter in chapters(target), f"{link}#{chapter}"


def chapters(page: Path) -> set[str]:
    """The names under which a page's chapters can be linked to."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
