"""What a training loop gives back, the parameters and the losses, computed for right and for wrong loops."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import torch

from gradlab.check.calls import Function
from gradlab.check.compare import close
from gradlab.check.derivatives import gradient
from gradlab.check.diagnosis import NotYet, not_yet
from gradlab.check.known_mistakes import KnownMistake, refuse_known
from gradlab.check.values import is_tensor, kind_of, numbers, require_finite, require_shape, shape_text

_TOLERANCE = 3e-4
_FACTORS = (2.0, 0.5, -0.5)
_WRITTEN_IN = (0.1, 0.01, 0.001)
"""Learning rates that are likely to stand in the code in place of the one that is given."""

Rule = Callable[[Sequence[torch.Tensor]], torch.Tensor]
"""How far the parameters move, computed from all gradients so far."""


@dataclass(frozen=True)
class History:
    """What a training loop gives back.

    Attributes:
        theta: the parameters after the last step, (d,), float64.
        losses: the loss before each step, (steps,), float64.
    """

    theta: torch.Tensor
    losses: torch.Tensor


def value_of(loss: Function, theta: torch.Tensor) -> torch.Tensor:
    """The loss at one point as a float64 tensor ()."""
    return numbers(loss(theta.detach())).reshape(())


def train_by_rule(loss: Function, start: torch.Tensor, steps: int, rule: Rule) -> History:
    """Train by a rule."""
    theta, slopes, losses = start.detach().to(torch.float64), [], []
    for _ in range(steps):
        losses.append(value_of(loss, theta))
        slopes.append(gradient(loss, theta))
        theta = theta + rule(slopes)
    return History(theta, torch.stack(losses))


def descent_rule(lr: float) -> Rule:
    """The rule of gradient descent."""
    return lambda slopes: -lr * slopes[-1]


def summed_rule(lr: float) -> Rule:
    """The rule of gradient descent that never empties `.grad`."""
    return lambda slopes: -lr * torch.stack(list(slopes)).sum(dim=0)


def losses_after_steps(loss: Function, right: History) -> torch.Tensor:
    """The losses, each after its step."""
    return torch.cat([right.losses[1:], value_of(loss, right.theta).reshape(1)])


def common_mistakes(loss: Function, start: torch.Tensor, steps: int, right: History) -> Iterator[KnownMistake[History]]:
    """Mistakes of any training loop, whatever the rule of its step."""
    begin = start.to(torch.float64)
    constant = right.losses[:1].expand(steps)
    yield KnownMistake("stale-point", "loop-losses-late", History(right.theta, losses_after_steps(loss, right)))
    yield KnownMistake("stands-still", "loop-stands-still", History(begin, constant))
    yield KnownMistake("start-returned", "loop-start-returned", History(begin, right.losses))
    yield KnownMistake("stale-point", "loop-losses-late", History(begin, losses_after_steps(loss, right)))


def descent_mistakes(
    loss: Function, start: torch.Tensor, lr: float, steps: int, right: History
) -> Iterator[KnownMistake[History]]:
    """Mistakes of plain gradient descent, the likeliest first."""

    def trained(rule: Rule, count: int = steps) -> History:
        return train_by_rule(loss, start, count, rule)

    summed = trained(summed_rule(lr))
    yield KnownMistake("missing-zero-grad", "loop-grows", summed)
    yield KnownMistake("missing-zero-grad", "loop-grows", History(summed.theta, losses_after_steps(loss, summed)))
    yield KnownMistake("ascent-sign", "loop-uphill", trained(descent_rule(-lr)))
    yield KnownMistake("ascent-sign", "loop-uphill", trained(summed_rule(-lr)))
    yield from common_mistakes(loss, start, steps, right)
    for mask in parameter_masks(start):
        yield KnownMistake(
            "one-variable-only",
            "loop-one-variable",
            trained(
                lambda slopes, mask=mask: -lr * mask * slopes[-1]  # type: ignore[misc]
            ),
        )
    yield KnownMistake("old-gradient", "loop-old-gradient", trained(lambda slopes: -lr * slopes[0]))
    yield KnownMistake(
        "too-many-steps", "loop-step-more", History(trained(descent_rule(lr), steps + 1).theta, right.losses)
    )
    if steps > 1:
        yield KnownMistake(
            "too-few-steps", "loop-step-fewer", History(trained(descent_rule(lr), steps - 1).theta, right.losses)
        )
    for factor in (*_FACTORS, len(start), 1 / len(start), lr, *(rate / lr for rate in _WRITTEN_IN)):
        yield KnownMistake("scaled-steps", "loop-scaled", trained(descent_rule(factor * lr)))


def parameter_masks(start: torch.Tensor) -> Iterator[torch.Tensor]:
    """Masks with one parameter alone, and with all but one: shape (d,)."""
    for row in torch.eye(len(start), dtype=torch.float64):
        yield row
        yield 1 - row


def read_history(result: object, start: torch.Tensor, steps: int) -> History:
    """Take a result apart.

    Args:
        result: anything; a pair of parameters and losses is accepted.
        start: the parameters that the loop began with, (d,).
        steps: how many steps it was to make.

    Raises:
        NotYet: it is something else, or it is watched by autograd.
    """
    if result is None:
        raise not_yet("returns-nothing", "returns-nothing")
    parts = _parts(result)
    if len(parts) != 2:
        raise not_yet("wrong-kind", "loop-pair", kind=kind_of(result))
    theta, losses = (numbers(part) for part in parts)
    # A student may keep a single weight as a plain number.
    theta = theta.reshape(1) if theta.ndim == 0 and len(start) == 1 else theta
    if len(start) != steps and theta.numel() == steps and losses.shape == start.shape:
        raise not_yet("results-swapped", "loop-swapped")
    if theta.shape == (steps + 1, len(start)):
        raise not_yet("whole-path", "whole-path", rows=steps + 1, steps=steps)
    require_shape(theta, start.shape, start.shape)
    if losses.shape != (steps,):
        raise not_yet("losses-miscounted", "loop-loss-count", steps=steps, shape=shape_text(losses.shape))
    require_finite(theta)
    require_finite(losses)
    return History(theta, losses)


def require_untracked(result: object) -> None:
    """Refuse parameters or losses that autograd still watches; `read_history` has accepted the result."""
    theta, losses = _parts(result)
    if _tracked(theta):
        raise not_yet("still-tracked", "loop-theta-tracked")
    if any(_tracked(entry) for entry in [losses, *_parts(losses)]):
        raise not_yet("still-tracked", "loop-losses-tracked")


def _parts(value: object) -> list[object]:
    """The entries of a list or a tuple; none of anything else."""
    if not issubclass(type(value), tuple | list):
        return []
    entries: Sequence[object] = value  # type: ignore[assignment]
    try:
        return list(entries)
    except Exception:  # noqa: BLE001 - a subclass of a list may do anything
        return []


def _tracked(value: object) -> bool:
    return is_tensor(value) and bool(getattr(value, "requires_grad", False))


def _fits(found: History, other: History) -> bool:
    return close(found.theta, other.theta, _TOLERANCE) and close(found.losses, other.losses, _TOLERANCE)


def require_history(found: History, right: History, mistakes: Iterable[KnownMistake[History]]) -> None:
    """Refuse a history that is not right, with the reason if it is a known one."""
    if _fits(found, right):
        return
    refuse_known(mistakes, lambda other: _fits(found, other) and not _fits(other, right))
    raise _first_difference(found, right)


def _first_difference(found: History, right: History) -> NotYet:
    scale = max(float(right.losses.abs().max()), 1e-3)
    wrong = ((found.losses - right.losses).abs() > _TOLERANCE * scale).nonzero().flatten().tolist()
    if not wrong:
        return not_yet("other-parameters", "loop-theta-wrong")
    if wrong[0] == 0:
        return not_yet("other-first-loss", "loop-first-loss")
    if close(found.losses, found.losses[:1].expand_as(found.losses)):
        return not_yet("rounds-alike", "loop-constant")
    if wrong[0] == 1:
        return not_yet("wrong-first-step", "loop-second-loss")
    return not_yet("wrong-step", "loop-later-loss", number=wrong[0] + 1)
