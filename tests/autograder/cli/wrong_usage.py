"""A command that cannot do what was asked: what it must say, and that it leaves everything as it was."""

import re
import shlex
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli.application import application

Damage = Callable[[Path], object]
_FRAME = re.compile(r"\x1b\[[0-9;]*m|[│╭╮╰╯─]")


def _nothing(_course: Path) -> None:
    """The course is as it should be."""


@dataclass(frozen=True)
class Wrong:
    """A wrong usage.

    Attributes:
        what: what is wrong.
        command: what was typed, without the program's name.
        cause: what the message says of it: the name of the file, the option, the student or the lab.
        cure: what it says to do.
        damage: what is wrong with the course.
        code: the exit code: 1 for what lies outside the command line, 2 for the command line itself.
    """

    what: str
    command: str
    cause: str
    cure: str
    damage: Damage = _nothing
    code: int = 1


def rows(*wrong: Wrong) -> pytest.MarkDecorator:
    """One test for each wrong usage."""
    return pytest.mark.parametrize("wrong", wrong, ids=[f"{each.command.split()[0]}: {each.what}" for each in wrong])


def check(wrong: Wrong, course: Path) -> str:
    """Run the command in the course, and see that it says what is wrong and how to mend it, and changes nothing.

    Returns:
        The message.
    """
    wrong.damage(course)
    before = _everything(course)
    done = CliRunner().invoke(application, shlex.split(wrong.command))
    told = " ".join(_FRAME.sub(" ", done.stderr).split())
    assert isinstance(done.exception, SystemExit), done.exc_info
    assert done.exit_code == wrong.code, told
    assert not done.stdout, done.stdout
    assert "Traceback" not in told, told
    assert "Unexpected error" not in told, told
    assert wrong.cause in told, told
    assert wrong.cure in told, told
    after = _everything(course)
    changed = [name for name in before.keys() | after.keys() if after.get(name, 0) != before.get(name, 0)]
    assert not changed, changed
    return told


def put(name: str, content: str | bytes = "") -> Damage:
    """Something else in the place of a file or a folder."""

    def damage(course: Path) -> None:
        path = _cleared(course / name)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    return damage


def folder(name: str) -> Damage:
    """An empty folder in the place of a file or a folder."""
    return lambda course: _cleared(course / name).mkdir()


def without(name: str) -> Damage:
    """A file or a folder that is not there."""
    return lambda course: _cleared(course / name)


def configured(line: str) -> Damage:
    """A course with one more line, its third, in its configuration."""

    def damage(course: Path) -> None:
        path = course / "nbgrader_config.py"
        path.write_text(f"{path.read_text(encoding='utf-8')}{line}\n", encoding="utf-8")

    return damage


def _cleared(path: Path) -> Path:
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _everything(course: Path) -> dict[str, bytes | None]:
    """All files and folders, with the files' contents."""
    return {
        path.relative_to(course).as_posix(): path.read_bytes() if path.is_file() else None for path in course.rglob("*")
    }
