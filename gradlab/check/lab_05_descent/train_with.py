"""The check of a training loop that leaves the step to an optimiser of torch (train-with)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, require_callable
from gradlab.check.known_mistakes import KnownMistake
from gradlab.check.lab_05_descent.random_problems import random_bowl, random_rate, random_start
from gradlab.check.lab_05_descent.train import check_loop, require_all_steps
from gradlab.check.lab_05_descent.training_history import History, common_mistakes

Options = Mapping[str, Any]


@announced
def loop_by_optimiser(
    function: Function,
    *,
    on: Function | None = None,
    name: str | None = None,
    options: Options | None = None,
    steps: int = 5,
) -> None:
    """Check a function ``train_with(name, options, loss, start, steps)`` that returns the parameters and the losses.

    Args:
        function: the student's.
        on: a loss of as many parameters as wished up to three, (3,) → (); by default a random bowl.
        name: an optimiser; by default SGD, then Adam, then SGD with momentum.
        options: its options, of which one is ``lr``.
        steps: how many steps.
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
    if on is None and name is None:
        require_all_steps(lambda f, count, given: function("SGD", {"lr": rate}, f, given, count), steps)


def _check(function: Function, loss: Function, name: str, options: Options, steps: int) -> None:
    training = _Training(loss, random_start(loss), steps, name, options)
    right = training.history()
    check_loop(
        lambda f, count, given: function(name, dict(options), f, given, count),
        loss,
        training.start,
        right,
        _mistakes(training, right),
    )


@dataclass(frozen=True)
class _Training:
    """A training with an optimiser, right or with a known mistake.

    Attributes:
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

    loss: Function
    start: torch.Tensor
    steps: int
    name: str
    options: Options
    empties: bool = True
    anew: bool = False
    step_at: Literal["beginning", "middle", "end"] = "end"
    times: int = 1
    sign: float = 1

    def history(self) -> History:
        """Train."""
        theta = self.start.detach().clone().requires_grad_()
        optimiser = self._optimiser(theta)
        losses = []
        with torch.enable_grad():
            for _ in range(self.steps):
                if self.step_at == "beginning":
                    optimiser.step()
                if self.empties and self.step_at != "middle":
                    optimiser.zero_grad()
                value = self.sign * self.loss(theta)
                losses.append(self.sign * value.detach().to(torch.float64))
                if self.step_at == "middle":
                    optimiser.step()
                    optimiser.zero_grad()
                value.backward()
                if self.anew:
                    optimiser = self._optimiser(theta)
                if self.step_at == "end":
                    for _time in range(self.times):
                        optimiser.step()
        return History(theta.detach().to(torch.float64), torch.stack(losses))

    def _optimiser(self, theta: torch.Tensor) -> torch.optim.Optimizer:
        made: torch.optim.Optimizer = getattr(torch.optim, self.name)([theta], **self.options)
        return made


def _mistakes(training: _Training, right: History) -> Iterator[KnownMistake[History]]:
    options = training.options
    only_rate = {"lr": options["lr"]} if "lr" in options else {}

    def trained(**changes: Any) -> History:  # noqa: ANN401 - any of its fields
        return replace(training, **changes).history()

    yield KnownMistake("missing-zero-grad", "loop-grows", trained(empties=False))
    yield KnownMistake("optimiser-made-anew", "optimiser-made-anew", trained(anew=True))
    yield KnownMistake("step-before-backward", "optimiser-step-first", trained(step_at="beginning"))
    yield KnownMistake("step-before-backward", "optimiser-step-first", trained(step_at="middle"))
    if training.name != "SGD":
        yield KnownMistake("other-optimiser", "optimiser-always-sgd", trained(name="SGD", options=only_rate))
    if training.name != "Adam":
        yield KnownMistake("other-optimiser", "optimiser-always-adam", trained(name="Adam", options=only_rate))
    yield KnownMistake("options-ignored", "optimiser-only-rate", trained(options=only_rate))
    yield KnownMistake("too-many-steps", "optimiser-two-steps", trained(times=2))
    yield KnownMistake("ascent-sign", "loop-uphill", trained(sign=-1))
    if training.name != "SGD" or "momentum" not in options:
        yield KnownMistake("options-ignored", "optimiser-no-options", trained(options={}))
    yield from common_mistakes(training.loss, training.start, training.steps, right)
