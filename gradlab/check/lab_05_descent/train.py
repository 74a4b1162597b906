"""The checks of training loops that are written by hand: autograd (train), NumPy (find-bug), momentum (momentum)."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, call_plain, require_callable, require_left_alone, require_unchanged
from gradlab.check.diagnosis import NotYet, not_yet
from gradlab.check.forbidden import OPTIMISERS, without
from gradlab.check.known_mistakes import KnownMistake
from gradlab.check.lab_05_descent.random_problems import generator, random_bowl, random_rate, random_start
from gradlab.check.lab_05_descent.training_history import (
    History,
    Rule,
    common_mistakes,
    descent_mistakes,
    descent_rule,
    losses_after_steps,
    parameter_masks,
    read_history,
    require_history,
    require_untracked,
    train_by_rule,
)
from gradlab.check.probes import bowl
from gradlab.check.training_loops import run_descent

_STEPS = 5
_EXAMPLES_SHOWN = 4
"""How many examples the loop that is to be repaired is shown with."""


@announced
def loop_by_hand(function: Function, *, on: Function | None = None, steps: int = _STEPS) -> None:
    """Check a function ``train(loss, start, lr, steps)`` that returns the parameters and the losses.

    Args:
        function: the student's.
        on: a loss of three parameters, (3,) → (); by default a random bowl.
        steps: how many steps; not 3 unless `on` is given.
    """
    require_callable(function)
    loss = random_bowl() if on is None else on
    start, lr = random_start(loss), random_rate()
    right = train_by_rule(loss, start, steps, descent_rule(lr))
    check_loop(
        lambda f, count, given: function(f, given, lr, count),
        loss,
        start,
        right,
        descent_mistakes(loss, start, lr, steps, right),
    )
    if on is None:
        require_all_steps(lambda f, count, given: function(f, given, lr, count), steps)


def require_all_steps(train: Callable[[Function, int, torch.Tensor], object], steps: int) -> None:
    """Refuse a loop that stops where the loss is flat: it was asked for so many steps.

    Args:
        train: the student's function with everything bound but the loss, the number of steps and the start.
        steps: how many steps.
    """
    centre = torch.rand(3, dtype=torch.float64) + 1
    matrix = torch.diag(torch.tensor([1.0, 2.0, 3.0])).tolist()
    result = run_descent(
        lambda f, count: train(f, count, centre.clone()), partial(bowl, matrix=matrix, centre=centre.tolist()), steps
    )
    try:
        read_history(result, centre, steps)
    except NotYet as refused:
        raise not_yet("stops-early", "stops-early-losses", steps=steps) from refused


def check_loop(
    train: Callable[[Function, int, torch.Tensor], object],
    loss: Function,
    start: torch.Tensor,
    right: History,
    mistakes: Iterator[KnownMistake[History]],
) -> None:
    """Run a student's loop and compare what it gives back.

    Args:
        train: the student's function with everything bound but the loss, the number of steps and the start.
        loss: the loss.
        start: the parameters to begin with, (d,).
        right: what must come back.
        mistakes: what known mistakes give.
    """
    given = start.clone()
    steps = len(right.losses)
    result = run_descent(lambda f, count: train(f, count, given), loss, steps)
    found = read_history(result, start, steps)
    require_left_alone("`start`", start, given)
    require_history(found, right, mistakes)
    require_untracked(result)


@announced
def loop_in_numpy(function: Function, *, count: int = 5, steps: int = 4) -> None:
    """Check a function ``train(x, y, w, lr, steps)`` that fits y ≈ w·x and returns the weight and the losses.

    Args:
        function: the student's.
        count: how many examples to draw.
        steps: how many steps.
    """
    require_callable(function)
    draw = generator()
    x = draw.uniform(0.5, 2.5, size=count)
    y = draw.uniform(1.5, 3) * x + draw.uniform(-1, 1, size=count)
    w, lr = float(draw.uniform(-1, 0)), float(draw.uniform(0.4, 0.6)) / (count * float((x * x).max()))
    given_x, given_y = x.copy(), y.copy()
    inputs, targets, start = torch.from_numpy(x), torch.from_numpy(y), torch.tensor([w], dtype=torch.float64)

    def loss(theta: torch.Tensor) -> torch.Tensor:
        return ((theta * inputs - targets) ** 2).mean()

    result = call_plain(function, given_x, given_y, w, lr, steps)
    found = read_history(result, start, steps)
    require_unchanged("`x`", inputs, torch.from_numpy(given_x))
    require_unchanged("`y`", targets, torch.from_numpy(given_y))
    right = train_by_rule(loss, start, steps, descent_rule(lr))
    require_history(found, right, _numpy_mistakes(loss, inputs, targets, start, lr, right))


def _numpy_mistakes(
    loss: Function, x: torch.Tensor, y: torch.Tensor, start: torch.Tensor, lr: float, right: History
) -> Iterator[KnownMistake[History]]:
    steps, count = len(right.losses), len(x)

    def trained(slope: Callable[[torch.Tensor], torch.Tensor]) -> History:
        theta, losses = start, []
        for _ in range(steps):
            losses.append(loss(theta))
            theta = theta - lr * slope(theta * x - y)
        return History(theta, torch.stack(losses))

    summed = trained(lambda residual: (2 * x * residual).sum())
    yield KnownMistake("scalar-averaged", "loop-count-times", summed)
    yield KnownMistake("sum-for-mean", "loop-losses-summed", History(right.theta, right.losses * count))
    yield KnownMistake("sum-for-mean", "loop-all-summed", History(summed.theta, summed.losses * count))
    slopes: tuple[tuple[str, str, Callable[[torch.Tensor], torch.Tensor]], ...] = (
        ("count-written-in", "loop-divided-by-four", lambda residual: (2 * x * residual).sum() / _EXAMPLES_SHOWN),
        ("sum-for-mean", "loop-divided-twice", lambda residual: (2 * x * residual).mean() / count),
        ("missing-inner-derivative", "loop-without-inputs", lambda residual: (2 * residual).mean()),
        ("product-of-means", "loop-product-of-means", lambda residual: 2 * x.mean() * residual.mean()),
        ("ascent-sign", "loop-uphill", lambda residual: -(2 * x * residual).sum()),
    )
    for explanation, observation, slope in slopes:
        yield KnownMistake(explanation, observation, trained(slope))
    yield from descent_mistakes(loss, start, lr, steps, right)


@announced
def loop_with_momentum(function: Function, *, on: Function | None = None, steps: int = _STEPS) -> None:
    """Check a function ``train(loss, start, lr, momentum, steps)`` that returns the parameters and the losses.

    The arguments are those of `loop_by_hand`.

    Raises:
        NotYet: the parameters or the losses are not those of `torch.optim.SGD` with momentum.
    """
    require_callable(function)
    loss = random_bowl() if on is None else on
    start, lr = random_start(loss), random_rate()
    momentum = 0.6 + 0.3 * float(torch.rand((), dtype=torch.float64))
    right = train_by_rule(loss, start, steps, _momentum_rule(lr, momentum))
    with without(OPTIMISERS):
        check_loop(
            lambda f, count, given: function(f, given, lr, momentum, count),
            loss,
            start,
            right,
            _momentum_mistakes(loss, start, lr, momentum, right),
        )
        if on is None:
            require_all_steps(lambda f, count, given: function(f, given, lr, momentum, count), steps)


def _velocity(slopes: Sequence[torch.Tensor], momentum: float) -> torch.Tensor:
    velocity = torch.zeros_like(slopes[0])
    for slope in slopes:
        velocity = momentum * velocity + slope
    return velocity


def _momentum_rule(lr: float, momentum: float) -> Rule:
    return lambda slopes: -lr * _velocity(slopes, momentum)


def _momentum_mistakes(
    loss: Function, start: torch.Tensor, lr: float, momentum: float, right: History
) -> Iterator[KnownMistake[History]]:
    steps = len(right.losses)

    def trained(rule: Rule) -> History:
        return train_by_rule(loss, start, steps, rule)

    def velocity(slopes: Sequence[torch.Tensor], share: float = momentum) -> torch.Tensor:
        return _velocity(slopes, share)

    def sums(slopes: Sequence[torch.Tensor]) -> list[torch.Tensor]:
        return [torch.stack(list(slopes[: number + 1])).sum(dim=0) for number in range(len(slopes))]

    def earlier(slopes: Sequence[torch.Tensor]) -> torch.Tensor:
        return velocity(slopes[:-1]) if len(slopes) > 1 else torch.zeros_like(slopes[0])

    steps_of_mistakes: tuple[tuple[str, str, Rule], ...] = (
        ("momentum-left-out", "momentum-plain", lambda slopes: slopes[-1]),
        ("missing-zero-grad", "momentum-summed", lambda slopes: velocity(sums(slopes))),
        ("friction-missing", "momentum-no-friction", lambda slopes: velocity(slopes, 1)),
        ("velocity-averaged", "momentum-averaged", lambda slopes: (1 - momentum) * velocity(slopes)),
        ("velocity-averaged", "momentum-averaged", lambda slopes: momentum * velocity(slopes, 1 - momentum)),
        ("velocity-averaged", "momentum-averaged", lambda slopes: velocity(slopes, 1 - momentum)),
        ("velocity-scaled", "momentum-scaled", lambda slopes: momentum * velocity(slopes)),
        (
            "velocity-scaled",
            "momentum-scaled",
            lambda slopes: slopes[-1] + momentum * sum(slopes[:-1], torch.zeros_like(slopes[0])),
        ),
        ("nesterov-step", "momentum-nesterov", lambda slopes: slopes[-1] + momentum * velocity(slopes)),
        ("velocity-late", "momentum-late", earlier),
        ("velocity-scaled", "momentum-rate-twice", lambda slopes: lr * velocity(slopes)),
        ("velocity-late", "momentum-both", lambda slopes: slopes[-1] + earlier(slopes)),
        ("ascent-sign", "loop-uphill", lambda slopes: -velocity(slopes)),
        *(
            ("one-variable-only", "loop-one-variable", lambda slopes, mask=mask: mask * velocity(slopes))
            for mask in parameter_masks(start)
        ),
        # Two signs of opposite meaning: the velocity holds the way downhill, and the step goes against it, or brakes.
        ("ascent-sign", "momentum-brakes", lambda slopes: velocity(slopes, -momentum)),
    )
    for explanation, observation, step in steps_of_mistakes:
        yield KnownMistake(explanation, observation, trained(lambda slopes, step=step: -lr * step(slopes)))  # type: ignore[misc]
    yield from common_mistakes(loss, start, steps, right)
    plain = trained(descent_rule(lr))
    yield KnownMistake("momentum-left-out", "momentum-plain", History(plain.theta, losses_after_steps(loss, plain)))
    yield from descent_mistakes(loss, start, lr, steps, plain)
