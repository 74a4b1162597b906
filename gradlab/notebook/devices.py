"""The device on which a notebook computes."""

import warnings
from typing import TYPE_CHECKING

from gradlab.words import LABELS

if TYPE_CHECKING:
    import torch


def device() -> "torch.device":
    """Choose the CUDA device if there is one, else the CPU, and say so.

    Returns:
        ``cuda`` or ``cpu``. On the CPU one line is printed, always the same, and a second one where there is a GPU that
        cannot be used (its driver is too old, say). On a GPU one is printed only if TF32 is switched on.
    """
    # Imported here: ``import gradlab`` must cost next to nothing.
    import torch

    reason = why_no_gpu()
    if reason is None:
        if uses_tf32():
            print(LABELS["device-tf32"])  # noqa: T201 - what a student reads below the cell
        return torch.device("cuda")
    print(LABELS["device-cpu"])  # noqa: T201 - what a student reads below the cell
    if reason != LABELS["device-none"]:
        print(reason)  # noqa: T201 - what a student reads below the cell
    return torch.device("cpu")


def why_no_gpu() -> str | None:
    """Why nothing can be computed on a CUDA device, in a sentence; None if something can."""
    import torch

    # For a driver that is too old, torch only warns and returns False.
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = torch.cuda.is_available()
    if found:
        return None
    messages = [str(warning.message) for warning in caught if "CUDA" in str(warning.message)]
    if not messages:
        return LABELS["device-none"]
    kind = "device-old-driver" if "too old" in messages[0] else "device-fails"
    return LABELS[kind].format(told=messages[0].splitlines()[0])


def uses_tf32() -> bool:
    """Whether products of float32 matrices are computed with TF32, with 10 bits of mantissa instead of 23."""
    import torch

    settings = torch.backends.cuda.matmul
    try:
        return bool(settings.allow_tf32)
    except RuntimeError:
        # Newer versions raise an error when the setting was made through their new interface.
        return getattr(settings, "fp32_precision", "ieee") == "tf32"
