"""A lab of a course of others, with answers to it: one text file, made into nbgrader's notebooks.

A cell begins with a line ``# %% KIND NAME``, of which the kinds are:

=========== ===========================================================================================
lesson      a read-only cell
free        a cell without nbgrader's metadata
answer      the instructor's answer; the whole cell is the solution, unless it marks a part of it itself
wrong       a plainly wrong answer in the place of the answer above
subtle      an answer that is wrong in a way that is easily overlooked
other       another right answer
another     a third right answer, in yet another style
test N      a test that is worth N points (1 if left out), and is named after what it tests
manual N    an answer in words, which a person grades
code N      an answer in code that a person grades: nbgrader's cell that is graded and a solution
file        a file that comes with the lab, under this name
right       no cell: ``# %% right TEST VARIANT POINTS: REASON`` says where nbgrader gives other points than are right
=========== ===========================================================================================

A line that is no Python (a magic, a command, broken code) begins with ``#! `` so that the file stays Python.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import nbformat
from nbformat import NotebookNode
from nbformat import v4 as notebook_format

LABS: Final = Path(__file__).parent / "labs"
VARIANTS: Final = ("solution", "release", "wrong", "subtle", "other", "another")
ANSWERED: Final = ("wrong", "subtle", "other", "another")
_HEADER = re.compile(r"# %% (\w+)(?: (.*))?")
_RIGHT = re.compile(r"([\w-]+) (\w+) ([\d.]+): (.+)")
_BEGIN, _END = "### BEGIN SOLUTION", "### END SOLUTION"
_SOLVED: Final = ("answer", "code")
_KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
_FLAGS: Final = {
    "lesson": {"grade": False, "solution": False, "locked": True},
    "answer": {"grade": False, "solution": True, "locked": False},
    "test": {"grade": True, "solution": False, "locked": True},
    "manual": {"grade": True, "solution": True, "locked": False},
    "code": {"grade": True, "solution": True, "locked": False},
}


@dataclass(frozen=True)
class TextCell:
    """One cell of the instructor's notebook."""

    kind: str
    grade_id: str
    source: str
    points: float = 0.0


@dataclass(frozen=True)
class Correction:
    """Where nbgrader's points are not the right ones."""

    points: float
    reason: str


@dataclass(frozen=True)
class ForeignLab:
    """A lab.

    Attributes:
        name: its name, which is the file's.
        about: what it holds, in a sentence.
        cells: the instructor's cells.
        answers: what a variant of the submission has in an answer cell: variant → grade id → text.
        files: the files that come with it.
        corrections: where nbgrader's points are not the right ones, by test and variant.
    """

    name: str
    about: str
    cells: Sequence[TextCell]
    answers: Mapping[str, Mapping[str, str]]
    files: Mapping[str, bytes]
    corrections: Mapping[tuple[str, str], Correction] = field(default_factory=dict)

    @property
    def tests(self) -> list[str]:
        """The names of its tests."""
        return [cell.grade_id for cell in self.cells if cell.kind == "test"]

    @property
    def variants(self) -> list[str]:
        """The submissions that there are to it."""
        return [name for name in VARIANTS if name not in ANSWERED or self.answers[name]]

    def write_source(self, folder: Path) -> None:
        """Write the instructor's folder: the notebook and the files."""
        folder.mkdir(parents=True)
        cells = [_notebook_cell(cell, f"{self.name}-{index}"[-64:]) for index, cell in enumerate(self.cells)]
        nbformat.write(notebook_format.new_notebook(cells=cells, metadata=_KERNEL), folder / f"{self.name}.ipynb")
        for name, content in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)

    def submission(self, released: NotebookNode, variant: str) -> NotebookNode:
        """A student's notebook: the released one with the answers of a variant; an answer that it lacks is right."""
        notebook = nbformat.from_dict(released)
        if variant == "release":
            return notebook
        solutions = {cell.grade_id: _without_marks(cell.source) for cell in self.cells if cell.kind in _SOLVED}
        answers = solutions | dict(self.answers.get(variant, {}))
        for cell in notebook.cells:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
            cell.source = answers.get(grade_id, cell.source)
        return notebook


def lab_names() -> list[str]:
    return sorted(path.stem for path in LABS.glob("*.py"))


