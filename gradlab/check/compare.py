"""Comparisons of values at random points: whether they agree, and up to which factor."""

import torch

SINGLE_PRECISION = 2e-4
"""Relative tolerance that an answer in float32 meets after a few operations, and a wrong one does not."""


def close(values: torch.Tensor, expected: torch.Tensor, tolerance: float = SINGLE_PRECISION) -> bool:
    """Say whether two float64 tensors of one shape agree, relative to the largest expected number (at least 1e-3).

    What is not finite agrees with nothing: beside an infinity, any difference would be a small one.
    """
    if values.shape != expected.shape or not bool(torch.isfinite(values).all() and torch.isfinite(expected).all()):
        return False
    if values.numel() == 0:
        return True
    scale = max(float(expected.abs().max()), 1e-3)
    return bool(((values - expected).abs() <= tolerance * scale).all())


def factor(values: torch.Tensor, expected: torch.Tensor, tolerance: float = 1e-3) -> float | None:
    """Find c with values ≈ c · expected, by least squares.

    Returns:
        c, or None if no c fits or if expected is almost zero.
    """
    weight = float((expected * expected).sum())
    if values.shape != expected.shape or weight < 1e-12:
        return None
    c = float((values * expected).sum()) / weight
    distance = float((values - c * expected).norm())
    return c if distance <= tolerance * max(float(values.norm()), 1e-6) else None
