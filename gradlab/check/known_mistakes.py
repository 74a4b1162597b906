"""Known mistakes: what each one gives in place of the right result, and the comparison of an answer with them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import torch

from gradlab.check.compare import SINGLE_PRECISION, close, factor
from gradlab.check.diagnosis import not_yet
from gradlab.check.values import numbers, require_finite, require_shape, rounded

Outcome = TypeVar("Outcome", covariant=True)
AnyOutcome = TypeVar("AnyOutcome")


@dataclass(frozen=True)
class KnownMistake(Generic[Outcome]):
    """What a known mistake gives in place of the right result.

    Attributes:
        explanation: the mistake, a key of `words.MISCONCEPTIONS` or of `words.FINDINGS`.
        observation: a key of `words.OBSERVATIONS`.
        outcome: what the mistake gives: a tensor of any shape, a number, a training's history …
        placeholders: what stands for the placeholders of the observation.
    """

    explanation: str
    observation: str
    outcome: Outcome
    placeholders: Mapping[str, object] = field(default_factory=dict)


def refuse_known(mistakes: Iterable[KnownMistake[AnyOutcome]], fits: Callable[[AnyOutcome], bool]) -> None:
    """Refuse an answer that a known mistake explains.

    Args:
        mistakes: the likeliest first. They are made as they are needed; those after the first that fits are not.
        fits: says whether an outcome is the answer that was given.

    Raises:
        NotYet: an outcome fits.
    """
    for mistake in mistakes:
        if fits(mistake.outcome):
            raise not_yet(mistake.explanation, mistake.observation, **mistake.placeholders)


def agree(
    result: object,
    expected: torch.Tensor | float,
    mistakes: Iterable[KnownMistake[torch.Tensor | float]] = (),
    *,
    given: str,
    shape: tuple[int, ...] = (),
    kind: str = "tensor",
    tolerance: float = SINGLE_PRECISION,
) -> None:
    """Refuse a result that differs from what is expected, with the reason if it is a known one.

    Mistakes that give what is expected are passed over.

    Args:
        result: anything that `numbers` accepts.
        expected: the right values.
        mistakes: see `refuse_known`.
        given: what the values were computed from, as it completes the sentence "For …, the numbers differ".
        shape: the input's shape, for the sentence about a wrong shape.
        kind: what was expected, a key of `words.LABELS`.
        tolerance: largest difference, relative to the largest expected number.

    Raises:
        NotYet: the result is of another kind or shape, not finite, or differs.
    """
    found, wanted = numbers(result, kind), _float64(expected)
    if close(found, wanted, tolerance):
        return
    refuse_known_values(found, wanted, mistakes, tolerance)
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


def refuse_known_values(
    found: torch.Tensor,
    wanted: torch.Tensor,
    mistakes: Iterable[KnownMistake[torch.Tensor | float]],
    tolerance: float = SINGLE_PRECISION,
) -> None:
    """Refuse values that a known mistake explains; mistakes that give the right values are passed over.

    Args:
        found: the answer's values, float64.
        wanted: the right ones, float64; the answer's are known to differ.
        mistakes: see `refuse_known`.
        tolerance: largest difference, relative to the largest number of an outcome.

    Raises:
        NotYet: an outcome fits.
    """

    def fits(outcome: torch.Tensor | float) -> bool:
        other = _float64(outcome)
        return close(found, other, tolerance) and not close(other, wanted, tolerance)

    refuse_known(mistakes, fits)


def _float64(values: torch.Tensor | float) -> torch.Tensor:
    return torch.as_tensor(values, dtype=torch.float64).detach().cpu()


def _refuse_factor(found: torch.Tensor, wanted: torch.Tensor, given: str) -> None:
    """Name a factor that all the numbers share; any fits a single number, of which only the sign says something."""
    ratio = factor(found, wanted)
    if ratio is None or abs(ratio) < 1e-6 or abs(ratio - 1) < 5e-3:
        return
    if abs(ratio + 1) < 1e-3:
        raise not_yet("opposite-sign", "values-negated", given=given)
    if found.numel() > 1:
        refused = not_yet("constant-factor", "values-ratio", given=given, ratio=rounded(ratio))
        refused.factor = ratio
        raise refused
