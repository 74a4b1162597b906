"""What keeps a computation on a device from going on, in words and with a way on."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING

from gradlab.words.obstacles import OBSTACLES, PARTS, Words

if TYPE_CHECKING:
    import torch

_BOX = (
    "border:1px solid #c8641b;border-left:6px solid #c8641b;border-radius:4px;background:transparent;"
    "color:inherit;padding:0.6em 1em;margin:0.4em 0;max-width:46em;line-height:1.45"
)
_LOST = ("CUDA error", "CUDA driver error", "CUDA failure", "device-side", "no longer available", "NVML")


class ObstacleError(RuntimeError):
    """A computation cannot go on; a notebook shows a box in place of a traceback.

    Args:
        kind: a key of `gradlab.words.obstacles.OBSTACLES`.
        values: what fills the places of its texts.
    """

    def __init__(self, kind: str, **values: object) -> None:
        text = OBSTACLES[kind]
        self.words = Words(text.title.format(**values), text.seen.format(**values), text.way_on.format(**values))
        super().__init__(f"{self.words.title}. {self.words.seen} {self.words.way_on}")
        self.kind = kind

    def _render_traceback_(self) -> list[str]:
        """Tell IPython what to show in place of a traceback; the box comes before it."""
        from IPython.display import display

        display({"text/html": self.html(), "text/plain": str(self)}, raw=True)  # type: ignore[no-untyped-call, unused-ignore]
        return [f"{type(self).__name__}: {self.words.title}"]

    def html(self) -> str:
        """The box: words and not colour alone, announced by a screen reader as an alert."""
        rows = "".join(
            f'<p style="margin:0.35em 0"><strong>{escape(PARTS[part])}:</strong> {escape(text)}</p>'
            for part, text in (("seen", self.words.seen), ("way-on", self.words.way_on))
        )
        title = f'<strong><span aria-hidden="true">▲ </span>{escape(self.words.title)}</strong>'
        return f'<div role="alert" lang="{PARTS["language"]}" style="{_BOX}">{title}{rows}</div>'


def require_count(number: object, name: str, least: int = 1) -> int:
    """Refuse what is no whole number of at least `least`.

    Raises:
        ObstacleError: of kind "count".
    """
    if isinstance(number, bool) or not isinstance(number, int) or number < least:
        raise ObstacleError("count", name=name, number=repr(number), least=least)
    return number


def require_rate(rate: object) -> float:
    """Refuse what is no finite learning rate above 0.

    Raises:
        ObstacleError: of kind "rate".
    """
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not math.isfinite(rate) or rate <= 0:
        raise ObstacleError("rate", rate=repr(rate))
    return float(rate)


def require_device(device: "torch.device | str") -> "torch.device":
    """The device of this name, if it is there.

    Raises:
        ObstacleError: of kind "no-device": there is none of that name, or of kind "no-gpu".
    """
    import torch

    from gradlab.notebook.devices import why_no_gpu

    try:
        found = torch.device(device)
    except RuntimeError as error:
        raise ObstacleError("no-device", device=device) from error
    if found.type not in ("cpu", "cuda"):
        raise ObstacleError("no-device", device=device)
    reason = why_no_gpu() if found.type == "cuda" else None
    if reason is not None:
        raise ObstacleError("no-gpu", reason=reason)
    if found.type == "cuda" and found.index is not None and found.index >= torch.cuda.device_count():
        raise ObstacleError("no-device", device=device)
    return found


@contextmanager
def explained(device: "torch.device", side: int | None = None) -> Iterator[None]:
    """Put a device's errors into words.

    Args:
        device: where the computation runs.
        side: the n of n × n starts, for which a smaller one is proposed if the memory does not suffice.

    Raises:
        ObstacleError: of kind "memory" or "lost"; every other error passes.
    """
    import torch

    try:
        yield
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise _out_of_memory(device, side) from error
    except RuntimeError as error:
        if isinstance(error, ObstacleError):
            raise
        told = str(error)
        if "out of memory" in told or "can't allocate memory" in told:
            raise _out_of_memory(device, side) from error
        if device.type == "cuda" and any(sign in told for sign in _LOST):
            raise ObstacleError("lost", device=device, told=told.splitlines()[0]) from error
        raise


def _out_of_memory(device: "torch.device", side: int | None) -> ObstacleError:
    if side is None or side < 2:
        return ObstacleError("memory", device=device)
    return ObstacleError("memory-side", device=device, side=side, smaller=side // 2)
