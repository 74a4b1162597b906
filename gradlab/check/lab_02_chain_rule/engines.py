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
_LARGEST = 20.0


@announced
def engine(gradients: Function) -> None:
    """Check a function ``gradients(f, *numbers)``: the derivative of f with respect to each number, by any engine.

    Raises:
        NotYet: a derivative differs from PyTorch's.
    """
    require_callable(gradients)
    for _ in range(_ROUNDS):
        program, x = _moderate()
        f = functools.partial(evaluate, program=program)
        result = call(gradients, f, *x.tolist())
        inputs = [number.clone().requires_grad_() for number in x]
        expected = torch.stack(torch.autograd.grad(f(*inputs), inputs))
        agree(result, expected, given="a random expression", shape=(_INPUTS,))


def _moderate() -> tuple[list[list[Any]], torch.Tensor]:
    """An expression and a place where none of its values is large: there the cosh in a slope of tanh has an end."""
    while True:
        program, x = _draw(), torch.rand(_INPUTS, dtype=torch.float64) * 2 - 1
        if max(abs(float(value)) for value in values(list(x), program)) < _LARGEST:
            return program, x


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
    """Compute an expression for anything that knows + − · / ** exp and tanh."""
    total = sum(inputs, 0)
    return values(inputs, program)[-1].tanh() + total * total


def values(inputs: Sequence[Any], program: Sequence[Sequence[Any]]) -> list[Any]:
    """The inputs and what each instruction computes."""
    known = list(inputs)
    for operation, one, other in program:
        a, b = known[one], known[other]
        if operation == "add":
            known.append(a + b)
        elif operation == "multiply":
            known.append(a * b)
        elif operation == "subtract":
            known.append(1.5 - a - b)
        elif operation == "divide":
            known.append(a / (b * b + 1))
        elif operation == "power":
            known.append((a * a + 1) ** -0.5 + b**2)
        elif operation == "exp":
            known.append(a.tanh().exp() * b)
        elif operation == "tanh":
            known.append((a + b).tanh())
        else:
            known.append(2 * a + b * 0.5 - 1)
    return known