def read_lab(name: str) -> ForeignLab:
    return parse_lab(name, (LABS / f"{name}.py").read_text(encoding="utf-8"))


def parse_lab(name: str, text: str) -> ForeignLab:
    about, *rest = re.split(r"^(?=# %% )", text, flags=re.MULTILINE)
    cells: list[TextCell] = []
    answers: dict[str, dict[str, str]] = {variant: {} for variant in ANSWERED}
    files: dict[str, bytes] = {}
    corrections: dict[tuple[str, str], Correction] = {}
    for part in rest:
        header, _, body = part.partition("\n")
        found = _HEADER.fullmatch(header.rstrip())
        assert found, f"{name}: {header}"
        kind, argument = found[1], found[2] or ""
        body = re.sub(r"^#! ?", "", body, flags=re.MULTILINE).strip("\n")
        if kind in ANSWERED:
            assert cells[-1].kind in _SOLVED, f"{name}: {header} does not follow an answer"
            assert cells[-1].grade_id not in answers[kind], f"{name}: a second {kind} for {cells[-1].grade_id}"
            answers[kind][cells[-1].grade_id] = body
        elif kind == "file":
            files[argument] = f"{body}\n".encode()
        elif kind == "right":
            right = _RIGHT.fullmatch(argument)
            assert right, f"{name}: {header}"
            corrections[right[1], right[2]] = Correction(float(right[3]), right[4])
        else:
            cells.append(_text_cell(kind, argument, body, len(cells)))
    ids = [cell.grade_id for cell in cells if cell.grade_id]
    assert len(ids) == len(set(ids)), f"{name}: a grade id occurs twice"
    return ForeignLab(name, about.strip().strip('"'), cells, answers, files, corrections)


def merged(name: str, labs: Sequence[ForeignLab]) -> ForeignLab:
    """One notebook with the cells of several labs, each grade id preceded by the lab's name and a hyphen."""
    cells: list[TextCell] = []
    answers: dict[str, dict[str, str]] = {variant: {} for variant in ANSWERED}
    files: dict[str, bytes] = {}
    corrections: dict[tuple[str, str], Correction] = {}
    for lab in labs:
        assert not files.keys() & lab.files.keys(), f"{lab.name} brings a file of another lab"
        cells += [replace(cell, grade_id=cell.grade_id and f"{lab.name}-{cell.grade_id}") for cell in lab.cells]
        for variant, texts in lab.answers.items():
            answers[variant] |= {f"{lab.name}-{grade_id}": text for grade_id, text in texts.items()}
        files |= lab.files
        corrections |= {(f"{lab.name}-{test}", variant): it for (test, variant), it in lab.corrections.items()}
    return ForeignLab(name, f"{len(labs)} labs", cells, answers, files, corrections)


def _text_cell(kind: str, argument: str, body: str, index: int) -> TextCell:
    name, _, points = argument.partition(" ")
    match kind:
        case "lesson":
            return TextCell(kind, f"{name or 'lesson'}-{index}", body)
        case "free":
            return TextCell(kind, "", body)
        case "answer":
            return TextCell(kind, f"{name}-answer", body)
        case "test" | "manual" | "code":
            return TextCell(kind, name, body, float(points or 1))
        case _:
            raise AssertionError(f"no kind of cell: {kind}")


def _notebook_cell(cell: TextCell, cell_id: str) -> NotebookNode:
    new: Any = notebook_format.new_markdown_cell if cell.kind == "manual" else notebook_format.new_code_cell
    source = cell.source
    if cell.kind in _SOLVED and _BEGIN not in source:
        magic = re.match(r"%%.*\n", source)
        head = magic[0] if magic else ""
        source = f"{head}{_BEGIN}\n{source.removeprefix(head)}\n{_END}"
    made: NotebookNode = new(source, id=cell_id)
    if cell.kind != "free":
        graded = {"points": cell.points} if cell.kind in ("test", "manual", "code") else {}
        made.metadata["nbgrader"] = {
            "schema_version": 3, "task": False, "grade_id": cell.grade_id, **_FLAGS[cell.kind], **graded
        }  # fmt: skip
    return made


def _without_marks(source: str) -> str:
    return "\n".join(line for line in source.split("\n") if line.strip() not in (_BEGIN, _END))
