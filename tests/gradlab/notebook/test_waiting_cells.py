"""A notebook with open exercises, run from top to bottom in a real kernel."""

import nbformat
import pytest
from nbclient import NotebookClient

CELLS = (
    "import gradlab",
    "def slope(x):\n    raise NotImplementedError()",
    "steep = slope(3.0)\nprint(steep)",
    "print(steep + 1)",
    "further = [steep]",
    "print(further)",
    "raise NotImplementedError()",
    "print(never_bound)",
    "raise NotImplementedError('complex numbers')",
    "steep = 2\nprint(steep + 1)",
)


@pytest.fixture(scope="module")
def outputs() -> list[str]:
    """What each cell shows, in plain text."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    NotebookClient(notebook, timeout=60, kernel_name="python3", allow_errors=True).execute()
    return ["\n".join(_text(output) for output in cell.outputs) for cell in notebook.cells]


def _text(output: nbformat.NotebookNode) -> str:
    if output.output_type == "error":
        return f"{output.ename}: {output.evalue}"
    return str(output.text.rstrip() if output.output_type == "stream" else output.data["text/plain"])


def test_a_cell_that_calls_a_stub_names_it(outputs: list[str]) -> None:
    assert outputs[2] == "This cell waits for an exercise above: `slope` is still to be written."


@pytest.mark.parametrize(("cell", "name"), [(3, "steep"), (4, "steep"), (5, "further")])
def test_what_needs_its_result_waits_too(cell: int, name: str, outputs: list[str]) -> None:
    assert outputs[cell].startswith(f"This cell waits too: it needs `{name}`")
    assert "`slope`" in outputs[cell]


def test_an_open_exercise_says_so(outputs: list[str]) -> None:
    assert outputs[6].startswith("This exercise is still to be written")


def test_other_errors_are_shown_as_they_are(outputs: list[str]) -> None:
    assert outputs[7] == "NameError: name 'never_bound' is not defined"
    assert outputs[8] == "NotImplementedError: complex numbers"


def test_once_it_is_there_nothing_waits(outputs: list[str]) -> None:
    assert outputs[9] == "3"
