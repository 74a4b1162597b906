"""Checks about a line and its squared error: its gradient, its largest learning rate, its fit."""

from collections.abc import Iterator

import numpy as np
import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, call_plain, require_callable, require_unchanged
from gradlab.check.lab_05_descent.draws import generator
from gradlab.check.variants import Variant, agree


@announced
def line_gradient(function: Function, *, count: int = 6) -> None:
    """Check a function ``line_gradient(theta, x, y)`` that returns the gradient of the mean squared error of a line.

    Args:
        function: the student's: parameters (2,), inputs (n,), targets (n,) → gradient (2,).
        count: how many examples to draw.

    Raises:
        NotYet: the gradient is not right.
    """
    require_callable(function)
    for _ in range(2):
        draw = generator()
        theta, x, y = draw.uniform(0.5, 2, size=2), draw.uniform(-1, 4, size=count), draw.uniform(-3, 3, size=count)
        kept = [torch.from_numpy(part.copy()) for part in (theta, x, y)]
        result = call_plain(function, theta, x, y)
        expected, *_ = _gradients(*kept)
        agree(result, expected, _gradient_variants(*kept), given="random data", shape=(count,), kind="array")
        for name, before, after in zip(("`theta`", "`x`", "`y`"), kept, (theta, x, y), strict=True):
            require_unchanged(name, before, torch.from_numpy(np.asarray(after)))


def _gradients(theta: torch.Tensor, x: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The gradient of the mean, and the residuals."""
    residual = theta[0] * x + theta[1] - y
    return torch.stack([(2 * residual * x).mean(), (2 * residual).mean()]), residual


def _gradient_variants(theta: torch.Tensor, x: torch.Tensor, y: torch.Tensor) -> Iterator[Variant]:
    right, residual = _gradients(theta, x, y)
    along_w, along_b = right
    count, zero = len(x), torch.zeros_like(along_w)
    table = 2 * (theta[0] * x + theta[1])[:, None] - 2 * y

    def pair(first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
        return torch.stack([first, second])

    told = {"count": count}
    yield Variant("sum-for-mean", "line-summed", right * count, told)
    yield Variant("sum-for-mean", "line-divided-twice", right / count, told)
    yield Variant("scalar-averaged", "line-scalar-averaged", pair(along_w * count, along_b), told)
    yield Variant("sum-for-mean", "line-second-summed", pair(along_w, along_b * count), told)
    yield Variant("missing-inner-derivative", "line-without-inputs", pair(along_b, along_b))
    yield Variant("missing-inner-derivative", "line-without-inputs", pair(along_b, along_b) / 2)
    yield Variant("missing-inner-derivative", "line-inputs-in-both", pair(along_w, along_w))
    yield Variant("swapped-components", "line-swapped", right.flip(0))
    yield Variant("one-variable-only", "line-one-zero", pair(along_w, zero))
    yield Variant("one-variable-only", "line-one-zero", pair(zero, along_b))
    yield Variant("product-of-means", "line-product-of-means", pair(2 * x.mean() * residual.mean(), along_b))
    yield Variant("broadcast-residual", "line-table", pair((table * x).mean(), table.mean()))
    yield Variant("broadcast-residual", "line-table", pair((table * x[:, None]).mean(), table.mean()))
    yield Variant("missing-inner-derivative", "line-no-two", pair(along_w / 2, along_b))
    yield Variant("missing-inner-derivative", "line-no-two", pair(along_w, along_b / 2))
    yield Variant("opposite-sign", "line-one-negated", pair(-along_w, along_b))
    yield Variant("opposite-sign", "line-one-negated", pair(along_w, -along_b))
