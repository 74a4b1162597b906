"""Mutants and right answers of the learning-rate sweep."""

from collections.abc import Callable

import pytest
import torch

from gradlab import check
from tests.gradlab.check.cases import Named, Passes, Refused, refuse_garbage

Tensor = torch.Tensor
Function = Callable[..., object]
Surface = Callable[[Tensor], Tensor]


def slope(f: Surface, x: Tensor) -> Tensor:
    x = x.detach().clone().requires_grad_()
    return torch.autograd.grad(f(x).sum(), x)[0]


def end(f: Surface, x: Tensor, lr: float, steps: int) -> Tensor:
    for _ in range(steps):
        x = x - lr * slope(f, x)
    return x


def by_rate(f: Surface, starts: Tensor, rates: list[float], steps: int) -> Tensor:
    return torch.stack([slope(f, end(f, starts, lr, steps)).norm(dim=-1) for lr in rates])


def at_once(f: Surface, starts: Tensor, rates: list[float], steps: int) -> Tensor:
    x = starts.expand(len(rates), *starts.shape)
    lr = torch.tensor(rates, dtype=starts.dtype).view(-1, 1, 1)
    for _ in range(steps):
        x = x - lr * slope(f, x)
    return slope(f, x).square().sum(-1).sqrt()


def as_lists(f: Surface, starts: Tensor, rates: list[float], steps: int) -> list[list[float]]:
    return [[slope(f, end(f, start, lr, steps)).norm().item() for start in starts] for lr in rates]


def with_optimiser(f: Surface, starts: Tensor, rates: list[float], steps: int) -> Tensor:
    norms = torch.empty(len(rates), len(starts))
    for row, lr in enumerate(rates):
        x = starts.clone().requires_grad_()
        optimiser = torch.optim.SGD([x], lr=lr)
        for _ in range(steps + 1):
            optimiser.zero_grad()
            f(x).sum().backward()
            norms[row] = x.grad.norm(dim=1)
            optimiser.step()
    return norms


def tracked(f: Surface, starts: Tensor, rates: list[float], steps: int) -> Tensor:
    return by_rate(f, starts.float(), rates, steps).requires_grad_()


def test_a_right_sweep_passes(f: Surface, passes: Passes) -> None:
    for answer in [by_rate, at_once, as_lists, with_optimiser, tracked]:
        passes(check.sweep, answer, on=f)


def test_any_function_starts_and_rates_will_do(passes: Passes) -> None:
    starts = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    passes(check.sweep, by_rate, on=lambda x: (x**2).sum(-1), starts=starts, rates=[0.1, 0.2], steps=9)


def fresh_starts(f: Surface, starts: Tensor, rates: list[float], steps: int) -> Tensor:
    return torch.cat([by_rate(f, torch.rand_like(starts) * 10, [lr], steps) for lr in rates])


def moved_in_place(f: Surface, starts: Tensor, rates: list[float], steps: int) -> Tensor:
    rows = []
    for lr in rates:
        starts.copy_(end(f, starts, lr, steps))
        rows.append(slope(f, starts).norm(dim=-1))
    return torch.stack(rows)


def moved_on(f: Surface, starts: Tensor, rates: list[float], steps: int) -> Tensor:
    return moved_in_place(f, starts.clone(), rates, steps)


def restored_too_late(f: Surface, starts: Tensor, rates: list[float], steps: int) -> Tensor:
    norms = by_rate(f, starts, rates, steps)
    starts += 1
    return norms


def before_the_last_step(f: Surface, starts: Tensor, rates: list[float], steps: int) -> Tensor:
    return by_rate(f, starts, rates, steps - 1)


def one_step_more(f: Surface, starts: Tensor, rates: list[float], steps: int) -> Tensor:
    return by_rate(f, starts, rates, steps + 1)


def transposed(f: Surface, starts: Tensor, rates: list[float], steps: int) -> Tensor:
    return by_rate(f, starts, rates, steps).T


def first_rate_always(f: Surface, starts: Tensor, rates: list[float], steps: int) -> Tensor:
    return by_rate(f, starts, [rates[0] for _ in rates], steps)


def uphill(f: Surface, starts: Tensor, rates: list[float], steps: int) -> Tensor:
    return by_rate(f, starts, [-lr for lr in rates], steps)


