import io
import re
import sys

import pytest
from rich.console import Console

from autograder.cli import progress
from autograder.cli.progress import Bar, shown


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


def work(bar: Bar) -> list[str]:
    return list(bar.follow("Weighing", ["a", "b", "c"], 3))


def test_elsewhere_than_in_a_terminal_one_line_on_stderr_says_how_much_was_done(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with shown("Reading", quiet=False) as bar:
        assert work(bar) == ["a", "b", "c"]
    told = capsys.readouterr()
    assert not told.out
    assert re.fullmatch(r"Weighing: 3 of 3 in \d.* s \(.*/(s|min)\)\n", told.err)


def test_what_was_not_counted_is_not_told(capsys: pytest.CaptureFixture[str]) -> None:
    with shown("Reading", quiet=False) as bar:
        bar.describe("Still reading")
    assert capsys.readouterr() == ("", "")


def test_quiet_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with shown("Reading", quiet=True) as bar:
        assert work(bar) == ["a", "b", "c"]
    assert capsys.readouterr() == ("", "")


def test_a_terminal_shows_how_many_and_how_long_and_stdout_stays_what_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    screen = Terminal()
    console = Console(file=screen, width=80, force_terminal=True)
    monkeypatch.setattr(progress, "messages", lambda: console)
    with shown("Reading [red]", quiet=False) as bar:
        before = sys.stdout
        assert work(bar) == ["a", "b", "c"]
        sys.stdout.write("a result\n")
        assert sys.stdout is before
    assert capsys.readouterr().out == "a result\n"
    frames = plain(screen.getvalue())
    assert "Reading [red]" in frames
    assert "Weighing" in frames
    assert "3/3" in frames
    assert "a result" not in frames
