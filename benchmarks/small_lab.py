"""A lab of small cells: eight exercises that import torch and compute next to nothing, as labs on autograd do."""

from collections.abc import Sequence
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

NAME = "small"
_POINTS = 2


@dataclass(frozen=True)
class Exercise:
    """One exercise.

    Attributes:
        name: the function to write; the grade id of its cell.
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


EXERCISES = (
    Exercise(
        "watched",
        "values",
        "return torch.tensor(values, dtype=torch.float64, requires_grad=True)",
        "return torch.tensor(values, dtype=torch.float64)",
        "assert watched([1.0, 2.0]).tolist() == [1.0, 2.0]",
        "x = watched([3.0])\nassert x.requires_grad and x.is_leaf",
    ),
    Exercise(
        "slope",
        "f, x",
        "x = x.detach().clone().requires_grad_()\nf(x).sum().backward()\nreturn x.grad",
        "x = x.detach().clone().requires_grad_()\n(2 * f(x)).sum().backward()\nreturn x.grad",
        "assert slope(lambda x: x**2, torch.zeros(1)).item() == 0.0",
        "point = torch.rand(3)\nassert torch.allclose(slope(lambda x: x**3, point), 3 * point**2)",
    ),
    Exercise(
        "step",
        "x, lr",
        "with torch.no_grad():\n    x -= lr * x.grad\nx.grad = None",
        "with torch.no_grad():\n    x += lr * x.grad\nx.grad = None",
        "x = torch.tensor([0.0], requires_grad=True)\n(x**2).sum().backward()\nstep(x, 0.1)\nassert x.item() == 0.0",
        "x = torch.rand(2, requires_grad=True)\nbefore = x.detach().clone()\n(x**2).sum().backward()\n"
        "step(x, 0.25)\nassert torch.allclose(x.detach(), before / 2)\nassert x.grad is None",
    ),
    Exercise(
        "chain",
        "x",
        "return torch.exp(torch.sin(x)).sum()",
        "return torch.exp(torch.sin(x.detach())).sum() + 0 * x.sum()",
        "assert abs(chain(torch.zeros(2)).item() - 2.0) < 1e-6",
        "x = torch.rand(3, dtype=torch.float64, requires_grad=True)\nassert torch.autograd.gradcheck(chain, (x,))",
    ),
    Exercise(
        "mean_square",
        "prediction, target",
        "return ((prediction - target) ** 2).mean()",
        "return ((prediction - target) ** 2).sum()",
        "assert mean_square(torch.zeros(1), torch.ones(1)).item() == 1.0",
        "a, b = torch.rand(5), torch.rand(5)\nassert torch.allclose(mean_square(a, b), ((a - b) ** 2).mean())",
    ),
    Exercise(
        "minimise",
        "f, start, lr, steps",
        "x = start.detach().clone().requires_grad_()\nfor _ in range(steps):\n    x.grad = None\n    f(x).backward()\n"
        "    with torch.no_grad():\n        x -= lr * x.grad\nreturn x.detach()",
        "x = start.detach().clone().requires_grad_()\nfor _ in range(steps):\n    f(x).backward()\n"
        "    with torch.no_grad():\n        x -= lr * x.grad\nreturn x.detach()",
        "assert minimise(lambda x: (x**2).sum(), torch.zeros(2), 0.1, 3).tolist() == [0.0, 0.0]",
        "start = 1 + torch.rand(2)\nend = minimise(lambda x: (x**2).sum(), start, 0.25, 4)\n"
        "assert torch.allclose(end, start / 16)",
    ),
    Exercise(
        "jacobian",
        "f, x",
        "return torch.stack([torch.autograd.grad(y, x, retain_graph=True)[0] for y in f(x)])",
        "return torch.stack([torch.autograd.grad(y, x, retain_graph=True)[0] for y in f(x)]).T",
        "x = torch.ones(2, requires_grad=True)\n"
        "assert jacobian(lambda x: 2 * x, x).tolist() == [[2.0, 0.0], [0.0, 2.0]]",
        "x = torch.rand(2, requires_grad=True)\n"
        "assert torch.allclose(jacobian(lambda x: torch.stack([x.sum(), x[0]]), x), torch.tensor([[1.0, 1], [1, 0]]))",
    ),
    Exercise(
        "counts",
        "rows",
        "return {len(row): sum(len(other) == len(row) for other in rows) for row in rows}",
        "return {len(row): len(rows) for row in rows}",
        "assert counts([]) == {}",
        "found = counts([[1], [2], [3, 4]])\n(1 if found.get(1) == 2 else 0) + (1 if found == {1: 2, 2: 1} else 0)",
    ),
)
"""The last one gives partial credit: nbgrader takes the number in the last line."""

_TITLE = new_markdown_cell("# Small cells\n\nReplace each placeholder.", id="title")
_IMPORTS = "import math\n\nimport numpy as np\nimport torch"
_SHOWN = "example = torch.linspace(0, 1, 5, requires_grad=True)\nprint(example.sum().item())\nexample"


def source(exercises: Sequence[Exercise] = EXERCISES) -> NotebookNode:
    """The instructor's notebook with these exercises."""
    cells = [_TITLE, new_code_cell(_IMPORTS, id="imports", metadata=_metadata("imports", locked=True))]
    cells.append(new_code_cell(_SHOWN, id="example"))
    for exercise in exercises:
        answer = exercise.answer(f"### BEGIN SOLUTION\n{exercise.right}\n### END SOLUTION")
        test = f"{exercise.visible}\n### BEGIN HIDDEN TESTS\n{exercise.hidden}\n### END HIDDEN TESTS"
        name, tested = exercise.name.replace("_", "-"), f"{exercise.name.replace('_', '-')}-test"
        cells += [
            new_markdown_cell(f"## Write `{exercise.name}`", id=f"{name}-text"),
            new_code_cell(answer, id=name, metadata=_metadata(name, solution=True)),
            new_code_cell(test, id=tested, metadata=_metadata(tested, grade=True, locked=True, points=_POINTS)),
        ]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})


def submission(released: NotebookNode, wrong: frozenset[str], left: frozenset[str]) -> NotebookNode:
    """Fill in a released notebook, in place: right answers except those that are to be wrong or left as released."""
    answers = {exercise.name.replace("_", "-"): exercise for exercise in EXERCISES}
    for cell in released.cells:
        exercise = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
        if exercise is not None and exercise.name not in left:
            cell.source = exercise.answer(exercise.wrong if exercise.name in wrong else exercise.right)
    return released


def _metadata(name: str, **fields: bool | int) -> dict[str, object]:
    usual = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    return {"nbgrader": usual | {"grade_id": name} | fields}
