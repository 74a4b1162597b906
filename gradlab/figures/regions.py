"""What classifiers answer where, side by side, as their training goes on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gradlab.figures.controls import play_buttons, positions, slider
from gradlab.figures.figure import LabFigure, Plain
from gradlab.figures.sampling import SQUARE, Array, Extent, compact, scatter, to_array
from gradlab.figures.style import INK, axis, layout
from gradlab.words import figures as words

Grid = npt.NDArray[np.int_]
Mask = npt.NDArray[np.bool_]

_PLOT_HEIGHT = 330
_ABOVE = 52
_BELOW = 146
# Light tints for regions, strong colours and a mark of its own for the examples of each class.
_TINTS = ("#f6d9bf", "#c3daee", "#bfe3d6", "#f1ebbf")
_STRONG = ("#B34A00", "#0B4F8A", "#00664C", "#6b6100")
_MARKS = ("circle", "diamond", "square", "x")
_DEEPEST = 12
_SHALLOWEST = 2
"""A region that is nowhere this many cells deep gets no name: the name would not fit."""
_WIDER = 5
"""How many cells of width a word needs for each cell of height."""


def decision_regions(  # noqa: PLR0913 - the labs call it with these names
    maps: Mapping[str, Any],
    points: Any,  # noqa: ANN401 - whatever NumPy and torch take
    labels: Any,  # noqa: ANN401 - whatever NumPy and torch take
    *,
    names: Sequence[str],
    moments: Sequence[int],
    right: Mapping[str, Sequence[float]],
    extent: Extent = SQUARE,
    axes: tuple[str, str] = ("x₁", "x₂"),
    title: str = "",
    milliseconds: int = 700,
) -> LabFigure:
    """The decision regions of one or two classifiers, with a slider for the moments of their training.

    Args:
        maps: for each classifier its logits at every point of a grid at each moment, shape (moments, rows, columns,
            classes): row i for the i-th x₁, column j for the j-th x₂, from edge to edge of the extent. The borders of
            the regions are interpolated between grid points, so that straight ones are straight.
        points: the examples, shape (n, 2).
        labels: their true classes, shape (n,).
        names: what the classes are called, at most four.
        moments: after how many epochs each map was made.
        right: for each classifier the share of the examples, in percent, that it has right at each moment.
        extent: the bounds of x₁ and x₂.
        axes: what x₁ and x₂ are.
        title: the figure's title.
        milliseconds: how long a frame is shown.

    Raises:
        ValueError: there are no maps, or more than two; or one has another shape than it should.
    """
    places, truth = to_array(points), to_array(labels).astype(int)
    panels = [
        Panel(number, name, _logits(each, len(moments), len(names)), list(right[name]), tuple(names), extent, places)
        for number, (name, each) in enumerate(maps.items())
    ]
    if not 1 <= len(panels) <= 2 or not 2 <= len(names) <= len(_MARKS):
        raise ValueError(words.BAD_REGIONS.format(shape=f"{len(panels)} × {len(names)}", count=len(moments)))
    traces: list[Plain] = []
    moving: list[int] = []
    for panel in panels:
        moving += range(len(traces), len(traces) + len(names) + 1)
        traces += [look | part for look, part in zip(panel.looks(), panel.at(0), strict=True)]
        traces += [
            _examples(places[truth == number], number, name, panel.axes, shown=panel.number == 0)
            for number, name in enumerate(names)
        ]
    frames = [
        {"name": str(moment), "data": [part for panel in panels for part in panel.at(number)], "traces": moving}
        for number, moment in enumerate(moments)
    ]
    drawn = layout(describe(panels, moments), title=title, plot_height=_PLOT_HEIGHT, below=_BELOW)
    drawn |= _sides(len(panels), extent, axes)
    drawn |= {
        "shapes": [_ground(panel) for panel in panels],
        "showlegend": True,
        "legend": {"orientation": "h", "x": 1, "xanchor": "right", "y": 1 + 26 / _PLOT_HEIGHT, "yanchor": "bottom"},
        "sliders": [slider(words.EPOCH_SLIDER, positions(moments, redraw=True), -52 / _PLOT_HEIGHT, x=0.12)],
        "updatemenus": [play_buttons(milliseconds, x=0.08, y=-62 / _PLOT_HEIGHT, redraw=True)],
        "margin": {**drawn["margin"], "t": drawn["margin"]["t"] + _ABOVE},
        "height": drawn["height"] + _ABOVE,
        "title": {**drawn["title"], "y": 1, "yanchor": "top", "pad": {"t": 14}},
    }
    return LabFigure({"data": traces, "layout": drawn, "frames": frames})


def _logits(each: Any, count: int, classes: int) -> Array:  # noqa: ANN401 - whatever NumPy and torch take
    """The logits of one classifier, shape (moments, rows, columns, classes)."""
    parts = [to_array(one) for one in each]
    shapes = {part.shape for part in parts}
    fits = len(parts) == count and len(shapes) == 1 and parts[0].ndim == 3 and parts[0].size > 0
    if not fits or parts[0].shape[-1] != classes:
        raise ValueError(words.BAD_REGIONS.format(shape=sorted(shapes), count=count))
    return np.stack(parts)


@dataclass(frozen=True)
class Panel:
    """One classifier's half of the picture.

    Attributes:
        number: which half, 0 or 1.
        name: what the classifier is called.
        logits: its logits, shape (moments, rows, columns, classes).
        right: the share that it has right at each moment, in percent.
        names: what the classes are called.
        extent: the bounds of x₁ and x₂.
        examples: where they are, shape (n, 2): no word should cover them.
    """

    number: int
    name: str
    logits: Array
    right: list[float]
    names: tuple[str, ...]
    extent: Extent
    examples: Array

    @property
    def axes(self) -> Plain:
        """The axes that its traces belong to."""
        suffix = "" if self.number == 0 else str(self.number + 1)
        return {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}

    def answers(self, moment: int) -> Grid:
        """The class that is answered at each grid point; the first one where several have the largest logit."""
        answered: Grid = self.logits[moment].argmax(axis=-1)
        return answered

    def at(self, moment: int) -> tuple[Plain, ...]:
        """What changes: the regions but that of class 0, their names, and the line above them."""
        grid = self.answers(moment)
        taken = _taken(self.examples, self.extent, grid.shape)
        places = {number: found for number in range(len(self.names)) if (found := deepest(grid == number, taken))}
        across, up = (np.linspace(*self.extent[one], grid.shape[one]) for one in (0, 1))
        share = words.REGIONS_RIGHT.format(name=self.name, share=self.right[moment])
        return (
            *(
                {"type": "contour", "z": _digits(lead(self.logits[moment], number).T)}
                for number in range(1, len(self.names))
            ),
            {
                "type": "scatter",
                "x": compact(np.array([across[row] for row, _ in places.values()])),
                "y": compact(np.array([up[column] for _, column in places.values()])),
                "text": [f"<b>{self.names[number]}</b>" for number in places],
            },
            {"type": "scatter", "text": [f"<b>{share}</b>"]},
        )

    def looks(self) -> tuple[Plain, ...]:
        """What stays: how these look."""
        (left, right), (_, top) = self.extent
        hidden = {"showlegend": False, "hoverinfo": "skip"}
        regions = [
            {
                **self._steps(),
                # Plotly fills where the constraint does not hold.
                "contours": {"type": "constraint", "operation": "<", "value": 0},
                "fillcolor": _TINTS[number],
                "line": {"color": INK, "width": 1.2, "smoothing": 0},
                "showscale": False,
                **hidden,
                **self.axes,
            }
            for number in range(1, len(self.names))
        ]
        named = {"mode": "text", "textfont": {"size": 15, "color": INK}, "opacity": 0.55, **hidden}
        counted = {
            "mode": "text",
            "x": [(left + right) / 2],
            "y": [top],
            "textposition": "top center",
            "textfont": {"size": 14, "color": INK},
            "cliponaxis": False,
            **hidden,
        }
        return *regions, named | self.axes, counted | self.axes

    def _steps(self) -> Plain:
        """Where the cells stand, in two numbers for each axis."""
        steps: Plain = {}
        for name, (low, high), count in zip("xy", self.extent, self.logits.shape[1:3], strict=True):
            steps |= {f"{name}0": float(low), f"d{name}": float(high - low) / max(count - 1, 1)}
        return steps


def lead(logits: Array, number: int) -> Array:
    """By how much a class's logit is larger than the largest of the others; shape (rows, columns)."""
    others: Array = np.delete(logits, number, axis=-1).max(axis=-1)
    return logits[..., number] - others


