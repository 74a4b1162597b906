"""A lab of small cells: eight exercises that import torch and compute next to nothing, as labs on autograd do."""

from benchmarks.made_lab import Exercise, MadeLab

NAME = "small"

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

_TITLE = "# Small cells\n\nReplace each placeholder."
_IMPORTS = "import math\n\nimport numpy as np\nimport torch"
_SHOWN = "example = torch.linspace(0, 1, 5, requires_grad=True)\nprint(example.sum().item())\nexample"

SMALL = MadeLab(NAME, _TITLE, _IMPORTS, (_SHOWN,), (), EXERCISES)
TINY = MadeLab("tiny", _TITLE, _IMPORTS, (_SHOWN,), (), EXERCISES[:2])
"""A lab of two exercises, for classes of thousands."""
