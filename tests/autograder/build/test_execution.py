import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from autograder.build import execution
from autograder.build.execution import execute, stabilise
from autograder.build.lab_text import LabText
from autograder.errors import ExpectedError

ReadLab = Callable[[str], LabText]


def run(lab_text: LabText, folder: Path) -> NotebookNode:
    execute(lab_text, lab_text.notebook, folder)
    return lab_text.notebook


def test_outputs_are_kept_and_the_data_are_found(read_lab: ReadLab, tmp_path: Path) -> None:
    (tmp_path / "numbers.txt").write_text("1 2 3")
    notebook = run(read_lab("# %%\nprint(open('numbers.txt').read())\n\n# %%\nobject\n"), tmp_path)
    assert notebook.cells[0].outputs[0].text == "1 2 3\n"
    assert [cell.execution_count for cell in notebook.cells] == [1, 2]


def test_nothing_depends_on_the_run(read_lab: ReadLab, tmp_path: Path) -> None:
    text = (
        "# %%\nimport os, warnings\nprint(object(), os.environ['CUDA_VISIBLE_DEVICES'] == '')\nwarnings.warn('look')\n"
        '\n# %% tags=["raises-exception"]\nimport json\njson.loads("{")\n'
    )
    first, second = run(read_lab(text), tmp_path), run(read_lab(text), tmp_path)
    assert first == second
    assert first.cells[0].outputs[0].text == "<object object at 0xADDRESS> True\n"
    assert first.cells[1].outputs[0].ename == "JSONDecodeError"
    assert str(tmp_path) not in str(first)
    assert set(first.metadata) == {"kernelspec", "language_info"}
    assert set(first.metadata.language_info) == {"name"}


def test_an_error_is_refused_with_its_cell(read_lab: ReadLab, tmp_path: Path) -> None:
    text = '# %%\nx = 1\n\n# %% nbgrader={"grade_id": "half", "solution": true}\nx / 0\n'
    with pytest.raises(ExpectedError, match=r"squares\.py, line 4, cell 'half': .* raises ZeroDivisionError: division"):
        run(read_lab(text), tmp_path)


def test_a_dead_kernel_is_refused_with_its_cell(read_lab: ReadLab, tmp_path: Path) -> None:
    with pytest.raises(ExpectedError, match="line 4, cell 2: the worked solution kills its kernel"):
        run(read_lab("# %%\nimport os\n\n# %%\nos._exit(3)\n"), tmp_path)


def test_an_endless_cell_is_refused(read_lab: ReadLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution, "CELL_SECONDS", 2)
    with pytest.raises(ExpectedError, match="line 1, cell 1: the worked solution does not end within 2 s"):
        run(read_lab("# %%\nwhile True:\n    pass\n"), tmp_path)


def executed() -> NotebookNode:
    """An executed notebook with outputs that differ each time."""
    one, two = uuid.uuid4(), uuid.uuid4()
    html = f'<div id="{one}"></div><script>draw("{one}"); draw("{two}")</script>'
    address = hex(id(object()))
    cell = new_code_cell(
        "x",
        id="figure",
        metadata={"execution": {"iopub.status.busy": "2026-01-01"}},
        outputs=[
            new_output("stream", name="stdout", text=f"<object at {address}>\n"),
            new_output("stream", name="stderr", text=f"/tmp/ipykernel_{id(one) % 9999}/17.py:2: UserWarning\n"),
            new_output("display_data", {"text/html": html, "image/png": "0xabcdef12"}),
            new_output(
                "error",
                ename="E",
                evalue=f"at {address}",
                traceback=["File /opt/x/lib/python3.11/site-packages/torch/a.py:1"],
            ),
        ],
    )
    return new_notebook(cells=[cell])


def test_two_runs_become_the_same() -> None:
    first, second = executed(), executed()
    assert first != second
    stabilise(first)
    stabilise(second)
    assert first == second


def test_ids_in_a_page_stay_apart_and_belong_together() -> None:
    notebook = executed()
    stabilise(notebook)
    html = notebook.cells[0].outputs[2].data["text/html"]
    one, again, two = (part[:36] for part in html.replace('id="', '("').split('("')[1:])
    assert one == again
    assert one != two


def test_paths_go_and_pictures_stay() -> None:
    notebook = executed()
    stabilise(notebook)
    outputs = notebook.cells[0].outputs
    assert outputs[1].text == "<cell>:2: UserWarning\n"
    assert outputs[2].data["image/png"] == "0xabcdef12"
    assert outputs[3].traceback == ["File torch/a.py:1"]
