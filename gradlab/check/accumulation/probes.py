"""Functions that a check passes to a student's function.

They reach the student's process by their qualified names, so they are plain functions of this module, and
`functools.partial` binds nothing but plain data to them.
"""

import torch

CROWDED = "gradlab: more examples at once than fit into memory"


def row_loss(w: torch.Tensor, row: torch.Tensor) -> torch.Tensor:
    """A loss of one example that is curved in w: shapes (d,) and (d,) → ()."""
    return ((w * row).sum() - 1) ** 2 + torch.sin(w).sum()


def valley(w: torch.Tensor) -> torch.Tensor:
    """A smooth loss whose gradient changes with every step: (d,) → ()."""
    return (w**2).sum() + torch.sin(w + 1).sum()


def steady_trunk(x: torch.Tensor) -> torch.Tensor:
    """A trunk that saves values for its derivative: (d,) → (d,)."""
    return torch.exp(0.3 * x) + x**2


def dropping_trunk(x: torch.Tensor) -> torch.Tensor:
    """A trunk with a factor that chance draws anew in every call: (d,) → (d,)."""
    return x * x * (0.5 + torch.rand((), dtype=x.dtype))


def squares(h: torch.Tensor) -> torch.Tensor:
    """The sum of squares of everything."""
    return (h**2).sum()


def sines(h: torch.Tensor) -> torch.Tensor:
    """The sum of the sines of everything."""
    return torch.sin(h).sum()


def total(h: torch.Tensor) -> torch.Tensor:
    """The sum of everything."""
    return h.sum()


def twice(h: torch.Tensor) -> torch.Tensor:
    """Twice the sum of everything."""
    return 2 * h.sum()


def curved(x: torch.Tensor) -> torch.Tensor:
    """A function of each number by itself, with a slope that is not zero."""
    return torch.exp(x / 2) + x


def wavy(x: torch.Tensor) -> torch.Tensor:
    """Another function of each number by itself, nowhere zero."""
    return torch.sin(3 * x) + 2 + x / 4


def crowded_loss(w: torch.Tensor, x: torch.Tensor, y: torch.Tensor, most: int) -> torch.Tensor:
    """The mean of a squared error plus a fourth power: raises RuntimeError for more than `most` examples.

    Args:
        w: shape (d,).
        x: shape (n, d).
        y: shape (n,).
        most: the largest n.
    """
    if len(x) > most:
        raise RuntimeError(CROWDED)
    error = torch.tanh(x @ w) - y
    return (error**2 + error**4).mean()
