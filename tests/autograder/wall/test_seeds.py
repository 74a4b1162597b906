"""The seeds of all generators."""

import random

import numpy
import torch

from autograder.wall.seeds import seed


def drawn() -> tuple[float, float, float]:
    return random.random(), float(numpy.random.rand()), float(torch.rand(()))


def test_the_same_seed_draws_the_same_numbers_from_every_generator() -> None:
    seed(2**64 - 1)
    first = drawn()
    seed(1)
    other = drawn()
    seed(2**64 - 1)
    assert drawn() == first
    assert not set(first) & set(other)


def test_torch_is_seeded_as_by_its_own_function() -> None:
    seed(7)
    ours = torch.rand(3)
    torch.manual_seed(7)
    assert torch.equal(torch.rand(3), ours)
