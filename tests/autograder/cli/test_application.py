import sqlite3
import subprocess
import sys
from contextlib import closing
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from autograder.cli.application import application, main
from autograder.course.course import Course


def run(*arguments: str) -> Result:
    return CliRunner().invoke(application, arguments)


@pytest.mark.parametrize("command", ["build", "doctor", "grade", "feedback", "report", "demo"])
def test_every_command_says_what_it_does(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert command in result.stdout


def test_the_version_is_printed() -> None:
    result = run("--version")
    assert result.exit_code == 0
    assert result.stdout.strip().count(".") == 2


def test_what_is_in_brackets_in_a_message_is_not_taken_for_markup(tmp_path: Path) -> None:
    result = run("grade", "--course", str(tmp_path / "[bold]gone[/bold]"))
    assert "[bold]gone[/bold]" in result.stderr


def test_an_interrupt_exits_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_path: Path) -> Course:
        raise KeyboardInterrupt

    monkeypatch.setattr(Course, "open", interrupted)
    result = run("grade")
    assert result.exit_code == 130
    assert "Interrupted" in result.stderr


def on_ascii_terminal(command: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int | str | None, str, str]:
    """Run the program where English letters alone are shown: its exit code, and what is there to be read."""
    streams = [TextIOWrapper(BytesIO(), encoding="ascii") for _ in range(2)]
    monkeypatch.setattr(sys, "stdout", streams[0])
    monkeypatch.setattr(sys, "stderr", streams[1])
    monkeypatch.setattr(sys, "argv", ["autograder", *command.split()])
    with pytest.raises(SystemExit) as ended:
        main()
    for stream in streams:
        stream.seek(0)
    return ended.value.code, streams[0].read(), streams[1].read()


def test_a_terminal_that_lacks_a_letter_shows_its_number(graded_course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, shown, _ = on_ascii_terminal("collect download", monkeypatch)
    assert code == 0
    assert "is there already   \\u2013" in shown


def test_a_table_for_other_programs_loses_no_letter(graded_course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(graded_course / "gradebook.db")) as gradebook:
        gradebook.execute("UPDATE student SET first_name = 'Zoë' WHERE id = 'amy'")
        gradebook.commit()
    code, shown, told = on_ascii_terminal("export --to csv", monkeypatch)
    assert (code, shown) == (1, "")
    assert "which the encoding ascii of this terminal lacks" in told
    assert "--output" in told


@pytest.mark.parametrize(
    ("modules", "slow"),
    [
        ("autograder.cli.application", ("torch", "nbgrader", "IPython")),
        # What is imported before the processes start that import torch keeps them waiting.
        ("autograder.cli.grade, autograder.grading.prestart", ("torch", "numpy", "nbgrader", "IPython")),
        ("autograder.grading.run, autograder.grading.local_executor", ("torch", "numpy", "IPython", "sympy")),
    ],
    ids=["help", "before the processes start", "the coordinator"],
)
def test_a_command_does_not_wait_for_the_engine(modules: str, slow: tuple[str, ...]) -> None:
    code = f"import sys, {modules}; print([name for name in {slow} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
