"""Which formula fits, and by which factor."""

import pytest
import torch

from gradlab.check.compare import close, combination, factor, first_fit

VALUES = torch.tensor([1.0, -2.0, 3.0, 0.5], dtype=torch.float64)


def test_close_allows_single_precision_and_no_more() -> None:
    assert close(VALUES.float().double(), VALUES)
    assert not close(VALUES * 1.001, VALUES)
    assert not close(VALUES[:3], VALUES)
    assert not close(torch.full_like(VALUES, torch.nan), VALUES)


def test_what_is_not_finite_is_close_to_nothing() -> None:
    ordinary, infinite = torch.ones(2, dtype=torch.float64), torch.tensor([1.0, torch.inf], dtype=torch.float64)
    assert not close(ordinary, infinite)
    assert not close(infinite, ordinary)
    assert not close(infinite, infinite)


def test_values_near_zero_are_compared_absolutely() -> None:
    assert close(torch.full_like(VALUES, 1e-8), torch.zeros_like(VALUES))
    assert not close(torch.full_like(VALUES, 1e-5), torch.zeros_like(VALUES))


@pytest.mark.parametrize("ratio", [-1.0, 0.2, 3.0])
def test_a_factor_is_found(ratio: float) -> None:
    assert factor(ratio * VALUES, VALUES) == pytest.approx(ratio)


def test_no_factor_is_made_up() -> None:
    assert factor(VALUES.flip(0), VALUES) is None
    assert factor(VALUES, torch.zeros_like(VALUES)) is None


def test_a_combination_is_found_and_none_is_made_up() -> None:
    parts = torch.stack([VALUES, VALUES**2], dim=-1)
    assert combination(2 * VALUES - VALUES**2, parts) == pytest.approx([2, -1])
    assert combination(VALUES**3, parts) is None


def test_the_first_fit_is_named() -> None:
    candidates = [("double", 2 * VALUES), ("same", VALUES), ("again", VALUES)]
    assert first_fit(VALUES, candidates) == "same"
    assert first_fit(VALUES + 1, candidates) is None
