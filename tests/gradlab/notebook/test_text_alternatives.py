"""Pictures that other libraries draw, in words."""

import shutil

import nbformat
import pytest
import torch
from matplotlib.figure import Figure
from nbclient import NotebookClient
from torchviz import make_dot

from gradlab.notebook import text_alternatives
from gradlab.words.text_alternatives import DARK_THEME


# torchviz asks for its library's version in an old way.
@pytest.mark.filterwarnings("ignore:distutils Version classes:DeprecationWarning")
def test_a_graph_of_torchviz_is_told_arrow_by_arrow() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    graph = make_dot(x.sin(), params={"x": x})
    assert text_alternatives.of_graph(graph.source) == (
        "A graph with 4 boxes. The arrows: x () → AccumulateGrad; AccumulateGrad → SinBackward0; "
        "SinBackward0 → the result ()."
    )


def test_a_long_graph_is_cut() -> None:
    lines = "".join(f"\t{number} [label=n{number}]\n\t{number} -> {number + 1}\n" for number in range(100))
    told = text_alternatives.of_graph(f"digraph {{\n{lines}}}\n")
    assert told.startswith("A graph with 100 boxes. The arrows: n0 → n1; ")
    assert told.endswith("; n39 → n40; and 60 more.")


def test_a_graph_without_arrows_says_so() -> None:
    assert text_alternatives.of_graph("digraph {\n\ta [label=a]\n}\n") == "A graph with 1 boxes. It has no arrows."


def test_a_circle_is_told_as_it_is_written() -> None:
    told = text_alternatives.of_graph("digraph {\n\tb -> a\n\ta -> b\n}\n")
    assert told == "A graph with 0 boxes. The arrows: b → a; a → b."


def test_a_figure_tells_its_title_axes_and_curves() -> None:
    figure = Figure()
    axes = figure.subplots()
    axes.semilogy([1, 2], [1, 10], label="loss")
    axes.set(title="Descent", xlabel="step", ylabel="loss")
    assert text_alternatives.of_figure(figure) == (
        "A figure with 1 plot: “Descent”; across: step; up: loss (logarithmic); curves: loss"
    )


def test_a_figure_with_more_plots_numbers_them() -> None:
    figure = Figure()
    first, _ = figure.subplots(1, 2)
    first.set_title("left")
    assert text_alternatives.of_figure(figure) == (
        "A figure with 2 plots. Plot 1: “left”. Plot 2: without a title or labels"
    )


@pytest.fixture(scope="module")
def told() -> list[str]:
    """What a kernel that has imported gradlab gives for a picture of each library, and for anything else."""
    cells = [
        "import gradlab\n'word'",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2], label='a')\nplt.show()",
        "from IPython.display import display\nfrom graphviz import Digraph\n"
        "class Picture(Digraph):\n    _repr_mimebundle_ = None\n"
        "g = Picture()\ng.edge('a', 'b')\ndisplay(g)",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    NotebookClient(notebook, kernel_name="python3", timeout=120).execute()
    assert "image/png" in notebook.cells[1].outputs[-1].data
    assert ("image/png" in notebook.cells[2].outputs[-1].data) == (shutil.which("dot") is not None)
    first, *pictures = notebook.cells
    # Below the cell that imports gradlab stands the rule for dark themes, too.
    outputs = [*first.outputs, *(cell.outputs[-1] for cell in pictures)]
    return [output.data["text/plain"] for output in outputs]


def test_a_kernel_gives_them_to_its_front_end(told: list[str]) -> None:
    assert told == [
        "'word'",
        DARK_THEME,
        "A figure with 1 plot: curves: a",
        "A graph with 0 boxes. The arrows: a → b.",
    ]
