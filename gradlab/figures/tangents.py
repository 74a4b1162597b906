"""The graph of a function with its tangent, which a slider moves along it."""

import numpy as np
import torch

from gradlab.figures.figure import LabFigure, Plain
from gradlab.figures.landscape import curve_trace
from gradlab.figures.playing import play_buttons, positions, slider
from gradlab.figures.sampling import Array, Bounds, Drawable, compact, evaluate
from gradlab.figures.style import DASHES, INK, axis, layout, line_colour, minus
from gradlab.words import figures as words

_PLOT_HEIGHT = 360
_BELOW = 140
_SLIDER_BELOW = 50


def tangent(f: Drawable, *, extent: Bounds, places: int = 21, title: str = "") -> LabFigure:
    """A graph and its tangent, one frame for each place; the slopes come from autograd.

    Args:
        f: maps numbers of shape (n,), float64, to values of shape (n,); autograd can follow it.
        extent: the bounds of x.
        places: how many positions the slider has.
        title: the figure's title.

    Raises:
        ValueError: f does not give one number for each point.
    """
    points = np.linspace(*extent, 121)
    values = evaluate(f, points)
    touched = np.linspace(*extent, places)
    x = torch.tensor(touched, requires_grad=True)
    (slopes,) = torch.autograd.grad(f(x).sum(), x)
    half = (extent[1] - extent[0]) / 7
    frames: list[Plain] = [
        {"name": str(number), "data": _touching(place, height, slope, half, number < places / 3), "traces": [1, 2]}
        for number, (place, height, slope) in enumerate(
            zip(touched.tolist(), evaluate(f, touched).tolist(), slopes.tolist(), strict=True)
        )
    ]
    room = (values.max() - values.min()) * 0.15 or 1.0
    drawn = layout(_describe(touched, slopes.numpy()), title=title, plot_height=_PLOT_HEIGHT, below=_BELOW)
    drawn |= {
        "xaxis": axis("x", extent),
        "yaxis": axis(words.HEIGHT, (values.min() - room, values.max() + room)),
        "showlegend": False,
        "sliders": [_slider(touched)],
        "updatemenus": [play_buttons(250, x=0.11, y=-_SLIDER_BELOW / _PLOT_HEIGHT, redraw=False)],
    }
    looks: list[Plain] = [
        {"mode": "lines", "line": {"color": line_colour(1), "width": 3, "dash": DASHES[1]}, "hoverinfo": "skip"},
        {
            "mode": "markers+text",
            "textfont": {"color": INK, "size": 13},
            "marker": {"size": 11, "color": line_colour(1), "line": {"color": "#ffffff", "width": 2}},
            "hoverinfo": "skip",
        },
    ]
    first = [look | part for look, part in zip(looks, frames[places // 8]["data"], strict=True)]
    return LabFigure({"data": [curve_trace(points, values), *first], "layout": drawn, "frames": frames})


def _touching(place: float, height: float, slope: float, half: float, on_the_left: bool) -> list[Plain]:
    """The tangent, and the point where it touches; its label stands off the tangent and inside the picture."""
    ends = np.array([place - half, place + half])
    return [
        {"type": "scatter", "x": compact(ends), "y": compact(height + slope * (ends - place))},
        {
            "type": "scatter",
            "x": [round(place, 4)],
            "y": [round(height, 4)],
            "textposition": ("bottom right" if slope >= 0 else "top right") if on_the_left else "top left",
            "text": [minus(words.TANGENT_SLOPE.format(slope=slope + 0.0))],
        },
    ]


def _slider(touched: Array) -> Plain:
    labels = [minus(f"{place + 0.0:.1f}") for place in touched.tolist()]
    steps = positions(range(len(touched)), labels, redraw=False)
    made = slider(words.TANGENT_SLIDER, steps, -_SLIDER_BELOW / _PLOT_HEIGHT)
    return made | {"active": len(touched) // 8}


def _describe(touched: Array, slopes: Array) -> str:
    ends = {"left": touched[0], "right": touched[-1], "first": slopes[0], "last": slopes[-1]}
    flattest = int(np.abs(slopes).argmin())
    return words.TANGENT.format(**ends, flat_at=touched[flattest], flat=slopes[flattest] + 0.0)
