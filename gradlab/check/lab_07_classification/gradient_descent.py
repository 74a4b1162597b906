"""Full-batch gradient descent of a classifier: as it should be, and as each known mistake makes it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from gradlab import words
from gradlab.check.calls import call
from gradlab.check.compare import close
from gradlab.check.diagnosis import NotYet, not_yet
from gradlab.check.known_mistakes import KnownMistake, agree
from gradlab.check.lab_07_classification.sample_functions import mean_loss
from gradlab.check.values import numbers, require_finite, require_shape

Tensor = torch.Tensor
Model = Callable[[Tensor, list[Tensor]], Tensor]
Loss = Callable[[Tensor, Tensor], Tensor]
_WRITTEN_IN = (0.5, 0.1, 0.01, 0.001)
"""Learning rates that are likely to stand in the code in place of the one that is given; torch's own is the last."""


def _mean_loss_of_probabilities(logits: Tensor, labels: Tensor) -> Tensor:
    """The cross-entropy of probabilities that are taken for logits."""
    return mean_loss(torch.softmax(logits, dim=1), labels)


@dataclass(frozen=True)
class Training:
    """A training, and what may be different in it.

    Attributes:
        model: maps examples and parameters to logits.
        start: the parameters to begin with, float64.
        x: the examples, float64.
        labels: their classes.
        lr: the learning rate.
        steps: how many steps.
        loss: what is minimised.
        factor: what each step is multiplied by.
        accumulates: the numbers of the parameters whose gradients add up.
        resting: the numbers of the parameters that never move.
        optimiser: makes an optimiser of torch's, instead of plain descent.
    """

    model: Model
    start: Sequence[Tensor]
    x: Tensor
    labels: Tensor
    lr: float
    steps: int
    loss: Loss = mean_loss
    factor: float = 1.0
    accumulates: tuple[int, ...] = ()
    resting: tuple[int, ...] = ()
    optimiser: Callable[..., Any] | None = None

    def end(self) -> Tensor:
        """All parameters after the last step, one after the other in one vector."""
        leaves = [each.detach().clone().requires_grad_() for each in self.start]
        optimiser = None if self.optimiser is None else self.optimiser(leaves, lr=self.lr)
        sums = [torch.zeros_like(each) for each in self.start]
        for _ in range(self.steps):
            slopes = torch.autograd.grad(self.loss(self.model(self.x, leaves), self.labels), leaves)
            pairs = enumerate(zip(sums, slopes, strict=True))
            sums = [old + new if number in self.accumulates else new for number, (old, new) in pairs]
            if optimiser is not None:
                for leaf, slope in zip(leaves, slopes, strict=True):
                    leaf.grad = slope
                optimiser.step()
                continue
            with torch.no_grad():
                for number, (leaf, slope) in enumerate(zip(leaves, sums, strict=True)):
                    if number not in self.resting:
                        leaf.sub_(self.lr * self.factor * slope)
        return flatten(leaves)


def flatten(parameters: Sequence[Tensor]) -> Tensor:
    """All numbers of the parameters in one vector."""
    return torch.cat([each.detach().reshape(-1) for each in parameters])


def require_end(
    result: object, training: Training, names: Sequence[str], *, without_steps: Callable[[], object] | None = None
) -> None:
    """Refuse parameters that are not those at the end of a training.

    Args:
        result: the parameters in a tuple or a list; if the training has one only, that one.
        training: the right one.
        names: what the parameters are called.
        without_steps: runs the student's training without a step, if the student chooses where it begins.

    Raises:
        NotYet: they are not.
    """
    found = split(result, len(training.start))
    for values, right in zip(found, training.start, strict=True):
        require_shape(values, right.shape, training.x.shape)
        require_finite(values)
    if without_steps is not None and not close(flatten(found), training.end()):
        _require_beginning(without_steps, training)
    agree(
        flatten(found),
        training.end(),
        _mistakes(training, names),
        given=words.FRAGMENTS["steps-on-random-examples"].format(steps=training.steps),
    )


def _require_beginning(without_steps: Callable[[], object], training: Training) -> None:
    """Refuse a training that does not begin where it should; one that can't do without a step says nothing."""
    try:
        found = flatten(split(call(without_steps), len(training.start)))
    except NotYet:
        return
    if not close(found, flatten(training.start)):
        raise not_yet("class-other-beginning", "class-other-beginning")


def split(result: object, count: int) -> list[Tensor]:
    """Take a result apart into so many tensors."""
    if count == 1 or result is None:
        return [numbers(result)]
    if not issubclass(type(result), tuple | list) or len(result) != count:  # type: ignore[arg-type]
        raise not_yet("class-parts", "class-parts", count=count)
    return [numbers(part) for part in result]  # type: ignore[attr-defined]


def _mistakes(training: Training, names: Sequence[str]) -> Iterator[KnownMistake[Tensor]]:
    count = len(training.labels)
    classes = training.model(training.x, list(training.start)).shape[1]
    every = tuple(range(len(names)))

    def end(**changes: Any) -> Tensor:  # noqa: ANN401 - any of its fields
        return replace(training, **changes).end()

    yield KnownMistake("class-nothing-moves", "class-nothing-moves", flatten(training.start))
    if training.steps > 1:
        yield KnownMistake("missing-zero-grad", "class-adding-up", end(accumulates=every))
    yield KnownMistake("ascent-sign", "class-uphill", end(factor=-1.0))
    yield KnownMistake("logits-twice", "class-trained-twice", end(loss=_mean_loss_of_probabilities))
    yield KnownMistake("sum-for-mean", "class-steps-summed", end(factor=float(count)), {"count": count})
    yield KnownMistake("sum-for-mean", "class-steps-averaged", end(factor=1 / count), {"count": count})
    yield KnownMistake("sum-for-mean", "class-steps-over-table", end(factor=1 / classes), {"classes": classes})
    if len(names) > 1:
        for number, name in enumerate(names):
            yield KnownMistake("class-parameter-rests", "class-rests", end(resting=(number,)), {"name": name})
        for number, name in enumerate(names):
            others = tuple(other for other in range(len(names)) if other != number)
            yield KnownMistake("class-parameter-rests", "class-moves-alone", end(resting=others), {"name": name})
    yield KnownMistake("too-many-steps", "class-step-more", end(steps=training.steps + 1))
    if training.steps > 1:
        yield KnownMistake("class-too-few-steps", "class-step-less", end(steps=training.steps - 1))
        yield KnownMistake("class-too-few-steps", "class-only-one", end(steps=1))
        yield KnownMistake(
            "missing-zero-grad", "class-adding-up-twice", end(loss=_mean_loss_of_probabilities, accumulates=every)
        )
        yield KnownMistake("ascent-sign", "class-uphill", end(factor=-1.0, accumulates=every))
        for number, name in enumerate(names if len(names) > 1 else ()):
            placeholders = {"name": name}
            yield KnownMistake("missing-zero-grad", "class-adding-up-one", end(accumulates=(number,)), placeholders)
        yield KnownMistake("class-other-optimiser", "class-momentum", end(optimiser=_with_momentum))
    yield KnownMistake("class-other-optimiser", "class-adam", end(optimiser=torch.optim.Adam))
    for rate in _WRITTEN_IN:
        yield KnownMistake("scaled-steps", "class-own-rate", end(lr=rate))


def _with_momentum(leaves: list[Tensor], lr: float) -> torch.optim.Optimizer:
    return torch.optim.SGD(leaves, lr=lr, momentum=0.9)
