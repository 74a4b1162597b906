"""Whether values agree, and up to which factor."""

import pytest
import torch

from gradlab.check.compare import close, factor
from tests.gradlab.check.cases import case

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


def test_a_factor_is_found() -> None:
    for ratio in [-1.0, 0.2, 3.0]:
        with case(ratio):
            assert factor(ratio * VALUES, VALUES) == pytest.approx(ratio)


def test_no_factor_is_made_up() -> None:
    assert factor(VALUES.flip(0), VALUES) is None
    assert factor(VALUES, torch.zeros_like(VALUES)) is None
