"""A slope measured between two points of a graph, to one side and to both, as the points move together."""

from collections.abc import Sequence

import numpy as np
import torch

from gradlab.figures.figure import LabFigure, Plain
from gradlab.figures.landscape import curve_trace
from gradlab.figures.playing import play_buttons, positions, slider
from gradlab.figures.sampling import Drawable, compact, evaluate
from gradlab.figures.style import DASHES, INK, axis, layout, line_colour, minus
from gradlab.words import figures as words

_PLOT_HEIGHT = 360
_BELOW = 140
_SLIDER_BELOW = 50
_LEGEND_HEIGHT = 26
_MARKS = ("square", "diamond")


def chords(f: Drawable, *, at: float, widths: Sequence[float], title: str = "") -> LabFigure:
    """A graph with its tangent at one place, and the lines through the points of both ways to measure the slope there.

    Args:
        f: maps numbers of shape (n,), float64, to values of shape (n,); autograd can follow it.
        at: the place.
        widths: how far the other points are away, one frame for each, the widest first.
        title: the figure's title.

    Raises:
        ValueError: there is no width, or f does not give one number for each point.
    """
    if not widths:
        raise ValueError(words.NO_CURVES.format(what="width"))
    reach = 1.25 * max(widths)
    points = np.linspace(at - reach, at + reach, 121)
    values = evaluate(f, points)
    x = torch.tensor([at], dtype=torch.float64, requires_grad=True)
    y = f(x)
    (slope,) = torch.autograd.grad(y.sum(), x)
    tangent = float(y.detach()) + float(slope) * (points[[0, -1]] - at)
    # The ends of each line, as multiples of the width: the place and the right, the left and the right.
    kinds = ((words.CHORD_FORWARD, 0.0), (words.CHORD_CENTRAL, -1.0))
    measured = {width: [_line(f, at, start * width, width, reach) for _, start in kinds] for width in widths}
    frames: list[Plain] = [
        {
            "name": str(number),
            "data": [
                line | {"name": words.CHORD.format(kind=kind, slope=steep)}
                for (kind, _), (line, steep) in zip(kinds, lines, strict=True)
            ],
            "traces": [2, 3],
        }
        for number, lines in enumerate(measured.values())
    ]
    looks: list[Plain] = [
        {
            "mode": "lines+markers",
            "line": {"color": line_colour(number + 1), "width": 2.4, "dash": DASHES[number + 1]},
            "marker": {"size": [0, 11, 11, 0], "symbol": _MARKS[number], "line": {"color": "#ffffff", "width": 1}},
            "hoverinfo": "skip",
        }
        for number in range(len(kinds))
    ]
    straight = {
        "type": "scatter",
        "x": compact(points[[0, -1]]),
        "y": compact(tangent),
        "mode": "lines",
        "line": {"color": INK, "width": 1.2},
        "name": words.CHORD.format(kind=words.CHORD_TANGENT, slope=float(slope)),
        "hoverinfo": "skip",
    }
    moving = [look | part for look, part in zip(looks, frames[0]["data"], strict=True)]
    room = 0.35 * (values.max() - values.min()) or 1.0
    drawn = layout(
        _describe(at, float(slope), list(measured.items())), title=title, plot_height=_PLOT_HEIGHT, below=_BELOW
    )
    drawn |= {
        "xaxis": axis("x", (points[0], points[-1])),
        "yaxis": axis(words.HEIGHT, (values.min() - room, values.max() + room)),
        "showlegend": True,
        "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom"},
        "margin": {**drawn["margin"], "t": drawn["margin"]["t"] + _LEGEND_HEIGHT},
        "height": drawn["height"] + _LEGEND_HEIGHT,
        "title": {**drawn["title"], "y": 1, "yanchor": "top", "pad": {"t": 14}},
        "sliders": [_slider(widths)],
        "updatemenus": [play_buttons(600, x=0.11, y=-_SLIDER_BELOW / _PLOT_HEIGHT, redraw=True)],
    }
    return LabFigure({"data": [curve_trace(points, values), straight, *moving], "layout": drawn, "frames": frames})


def _line(f: Drawable, at: float, start: float, end: float, reach: float) -> tuple[Plain, float]:
    """The line through two points of the graph, from border to border, and its slope."""
    ends = np.array([at + start, at + end])
    low, high = evaluate(f, ends)
    steep = float((high - low) / (end - start))
    across = np.array([at - reach, *ends, at + reach])
    return {"type": "scatter", "x": compact(across), "y": compact(low + steep * (across - ends[0]))}, steep


def _slider(widths: Sequence[float]) -> Plain:
    steps = positions(range(len(widths)), [f"{width:g}" for width in widths], redraw=True)
    return slider(words.CHORD_SLIDER, steps, -_SLIDER_BELOW / _PLOT_HEIGHT)


def _describe(at: float, slope: float, measured: list[tuple[float, list[tuple[Plain, float]]]]) -> str:
    told = [
        words.CHORD_STEP.format(width=width, forward=lines[0][1], central=lines[1][1])
        for width, lines in (measured[0], measured[-1])
    ]
    return minus(words.CHORDS.format(at=at, slope=slope, steps="; ".join(told)))
