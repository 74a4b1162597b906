"""How a GPU's memory is shared out among the submissions that run at once."""

from typing import Final

from autograder.errors import ExpectedError
from autograder.sandbox.gpu import CONTEXT_BYTES
from autograder.sandbox.nvml import Card

_GIBIBYTE: Final = 1024**3
_GRAIN: Final = 256 * 1024**2
"""Shares are multiples of this, so that they are the same from run to run."""
_SPARED: Final = _GIBIBYTE
"""What no submission gets: a process that tries the GPU needs it, and so does a screen."""
_LEAST: Final = CONTEXT_BYTES + _GRAIN
_USUAL: Final = 2 * _GIBIBYTE
"""What a submission has at least where the number of workers isn't asked for."""


def share_out(card: Card, processors: int, workers: int | None = None, wanted: int | None = None) -> tuple[int, int]:
    """How many submissions run at once, and how many bytes of the GPU's memory each may hold.

    Args:
        card: the GPU.
        processors: how many would run without one.
        workers: how many were asked for.
        wanted: how many bytes were asked for.

    Raises:
        ExpectedError: there isn't so much.
    """
    room = card.memory_bytes - _SPARED
    count = workers or max(1, min(processors, room // (wanted or _USUAL)))
    share = wanted or room // count // _GRAIN * _GRAIN
    if share < _LEAST:
        raise ExpectedError(
            f"{_size(share)} of GPU memory for each submission is too little: CUDA itself takes up to "
            f"{_size(CONTEXT_BYTES)} in each, and the {card.name} has {_size(card.memory_bytes)} for {count} at once.",
            f"Let fewer run at once (--workers), or give each {_size(_LEAST)} or more (--gpu-memory).",
        )
    if share * count > room:
        raise ExpectedError(
            f"{count} submissions at once with {_size(share)} each need {_size(share * count)} of GPU memory, and of "
            f"the {_size(card.memory_bytes)} of the {card.name} {_size(room)} can be shared out.",
            "Let fewer run at once (--workers), or give each less (--gpu-memory).",
        )
    if share * count > card.free_bytes:
        raise ExpectedError(
            f"Other programs hold {_size(card.memory_bytes - card.free_bytes)} of the {card.name}'s memory, and the "
            f"{_size(card.free_bytes)} that are left are not enough for {count} submissions with {_size(share)} each.",
            "End those programs (`nvidia-smi` shows them), let fewer submissions run at once (--workers), or give each "
            "less (--gpu-memory).",
        )
    return count, share


def _size(count: int) -> str:
    return f"{count / _GIBIBYTE:.3g} GiB"
