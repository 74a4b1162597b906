"""What a check hands to a student's function can cross to another process."""

import contextlib
import functools
import importlib
from collections.abc import Callable

import numpy as np
import torch

from gradlab import check
from tests.gradlab.check.cases import case

Tensor = torch.Tensor
Function = Callable[..., object]


def crosses(argument: object, given: Function) -> bool:
    if argument is given or argument is None or isinstance(argument, bool | int | float | str | Tensor | np.ndarray):
        return True
    if isinstance(argument, list | tuple):
        return all(crosses(part, given) for part in argument)
    if isinstance(argument, functools.partial):
        bound = [argument.func, *argument.args, *argument.keywords.values()]
        return all(crosses(part, given) for part in bound)
    module, name = getattr(argument, "__module__", ""), getattr(argument, "__qualname__", "")
    return module.startswith("gradlab.") and getattr(importlib.import_module(module), name, None) is argument


def descend(f: Function, start: Tensor, lr: float, steps: int) -> list[Tensor]:
    path = [start]
    for _ in range(steps):
        x = path[-1].detach().clone().requires_grad_()
        path.append(x.detach() - lr * torch.autograd.grad(f(x), x)[0])
    return path


def end(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    return descend(f, start, lr, steps)[-1]


def one_by_one(f: Function, starts: Tensor, lr: float, steps: int) -> Tensor:
    return torch.stack([end(f, start, lr, steps) for start in starts])


def raising(f: Function, start: Tensor, lr: float, steps: int) -> object:
    end(f, start, lr, 1)
    return None * lr


def zeroing(f: Function, start: Tensor, lr: float, steps: int) -> object:
    return start.grad.zero_()


def norms(f: Function, starts: Tensor, rates: list[float], steps: int) -> object:
    return 0.0


def largest(f: Function, minimum: Tensor) -> float:
    return 2 / float(torch.linalg.eigvalsh(torch.autograd.functional.hessian(f, minimum))[-1])


def recorded(answer: Function, seen: list[object], *arguments: object) -> object:
    seen.extend(arguments)
    return answer(*arguments)


def test_every_argument_can_cross(f: Function) -> None:
    for run, answer in [
        (check.descent, descend),
        (check.descent, raising),
        (check.descent, zeroing),
        (check.end_point, end),
        (check.descent_all, one_by_one),
        (check.sweep, norms),
        (check.largest_rate, largest),
    ]:
        with case(run, answer):
            seen: list[object] = []
            with contextlib.suppress(check.NotYet):
                run(functools.partial(recorded, answer, seen), on=f)
            assert seen
            assert all(crosses(argument, f) for argument in seen)


def test_nearest_gets_tensors_only() -> None:
    def answer(*arguments: object) -> Tensor:
        assert all(type(argument) is Tensor for argument in arguments)
        return torch.cdist(*arguments).argmin(dim=1)

    check.nearest(answer)
