"""Mutants and right answers of a descent from many starts at once."""

from collections.abc import Callable

import pytest
import torch

from gradlab import check
from tests.gradlab.check.cases import Named, Passes, Refused, descended, in_place, leaf, refuse_garbage

Tensor = torch.Tensor
Function = Callable[..., Tensor]


def with_sum(f: Function, starts: Tensor, lr: float, steps: int) -> Tensor:
    return descended(lambda x: f(x).sum(), leaf(starts), steps, in_place(lr))[-1]


def with_ones(f: Function, starts: Tensor, lr: float, steps: int) -> Tensor:
    x = starts.clone().requires_grad_()
    for _ in range(steps):
        y = f(x)
        y.backward(torch.ones_like(y))
        x = (x - lr * x.grad).detach().requires_grad_()
    return x.detach()


def with_grad(f: Function, starts: Tensor, lr: float, steps: int) -> Tensor:
    x = starts
    for _ in range(steps):
        x = x.detach().requires_grad_()
        x = x - lr * torch.autograd.grad(f(x).sum(), x)[0]
    return x.detach().clone()


def with_optimiser(f: Function, starts: Tensor, lr: float, steps: int) -> Tensor:
    x = torch.nn.Parameter(starts.clone())
    optimiser = torch.optim.SGD([x], lr=lr)
    for _ in range(steps):
        optimiser.zero_grad()
        f(x).sum().backward()
        optimiser.step()
    return x.data


def with_vmap(f: Function, starts: Tensor, lr: float, steps: int) -> Tensor:
    slope = torch.func.vmap(torch.func.grad(f))
    x = starts
    for _ in range(steps):
        x = x - lr * slope(x)
    return x


def with_scaled_mean(f: Function, starts: Tensor, lr: float, steps: int) -> Tensor:
    x = starts.float().clone().requires_grad_()
    for _ in range(steps):
        x.grad = None
        (f(x).mean() * len(x)).backward()
        x.data.add_(x.grad, alpha=-lr)
    return x.detach()


def test_a_right_answer_passes(f: Function, passes: Passes) -> None:
    for answer in [with_sum, with_ones, with_grad, with_optimiser, with_vmap, with_scaled_mean]:
        passes(check.descent_all, answer, on=f)


def test_any_function_and_starts_will_do(passes: Passes) -> None:
    starts = torch.tensor([[1.0, 2.0], [3.0, 4.0], [0.5, -1.0]])
    passes(check.descent_all, with_sum, on=lambda x: (x**2).sum(-1) + x[..., 0], starts=starts, lr=0.2, steps=7)


def with_mean(f: Function, starts: Tensor, lr: float, steps: int) -> Tensor:
    return with_sum(lambda x: f(x).mean(), starts, lr, steps)


def never_empties(f: Function, starts: Tensor, lr: float, steps: int) -> Tensor:
    return descended(lambda x: f(x).sum(), leaf(starts), steps, in_place(lr, empties=False))[-1]


def uphill(f: Function, starts: Tensor, lr: float, steps: int) -> Tensor:
    return with_sum(f, starts, -lr, steps)


def one_by_one(f: Function, starts: Tensor, lr: float, steps: int) -> Tensor:
    return torch.stack([with_sum(f, start, lr, steps) for start in starts])


def one_by_one_inside(f: Function, starts: Tensor, lr: float, steps: int) -> Tensor:
    return with_sum(lambda x: sum(f(row) for row in x), starts, lr, steps)


def in_pairs(f: Function, starts: Tensor, lr: float, steps: int) -> Tensor:
    return torch.cat([with_sum(f, pair, lr, steps) for pair in starts.split(2)])


def vector(f: Function, starts: Tensor, lr: float, steps: int) -> Tensor:
    x = starts.clone().requires_grad_()
    f(x).backward()
    return x


def first_variable(f: Function, starts: Tensor, lr: float, steps: int) -> Tensor:
    def step(x: Tensor) -> Tensor:
        with torch.no_grad():
            x[:, 0] -= lr * x.grad[:, 0]
            x.grad.zero_()
        return x

    return descended(lambda x: f(x).sum(), leaf(starts), steps, step)[-1]


def first_start(f: Function, starts: Tensor, lr: float, steps: int) -> Tensor:
    return with_sum(lambda x: f(x)[0], starts, lr, steps)


def moves_the_starts(f: Function, starts: Tensor, lr: float, steps: int) -> Tensor:
    starts.copy_(with_sum(f, starts, lr, steps))
    return starts


def tracked(f: Function, starts: Tensor, lr: float, steps: int) -> Tensor:
    return with_sum(f, starts, lr, steps).requires_grad_()


def whole_path(f: Function, starts: Tensor, lr: float, steps: int) -> Tensor:
    return torch.stack([with_sum(f, starts, lr, count) for count in range(steps + 1)])


def one_step_short(f: Function, starts: Tensor, lr: float, steps: int) -> Tensor:
    return with_sum(f, starts, lr, steps - 1)


def marked_then_converted(f: Function, starts: Tensor, lr: float, steps: int) -> Tensor:
    return descended(lambda x: f(x).sum(), leaf(starts).to(torch.float64), steps, in_place(lr))[-1]


@pytest.mark.filterwarnings("ignore:The .grad attribute")
def test_a_mistake_is_named(f: Function, named: Named) -> None:
    for answer, name, words in [
        (with_mean, "sum-for-mean", "a mean and a sum"),
        (never_empties, "missing-zero-grad", "gradients pile up"),
        (uphill, "ascent-sign", "uphill"),
        (one_by_one, "loop-over-starts", "one by one"),
        (one_by_one_inside, "loop-over-starts", "one by one"),
        (in_pairs, "loop-over-starts", "one by one"),
        (vector, "backward-on-vector", "more than one number"),
        (first_variable, "one-variable-only", "one axis"),
        (one_step_short, "stale-point", "off by one"),
        (marked_then_converted, "not-a-leaf", "computed value"),
        (first_start, None, "some of the starts"),
        (moves_the_starts, None, "changes what it was given"),
        (tracked, None, "autograd's graph"),
        (whole_path, None, "whole path"),
    ]:
        named(check.descent_all, answer, name, words, on=f)


def test_garbage_is_refused(f: Function, refused: Refused) -> None:
    refuse_garbage(refused, check.descent_all, on=f)


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_a_result_on_another_device_is_refused(f: Function, refused: Refused) -> None:
    starts = torch.rand(3, 2, device="cuda")
    assert "another device" in refused(check.descent_all, lambda *a: with_sum(*a).cpu(), on=f, starts=starts).title
