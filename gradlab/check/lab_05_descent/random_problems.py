"""Random problems for training loops, as functions that can be handed to a student's."""

import functools

import numpy as np
import torch

from gradlab.check import probes
from gradlab.check.calls import Function
from gradlab.check.derivatives import gradient

PARAMETERS = 3
_FLAT = 0.3


def random_bowl() -> Function:
    """Draw a bowl in three parameters with curvatures between about 1 and 5, aslant."""
    rotation, _ = torch.linalg.qr(torch.randn(PARAMETERS, PARAMETERS, dtype=torch.float64))
    curvatures = torch.tensor([1.0, 2.0, 4.0], dtype=torch.float64) + torch.rand(PARAMETERS, dtype=torch.float64)
    table = rotation @ torch.diag(curvatures) @ rotation.T
    centre = torch.rand(PARAMETERS, dtype=torch.float64) * 2 - 1
    return functools.partial(probes.bowl, matrix=table.tolist(), centre=centre.tolist())


def random_start(loss: Function) -> torch.Tensor:
    """Draw parameters at which every component of the gradient counts, so that no mistake stays invisible."""
    start = _draw()
    for _ in range(20):
        if bool((gradient(loss, start).abs() > _FLAT).all()):
            break
        start = _draw()
    return start


def _draw() -> torch.Tensor:
    signs = torch.randint(0, 2, (PARAMETERS,)) * 2 - 1
    return signs * (0.8 + torch.rand(PARAMETERS, dtype=torch.float64))


def random_rate() -> float:
    """Draw a learning rate between 0.04 and 0.08."""
    return 0.04 + 0.04 * float(torch.rand((), dtype=torch.float64))


def generator() -> np.random.Generator:
    """A generator seeded from NumPy's global one, so that a seed set there repeats a check."""
    return np.random.default_rng(int(np.random.randint(2**31)))
