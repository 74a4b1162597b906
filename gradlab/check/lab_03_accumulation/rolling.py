"""The check of one step of a loop that never empties its bucket."""

from collections.abc import Iterator

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, call_plain, require_callable, require_unchanged
from gradlab.check.compare import close
from gradlab.check.diagnosis import not_yet
from gradlab.check.values import is_tensor, kind_of, numbers, require_finite, require_shape
from gradlab.check.variants import Variant, agree

Tensor = torch.Tensor


@announced
def rolling(function: Function, *, steps: int = 5, d: int = 2) -> None:
    """Check a function ``rolling_step(w, v, g, lr)`` that returns the next point and what to remember.

    Only the points are compared: what is remembered may be the bucket, or the bucket times the rate with either sign.

    Args:
        function: the student's.
        steps: how many steps to follow.
        d: the number of coordinates.

    Raises:
        NotYet: the points are not those of the forgetful loop.
    """
    require_callable(function)
    start = torch.randn(d, dtype=torch.float64)
    slopes = torch.randn(steps, d, dtype=torch.float64) + 2
    lr = 0.05 + 0.1 * float(torch.rand(()))
    point, memory = start, torch.zeros(d, dtype=torch.float64)
    moves: list[Tensor] = []
    for slope in slopes:
        given = [point.clone(), memory.clone(), slope.clone()]
        following, memory_after = _step(function, given, lr, d)
        for name, before, after in zip(("`w`", "`v`", "`g`"), (point, memory, slope), given, strict=True):
            require_unchanged(name, before, after)
        if not moves and close(memory_after, point - lr * slope) and close(following, slope):
            raise not_yet("acc-swapped", "acc-swapped")
        moves.append(following - point)
        point, memory = following, memory_after
    right = -lr * slopes.cumsum(dim=0)
    agree(torch.stack(moves), right, _mistakes(slopes, lr), given=f"the moves of {steps} steps", shape=(d,))


def _step(function: Function, given: list[Tensor], lr: float, d: int) -> tuple[Tensor, Tensor]:
    result = call_plain(function, *given, lr)
    if result is None:
        raise not_yet("returns-nothing", "returns-nothing")
    pair = issubclass(type(result), tuple | list) and len(result) == 2  # type: ignore[arg-type]
    if not (pair or (is_tensor(result) and tuple(result.shape) == (2, d))):  # type: ignore[attr-defined]
        raise not_yet("acc-pair", "acc-pair", kind=kind_of(result))
    following, memory = (numbers(part) for part in result)  # type: ignore[attr-defined]
    for part in (following, memory):
        require_shape(part, (d,), (d,))
        require_finite(part)
    return following, memory


def _mistakes(slopes: Tensor, lr: float) -> Iterator[Variant]:
    sums = slopes.cumsum(dim=0)
    yield Variant("acc-no-memory", "acc-no-memory", -lr * slopes)
    yield Variant("acc-old-bucket", "acc-old-bucket", -lr * (sums - slopes))
    yield Variant("ascent-sign", "acc-rolls-up", lr * sums)
    yield Variant("acc-twice-poured", "acc-twice-poured", -lr * (sums + slopes))
    yield Variant("acc-rate-missing", "acc-rate-missing", -sums)
    yield Variant("acc-rate-missing", "acc-rate-twice", -lr * lr * sums)
    yield Variant("acc-no-memory", "acc-first-remembered", -lr * slopes[:1].expand_as(slopes))
    for share in (0.5, 0.9, 0.99):
        yield Variant("acc-friction", "acc-friction", -lr * _kept(slopes, share, 1.0))
        yield Variant("acc-friction", "acc-friction", -lr * _kept(slopes, share, 1 - share))


def _kept(slopes: Tensor, share: float, fresh: float) -> Tensor:
    """Buckets that keep a share of what they held, and take a share of the fresh gradient."""
    held, kept = torch.zeros_like(slopes[0]), []
    for slope in slopes:
        held = share * held + fresh * slope
        kept.append(held)
    return torch.stack(kept)
