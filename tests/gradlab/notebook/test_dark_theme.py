"""The rule with which figures follow a dark theme."""

import nbformat
from nbclient import NotebookClient

from gradlab import figures
from gradlab.notebook.dark_theme import STYLE


def test_a_figure_brings_the_rule_along() -> None:
    bundle = figures.progress({"loss": [3.0, 2.0, 1.0]}, quantity="loss")._repr_mimebundle_()

    assert STYLE in bundle["text/html"]


def test_each_cell_that_imports_gradlab_shows_the_rule_and_no_other_does() -> None:
    sources = ["import math", "import gradlab", "from gradlab.check import probes", "gradlab.__version__ and None"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    NotebookClient(notebook, kernel_name="python3").execute()
    shown = [[output.data["text/html"] for output in cell.outputs] for cell in notebook.cells]

    assert shown == [[], [STYLE], [STYLE], []]


def test_every_front_end_that_has_a_dark_theme_is_named() -> None:
    for front_end in ('[data-jp-theme-light="false"] ', ".vscode-dark ", 'html[theme="dark"] '):
        assert f"{front_end}.js-plotly-plot" in STYLE