def never_emptied(f: Surface, starts: Tensor, lr: float, steps: int) -> Tensor:
    """The ends of descents that never empty `.grad`, which holds the sum of all gradients then."""
    x = starts.clone().requires_grad_()
    for _ in range(steps):
        f(x).sum().backward()
        x.data -= lr * x.grad
    return x


def never_empties(f: Surface, starts: Tensor, rates: list[float], steps: int) -> Tensor:
    return torch.stack([slope(f, never_emptied(f, starts, lr, steps)).norm(dim=-1) for lr in rates])


def never_empties_at_the_end_either(f: Surface, starts: Tensor, rates: list[float], steps: int) -> Tensor:
    ends = [never_emptied(f, starts, lr, steps) for lr in rates]
    for x in ends:
        f(x).sum().backward()
    return torch.stack([x.grad.norm(dim=-1) for x in ends])


def with_mean(f: Surface, starts: Tensor, rates: list[float], steps: int) -> Tensor:
    return by_rate(lambda x: f(x).mean(), starts, rates, steps)


def with_mean_and_right_norms(f: Surface, starts: Tensor, rates: list[float], steps: int) -> Tensor:
    return by_rate(f, starts, [lr / len(starts) for lr in rates], steps)


def squared(f: Surface, starts: Tensor, rates: list[float], steps: int) -> Tensor:
    return by_rate(f, starts, rates, steps) ** 2


def absolute(f: Surface, starts: Tensor, rates: list[float], steps: int) -> Tensor:
    return torch.stack([slope(f, end(f, starts, lr, steps)).abs().sum(dim=-1) for lr in rates])


def value(f: Surface, starts: Tensor, rates: list[float], steps: int) -> Tensor:
    return torch.stack([f(end(f, starts, lr, steps)) for lr in rates])


def half(f: Surface, starts: Tensor, rates: list[float], steps: int) -> Tensor:
    return by_rate(f, starts, rates, steps) / 2


def one_wrong(f: Surface, starts: Tensor, rates: list[float], steps: int) -> Tensor:
    norms = by_rate(f, starts, rates, steps)
    norms[1, 2] += 1
    return norms


def over_all(f: Surface, starts: Tensor, rates: list[float], steps: int) -> Tensor:
    return by_rate(f, starts, rates, steps).mean(dim=1)


def backward_on_vector(f: Surface, starts: Tensor, rates: list[float], steps: int) -> Tensor:
    x = starts.clone().requires_grad_()
    f(x).backward()
    return x


def rebinds(f: Surface, starts: Tensor, rates: list[float], steps: int) -> Tensor:
    x = starts.clone().requires_grad_()
    for _ in range(steps):
        f(x).sum().backward()
        x = x - rates[0] * x.grad
    return x


@pytest.mark.filterwarnings("ignore:The .grad attribute")
def test_a_mistake_is_named(f: Surface, named: Named) -> None:
    for answer, name, words in [
        (fresh_starts, None, "every call begins somewhere else"),
        (moved_in_place, None, "where the first one ended"),
        (moved_on, None, "where the first one ended"),
        (restored_too_late, None, "changes what it was given"),
        (before_the_last_step, "stale-point", "off by one"),
        (one_step_more, None, "one step too many"),
        (transposed, None, "rows and columns"),
        (first_rate_always, None, "all rates"),
        (uphill, "ascent-sign", "uphill"),
        (never_empties, "missing-zero-grad", "gradients pile up"),
        (never_empties_at_the_end_either, "missing-zero-grad", "gradients pile up"),
        (with_mean, "sum-for-mean", "a mean and a sum"),
        (with_mean_and_right_norms, "sum-for-mean", "a mean and a sum"),
        (squared, None, "something else is measured"),
        (absolute, None, "something else is measured"),
        (value, None, "something else is measured"),
        (half, None, "something else is measured"),
        (one_wrong, None, "norms are different"),
        (over_all, None, "another shape"),
        (backward_on_vector, "backward-on-vector", "more than one number"),
        (rebinds, "rebinding-leaf", "another tensor"),
    ]:
        named(check.sweep, answer, name, words, on=f)


def test_garbage_is_refused(f: Surface, refused: Refused) -> None:
    refuse_garbage(refused, check.sweep, on=f)
