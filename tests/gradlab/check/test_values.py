"""Whatever comes back is turned into numbers or refused."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from gradlab.check import NotYet
from gradlab.check.values import numbers, require_device, single_number
from tests.gradlab.check.cases import GARBAGE, case


def test_numbers_are_accepted_in_every_form() -> None:
    for result in [
        torch.tensor([1, 2]),
        torch.tensor([1.0, 2.0], requires_grad=True),
        np.array([1.0, 2.0], dtype=np.float32),
        [1, 2.0],
        (torch.tensor(1.0), np.float64(2)),
        torch.nn.Parameter(torch.tensor([1.0, 2.0])),
    ]:
        with case(result):
            values = numbers(result)
            assert values.dtype == torch.float64
            assert not values.requires_grad
            assert values.tolist() == [1, 2]


def test_the_values_share_no_memory_with_the_result() -> None:
    result = torch.zeros(2, dtype=torch.float64)
    numbers(result).add_(1)
    array = np.zeros(2)
    numbers(array).add_(1)
    assert not result.any()
    assert not array.any()


def result_of(garbage: Callable[..., object]) -> object:
    try:
        return garbage(1, 2)
    except Exception:  # noqa: BLE001 - the garbage may raise anything
        return None


def test_garbage_has_no_number() -> None:
    for kind, garbage in GARBAGE.items():
        with case(kind), pytest.raises(NotYet):
            single_number(result_of(garbage))


def test_the_meta_device_is_another_one() -> None:
    with pytest.raises(NotYet, match="another device"):
        require_device(torch.zeros(2, device="meta"), torch.zeros(2))
    require_device(torch.zeros(2), torch.zeros(3))
    require_device([0.0], torch.zeros(3))
