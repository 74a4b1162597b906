"""Every lab runs where there is nothing but what Colab has: from the wheel, alone in its folder, without Graphviz."""

import json
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.build.colab_cells import BADGE, INSTALLATION, read_origin
from autograder.build.lab_text import lab_names
from tests.colab.environment import ROOT, Environment
from tests.colab.outputs import complaints

LABS = lab_names(ROOT)
STEPS = ("source", "release", "solutions")
# As if google.colab were there to be imported: Plotly then shows each figure of its own as HTML.
RENDERER = {"PLOTLY_RENDERER": "colab"}


def read(step: str, lab: str) -> NotebookNode:
    return nbformat.read(ROOT / step / lab / f"{lab}.ipynb", as_version=4)


def errors(notebook: NotebookNode) -> list[str]:
    return [
        f"{cell.source.splitlines()[0]} → {output.ename}: {output.evalue}"
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "error"
    ]


def test_the_environment_holds_nothing_of_an_instructor_s(colab: Environment, tmp_path: Path) -> None:
    asked = ("gradlab", "torch", "nbgrader", "nbformat", "jupytext", "typer", "msgpack", "pytest")
    code = f"""
import importlib.util, json, pathlib, shutil
spec = importlib.util.find_spec("gradlab")
print(json.dumps({{
    "there": [name for name in {asked!r} if importlib.util.find_spec(name)],
    "gradlab": spec.origin,
    "dot": shutil.which("dot"),
    "home": [path.name for path in pathlib.Path.home().glob("*.*rc")],
}}))"""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    colab.run(notebook, tmp_path)
    told = json.loads(notebook.cells[0].outputs[0].text)
    assert told["there"] == ["gradlab", "torch"]
    assert Path(told["gradlab"]).is_relative_to(colab.folder)
    assert told["dot"] is None
    assert told["home"] == []


@pytest.mark.parametrize("lab", LABS)
def test_a_worked_solution_runs_and_every_front_end_shows_it(lab: str, colab: Environment, tmp_path: Path) -> None:
    notebook = read("solutions", lab)
    colab.run(notebook, tmp_path, RENDERER)
    assert errors(notebook) == []
    assert complaints(notebook) == []
    (installation,) = (cell for cell in notebook.cells if cell.id == INSTALLATION)
    assert installation.outputs == []
    drawn = [cell for cell in notebook.cells if cell.cell_type == "code" and "make_dot(" in cell.source]
    for cell in drawn:
        assert "Graphviz" in "".join(output.get("text", "") for output in cell.outputs), cell.source


@pytest.mark.parametrize("lab", LABS)
def test_a_released_notebook_waits_and_no_cell_breaks(lab: str, colab: Environment, tmp_path: Path) -> None:
    notebook = read("release", lab)
    colab.run(notebook, tmp_path)
    assert [error for error in errors(notebook) if " → NotYet: " not in error] == []
    assert complaints(notebook) == []


@pytest.mark.parametrize("lab", LABS)
def test_what_is_committed_is_shown_by_every_front_end(lab: str) -> None:
    assert complaints(read("solutions", lab)) == []


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("lab", LABS)
def test_every_notebook_opens_with_its_title_then_the_way_into_colab_then_gradlab(step: str, lab: str) -> None:
    origin = read_origin(ROOT)
    assert origin is not None
    title, badge, installation, *_ = read(step, lab).cells
    assert title.source.startswith("# ")
    assert (badge.id, installation.id) == (BADGE, INSTALLATION)
    address = f"https://colab.research.google.com/github/{origin.github}/blob/{origin.branch}/release/{lab}/{lab}.ipynb"
    assert f"]({address})" in badge.source
    assert (ROOT / address.partition(f"/blob/{origin.branch}/")[2]).is_file()
    assert "![Open this lab in Google Colab](" in badge.source
    assert f'"{origin.package}"' in installation.source
    assert "nbgrader" not in badge.metadata
    assert "nbgrader" not in installation.metadata
