"""The seeds of every generator that a notebook draws from."""

import random

import numpy.random
import torch

_NUMPY_SEEDS = 2**32


def seed(number: int) -> None:
    """Seed Python's, NumPy's and torch's generator, so that the same numbers are drawn every time.

    Args:
        number: from 0 to 2**64 - 1.
    """
    random.seed(number)
    numpy.random.seed(number % _NUMPY_SEEDS)
    # `torch.manual_seed` also keeps a traceback for CUDA's generators, which takes longer than all the rest.
    torch.default_generator.manual_seed(number)
