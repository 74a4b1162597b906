"""The check of a training loop that leaves the step to an optimiser of torch."""

from collections.abc import Iterator, Mapping
from typing import Any

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, require_callable
from gradlab.check.lab_05_descent.draws import random_bowl, random_rate, random_start
from gradlab.check.lab_05_descent.histories import History, Mistake, common_mistakes
from gradlab.check.lab_05_descent.loops import check_loop

_ROUNDS = 5
Options = Mapping[str, Any]


@announced
def loop_by_optimiser(
    function: Function,
    *,
    on: Function | None = None,
    name: str | None = None,
    options: Options | None = None,
    steps: int = _ROUNDS,
) -> None:
    """Check a function ``train_with(name, options, loss, start, steps)`` that returns the parameters and the losses.

    Args:
        function: the student's.
        on: a loss of as many parameters as wished up to three, (3,) → (); by default a random bowl.
        name: an optimiser; by default SGD, then Adam, then SGD with momentum.
        options: its options, of which one is ``lr``.
        steps: how many steps.

    Raises:
        NotYet: the parameters or the losses are not right.
    """
    require_callable(function)
    rate = random_rate()
    cases: list[tuple[str, Options]] = [
        ("SGD", {"lr": rate}),
        # A memory that is lost in each round makes momentum vanish, but leaves something else of Adam than SGD.
        ("Adam", {"lr": 4 * rate, "betas": (0.8, 0.9)}),
        ("SGD", {"lr": rate, "momentum": 0.5 + 5 * rate}),
    ]
    for kind, chosen in cases if name is None else [(name, {} if options is None else options)]:
        _check(function, random_bowl() if on is None else on, kind, chosen, steps)


def _check(function: Function, loss: Function, name: str, options: Options, steps: int) -> None:
    start = random_start(loss)
    right = _trained(loss, start, steps, name, options)
    check_loop(
        lambda f, count, given: function(name, dict(options), f, given, count),
        loss,
        start,
        right,
        lambda: _mistakes(loss, start, steps, name, options, right),
    )


def _trained(
    loss: Function,
    start: torch.Tensor,
    steps: int,
    name: str,
    options: Options,
    *,
    empties: bool = True,
    anew: bool = False,
    step_at: str = "end",
    times: int = 1,
    sign: float = 1,
) -> History:
    """Train with an optimiser, rightly or with a known mistake.

    Args:
        loss: the loss.
        start: the parameters to begin with.
        steps: how many rounds to make.
        name: the optimiser.
        options: its options.
        empties: whether `.grad` is emptied in each round.
        anew: whether the optimiser is made again in each round.
        step_at: where in a round the step is made: at its end, at its beginning, or in the middle, before backward.
        times: how many steps are made at the end of a round.
        sign: what the loss is multiplied by.
    """
    theta = start.detach().clone().requires_grad_()
    optimiser = _make(name, theta, options)
    losses = []
    with torch.enable_grad():
        for _ in range(steps):
            if step_at == "beginning":
                optimiser.step()
            if empties and step_at != "middle":
                optimiser.zero_grad()
            value = sign * loss(theta)
            losses.append(sign * value.detach().to(torch.float64))
            if step_at == "middle":
                optimiser.step()
                optimiser.zero_grad()
            value.backward()
            if anew:
                optimiser = _make(name, theta, options)
            if step_at == "end":
                for _time in range(times):
                    optimiser.step()
    return History(theta.detach().to(torch.float64), torch.stack(losses))


def _make(name: str, theta: torch.Tensor, options: Options) -> torch.optim.Optimizer:
    made: torch.optim.Optimizer = getattr(torch.optim, name)([theta], **options)
    return made


def _mistakes(
    loss: Function, start: torch.Tensor, steps: int, name: str, options: Options, right: History
) -> Iterator[Mistake]:
    only_rate = {"lr": options["lr"]} if "lr" in options else {}

    def trained(kind: str = name, chosen: Options = options, **changes: Any) -> History:  # noqa: ANN401 - flags
        return _trained(loss, start, steps, kind, chosen, **changes)

    yield "missing-zero-grad", "loop-grows", trained(empties=False)
    yield "optimiser-made-anew", "optimiser-made-anew", trained(anew=True)
    yield "step-before-backward", "optimiser-step-first", trained(step_at="beginning")
    yield "step-before-backward", "optimiser-step-first", trained(step_at="middle")
    if name != "SGD":
        yield "other-optimiser", "optimiser-always-sgd", trained("SGD", only_rate)
    if name != "Adam":
        yield "other-optimiser", "optimiser-always-adam", trained("Adam", only_rate)
    yield "options-ignored", "optimiser-only-rate", trained(name, only_rate)
    yield "too-many-steps", "optimiser-two-steps", trained(times=2)
    yield "ascent-sign", "loop-uphill", trained(sign=-1)
    if name != "SGD" or "momentum" not in options:
        yield "options-ignored", "optimiser-no-options", trained(name, {})
    yield from common_mistakes(loss, start, steps, right)
