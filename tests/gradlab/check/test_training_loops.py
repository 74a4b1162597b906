"""Mutants of a descent that stop with an error: in which round, and on which tensor, tells what is wrong."""

from collections.abc import Callable
from functools import partial

import pytest
import torch

from gradlab import check
from tests.gradlab.check.cases import Named, Refused, descended, in_place, leaf

Tensor = torch.Tensor
Function = Callable[..., Tensor]

pytestmark = pytest.mark.filterwarnings("ignore:The .grad attribute", "ignore:Converting a tensor")


def rebinds(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    return descended(f, leaf(start), steps, lambda x: x - lr * x.grad)


def rebinds_and_empties(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    def step(x: Tensor) -> Tensor:
        x = x - lr * x.grad
        x.grad.zero_()
        return x

    return descended(f, leaf(start), steps, step)


def rebinds_and_forgets(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    def step(x: Tensor) -> Tensor:
        x = x - x.grad * lr
        x.grad = None
        return x

    return descended(f, leaf(start), steps, step)


def rebinds_in_no_grad(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    def step(x: Tensor) -> Tensor:
        with torch.no_grad():
            return x - lr * x.grad

    return descended(f, leaf(start), steps, step)


def steps_while_watched(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    x = leaf(start)
    for _ in range(steps):
        f(x).backward()
        x -= lr * x.grad
    return x


def steps_by_parts_while_watched(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    x = leaf(start)
    for _ in range(steps):
        f(x).backward()
        x[0] -= lr * x.grad[0]
    return x


def one_graph(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    x = leaf(start)
    y = f(x)
    path = [x.detach().clone()]
    for _ in range(steps):
        y.backward()
        with torch.no_grad():
            x -= lr * x.grad
            x.grad.zero_()
        path.append(x.detach().clone())
    return torch.stack(path)


def backward_on_two(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    x = leaf(start)
    (f(x) * torch.ones(2)).backward()
    return x


def whole_numbers(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    return leaf(start.long())


def in_no_grad(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    x = leaf(start)
    with torch.no_grad():
        y = f(x)
    y.backward()
    return x


def never_watched(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    x = start.clone()
    f(x).backward()
    return x


def reads_the_values_grad(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    x = leaf(start)
    for _ in range(steps):
        y = f(x)
        y.backward()
        x = x - lr * y.grad
    return x


def scales_after_marking(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    x = (start / 10).requires_grad_() * 10
    for _ in range(steps):
        f(x).backward()
        with torch.no_grad():
            x -= lr * x.grad
    return x


def converts_after_marking(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    return descended(f, leaf(start).to(torch.float64), steps, in_place(lr))


def optimises_a_computed_value(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    torch.optim.SGD([leaf(start) * 1], lr=lr)
    return start


def through_a_number(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    x = leaf(start)
    float(f(x)).backward()
    return x


def plain_numpy(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    x = leaf(start)
    path = [x.numpy()]
    return torch.tensor(path)


def empties_too_early(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    x = leaf(start)
    for _ in range(steps):
        y = f(x)
        x.grad.zero_()
        y.backward()
        with torch.no_grad():
            x -= lr * x.grad
    return x


def no_backward(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    x = leaf(start)
    f(x)
    return x - lr * x.grad


NAMED = [
    (rebinds, "rebinding-leaf"),
    (rebinds_and_empties, "rebinding-leaf"),
    (rebinds_and_forgets, "rebinding-leaf"),
    (rebinds_in_no_grad, "rebinding-in-no-grad"),
    (steps_while_watched, "inplace-on-leaf"),
    (steps_by_parts_while_watched, "inplace-on-leaf"),
    (one_graph, "backward-twice"),
    (backward_on_two, "backward-on-vector"),
    (whole_numbers, "integer-tensor"),
    (in_no_grad, "forward-untracked"),
    (never_watched, "forward-untracked"),
    (reads_the_values_grad, "grad-of-intermediate"),
    (scales_after_marking, "not-a-leaf"),
    (converts_after_marking, "not-a-leaf"),
    (optimises_a_computed_value, "not-a-leaf"),
    (through_a_number, "graph-cut"),
    (plain_numpy, "numpy-on-tracked"),
    (empties_too_early, "zero-before-first"),
]


def test_a_misconception_is_named(f: Function, named: Named) -> None:
    for answer, name in NAMED:
        named(check.descent, answer, name, on=f)


def end(answer: Function, f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    return answer(f, start, lr, steps)[-1]


def all_at_once(answer: Function, f: Function, starts: Tensor, lr: float, steps: int) -> Tensor:
    return answer(lambda x: f(x).sum(), starts, lr, steps)[-1]


def test_it_is_named_by_the_ends_too(f: Function, named: Named) -> None:
    for answer, name in NAMED:
        named(check.end_point, partial(end, answer), name, on=f)


def test_it_is_named_for_many_starts_too(f: Function, named: Named) -> None:
    for answer, name in NAMED:
        named(check.descent_all, partial(all_at_once, answer), name, on=f)


def test_a_missing_backward_is_described(f: Function, refused: Refused) -> None:
    diagnosis = refused(check.descent, no_backward, on=f)
    assert diagnosis.misconception is None
    assert "still None" in diagnosis.title


def test_the_round_is_told(f: Function, refused: Refused) -> None:
    assert refused(check.descent, rebinds, on=f).seen.startswith("One step works.")
    assert refused(check.descent, empties_too_early, on=f).seen.startswith("The error comes in the first round")
