"""The checks of the squared error of a line: its gradient (line-gradient), its largest rate (limits), its fit (fit)."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from gradlab import words
from gradlab.check.box import announced
from gradlab.check.calls import Function, call_plain, require_callable, require_unchanged
from gradlab.check.compare import close
from gradlab.check.diagnosis import NotYet, not_yet
from gradlab.check.forbidden import AUTOGRAD, without
from gradlab.check.known_mistakes import KnownMistake, agree, refuse_known
from gradlab.check.lab_05_descent.random_problems import generator
from gradlab.check.values import kind_of, numbers, require_finite, require_shape, rounded

_LIMIT_TOLERANCE = 1e-3
_FIT_TOLERANCE = 1e-4
_EXAMPLES = 9


@announced
def line_gradient(function: Function, *, count: int = 6) -> None:
    """Check a function ``line_gradient(theta, x, y)`` that returns the gradient of the mean squared error of a line.

    Args:
        function: the student's: parameters (2,), inputs (n,), targets (n,) → gradient (2,).
        count: how many examples to draw.
    """
    require_callable(function)
    for _ in range(2):
        draw = generator()
        theta, x, y = draw.uniform(0.5, 2, size=2), draw.uniform(-1, 4, size=count), draw.uniform(-3, 3, size=count)
        kept = [torch.from_numpy(part.copy()) for part in (theta, x, y)]
        with without(AUTOGRAD):
            result = call_plain(function, theta, x, y)
        expected, *_ = _line_gradient(*kept)
        agree(
            result,
            expected,
            _gradient_mistakes(*kept),
            given=words.FRAGMENTS["random-data"],
            shape=(count,),
            kind="array",
        )
        for name, before, after in zip(("`theta`", "`x`", "`y`"), kept, (theta, x, y), strict=True):
            require_unchanged(name, before, torch.from_numpy(np.asarray(after)))


def _line_gradient(theta: torch.Tensor, x: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The gradient of the mean, and the residuals."""
    residual = theta[0] * x + theta[1] - y
    return torch.stack([(2 * residual * x).mean(), (2 * residual).mean()]), residual


