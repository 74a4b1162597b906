"""The check of a line that is fitted to scaled inputs and given back for the original ones."""

import math
from collections.abc import Iterator

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, call_plain, require_callable, require_unchanged
from gradlab.check.diagnosis import not_yet
from gradlab.check.lab_05_descent.draws import generator
from gradlab.check.values import kind_of, numbers, require_shape, rounded

_TOLERANCE = 1e-4
_COUNT = 9
Guess = tuple[str, str, float, float]


@announced
def scaled_fit(function: Function, *, centre: float = 60.0, spread: float = 15.0) -> None:
    """Check a function ``fit(x, y)`` that returns w and b of the line with the least squared error.

    How the function scales and trains is its own affair: the result is compared with the exact solution.

    Args:
        function: the student's: inputs (n,), targets (n,) → two numbers.
        centre: about the mean of the inputs to draw.
        spread: about their standard deviation.

    Raises:
        NotYet: w or b is not right.
    """
    require_callable(function)
    draw = generator()
    x = centre + spread * draw.uniform(0.8, 1.2) * (torch.linspace(-1.5, 1.5, _COUNT).double().numpy())
    x = x + spread * draw.uniform(-0.2, 0.2, size=_COUNT)
    z = (x - x.mean()) / x.std()
    y = draw.uniform(8, 16) + draw.uniform(3, 6) * z + draw.uniform(-1, 1, size=_COUNT)
    given_x, given_y = x.copy(), y.copy()
    result = call_plain(function, given_x, given_y)
    if result is not None and not issubclass(type(result), tuple | list) and numbers(result).numel() != 2:
        raise not_yet("wrong-kind", "fit-pair", kind=kind_of(result))
    found = numbers(result)
    found = found.reshape(2) if found.shape == (2, 1) else found
    require_shape(found, (2,), (_COUNT,))
    require_unchanged("`x`", torch.from_numpy(x), torch.from_numpy(given_x))
    require_unchanged("`y`", torch.from_numpy(y), torch.from_numpy(given_y))
    line = _Line(float(x.mean()), float(x.std()), float((z * y).mean()), float(y.mean()), float(y.std()))
    line.judge(*found.tolist())


class _Line:
    """The exact line, and what is known about the inputs.

    Args:
        mean: the mean m of the inputs.
        spread: their standard deviation s.
        slope: the slope v for standardised inputs.
        height: the height c for standardised inputs.
        beyond: the standard deviation of the targets.
    """

    def __init__(self, mean: float, spread: float, slope: float, height: float, beyond: float) -> None:
        self.mean, self.spread, self.slope, self.height, self.beyond = mean, spread, slope, height, beyond
        self.w = slope / spread
        self.b = height - self.w * mean

    def near(self, w: float, b: float, other_w: float, other_b: float) -> bool:
        """Compare two lines; b is a small difference of large numbers where the mean is large."""
        scale = abs(other_b) + abs(other_w * self.mean)
        return abs(w - other_w) <= _TOLERANCE * abs(other_w) and abs(b - other_b) <= _TOLERANCE * scale

    def judge(self, w: float, b: float) -> None:
        """Refuse another line than the exact one, with the reason if it is a known one."""
        if self.near(w, b, self.w, self.b):
            return
        for explanation, sight, other_w, other_b in self.guesses():
            if self.near(w, b, other_w, other_b):
                raise not_yet(explanation, sight)
        slope, height = w * self.spread, b + w * self.mean
        # Squares of what has blown up would be too large for a number.
        error, begun = math.hypot(slope - self.slope, height - self.height), math.hypot(self.slope, self.height)
        # A NaN is larger than nothing, so that it is asked for by name.
        if not error <= 100 * begun:
            raise not_yet("lr-too-high", "fit-far-away")
        off = abs(w / self.w - 1)
        if off <= _TOLERANCE:
            raise not_yet("unlike-numbers", "fit-bias-other")
        if error < begun and height < 1.3 * self.height:
            # A descent from zero can stand there: better than nothing, and never beyond.
            raise not_yet("lr-too-low", "fit-not-there", share=rounded(100 * error / begun))
        raise not_yet("unlike-numbers", "fit-other", w=rounded(100 * off))

    def guesses(self) -> Iterator[Guess]:
        """What known mistakes give."""
        v, c, m, s = self.slope, self.height, self.mean, self.spread
        sample = s * (_COUNT / (_COUNT - 1)) ** 0.5
        yield "results-swapped", "fit-swapped", self.b, self.w
        for spread, found in ((s, v), (sample, v * sample / s)):
            yield "scaled-parameters", "fit-scaled", found, c
            yield "scaled-parameters", "fit-scaled-swapped", c, found
            yield "bias-not-converted", "fit-bias-kept", found / spread, c
            yield "bias-not-converted", "fit-bias-sign", found / spread, c + found * m / spread
            yield "bias-not-converted", "fit-bias-spread", found / spread, c - found * m
            yield "bias-not-converted", "fit-bias-spread", found / spread, c - found * m / spread**2
            yield "bias-not-converted", "fit-bias-mean", found / spread, c - m
            yield "bias-not-converted", "fit-bias-mean", found / spread, c - m / spread
            yield "spread-multiplied", "fit-multiplied", found * spread, c - found * spread * m
            yield "spread-multiplied", "fit-multiplied", found * spread, c
            yield "spread-multiplied", "fit-multiplied", found * spread, c - found * m
            yield "spread-multiplied", "fit-plus-mean", found * spread + m, c
            yield "scaled-parameters", "fit-slope-kept", found, c - found * m
            yield "scaled-parameters", "fit-slope-kept", found, c - found * m / spread
            for beyond in (self.beyond, self.beyond * sample / s):
                yield "targets-scaled", "fit-targets", found / beyond / spread, -found * m / beyond / spread
                yield "targets-scaled", "fit-both", found / beyond, 0.0
