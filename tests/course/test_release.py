"""A released notebook runs from top to bottom before anything is solved: it waits, and no cell breaks."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.build.lesson import lab_names

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("lab", lab_names(ROOT))
def test_a_released_notebook_runs_unsolved(lab: str, tmp_path: Path) -> None:
    notebook = nbformat.read(ROOT / "release" / lab / f"{lab}.ipynb", as_version=4)
    client = NotebookClient(
        notebook, timeout=120, kernel_name="python3", allow_errors=True, resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    broken = [
        f"{cell.source.splitlines()[0]} → {output.ename}: {output.evalue}"
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "error" and output.ename != "NotYet"
    ]
    assert not broken, "\n".join(broken)
