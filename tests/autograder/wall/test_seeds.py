"""The seeds of all generators."""

import random
from typing import Any

import numpy
import pytest
import torch

from autograder.wall.errors import MalformedError
from autograder.wall.seeds import noticing_seeds, read_states, seed, set_states


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


def test_a_state_is_read_and_set_again() -> None:
    seed(5)
    states = read_states(["random", "numpy", "torch"])
    drawn = random.random(), numpy.random.rand(), torch.rand(1).item()
    set_states(states)
    assert (random.random(), numpy.random.rand(), torch.rand(1).item()) == drawn


@pytest.mark.parametrize(
    "states",
    [
        {"other": []},
        {"random": [3, b"", None]},
        {"random": [3, b"\xff" * 2500, None]},
        {"random": [2, bytes(2500), None]},
        {"random": [3, bytes(2500), "a"]},
        {"numpy": [bytes(2496), 625, 0, 0.0]},
        {"numpy": [bytes(2496), -1, 0, 0.0]},
        {"numpy": [bytes(2496), 0, 2, 0.0]},
        {"numpy": [bytes(3), 0, 0, 0.0]},
        {"numpy": 7},
        {"torch": [b""]},
        {"torch": [b"\xff" * 5056]},
        {"torch": []},
    ],
)
def test_what_is_no_state_is_refused(states: Any) -> None:
    with pytest.raises(MalformedError):
        set_states(states)


def test_it_is_noticed_who_seeds() -> None:
    noticed: list[str] = []
    names = {"put": numpy.random.seed}
    original = random.seed
    with noticing_seeds(names, noticed.append):
        with torch.random.fork_rng(devices=[]):
            torch.rand(1)
        random.random()
        assert noticed == []
        exec("put(3)", names)
        random.seed(3)
        torch.manual_seed(3)
        seed(3)
    assert noticed == ["numpy", "random", "torch"]
    assert random.seed is original
    assert names["put"] is numpy.random.seed
