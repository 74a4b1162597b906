import uuid

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from autograder.build.stabilise import stabilise


def executed() -> NotebookNode:
    """A notebook as a kernel leaves it, different every time."""
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
