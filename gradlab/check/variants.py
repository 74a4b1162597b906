"""Comparison of a result with what is right, and with what each known mistake would give."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import torch

from gradlab.check.compare import SINGLE_PRECISION, close, factor
from gradlab.check.diagnosis import not_yet
from gradlab.check.values import numbers, require_finite, require_shape, rounded


@dataclass(frozen=True)
class Variant:
    """What a known mistake gives in place of the right result.

    Attributes:
        explanation: the mistake, a key of `words.MISCONCEPTIONS` or of `words.FINDINGS`.
        sight: a key of `words.SIGHTS`.
        values: what it gives, of any shape.
        told: what fills the places of the sight.
    """

    explanation: str
    sight: str
    values: torch.Tensor
    told: Mapping[str, object] = field(default_factory=dict)


def agree(
    result: object,
    expected: torch.Tensor,
    variants: Iterable[Variant] = (),
    *,
    given: str,
    shape: tuple[int, ...] = (),
    kind: str = "tensor",
    tolerance: float = SINGLE_PRECISION,
) -> None:
    """Refuse a result that differs from what is expected, with the reason if it is a known one.

    Variants that agree with what is expected say nothing and are passed over; so are those after the first that fits.

    Args:
        result: anything that `numbers` accepts.
        expected: the right values.
        variants: what the known mistakes give, the likeliest first; they are made as they are needed.
        given: what the values were computed from, as it completes the sentence "For …, the numbers differ".
        shape: the input's shape, for the sentence about a wrong shape.
        kind: what was expected, a key of `words.LABELS`.
        tolerance: largest difference, relative to the largest expected number.

    Raises:
        NotYet: the result is of another kind or shape, not finite, or differs.
    """
    found, wanted = numbers(result, kind), expected.detach().to("cpu", torch.float64)
    if close(found, wanted, tolerance):
        return
    for variant in variants:
        other = variant.values.detach().to("cpu", torch.float64)
        if close(found, other, tolerance) and not close(other, wanted, tolerance):
            raise not_yet(variant.explanation, variant.sight, **variant.told)
    require_shape(found, wanted.shape, shape)
    require_finite(found)
    _refuse_factor(found, wanted, given)
    wrong = (found - wanted).abs()
    scale = max(float(wanted.abs().max()), 1e-3)
    raise not_yet(
        "unlike-numbers",
        "values-differ",
        given=given,
        count=int((wrong > tolerance * scale).sum()),
        total=found.numel(),
        distance=rounded(float(wrong.max())),
    )


def _refuse_factor(found: torch.Tensor, wanted: torch.Tensor, given: str) -> None:
    """Name a factor that all the numbers share; any fits a single number, of which only the sign says something."""
    ratio = factor(found, wanted)
    if ratio is None or abs(ratio) < 1e-6 or abs(ratio - 1) < 5e-3:
        return
    if abs(ratio + 1) < 1e-3:
        raise not_yet("opposite-sign", "values-negated", given=given)
    if found.numel() > 1:
        raise not_yet("constant-factor", "values-ratio", given=given, ratio=rounded(ratio))
