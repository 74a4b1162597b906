"""Labs made for the benchmarks: a notebook of exercises, each a function to write, and what students hand in."""

from collections.abc import Sequence
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.cells import SKIP

_POINTS = 2


@dataclass(frozen=True)
class Exercise:
    """One exercise.

    Attributes:
        name: the function to write.
        arguments: its arguments, as written in ``def``.
        right: the body of a right answer.
        wrong: the body of a wrong one.
        visible: the part of the test that students see.
        hidden: the part that they don't.
    """

    name: str
    arguments: str
    right: str
    wrong: str
    visible: str
    hidden: str

    def answer(self, body: str) -> str:
        """The text of the cell with this body."""
        lines = "\n".join(f"    {line}" for line in body.split("\n"))
        return f"def {self.name}({self.arguments}):\n{lines}"

    @property
    def grade_id(self) -> str:
        """The id of its cell."""
        return self.name.replace("_", "-")


@dataclass(frozen=True)
class MadeLab:
    """A lab of one notebook.

    Attributes:
        name: its name.
        title: the text above the first cell.
        imports: the locked cell below it.
        lesson: cells of the lesson, which stand before the exercises.
        shown: further ones, for the reader alone: grading skips them.
        exercises: its exercises.
    """

    name: str
    title: str
    imports: str
    lesson: Sequence[str]
    shown: Sequence[str]
    exercises: Sequence[Exercise]

    def source(self) -> NotebookNode:
        """The instructor's notebook."""
        cells = [new_markdown_cell(self.title, id="title")]
        cells.append(new_code_cell(self.imports, id="imports", metadata=_metadata("imports", locked=True)))
        cells += [new_code_cell(text, id=f"lesson-{number}") for number, text in enumerate(self.lesson)]
        cells += [
            new_code_cell(text, id=f"shown-{number}", metadata={"tags": [SKIP]})
            for number, text in enumerate(self.shown)
        ]
        for exercise in self.exercises:
            answer = exercise.answer(f"### BEGIN SOLUTION\n{exercise.right}\n### END SOLUTION")
            test = f"{exercise.visible}\n### BEGIN HIDDEN TESTS\n{exercise.hidden}\n### END HIDDEN TESTS"
            name, tested = exercise.grade_id, f"{exercise.grade_id}-test"
            cells += [
                new_markdown_cell(f"## Write `{exercise.name}`", id=f"{name}-text"),
                new_code_cell(answer, id=name, metadata=_metadata(name, solution=True)),
                new_code_cell(test, id=tested, metadata=_metadata(tested, grade=True, locked=True, points=_POINTS)),
            ]
        kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
        return new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})

    def submission(self, released: NotebookNode, wrong: frozenset[str], left: frozenset[str]) -> NotebookNode:
        """Fill in a released notebook, in place: right answers but for those to be wrong or left as released."""
        answers = {exercise.grade_id: exercise for exercise in self.exercises}
        for cell in released.cells:
            exercise = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
            if exercise is not None and exercise.name not in left:
                cell.source = exercise.answer(exercise.wrong if exercise.name in wrong else exercise.right)
        return released


def _metadata(name: str, **fields: bool | int) -> dict[str, object]:
    usual = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    return {"nbgrader": usual | {"grade_id": name} | fields}
