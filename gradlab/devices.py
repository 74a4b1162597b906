"""The device on which a notebook computes."""

from typing import TYPE_CHECKING

from gradlab.words import LABELS

if TYPE_CHECKING:
    import torch


def device() -> "torch.device":
    """Choose the CUDA device if there is one, else the CPU, and say so.

    Returns:
        ``cuda`` or ``cpu``. On the CPU one line is printed, always the same.
    """
    # Imported here: ``import gradlab`` must cost next to nothing.
    import torch

    if torch.cuda.is_available():
        return torch.device("cuda")
    print(LABELS["device-cpu"])  # noqa: T201 - the notebook's reader is told
    return torch.device("cpu")
