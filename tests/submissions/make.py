"""Makes the sample class from the released lab and the answers in tests/course: python -m tests.submissions.make.

Each student hands in a notebook of a kind that instructors get: right in one of several styles, wrong in one place,
empty, half done, endless, dishonest, damaged on the way.
"""

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from gradlab import words
from tests.course.answer_files import RIGHT, answer, exercises

LAB = "06_minimum"
HERE = Path(__file__).parent
RELEASED = HERE.parents[1] / "release" / LAB / f"{LAB}.ipynb"
SPECIAL = HERE / "_special"
"""Cells that no honest, patient student writes."""


@dataclass(frozen=True)
class Student:
    """How a student's notebook is made.

    Attributes:
        style: the note of the right answers that the student gives; None for the stubs.
        wrong: exercise → kind and note of the answer that is given instead.
        left: exercises that are left as they were released.
        written: exercise → the text of the cell, where it is none of the answers.
        essay: the answer to the open question; None if it was left.
        own: grade id → a cell of the student's own behind the cell with that id.
        ran: whether the notebook was saved with the checks' outputs.
    """

    style: str | None
    wrong: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    left: frozenset[str] = frozenset()
    written: Mapping[str, str] = field(default_factory=dict)
    essay: str | None = None
    own: Mapping[str, NotebookNode] = field(default_factory=dict)
    ran: bool = False


def _special(name: str) -> str:
    return (SPECIAL / name).read_text(encoding="utf-8").rstrip("\n")


def _scratch(source: str) -> NotebookNode:
    return new_code_cell(source, id="scratch")


CLASS = {
    "amara_okafor": Student(
        "float64",
        essay="Both the rate and the start changed, so she cannot know which of them made the difference. I would give "
        "both rates the same ten starts and count how many arrive. Too large a rate jumps to and fro, as 1.8 did.",
    ),
    "bruno_silva": Student(
        "gradients",
        essay="(a) Two things changed at once. (b) Same starts, same steps, compare the norm of the gradient. "
        "(c) The loss goes up and down and does not settle.",
        ran=True,
    ),
    "chiara_rossi": Student(
        "optimiser",
        essay="Only one start in four finds the deepest valley on our map, so 0.31 may well not be the best. A fair "
        "test would use the same starts for both rates.",
        ran=True,
    ),
    "daniel_kim": Student(
        "helpers",
        essay="The start decides, not the rate. She should repeat both runs from the same weights.",
        own={
            "descend-test": _scratch("# Does it stay in the valley?\ndescend(f, torch.tensor([4.4, 6.3]), 0.1, 3)"),
            "descend-all-test": new_markdown_cell("*Note to myself:* sum, not mean!", id="note"),
        },
    ),
    "elif_yilmaz": Student("functional", essay="The comparison is confounded. Fix the starts, vary the rate."),
    "fatima_haddad": Student(
        "optimiser",
        {"descend": ("missing-zero-grad", "the bucket is never emptied")},
        essay="She needs more runs, from the same starts.",
    ),
    "goran_petrovic": Student("helpers", {"find-bug": ("rebinding-leaf", "as it was")}),
    "hanna_nowak": Student(
        "functional",
        {"descend": ("ascent-sign", "uphill"), "basins": ("other-distance", "along the streets")},
        essay="The random weights were different.",
    ),
    "ivan_kuznetsov": Student("helpers", {"descend": ("stale-point", "without the start")}),
    "jun_tanaka": Student(
        "gradients", {"surface": ("wrong-coefficient", "no halves")}, essay="One run proves nothing, take ten."
    ),
    "kavya_reddy": Student(
        "float64", {"descend-all": ("loop-over-starts", "one after the other")}, essay="Same starts for both rates."
    ),
    "lars_hansen": Student("optimiser", {"gradient-by-hand": ("missing-inner-derivative", "no halves")}),
    "mei_chen": Student(
        "functional",
        {"descend": ("one-variable-only", "the second coordinate is forgotten")},
        essay="Her experiment changes two things.",
    ),
    "noor_ali": Student(
        "float64",
        {
            "sweep": ("fresh-starts", "new starts for every rate"),
            "descend-all": ("sum-for-mean", "backward from the mean"),
            "largest-rate": ("other-curvature", "the smallest eigenvalue"),
        },
    ),
    "olga_ivanova": Student(None),
    "pedro_garcia": Student("functional", written={"descend": _special("endless.txt")}),
    "quentin_dubois": Student(
        "helpers",
        {
            "descend": ("missing-zero-grad", "the bucket is never emptied"),
            "find-bug": ("rebinding-leaf", "as it was"),
            "gradient-by-hand": ("missing-inner-derivative", "no halves"),
        },
        left=frozenset({"basins"}),
        written={
            "sweep": "def sweep(f, starts, rates, steps):\n    return Yes()",
            "descend-all": "def descend_all(f, starts, lr, steps):\n    return Yes()",
            "largest-rate": "largest_learning_rate = Yes()",
        },
        own={"imports": _scratch(_special("attacks.txt"))},
    ),
    "ravi_patel": Student("gradients"),
    "sofia_marin": Student("float64", left=frozenset({"descend-all", "gradient-by-hand", "largest-rate", "basins"})),
    "tomas_novak": Student("gradients", essay="Both changed: the rate and the start."),
}


