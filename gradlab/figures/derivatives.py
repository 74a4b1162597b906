"""The slope of a function of one variable: its tangent, slopes between two points, and their errors."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from gradlab.figures.controls import play_buttons, positions, slider
from gradlab.figures.figure import LabFigure, Plain
from gradlab.figures.landscape import curve_trace
from gradlab.figures.sampling import Array, Bounds, Drawable, evaluate, scatter
from gradlab.figures.style import DASHES, INK, axis, layout, legend_above, line_colour, minus
from gradlab.words import figures as words

_PLOT_HEIGHT = 360
_BELOW = 140
_SLIDER_BELOW = 50
_SYMBOLS = ("square", "diamond")
_POWERS: dict[str, Any] = {"type": "log", "exponentformat": "power", "tickfont": {"size": 10.4}}
_TWO_LINES = 44
"""Pixels of a legend of two lines."""
_ERROR_MARKS = ("circle", "square", "diamond", "triangle-up")


def tangent(f: Drawable, *, extent: Bounds, places: int = 21, title: str = "") -> LabFigure:
    """A graph and its tangent, one frame for each point; the slopes come from autograd.

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
        {"name": str(number), "data": _touching(at, height, slope, half, number < places / 3), "traces": [1, 2]}
        for number, (at, height, slope) in enumerate(
            zip(touched.tolist(), evaluate(f, touched).tolist(), slopes.tolist(), strict=True)
        )
    ]
    margin = (values.max() - values.min()) * 0.15 or 1.0
    drawn = layout(_describe_tangent(touched, slopes.numpy()), title=title, plot_height=_PLOT_HEIGHT, below=_BELOW)
    drawn |= {
        "xaxis": axis("x", extent),
        "yaxis": axis(words.HEIGHT, (values.min() - margin, values.max() + margin)),
        "showlegend": False,
        "sliders": [_tangent_slider(touched)],
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


def chords(f: Drawable, *, at: float, widths: Sequence[float], title: str = "") -> LabFigure:
    """A graph with its tangent at one point, and the lines through the points of both ways to measure the slope there.

    Args:
        f: maps numbers of shape (n,), float64, to values of shape (n,); autograd can follow it.
        at: the x of that point.
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
    # The ends of each line, as multiples of the width: `at` and the right, the left and the right.
    kinds = ((words.CHORD_FORWARD, 0.0), (words.CHORD_CENTRAL, -1.0))
    measured = {width: [_chord(f, at, start * width, width, reach) for _, start in kinds] for width in widths}
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
            "marker": {
                "size": [0, 11, 11, 0],
                "symbol": _SYMBOLS[number],
                "line": {"color": "#ffffff", "width": 1},
            },
            "hoverinfo": "skip",
        }
        for number in range(len(kinds))
    ]
    straight = {
        **scatter(points[[0, -1]], tangent),
        "mode": "lines",
        "line": {"color": INK, "width": 1.2},
        "name": words.CHORD.format(kind=words.CHORD_TANGENT, slope=float(slope)),
        "hoverinfo": "skip",
    }
    moving = [look | part for look, part in zip(looks, frames[0]["data"], strict=True)]
    margin = 0.35 * (values.max() - values.min()) or 1.0
    drawn = layout(
        _describe_chords(at, float(slope), list(measured.items())), title=title, plot_height=_PLOT_HEIGHT, below=_BELOW
    )
    drawn |= {
        "xaxis": axis("x", (points[0], points[-1])),
        "yaxis": axis(words.HEIGHT, (values.min() - margin, values.max() + margin)),
        **legend_above(drawn),
        "sliders": [_width_slider(widths)],
        "updatemenus": [play_buttons(600, x=0.11, y=-_SLIDER_BELOW / _PLOT_HEIGHT, redraw=True)],
    }
    return LabFigure({"data": [curve_trace(points, values), straight, *moving], "layout": drawn, "frames": frames})


def accuracy(widths: Sequence[float], errors: Mapping[str, Sequence[float]], *, title: str = "") -> LabFigure:
    """Relative errors against widths, both on logarithmic axes, with a mark where each line is lowest.

    Args:
        widths: how far apart the points were between which was measured, positive, in any order.
        errors: for each way to measure the relative error at each width. Zeros are left out.
        title: the figure's title.

    Raises:
        ValueError: there is no line, or a line has another number of errors than there are widths.
    """
    if not errors or any(
        len(values) != len(widths) or not any(value > 0 for value in values) for values in errors.values()
    ):
        raise ValueError(words.NO_CURVES.format(what=words.ACCURACY_LINE_KIND))
    best = {
        name: min((value, width) for value, width in zip(values, widths, strict=True) if value > 0)
        for name, values in errors.items()
    }
    traces = [_error_line(name, widths, values, number) for number, (name, values) in enumerate(errors.items())]
    traces += [_lowest_mark(name, lowest, number) for number, (name, lowest) in enumerate(best.items())]
    drawn = layout(_describe_accuracy(best), title=title, plot_height=380, left=88)
    drawn |= {
        "xaxis": axis(words.ACCURACY_WIDTH, dtick=2, **_POWERS),
        "yaxis": axis(words.ACCURACY_ERROR, dtick=2, **_POWERS),
        **legend_above(drawn, _TWO_LINES),
    }
    return LabFigure({"data": traces, "layout": drawn})


def _touching(at: float, height: float, slope: float, half: float, on_the_left: bool) -> list[Plain]:
    """The tangent, and the point where it touches; its label stands off the tangent and inside the picture."""
    ends = np.array([at - half, at + half])
    return [
        scatter(ends, height + slope * (ends - at)),
        {
            "type": "scatter",
            "x": [round(at, 4)],
            "y": [round(height, 4)],
            "textposition": ("bottom right" if slope >= 0 else "top right") if on_the_left else "top left",
            "text": [minus(words.TANGENT_SLOPE.format(slope=slope + 0.0))],
        },
    ]


def _tangent_slider(touched: Array) -> Plain:
    labels = [minus(f"{at + 0.0:.1f}") for at in touched.tolist()]
    steps = positions(range(len(touched)), labels, redraw=False)
    made = slider(words.TANGENT_SLIDER, steps, -_SLIDER_BELOW / _PLOT_HEIGHT)
    return made | {"active": len(touched) // 8}


def _describe_tangent(touched: Array, slopes: Array) -> str:
    ends = {"left": touched[0], "right": touched[-1], "first": slopes[0], "last": slopes[-1]}
    flattest = int(np.abs(slopes).argmin())
    return words.TANGENT.format(**ends, flat_at=touched[flattest], flat=slopes[flattest] + 0.0)


def _chord(f: Drawable, at: float, start: float, end: float, reach: float) -> tuple[Plain, float]:
    """The line through two points of the graph, from border to border, and its slope."""
    ends = np.array([at + start, at + end])
    low, high = evaluate(f, ends)
    steep = float((high - low) / (end - start))
    across = np.array([at - reach, *ends, at + reach])
    return scatter(across, low + steep * (across - ends[0])), steep


def _width_slider(widths: Sequence[float]) -> Plain:
    steps = positions(range(len(widths)), [f"{width:g}" for width in widths], redraw=True)
    return slider(words.CHORD_SLIDER, steps, -_SLIDER_BELOW / _PLOT_HEIGHT)


def _describe_chords(at: float, slope: float, measured: list[tuple[float, list[tuple[Plain, float]]]]) -> str:
    steps = [
        words.CHORD_STEP.format(width=width, forward=lines[0][1], central=lines[1][1])
        for width, lines in (measured[0], measured[-1])
    ]
    return minus(words.CHORDS.format(at=at, slope=slope, steps="; ".join(steps)))


def _error_line(name: str, widths: Sequence[float], values: Sequence[float], number: int) -> Plain:
    return {
        "type": "scatter",
        "x": [_short(width) for width in widths],
        "y": [_short(value) if value > 0 else None for value in values],
        "mode": "lines",
        "line": {"color": line_colour(number), "width": 2.4, "dash": DASHES[number % len(DASHES)]},
        "name": name,
        "hovertemplate": "%{fullData.name}<br>h = %{x:.1e}: %{y:.1e}<extra></extra>",
    }


def _lowest_mark(name: str, lowest: tuple[float, float], number: int) -> Plain:
    error, width = lowest
    return {
        "type": "scatter",
        "x": [_short(width)],
        "y": [_short(error)],
        "mode": "markers",
        "marker": {
            "color": line_colour(number),
            "size": 11,
            "symbol": _ERROR_MARKS[number % len(_ERROR_MARKS)],
            "line": {"color": INK, "width": 1},
        },
        "name": name,
        "showlegend": False,
        "hovertemplate": words.ACCURACY_BEST + "<br>h = %{x:.1e}: %{y:.1e}<extra></extra>",
    }


def _short(value: float) -> float:
    return float(f"{value:.3g}")


def _describe_accuracy(best: Mapping[str, tuple[float, float]]) -> str:
    found = [
        words.ACCURACY_LINE.format(name=name, width=_power(width), error=_power(error))
        for name, (error, width) in best.items()
    ]
    return words.ACCURACY.format(lines="; ".join(found))


def _power(value: float) -> str:
    """The power of ten nearest to a positive number, as it is written: 10⁻⁵."""
    return "10" + str(round(math.log10(value))).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
