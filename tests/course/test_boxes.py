"""A failing check shows its box in a real kernel, whatever the student wrote, and never code of gradlab's own."""

import ast
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from autograder.build.lab_text import lab_names
from tests.course.answer_book import answers, exercises, labs

ROOT = Path(__file__).parents[2]
_COLOURS = re.compile(r"\x1b\[[\d;]*m")
_OWN_CODE = re.compile(r"gradlab[/\\][\w/\\]+\.py|gradlab\.\w+")
_MINE = "this is my own mistake"
RAISING = "raising"


def graded(lab: str) -> list[NotebookNode]:
    """The cells of a worked solution that grading needs: locked ones, solutions, tests as students see them."""
    found = nbformat.read(ROOT / "solutions" / lab / f"{lab}.ipynb", as_version=4)
    return [cell for cell in found.cells if cell.cell_type == "code" and "nbgrader" in cell.metadata]


def raising(solution: str) -> str:
    """An answer whose functions all raise an error; a value becomes an object that raises on each use."""
    lines = [
        "class Broken:",
        "    def __getattribute__(self, name):",
        f"        raise ValueError({_MINE!r})",
    ]
    for statement in ast.parse(solution).body:
        if isinstance(statement, ast.FunctionDef):
            lines += [f"def {statement.name}(*arguments, **options):", f"    raise ValueError({_MINE!r})"]
        elif isinstance(statement, ast.ClassDef):
            lines += [f"class {statement.name}:", "    def __init__(self, *_, **__):"]
            lines += [f"        raise ValueError({_MINE!r})"]
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            lines += [
                f"{node.id} = Broken()"
                for target in targets
                for node in ast.walk(target)
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            ]
    return "\n".join(lines)


def tried(lab: str) -> NotebookNode:
    """A notebook that tries three wrong answers at each exercise, then goes on with the right one; executed."""
    cells = []
    for cell in graded(lab):
        grade_id = cell.metadata.nbgrader["grade_id"]
        exercise = grade_id.removesuffix("-test")
        if cell.metadata.nbgrader["grade"]:
            solution = cells.pop()
            wrong = [each.source for each in answers(lab, exercise) if not each.right]
            for kind, source in (("first", wrong[0]), ("last", wrong[-1]), (RAISING, raising(solution.source))):
                note = {"exercise": exercise, "kind": kind}
                cells += [nbformat.v4.new_code_cell(source), nbformat.v4.new_code_cell(cell.source, metadata=note)]
            cells.append(nbformat.v4.new_code_cell(solution.source))
        else:
            cells.append(nbformat.v4.new_code_cell(cell.source))
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=120, kernel_name="python3", allow_errors=True).execute()
    return notebook


def complaint(cell: NotebookNode) -> str | None:
    """What is wrong with what a check shows of a wrong answer."""
    errors = [output for output in cell.outputs if output.output_type == "error"]
    if [error.ename for error in errors] != ["NotYet"]:
        told = [_COLOURS.sub("", "\n".join(error.traceback)) for error in errors]
        return f"it does not end with NotYet: {told or cell.outputs}"
    trace = _COLOURS.sub("", "\n".join(errors[0].traceback))
    if _OWN_CODE.search(trace) or "Traceback" in trace or "----" in trace:
        return f"it shows code of gradlab's own: {trace}"
    boxes = [output for output in cell.outputs if "text/html" in output.get("data", {})]
    if len(boxes) != 1 or 'role="alert"' not in boxes[0].data["text/html"]:
        return f"it shows {len(boxes)} boxes"
    if not boxes[0].data["text/plain"].startswith("Not yet: "):
        return "its box has no words"
    return None


def test_every_lab_is_tried() -> None:
    assert labs() == lab_names(ROOT)


@pytest.mark.parametrize("lab", labs())
def test_a_wrong_answer_shows_a_box_and_no_code_of_gradlab_s(lab: str) -> None:
    cells = [cell for cell in tried(lab).cells if "kind" in cell.metadata]
    assert len(cells) == 3 * len(exercises(lab))
    # Some wrong answers are for the hidden tests to find; those that raise never are.
    refused = [cell for cell in cells if any(output.output_type == "error" for output in cell.outputs)]
    assert {cell.metadata["exercise"] for cell in refused if cell.metadata["kind"] != RAISING} == set(exercises(lab))
    assert {cell.metadata["exercise"] for cell in refused if cell.metadata["kind"] == RAISING} == set(exercises(lab))
    shown = {f"{cell.metadata['exercise']}, {cell.metadata['kind']}": complaint(cell) for cell in refused}
    assert not {name: told for name, told in shown.items() if told}