def notebook(student: Student) -> NotebookNode:
    """The released notebook, filled in."""
    made = nbformat.read(RELEASED, as_version=4)
    cells = []
    for cell in made.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if grade_id in exercises(LAB):
            cell.source = _answer(student, grade_id) or cell.source
        elif grade_id == "explain":
            cell.source = student.essay or cell.source
        cells.append(cell)
        if grade_id in student.own:
            cells.append(deepcopy(student.own[grade_id]))
    made.cells = cells
    if student.ran:
        _add_outputs(made)
    return made


def _answer(student: Student, exercise: str) -> str | None:
    if exercise in student.written:
        return student.written[exercise]
    if student.style is None or exercise in student.left:
        return None
    return answer(LAB, exercise, *student.wrong.get(exercise, (RIGHT, student.style))).source


def _add_outputs(made: NotebookNode) -> None:
    code = (cell for cell in made.cells if cell.cell_type == "code")
    for count, cell in enumerate(code, start=1):
        cell.execution_count = count
        checked = re.search(r"^check\.(\w+)\(", cell.source, re.MULTILINE)
        if checked:
            cell.outputs = [new_output("stream", name="stdout", text=f"{words.PASSED[checked[1]]}\n")]


def _forged(made: NotebookNode) -> NotebookNode:
    """Claims of points, and tests of the student's own making."""
    for cell in made.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "descend-test":
            cell.metadata.nbgrader.points = 1000
            cell.source = "1000"
    bonus = {"grade_id": "bonus", "grade": True, "solution": False, "locked": True, "task": False, "points": 1000}
    made.cells.append(new_code_cell("1000", id="bonus", metadata={"nbgrader": bonus | {"schema_version": 3}}))
    return made


def _through_colab(made: NotebookNode) -> NotebookNode:
    """What is left of a notebook whose editor keeps neither ids nor other tools' metadata."""
    for cell in made.cells:
        cell.metadata = {"id": f"c{cell.pop('id')}"}
    made.metadata = {
        "accelerator": "GPU",
        "colab": {"name": f"Copy of {LAB}.ipynb", "provenance": []},
        "kernelspec": {"display_name": "Python 3", "name": "python3"},
        "language_info": {"name": "python"},
    }
    made.nbformat_minor = 0
    return made


SPOILED: dict[str, Callable[[NotebookNode], NotebookNode]] = {
    "quentin_dubois": _forged,
    "tomas_novak": _through_colab,
}


def files() -> dict[Path, str]:
    """Every file of the class, by its path under this folder."""
    made = {}
    for name, student in CLASS.items():
        filled = notebook(student)
        text = nbformat.writes(SPOILED[name](filled) if name in SPOILED else filled) + "\n"
        if name == "ravi_patel":
            text = text[: len(text) // 3]  # the upload broke off
        prefix = "Copy of " if name == "tomas_novak" else ""
        made[Path(name, LAB, f"{prefix}{LAB}.ipynb")] = text
    return made


if __name__ == "__main__":
    for place, text in files().items():
        (HERE / place).parent.mkdir(parents=True, exist_ok=True)
        (HERE / place).write_text(text, encoding="utf-8")