def _gradient_mistakes(theta: torch.Tensor, x: torch.Tensor, y: torch.Tensor) -> Iterator[KnownMistake[torch.Tensor]]:
    right, residual = _line_gradient(theta, x, y)
    along_w, along_b = right
    count, zero = len(x), torch.zeros_like(along_w)
    table = 2 * (theta[0] * x + theta[1])[:, None] - 2 * y

    def pair(first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
        return torch.stack([first, second])

    placeholders = {"count": count}
    yield KnownMistake("sum-for-mean", "line-summed", right * count, placeholders)
    yield KnownMistake("sum-for-mean", "line-divided-twice", right / count, placeholders)
    yield KnownMistake("scalar-averaged", "line-scalar-averaged", pair(along_w * count, along_b), placeholders)
    yield KnownMistake("sum-for-mean", "line-second-summed", pair(along_w, along_b * count), placeholders)
    yield KnownMistake("missing-inner-derivative", "line-without-inputs", pair(along_b, along_b))
    yield KnownMistake("missing-inner-derivative", "line-without-inputs", pair(along_b, along_b) / 2)
    yield KnownMistake("missing-inner-derivative", "line-inputs-in-both", pair(along_w, along_w))
    yield KnownMistake("swapped-components", "line-swapped", right.flip(0))
    yield KnownMistake("one-variable-only", "line-one-zero", pair(along_w, zero))
    yield KnownMistake("one-variable-only", "line-one-zero", pair(zero, along_b))
    yield KnownMistake("product-of-means", "line-product-of-means", pair(2 * x.mean() * residual.mean(), along_b))
    yield KnownMistake("broadcast-residual", "line-table", pair((table * x).mean(), table.mean()))
    yield KnownMistake("broadcast-residual", "line-table", pair((table * x[:, None]).mean(), table.mean()))
    yield KnownMistake("missing-inner-derivative", "line-no-two", pair(along_w / 2, along_b))
    yield KnownMistake("missing-inner-derivative", "line-no-two", pair(along_w, along_b / 2))
    yield KnownMistake("opposite-sign", "line-one-negated", pair(-along_w, along_b))
    yield KnownMistake("opposite-sign", "line-one-negated", pair(along_w, -along_b))


@announced
def stable_rate(function: Function, *, count: int = 7) -> None:
    """Check a function ``limits(x)`` that returns 2/λmax and the condition number for the squared error of a line.

    Args:
        function: the student's: inputs (n,) → two numbers.
        count: how many inputs to draw.
    """
    require_callable(function)
    draw = generator()
    x = draw.uniform(0.7, 1.5) + draw.uniform(0.6, 1.2) * draw.permuted(torch.linspace(-1, 1, count).double().numpy())
    given = x.copy()
    result = call_plain(function, given)
    if _is_other_kind(result):
        raise not_yet("wrong-kind", "limits-pair", kind=kind_of(result))
    found = _two_numbers(result, count)
    require_finite(found)
    require_unchanged("`x`", torch.from_numpy(x), torch.from_numpy(given))
    table = torch.stack([torch.from_numpy(x), torch.ones(count, dtype=torch.float64)], dim=1)
    low, high = torch.linalg.eigvalsh(2 * table.T @ table / count).tolist()
    rate, condition = found.tolist()
    if _near_limit(rate, high / low) and _near_limit(condition, 2 / high):
        raise not_yet("results-swapped", "limits-swapped")
    _require_limit(rate, 2 / high, _wrong_rates(low, high, table, count), "limits-rate")
    _require_limit(condition, high / low, _wrong_conditions(low, high), "limits-condition")


def _is_other_kind(result: object) -> bool:
    return result is not None and not issubclass(type(result), tuple | list) and numbers(result).numel() != 2


def _two_numbers(result: object, count: int) -> torch.Tensor:
    """Convert a result for `count` examples that must be two numbers."""
    found = numbers(result)
    found = found.reshape(2) if found.shape == (2, 1) else found
    require_shape(found, (2,), (count,))
    return found


def _near_limit(value: float, wanted: float) -> bool:
    one, other = (torch.tensor([number], dtype=torch.float64) for number in (value, wanted))
    return close(one, other, _LIMIT_TOLERANCE)


def _require_limit(value: float, wanted: float, mistakes: Iterator[KnownMistake[float]], observation: str) -> None:
    if _near_limit(value, wanted):
        return
    refuse_known(mistakes, lambda number: _near_limit(value, number))
    raise not_yet("wrong-limit", observation, percent=rounded(100 * abs(value / wanted - 1)))


def _wrong_rates(low: float, high: float, table: torch.Tensor, count: int) -> Iterator[KnownMistake[float]]:
    squares = float((table[:, 0] ** 2).mean())
    yield KnownMistake("other-curvature", "limits-least-curved", 2 / low)
    yield KnownMistake("other-curvature", "limits-half", 1 / high)
    yield KnownMistake("other-curvature", "limits-eigenvalue", high)
    yield KnownMistake("bias-left-out", "limits-one-parameter", 1 / squares)
    yield KnownMistake("sum-for-mean", "limits-summed", 2 / (count * high))
    yield KnownMistake("constant-factor", "limits-no-two", 4 / high)
    yield KnownMistake("sum-for-mean", "limits-summed", 4 / (count * high))
    yield KnownMistake("other-curvature", "limits-trace", 2 / (low + high))
    yield KnownMistake("other-curvature", "limits-both", 2 / (high**2))
    yield KnownMistake("other-curvature", "limits-singular", 2 / float(torch.linalg.svdvals(table)[0]))


def _wrong_conditions(low: float, high: float) -> Iterator[KnownMistake[float]]:
    yield KnownMistake("other-condition", "limits-upside-down", low / high)
    yield KnownMistake("condition-of-table", "limits-root", (high / low) ** 0.5)
    yield KnownMistake("other-condition", "limits-largest", high)
    yield KnownMistake("other-condition", "limits-product", high * low)
    yield KnownMistake("other-condition", "limits-difference", high - low)
    yield KnownMistake("bias-left-out", "limits-one-parameter", 1.0)
    yield KnownMistake("other-condition", "limits-squared", (high / low) ** 2)


@announced
def scaled_fit(function: Function, *, centre: float = 60.0, spread: float = 15.0) -> None:
    """Check a function ``fit(x, y)`` that returns w and b of the line with the least squared error.

    How the function scales and trains is not checked: the result is compared with the exact solution.

    Args:
        function: the student's: inputs (n,), targets (n,) → two numbers.
        centre: about the mean of the inputs to draw.
        spread: about their standard deviation.
    """
    require_callable(function)
    draw = generator()
    x = centre + spread * draw.uniform(0.8, 1.2) * (torch.linspace(-1.5, 1.5, _EXAMPLES).double().numpy())
    x = x + spread * draw.uniform(-0.2, 0.2, size=_EXAMPLES)
    z = (x - x.mean()) / x.std()
    y = draw.uniform(8, 16) + draw.uniform(3, 6) * z + draw.uniform(-1, 1, size=_EXAMPLES)
    given_x, given_y = x.copy(), y.copy()
    result = call_plain(function, given_x, given_y)
    if _is_other_kind(result):
        raise not_yet("wrong-kind", "fit-pair", kind=kind_of(result))
    found = _two_numbers(result, _EXAMPLES)
    require_unchanged("`x`", torch.from_numpy(x), torch.from_numpy(given_x))
    require_unchanged("`y`", torch.from_numpy(y), torch.from_numpy(given_y))
    line = _Line(float(x.mean()), float(x.std()), float((z * y).mean()), float(y.mean()), float(y.std()))
    try:
        line.require(*found.tolist())
    except NotYet as refused:
        if refused.diagnosis.misconception == "lr-too-low" and _right_for_spread_of_one(function, z, y):
            raise not_yet("spread-other", "fit-spread-other", spread=rounded(float(x.std()))) from refused
        raise


def _right_for_spread_of_one(function: Function, z: np.ndarray, y: np.ndarray) -> bool:
    """Say whether a fit is right where the inputs have spread 1, as their variance has."""
    line = _Line(3.0, 1.0, float((z * y).mean()), float(y.mean()), float(y.std()))
    try:
        line.require(*_two_numbers(call_plain(function, z + 3, y.copy()), _EXAMPLES).tolist())
    except NotYet:
        return False
    return True


@dataclass(frozen=True)
class _Line:
    """The exact line, and what is known about the data.

    Attributes:
        mean: the mean m of the inputs.
        spread: their standard deviation s.
        slope: the slope v for standardised inputs.
        height: the height c for standardised inputs.
        spread_of_targets: the standard deviation of the targets.
    """

    mean: float
    spread: float
    slope: float
    height: float
    spread_of_targets: float

    @property
    def parameters(self) -> tuple[float, float]:
        """The parameters w and b for the original inputs."""
        w = self.slope / self.spread
        return w, self.height - w * self.mean

    def near(self, found: tuple[float, float], other: tuple[float, float]) -> bool:
        """Compare two lines; b is a small difference of large numbers where the mean is large."""
        (w, b), (other_w, other_b) = found, other
        scale = abs(other_b) + abs(other_w * self.mean)
        return abs(w - other_w) <= _FIT_TOLERANCE * abs(other_w) and abs(b - other_b) <= _FIT_TOLERANCE * scale

    def require(self, w: float, b: float) -> None:
        """Refuse another line than the exact one, with the reason if it is a known one."""
        if self.near((w, b), self.parameters):
            return
        refuse_known(self.mistakes(), lambda other: self.near((w, b), other))
        slope, height = w * self.spread, b + w * self.mean
        # Squares of what has blown up would be too large for a number.
        error, begun = math.hypot(slope - self.slope, height - self.height), math.hypot(self.slope, self.height)
        # Every comparison with NaN is false: negated, this condition holds for NaN, too.
        if not error <= 100 * begun:
            raise not_yet("lr-too-high", "fit-far-away")
        off = abs(w / self.parameters[0] - 1)
        if off <= _FIT_TOLERANCE:
            raise not_yet("unlike-numbers", "fit-bias-other")
        if error < begun and height < 1.3 * self.height:
            # A descent from zero can stand there: better than nothing, and never beyond.
            raise not_yet("lr-too-low", "fit-not-there", share=rounded(100 * error / begun))
        raise not_yet("unlike-numbers", "fit-other", w=rounded(100 * off))

    def mistakes(self) -> Iterator[KnownMistake[tuple[float, float]]]:
        """What known mistakes give for w and b."""
        v, c, m, s = self.slope, self.height, self.mean, self.spread
        sample = s * (_EXAMPLES / (_EXAMPLES - 1)) ** 0.5
        w, b = self.parameters
        yield KnownMistake("results-swapped", "fit-swapped", (b, w))
        for spread, found in ((s, v), (sample, v * sample / s)):
            yield KnownMistake("scaled-parameters", "fit-scaled", (found, c))
            yield KnownMistake("scaled-parameters", "fit-scaled-swapped", (c, found))
            yield KnownMistake("bias-not-converted", "fit-bias-kept", (found / spread, c))
            yield KnownMistake("bias-not-converted", "fit-bias-sign", (found / spread, c + found * m / spread))
            yield KnownMistake("bias-not-converted", "fit-bias-spread", (found / spread, c - found * m))
            yield KnownMistake("bias-not-converted", "fit-bias-spread", (found / spread, c - found * m / spread**2))
            yield KnownMistake("bias-not-converted", "fit-bias-mean", (found / spread, c - m))
            yield KnownMistake("bias-not-converted", "fit-bias-mean", (found / spread, c - m / spread))
            yield KnownMistake("spread-multiplied", "fit-multiplied", (found * spread, c - found * spread * m))
            yield KnownMistake("spread-multiplied", "fit-multiplied", (found * spread, c))
            yield KnownMistake("spread-multiplied", "fit-multiplied", (found * spread, c - found * m))
            yield KnownMistake("spread-multiplied", "fit-plus-mean", (found * spread + m, c))
            yield KnownMistake("scaled-parameters", "fit-slope-kept", (found, c - found * m))
            yield KnownMistake("scaled-parameters", "fit-slope-kept", (found, c - found * m / spread))
            for of_targets in (self.spread_of_targets, self.spread_of_targets * sample / s):
                yield KnownMistake(
                    "targets-scaled", "fit-targets", (found / of_targets / spread, -found * m / of_targets / spread)
                )
                yield KnownMistake("targets-scaled", "fit-both", (found / of_targets, 0.0))
