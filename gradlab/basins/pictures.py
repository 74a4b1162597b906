"""Basin maps as an image: the valley gives the colour, how long the descent took gives the shade."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from gradlab.basins.descents import SQUARE, Basins, Share, numbers, shares
from gradlab.figures.style import BASIN_COLOURS, CARD, INK
from gradlab.notebook.computation_errors import require_count
from gradlab.words import basins as words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# The colours of the other maps of the course, then lighter relatives for valleys that lie outside the square.
_COLOURS = (*BASIN_COLOURS, "#A8A8A8", "#B9DDF3", "#F3CF80", "#7FCEB9", "#E5BBD2", "#EAAE7F")
_SHADOW = "#0b1021"
_DARKEST = 0.86
_BRIGHT, _DARK = 10.0, 97.0
"""The percentiles of the arrivals that get the full colour and the darkest one."""
_INCHES = 5.6
_DOTS, _FEW_DOTS, _FEW_PIXELS = 160, 80, 300
"""Dots per inch: fewer for a coarse map, which is drawn sooner and is smaller."""


@dataclass(frozen=True)
class Picture:
    """An image with its description; a notebook shows it.

    Attributes:
        png: the image's file.
        description: the image in words.
    """

    png: bytes
    description: str

    def write(self, path: Path) -> None:
        """Write the image's file."""
        path.write_bytes(self.png)

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, Any], dict[str, Any]]:
        """What Jupyter shows: the image, and its description for screen readers."""
        return {"image/png": self.png, "text/plain": self.description}, {"image/png": {"alt": self.description}}


def picture(*maps: Basins, pixels: int = 600) -> Picture:
    """Draw one or several basin maps side by side.

    Args:
        maps: what `settle` gives.
        pixels: about so many for each map's side; finer maps are averaged, which smooths their borders.

    Raises:
        ComputationError: pixels makes no sense.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    require_count(pixels, "pixels")
    among = _together(maps)
    dots = _DOTS if pixels > _FEW_PIXELS else _FEW_DOTS
    wide, high = _INCHES * len(maps), _INCHES + 0.1
    figure = Figure(figsize=(wide, high), dpi=dots, facecolor=CARD)
    # Fixed margins, in inches: a layout that looks for them takes as long as the picture itself.
    figure.subplots_adjust(
        left=0.5 / wide, right=1 - 0.15 / wide, bottom=0.5 / high, top=1 - 0.35 / high, wspace=0.65 / (_INCHES - 0.65)
    )
    for axes, basins in zip(np.atleast_1d(figure.subplots(1, len(maps))), maps, strict=True):
        _draw(axes, basins, among, pixels)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    png = _png(np.asarray(canvas.buffer_rgba()))  # type: ignore[no-untyped-call]
    return Picture(png, " ".join(_describe(basins) for basins in maps))


def coloured(basins: Basins, among: list[Share]) -> npt.NDArray[np.float32]:
    """The colours of the starts, (n, n, 3), in linear light from 0 to 1."""
    palette = np.array([_linear(_COLOURS[number % len(_COLOURS)]) for number in range(len(among))], dtype=np.float32)
    waited = np.log1p(basins.arrival.astype(np.float32))
    bright, dark = np.percentile(waited, [_BRIGHT, _DARK])
    shade = np.clip((waited - bright) / max(float(dark - bright), 1e-6), 0, 1).astype(np.float32)
    # Squared: what the eye sees is nearly the root of the light.
    light = ((1 - _DARKEST * shade) ** 2)[..., np.newaxis]
    mixed: npt.NDArray[np.float32] = palette[numbers(basins, among)] * light + _linear(_SHADOW) * (1 - light)
    return mixed


def _together(maps: tuple[Basins, ...]) -> list[Share]:
    """All valleys of several maps, so that a valley has the same colour in each."""
    found: Mapping[tuple[int, int], Share] = {share.valley: share for basins in maps for share in shares(basins)}
    return list(found.values())


def _draw(axes: "Axes", basins: Basins, among: list[Share], pixels: int) -> None:
    image = _averaged(coloured(basins, among), max(1, len(basins.arrival) // pixels))
    axes.imshow(
        _display(image).swapaxes(0, 1),
        origin="lower",
        extent=(0, SQUARE, 0, SQUARE),
        interpolation="nearest" if len(image) <= pixels else "antialiased",
    )
    for number, share in enumerate(among):
        if max(abs(coordinate - SQUARE / 2) for coordinate in share.place) <= SQUARE / 2 + 1e-6:
            mark = {"boxstyle": "circle,pad=0.25", "facecolor": "white", "edgecolor": INK}
            axes.text(
                *share.place, str(number), ha="center", va="center", color=INK, weight="bold", bbox=mark, zorder=3
            )
    title = (words.TITLE if basins.comes_to_rest else words.TITLE_ABOVE).format(rate=basins.rate, steps=basins.steps)
    axes.set_title(title, loc="left", color=INK, fontsize=12)
    axes.set_xlabel("x₁", color=INK)
    axes.set_ylabel("x₂", color=INK)


def _averaged(image: npt.NDArray[np.float32], factor: int) -> npt.NDArray[np.float32]:
    """The image with each square of factor × factor cells made one; what is left over at the far edges is cut off."""
    side = len(image) // factor
    cut = image[: side * factor, : side * factor]
    averaged: npt.NDArray[np.float32] = cut.reshape(side, factor, side, factor, 3).mean(axis=(1, 3))
    return averaged


def _linear(colour: str) -> npt.NDArray[np.float32]:
    """A colour #rrggbb in linear light (IEC 61966-2-1)."""
    values = np.array([int(colour[start : start + 2], 16) for start in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4).astype(np.float32)


def _display(light: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Linear light as a screen wants it."""
    values = np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 0) ** (1 / 2.4) - 0.055)
    return np.round(255 * np.clip(values, 0, 1)).astype(np.uint8)


def _png(image: npt.NDArray[np.uint8]) -> bytes:
    """A file with 256 colours, which is a third of the size and looks nearly the same."""
    from PIL import Image

    file = io.BytesIO()
    reduced = Image.fromarray(image).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    reduced.save(file, "PNG", optimize=True)
    return file.getvalue()


def _describe(basins: Basins) -> str:
    parts = "; ".join(
        words.SHARE.format(number=number, first=share.place[0], second=share.place[1], share=100 * share.share)
        for number, share in enumerate(shares(basins))
        if share.share > 0
    )
    text = words.CALM if basins.comes_to_rest else words.WILD
    slowest = int(basins.arrival.max())
    return text.format(rate=basins.rate, n=len(basins.arrival), steps=basins.steps, shares=parts, slowest=slowest)
