"""A path of gradient descent, followed step by step."""

from dataclasses import dataclass, replace

import torch

from gradlab.check.calls import Function
from gradlab.check.compare import factor
from gradlab.check.derivatives import gradient
from gradlab.check.diagnosis import not_yet
from gradlab.check.lab_06_minimum.derivatives import gradients
from gradlab.check.values import rounded

_STEP_TOLERANCE = 3e-4
_SINGLE_ROUNDING = 1e-6


@dataclass(frozen=True)
class Path:
    """A path with what is needed to judge it.

    Attributes:
        points: float64, shape (steps + 1, …, d); its first entry is known to be the start.
        slopes: the gradient of f at all points but the last, shape (steps, …, d).
        lr: the learning rate.
    """

    points: torch.Tensor
    slopes: torch.Tensor
    lr: float

    @property
    def moves(self) -> torch.Tensor:
        """What each step changed, shape (steps, …, d)."""
        return self.points.diff(dim=0)

    @property
    def expected(self) -> torch.Tensor:
        """What each step should have changed, shape (steps, …, d)."""
        return -self.lr * self.slopes

    @property
    def accumulated(self) -> torch.Tensor:
        """What each step changes if gradients add up, shape (steps, …, d)."""
        return self.expected.cumsum(dim=0)


def path_with_gradients(f: Function, points: torch.Tensor, lr: float) -> Path:
    """Measure the gradients of f along a path."""
    return Path(points, gradients(f, points[:-1]), lr)


def _agree(path: Path, moves: torch.Tensor) -> torch.Tensor:
    """Say for each step whether it is as given, as far as float32 can tell: shape (steps,)."""
    rounding = _SINGLE_ROUNDING * (1 + path.points.abs().max())
    size = moves.abs().flatten(1).amax(dim=1)
    distance = (path.moves - moves).abs().flatten(1).amax(dim=1)
    return distance <= _STEP_TOLERANCE * size + 3 * rounding


def is_descent(path: Path) -> bool:
    """Say whether every step of a path is the learning rate times the gradient at its beginning, downhill."""
    return bool(_agree(path, path.expected).all())


def require_descent(f: Function, path: Path, *, of_ends: bool = False) -> None:
    """Refuse a path that is not that of gradient descent on f.

    Args:
        f: the function.
        path: the path.
        of_ends: whether it was put together from the ends of descents with 0, 1, 2 … steps.

    Raises:
        NotYet: a step is wrong; the path is compared with those of the known mistakes.
    """
    if is_descent(path):
        return
    _refuse_standing(path)
    _refuse_shifted(f, path, of_ends)
    _refuse_standing_parts(path)
    _refuse_accumulation(path)
    _refuse_factor(path)
    _refuse_lengths(path)
    wrong = int((~_agree(path, path.expected)).nonzero()[0])
    if wrong == 0:
        raise not_yet("wrong-first-step", "first-wrong")
    raise not_yet("wrong-step", "later-wrong", before=wrong, step=wrong + 1)


def _refuse_standing(path: Path) -> None:
    if bool((path.moves == 0).all()):
        raise not_yet("stands-still", "stands-still", rows=len(path.points))


def _refuse_shifted(f: Function, path: Path, of_ends: bool) -> None:
    """Find points that are right but one row too late, or the first step made twice."""
    late = replace(path, points=path.points[1:], slopes=path.slopes[1:])
    if bool((path.moves[0] == 0).all()) and is_descent(late):
        raise not_yet("stale-point", "one-step-short" if of_ends else "late-by-one")
    between = path.points[0] + path.expected[0]
    jump = path.moves[0] - path.expected[0]
    if len(path.points) > 1 and is_descent(late) and bool(torch.isfinite(between).all()):
        second = Path(torch.stack([between, between + jump]), gradient(f, between).unsqueeze(0), path.lr)
        if is_descent(second):
            raise not_yet("too-many-steps", "one-step-more")


def _refuse_standing_parts(path: Path) -> None:
    """Find columns, or whole starts, that never move although they should."""
    still = (path.moves == 0).flatten(0, -2).all(dim=0)
    wanted = (path.expected.abs() > 0).flatten(0, -2).any(dim=0)
    columns = (still & wanted).nonzero().flatten().tolist()
    if columns:
        raise not_yet("one-variable-only", "one-column", column=", ".join(f"x{column + 1}" for column in columns))
    if path.moves.ndim > 2:
        resting = (path.moves == 0).all(dim=-1).all(dim=0) & (path.expected != 0).any(dim=-1).any(dim=0)
        count = int(resting.sum())
        if count:
            raise not_yet("some-stand-still", "some-stand-still", count=count, total=resting.numel())


def _refuse_accumulation(path: Path) -> None:
    if len(path.moves) == 1:
        return
    ratio = factor(path.moves, path.accumulated)
    if ratio is None:
        return
    if _near(ratio, -1):
        raise not_yet("ascent-sign", "sum-of-gradients")
    lengths = _lengths(path)
    if _near(ratio, 1) and len(lengths) > 2:
        raise not_yet("missing-zero-grad", "growing", second=rounded(lengths[1]), third=rounded(lengths[2]))
    raise not_yet("missing-zero-grad", "sum-of-gradients")


def _refuse_factor(path: Path) -> None:
    ratio = factor(path.moves, path.expected)
    if ratio is None:
        return
    starts = path.points.shape[1] if path.points.ndim > 2 else 0
    if _near(ratio, -1):
        raise not_yet("ascent-sign", "uphill")
    if starts > 1 and _near(ratio * starts, 1):
        raise not_yet("sum-for-mean", "mean", count=starts)
    if starts > 1 and _near(ratio, starts):
        raise not_yet("sum-for-mean", "count-times", count=starts)
    raise not_yet("scaled-steps", "ratio", ratio=rounded(ratio))


def _refuse_lengths(path: Path) -> None:
    """Find steps that all equal the first, or that have right directions and wrong lengths."""
    first = path.expected[:1].expand_as(path.moves)
    if len(path.moves) > 1 and bool(_agree(path, first).all()):
        raise not_yet("old-gradient", "old-gradient")
    ratios = [factor(move, wanted) for move, wanted in zip(path.moves, path.expected, strict=True)]
    if len(ratios) >= 3 and all(ratio is not None and ratio > 0 for ratio in ratios):
        shown = [rounded(ratio) for ratio in ratios[:3] if ratio is not None]
        raise not_yet("bent-lengths", "lengths", first=shown[0], second=shown[1], third=shown[2])


def _lengths(path: Path) -> list[float]:
    """How many times as long as it should be each step is."""
    wanted = path.expected.flatten(1).norm(dim=1).clamp_min(1e-12)
    return [float(length) for length in path.moves.flatten(1).norm(dim=1) / wanted]


def _near(value: float, wanted: float) -> bool:
    return abs(value - wanted) <= 1e-2 * abs(wanted)