def _digits(values: Array) -> list[list[float]]:
    """Three significant digits: borders between grid points stay where they are, and a notebook stays small."""
    return [[float(f"{value:.3g}") for value in row] for row in values]


def _ground(panel: Panel) -> Plain:
    """The tint of class 0 behind the other regions."""
    (left, right), (bottom, top) = panel.extent
    return {
        "type": "rect",
        "layer": "below",
        "x0": left,
        "x1": right,
        "y0": bottom,
        "y1": top,
        "fillcolor": _TINTS[0],
        "line": {"width": 0},
        **{f"{name}ref": axis for name, axis in zip("xy", panel.axes.values(), strict=True)},
    }


def deepest(inside: Mask, taken: Mask | None = None) -> tuple[int, int] | None:
    """The cell of a region around which a word, which is wider than high, has most space.

    Args:
        inside: the region, shape (rows, columns); rows lie along x₁.
        taken: cells that the word should not cover, if there is a choice.

    Returns:
        Row and column; None if the region is too narrow to hold a word.
    """
    layers, left = np.zeros(inside.shape, dtype=int), inside if taken is None else inside & ~taken
    while left.any() and layers.max() < _DEEPEST:
        layers = layers + left
        framed = np.pad(left, ((_WIDER, _WIDER), (1, 1)))
        sideways = [framed[shift : shift + len(left), 1:-1] for shift in (0, 2 * _WIDER)]
        upwards = [framed[_WIDER:-_WIDER, shift : shift + left.shape[1]] for shift in (0, 2)]
        left = np.logical_and.reduce([left, *sideways, *upwards])
    if layers.max() < _SHALLOWEST:
        return None if taken is None else deepest(inside)
    rows, columns = np.nonzero(layers == layers.max())
    middle = len(rows) // 2
    return int(rows[middle]), int(columns[middle])


