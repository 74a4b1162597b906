"""Mutants and right answers of the training loops; the answer books hold many more."""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch

from gradlab.check import lab_05_descent as check
from tests.gradlab.check.cases import Named, Passes, Refused, case, refuse_garbage

Tensor = torch.Tensor
Function = Callable[..., Any]


def bowl(p: Tensor) -> Tensor:
    return (p[0] - 1) ** 2 + 4 * (p[1] + 2) ** 2 + p[0] * p[1] + torch.cosh(p[2])


def train(loss: Function, start: Tensor, lr: float, steps: int) -> tuple[Any, Any]:
    theta, losses = start.clone(), []
    for _ in range(steps):
        slope, value = torch.func.grad_and_value(loss)(theta)
        losses.append(value)
        theta = theta - lr * slope
    return theta, losses


def with_momentum(loss: Function, start: Tensor, lr: float, momentum: float, steps: int) -> tuple[Any, Any]:
    return with_velocity({"momentum": momentum}, loss, start, lr, steps)


def with_velocity(options: dict[str, Any], loss: Function, start: Tensor, lr: float, steps: int) -> tuple[Any, Any]:
    """What `torch.optim.SGD` does with these options, by hand."""
    momentum, nesterov = options.get("momentum", 0), options.get("nesterov", False)
    theta, velocity, losses = start.clone(), None, []
    for _ in range(steps):
        slope, value = torch.func.grad_and_value(loss)(theta)
        losses.append(value)
        velocity = slope if velocity is None else momentum * velocity + slope
        theta = theta - lr * (slope + momentum * velocity if nesterov else velocity)
    return theta, losses


def with_optimiser(
    name: str, options: dict[str, Any], loss: Function, start: Tensor, steps: int, anew: bool = False
) -> tuple[Any, Any]:
    theta, losses = start.clone().requires_grad_(), []
    optimiser = getattr(torch.optim, name)([theta], **options)
    for _ in range(steps):
        optimiser.zero_grad()
        value = loss(theta)
        losses.append(value.item())
        value.backward()
        optimiser.step()
        if anew:
            optimiser = getattr(torch.optim, name)([theta], **options)
    return theta.detach(), losses


def in_numpy(x: Any, y: Any, w: float, lr: float, steps: int, factor: float = 1) -> tuple[Any, Any]:
    losses = []
    for _ in range(steps):
        losses.append(((w * x - y) ** 2).mean())
        w = w - factor * lr * (2 * x * (w * x - y)).mean()
    return w, losses


def test_right_loops_pass(passes: Passes) -> None:
    for on in [None, bowl]:
        passes(check.loop_by_hand, train, on=on)
        passes(check.loop_with_momentum, with_momentum, on=on)
        passes(check.loop_by_optimiser, with_optimiser, on=on)
        passes(check.loop_in_numpy, in_numpy)


def test_a_mistake_by_hand_is_named(named: Named) -> None:
    for loop, name, words in [
        (lambda loss, start, lr, steps: train(loss, start, -lr, steps), "ascent-sign", "uphill"),
        (lambda loss, start, lr, steps: (start, train(loss, start, lr, steps)[1]), None, "at the beginning"),
        (lambda loss, start, lr, steps: train(loss, start, 2 * lr, steps), None, "right direction"),
        (lambda loss, start, lr, steps: train(loss, start, lr, steps + 1), None, "one loss for each step"),
        (lambda loss, start, lr, steps: train(loss, start, lr, steps)[::-1], None, "exchanged"),
        (lambda loss, start, lr, steps: train(loss, start, lr, steps)[0], None, "another kind"),
        (
            lambda loss, start, lr, steps: (train(loss, start, lr, steps + 1)[0], train(loss, start, lr, steps)[1]),
            None,
            "one step too many",
        ),
        (
            lambda loss, start, lr, steps: (train(loss, start, lr, steps - 1)[0], train(loss, start, lr, steps)[1]),
            None,
            "one step behind",
        ),
        (
            lambda loss, start, lr, steps: (
                train(loss, start, lr, steps)[0],
                train(loss, start, lr, steps + 1)[1][1:],
            ),
            "stale-point",
            "off by one",
        ),
        (
            lambda loss, start, lr, steps: with_optimiser("SGD", {"lr": lr, "momentum": 1}, loss, start, steps),
            "missing-zero-grad",
            "gradients pile up",
        ),
    ]:
        named(check.loop_by_hand, loop, name, words)


def with_options(
    options: dict[str, Any], loss: Function, start: Tensor, lr: float, momentum: float, steps: int
) -> object:
    return with_velocity({"momentum": momentum} | options, loss, start, lr, steps)


def test_another_momentum_is_named(refused: Refused) -> None:
    for options, words in [
        ({"momentum": 0}, "no memory"),
        ({"momentum": 1}, "never loses anything"),
        ({"nesterov": True}, "Nesterov"),
    ]:
        with case(options, words):
            assert words in refused(check.loop_with_momentum, partial(with_options, options)).title


def test_a_damped_velocity_is_named(refused: Refused) -> None:
    def averaged(loss: Function, start: Tensor, lr: float, momentum: float, steps: int) -> object:
        return with_momentum(loss, start, lr * (1 - momentum), momentum, steps)

    assert "another mixture" in refused(check.loop_with_momentum, averaged).title


def test_the_step_of_an_optimiser_is_refused_where_it_is_to_be_written(refused: Refused) -> None:
    def by_torch(loss: Function, start: Tensor, lr: float, momentum: float, steps: int) -> object:
        return with_optimiser("SGD", {"lr": lr, "momentum": momentum}, loss, start, steps)

    assert "torch does here" in refused(check.loop_with_momentum, by_torch).title


def test_a_mistake_with_an_optimiser_is_named(refused: Refused) -> None:
    for change, words in [
        (lambda *a: with_optimiser(*a, anew=True), "forgets everything"),
        (lambda name, options, *a: with_optimiser("Adam", {"lr": options["lr"]}, *a), "another optimiser"),
        (lambda name, options, *a: with_optimiser("SGD", {"lr": options["lr"]}, *a), "another optimiser"),
        (lambda name, options, *a: with_optimiser(name, {"lr": options["lr"]}, *a), "an option does not arrive"),
    ]:
        with case(change, words):
            assert words in refused(check.loop_by_optimiser, change).title


def test_a_slope_that_is_too_large_by_the_number_of_examples_is_named(refused: Refused) -> None:
    diagnosis = refused(check.loop_in_numpy, lambda x, *a: in_numpy(x, *a, factor=len(x)))
    assert diagnosis.misconception == "scalar-averaged"


def test_garbage_is_refused(refused: Refused) -> None:
    for run in [check.loop_by_hand, check.loop_in_numpy, check.loop_with_momentum, check.loop_by_optimiser]:
        refuse_garbage(refused, run)


def test_a_pair_of_garbage_is_refused(refused: Refused) -> None:
    for pair in [lambda *_: (None, None), lambda *_: (torch.zeros(3), "x"), lambda *_: [[1.0], [2]]]:
        with case(pair):
            refused(check.loop_by_hand, pair)
