"""What becomes of an error that a command raises; the unexpected ones in a process of their own, as users meet them."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli.application import application
from autograder.cli.error_handler import without_passwords
from autograder.course.course import Course
from autograder.errors import ExpectedError

_PROGRAM = """
import sys
from autograder.cli import build, main

def broken(*_arguments, **_options):
    raise ZeroDivisionError({message!r})

build.shown = broken
sys.argv = ["autograder", *{arguments!r}]
main()
"""


def fail(
    course: Path, *arguments: str, message: str = "a fault\nof ours", **environment: str
) -> "subprocess.CompletedProcess[str]":
    """Run a command that ends with an error that nobody has thought of."""
    program = _PROGRAM.format(message=message, arguments=["build", "--course", str(course), *arguments])
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env={**os.environ, "TMPDIR": str(course.parent), **environment},
    )


def logged(done: "subprocess.CompletedProcess[str]") -> Path:
    """The log that a message names."""
    return Path(done.stderr.rstrip().rpartition(": ")[2])


@pytest.fixture
def empty_course(tmp_path: Path) -> Path:
    """A folder that is a course's by its configuration."""
    root = tmp_path / "course"
    root.mkdir()
    (root / "nbgrader_config.py").write_text("c = get_config()\n")
    return root


def test_an_unexpected_error_is_one_line_and_a_log_in_the_course(empty_course: Path) -> None:
    done = fail(empty_course)
    assert (done.returncode, done.stdout) == (1, "")
    first, second = done.stderr.splitlines()
    assert first == "autograder: Unexpected error: ZeroDivisionError: a fault"
    assert "report it" in second
    log = empty_course / ".autograder" / "error.log"
    assert logged(done) == log
    text = log.read_text(encoding="utf-8")
    assert f"autograder build --course {empty_course}" in text
    for name in ("Python ", "platform ", "gradlab ", "torch ", "nbgrader "):
        assert f"\n{name}" in text
    assert "Traceback (most recent call last)" in text
    assert "ZeroDivisionError: a fault\nof ours" in text
    assert sorted(path.name for path in log.parent.iterdir()) == ["error.log"]


def test_the_log_is_the_one_of_the_last_error(empty_course: Path) -> None:
    for message in ("first", "second"):
        fail(empty_course, message=message)
    text = (empty_course / ".autograder" / "error.log").read_text(encoding="utf-8")
    assert "ZeroDivisionError: second" in text
    assert "ZeroDivisionError: first" not in text


def test_a_password_is_neither_shown_nor_logged(empty_course: Path) -> None:
    url = "postgresql://grader:hunter2/%40@server/grades"
    done = fail(empty_course, "lab password=hunter2", message=f"no connection to {url}")
    text = logged(done).read_text(encoding="utf-8")
    assert "hunter2" not in text + done.stderr
    assert "postgresql://grader:***@server/grades" in text
    assert "postgresql://grader:***@server/grades" in done.stderr


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("postgresql+psycopg://me:my pass@w:rd@host:5432/db", "postgresql+psycopg://me:***@host:5432/db"),
        ("postgresql://:secret@host/db", "postgresql://:***@host/db"),
        ("postgresql://host/db?user=me&password=se%20cret&sslmode=require", None),
        ('connect(password="it is \' secret", port=1)', "connect(password=***, port=1)"),
        ("{'password': 'secret'}", "{'password': ***}"),
        ("PGPASSWORD=secret psql", "PGPASSWORD=*** psql"),
        ("sqlite:///gradebook.db", "sqlite:///gradebook.db"),
        ("tcp://10.0.0.1:8786", "tcp://10.0.0.1:8786"),
    ],
)
def test_passwords_are_masked_wherever_they_stand(text: str, masked: str | None) -> None:
    assert without_passwords(text) == (masked or "postgresql://host/db?user=me&password=***&sslmode=require")


@pytest.mark.parametrize("obstacle", ["file", "folder without files", "log"])
def test_where_the_course_takes_no_log_it_is_a_temporary_file(empty_course: Path, obstacle: str) -> None:
    state = empty_course / ".autograder"
    if obstacle == "file":
        state.write_text("")
    elif obstacle == "log":
        (state / "error.log" / "folder").mkdir(parents=True)
    else:
        # Nobody, root included, can make a file there.
        state.symlink_to("/proc")
    done = fail(empty_course)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 2
    log = logged(done)
    assert log.parent == (state if obstacle == "log" else empty_course.parent)
    assert "ZeroDivisionError: a fault" in log.read_text(encoding="utf-8")


def test_a_folder_that_is_no_course_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "no course"
    folder.mkdir()
    assert logged(fail(folder)).parent == tmp_path
    assert not list(folder.iterdir())


def test_on_a_full_disk_the_log_goes_elsewhere_and_last_to_the_screen(
    empty_course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_path: Path) -> Course:
        raise ZeroDivisionError

    def full(*_arguments: object, **_options: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Course, "open", broken)
    monkeypatch.setattr(os, "fdopen", full)
    monkeypatch.setenv("TMPDIR", str(empty_course.parent))
    done = CliRunner().invoke(application, ["report", "--course", str(empty_course)])
    assert done.exit_code == 1
    assert "Unexpected error: ZeroDivisionError\n" in done.stderr
    assert "No log could be written" in done.stderr
    assert "Traceback (most recent call last)" in done.stderr
    assert not list((empty_course / ".autograder").iterdir())


def test_a_terminal_that_lacks_a_letter_shows_its_number_and_the_log_has_it(empty_course: Path) -> None:
    done = fail(empty_course, message="Zoë \udc80 \x1b[2J", PYTHONIOENCODING="ascii")
    assert "ZeroDivisionError: Zo\\xeb" in done.stderr
    assert "\x1b" not in done.stderr
    assert "Zoë" in logged(done).read_text(encoding="utf-8")


def test_who_reads_no_further_is_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(_path: Path) -> Course:
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))

    monkeypatch.setattr(Course, "open", closed)
    done = CliRunner().invoke(application, ["report"])
    assert (done.exit_code, done.stderr) == (1, "")


def test_what_a_user_can_mend_leaves_no_log(empty_course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_path: Path) -> Course:
        raise ExpectedError("This is wrong.", "Do that.")

    monkeypatch.setattr(Course, "open", refused)
    done = CliRunner().invoke(application, ["report", "--course", str(empty_course)])
    assert (done.exit_code, done.stderr) == (1, "autograder: This is wrong.\n  Do that.\n")
    assert not (empty_course / ".autograder").exists()
