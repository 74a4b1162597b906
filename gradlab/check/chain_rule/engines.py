"""The check of a whole engine: random expressions, against PyTorch."""

import functools
from collections.abc import Sequence
from typing import Any

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, call, require_callable
from gradlab.check.variants import agree

_OPERATIONS = ("add", "multiply", "subtract", "divide", "power", "exp", "tanh", "constant")
_ROUNDS = 5
_INPUTS = 3
_LENGTH = 10


@announced
def engine(gradients: Function) -> None:
    """Check a function ``gradients(f, *numbers)``: the derivative of f with respect to each number, by any engine.

    Raises:
        NotYet: a derivative differs from PyTorch's.
    """
    require_callable(gradients)
    for _ in range(_ROUNDS):
        f = functools.partial(evaluate, program=_draw())
        x = torch.rand(_INPUTS, dtype=torch.float64) * 2 - 1
        result = call(gradients, f, *x.tolist())
        inputs = [number.clone().requires_grad_() for number in x]
        expected = torch.stack(torch.autograd.grad(f(*inputs), inputs))
        agree(result, expected, given="a random expression", shape=(_INPUTS,))


def _draw() -> list[list[Any]]:
    """Instructions at random: an operation and the numbers of its operands among the values so far."""
    program: list[list[Any]] = []
    for turn in range(_LENGTH):
        known = _INPUTS + turn
        operation = _OPERATIONS[int(torch.randint(len(_OPERATIONS), ()))]
        # The newest value is always used, so that nothing of what came before is idle.
        program.append([operation, known - 1, int(torch.randint(known, ()))])
    return program


def evaluate(*inputs: Any, program: Sequence[Sequence[Any]]) -> Any:  # noqa: ANN401 - whatever has these operators
    """Compute an expression for anything that knows + − · / ** exp and tanh; it stays moderate in size."""
    values = list(inputs)
    for operation, one, other in program:
        a, b = values[one], values[other]
        if operation == "add":
            values.append(a + b)
        elif operation == "multiply":
            values.append(a * b)
        elif operation == "subtract":
            values.append(1.5 - a - b)
        elif operation == "divide":
            values.append(a / (b * b + 1))
        elif operation == "power":
            values.append((a * a + 1) ** -0.5 + b**2)
        elif operation == "exp":
            values.append(a.tanh().exp() * b)
        elif operation == "tanh":
            values.append((a + b).tanh())
        else:
            values.append(2 * a + b * 0.5 - 1)
    total = sum(inputs, 0)
    return values[-1].tanh() + total * total
