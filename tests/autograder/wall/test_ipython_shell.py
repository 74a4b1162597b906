"""Each test runs in this process, in its one shell."""

from collections.abc import Callable
from typing import Any

import pytest

from autograder.wall.ipython_shell import Execution, NotebookShell, open_shell, run_cell

Run = Callable[[str], Execution]


@pytest.fixture
def run() -> Run:
    shell: NotebookShell = open_shell({}, 2000)
    return lambda source: run_cell(shell, source)


def kinds(execution: Execution) -> list[Any]:
    return [output.get("name", output["output_type"]) for output in execution.outputs]


def test_outputs_are_kept_in_order(run: Run) -> None:
    source = "import sys\nprint(1)\nprint('e', file=sys.stderr)\ndisplay('shown')\nprint(2)\n3"
    execution = run(source)
    assert kinds(execution) == ["stdout", "stderr", "display_data", "stdout", "execute_result"]
    assert execution.value == 3
    assert execution.error is None


def test_an_error_is_returned_and_shown(run: Run) -> None:
    execution = run("1/0")
    assert isinstance(execution.error, ZeroDivisionError)
    assert execution.outputs[-1]["ename"] == "ZeroDivisionError"


@pytest.mark.parametrize(
    ("source", "kind"),
    [("def (", SyntaxError), ("raise SystemExit", SystemExit), ("raise KeyboardInterrupt", KeyboardInterrupt)],
)
@pytest.mark.filterwarnings("ignore:To exit")
def test_nothing_that_a_cell_raises_escapes(run: Run, source: str, kind: type[BaseException]) -> None:
    assert isinstance(run(source).error, kind)


def test_an_error_without_a_readable_message_is_shown(run: Run) -> None:
    assert run("class E(Exception):\n    def __str__(self): raise E\nraise E").error is not None


def test_magics_await_and_system_commands_work(run: Run) -> None:
    assert run("import asyncio\nawait asyncio.sleep(0)\n7").value == 7
    assert "hi" in run("!echo hi").outputs[0]["text"]
    assert run("%time x = 1").error is None


def test_matplotlib_draws_into_the_notebook(run: Run) -> None:
    execution = run("import matplotlib.pyplot as plt\nplt.plot([1, 2]);")
    assert execution.error is None
    assert kinds(execution)


def test_endless_output_is_cut_and_says_so(run: Run) -> None:
    text = run("for i in range(10_000): print(i)").outputs[0]["text"]
    assert len(text) < 3000
    assert "cut here" in text
    assert run("1").outputs[0]["data"]["text/plain"] == "1"


def test_cells_share_their_names(run: Run) -> None:
    run("a = 5")
    assert run("a").value == 5
