import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from autograder.command_line.application import application
from autograder.course import Course


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


def test_our_own_fault_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_path: Path) -> Course:
        raise ZeroDivisionError

    monkeypatch.setattr(Course, "open", broken)
    assert isinstance(run("grade").exception, ZeroDivisionError)


def test_help_does_not_wait_for_the_engine() -> None:
    heavy = "import sys; print([name for name in ('torch', 'nbgrader', 'IPython') if name in sys.modules])"
    code = f"import autograder.command_line.application; {heavy}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