def _taken(examples: Array, extent: Extent, shape: tuple[int, ...]) -> Mask:
    """The cells that examples cover."""
    taken = np.zeros(shape, dtype=bool)
    for example in examples:
        row, column = (
            round((example[one] - extent[one][0]) / (extent[one][1] - extent[one][0]) * (shape[one] - 1))
            for one in (0, 1)
        )
        taken[max(row - 1, 0) : max(row + 2, 0), max(column - 1, 0) : max(column + 2, 0)] = True
    return taken


def _examples(places: Array, number: int, name: str, axes: Plain, *, shown: bool) -> Plain:
    """The examples of one class, with a mark of their own."""
    return {
        **scatter(places[:, 0], places[:, 1]),
        "mode": "markers",
        "name": name,
        "showlegend": shown,
        "legendgroup": name,
        "marker": {
            "symbol": _MARKS[number],
            "size": 7,
            "color": _STRONG[number],
            "line": {"color": "#ffffff", "width": 0.8},
        },
        "hovertemplate": "%{fullData.name} (%{x:.2f}, %{y:.2f})<extra></extra>",
        **axes,
    }


def _sides(count: int, extent: Extent, axes: tuple[str, str]) -> Plain:
    """The axes of one panel, or of two beside each other."""
    drawn: Plain = {}
    for number in range(count):
        suffix = "" if number == 0 else str(number + 1)
        low = number * 0.53 if count == 2 else 0.0
        drawn[f"xaxis{suffix}"] = axis(
            axes[0], extent[0], domain=[low, low + (0.47 if count == 2 else 1.0)], anchor=f"y{suffix}", showgrid=False
        )
        drawn[f"yaxis{suffix}"] = axis(axes[1] if number == 0 else "", extent[1], anchor=f"x{suffix}", showgrid=False)
    return drawn


def describe(panels: Sequence[Panel], moments: Sequence[int]) -> str:
    """What each classifier has right at first and at last, in words."""
    parts = [
        words.REGIONS_ONE.format(
            name=panel.name,
            first=panel.right[0],
            last=panel.right[-1],
            classes=" and ".join(
                panel.names[number] for number in range(len(panel.names)) if (panel.answers(-1) == number).any()
            ),
        )
        for panel in panels
    ]
    return words.REGIONS.format(
        count=len(panels), classes=", ".join(panels[0].names), last=moments[-1], told="; ".join(parts)
    )
