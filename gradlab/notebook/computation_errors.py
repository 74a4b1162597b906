"""Errors of a computation that a student starts (a bad argument, no device, no memory), with a cure, shown as a box."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING

from gradlab.words.computation_errors import COMPUTATION_ERRORS, PARTS, ErrorWords

if TYPE_CHECKING:
    import torch

# An orange of middling lightness has a contrast above 3:1 on white and on black; text keeps the theme's own colour.
BOX_STYLE = (
    "border:1px solid #c8641b;border-left:6px solid #c8641b;border-radius:4px;background:transparent;"
    "color:inherit;padding:0.6em 1em;margin:0.4em 0;max-width:46em;line-height:1.45"
)
# A green with the same contrasts.
PASSED_STYLE = BOX_STYLE.replace("#c8641b", "#2f8f5b").replace("padding:0.6em 1em", "padding:0.35em 1em")
_LOST = ("CUDA error", "CUDA driver error", "CUDA failure", "device-side", "no longer available", "NVML")


class ComputationError(RuntimeError):
    """A computation cannot start or failed; a notebook shows a box in place of a traceback.

    Args:
        kind: a key of `gradlab.words.computation_errors.COMPUTATION_ERRORS`.
        values: the values that its texts name.
    """

    def __init__(self, kind: str, **values: object) -> None:
        text = COMPUTATION_ERRORS[kind]
        self.words = ErrorWords(text.title.format(**values), text.seen.format(**values), text.way_on.format(**values))
        super().__init__(f"{self.words.title}. {self.words.seen} {self.words.way_on}")
        self.kind = kind

    def _render_traceback_(self) -> list[str]:
        """Tell IPython what to show in place of a traceback; the box comes before it."""
        from IPython.display import display

        display({"text/html": self.html(), "text/plain": str(self)}, raw=True)  # type: ignore[no-untyped-call, unused-ignore]
        return [f"{type(self).__name__}: {self.words.title}"]

    def html(self) -> str:
        """The box, as HTML. It does not depend on colour, and a screen reader announces it as an alert."""
        rows = "".join(
            f'<p style="margin:0.35em 0"><strong>{escape(PARTS[part])}:</strong> {escape(text)}</p>'
            for part, text in (("seen", self.words.seen), ("way-on", self.words.way_on))
        )
        title = f'<strong><span aria-hidden="true">▲ </span>{escape(self.words.title)}</strong>'
        return f'<div role="alert" lang="{PARTS["language"]}" style="{BOX_STYLE}">{title}{rows}</div>'


def require_count(number: object, name: str, least: int = 1) -> int:
    """Refuse anything but a whole number of at least `least`.

    Raises:
        ComputationError: of kind "count".
    """
    if isinstance(number, bool) or not isinstance(number, int) or number < least:
        raise ComputationError("count", name=name, number=repr(number), least=least)
    return number


def require_rate(rate: object) -> float:
    """Refuse anything but a finite learning rate above 0.

    Raises:
        ComputationError: of kind "rate".
    """
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not math.isfinite(rate) or rate <= 0:
        raise ComputationError("rate", rate=repr(rate))
    return float(rate)


def require_device(device: "torch.device | str") -> "torch.device":
    """The device of this name.

    Raises:
        ComputationError: of kind "no-device": there is none of that name, or of kind "no-gpu".
    """
    import torch

    from gradlab.notebook.devices import why_no_gpu

    try:
        found = torch.device(device)
    except RuntimeError as error:
        raise ComputationError("no-device", device=device) from error
    if found.type not in ("cpu", "cuda"):
        raise ComputationError("no-device", device=device)
    reason = why_no_gpu() if found.type == "cuda" else None
    if reason is not None:
        raise ComputationError("no-gpu", reason=reason)
    if found.type == "cuda" and found.index is not None and found.index >= torch.cuda.device_count():
        raise ComputationError("no-device", device=device)
    return found


@contextmanager
def explained(device: "torch.device", side: int | None = None) -> Iterator[None]:
    """Turn a device's errors into a `ComputationError`.

    Args:
        device: where the computation runs.
        side: the n of n × n starts, for which a smaller one is proposed if the memory does not suffice.

    Raises:
        ComputationError: of kind "memory" or "lost"; other errors are not changed.
    """
    import torch

    try:
        yield
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise _out_of_memory(device, side) from error
    except RuntimeError as error:
        if isinstance(error, ComputationError):
            raise
        message = str(error)
        if "out of memory" in message or "can't allocate memory" in message:
            raise _out_of_memory(device, side) from error
        if device.type == "cuda" and any(sign in message for sign in _LOST):
            raise ComputationError("lost", device=device, told=message.splitlines()[0]) from error
        raise


def _out_of_memory(device: "torch.device", side: int | None) -> ComputationError:
    if side is None or side < 2:
        return ComputationError("memory", device=device)
    return ComputationError("memory-side", device=device, side=side, smaller=side // 2)
