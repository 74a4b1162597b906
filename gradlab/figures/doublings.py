"""A value that is added to itself again and again: how many paths lead through the graph, and how many edges."""

from collections.abc import Sequence

import numpy as np

from gradlab.figures.controls import play_buttons, positions, slider
from gradlab.figures.figure import LabFigure, Plain
from gradlab.figures.style import INK, LEGEND_HEIGHT, axis, layout, legend_above, line_colour
from gradlab.words import figures as words

_PLOT_HEIGHT = 340
_BELOW = 132
_COUNTS = (0.0, 0.7)
_CHAIN = (0.8, 1.0)
"""Which share of the plot's height the counts and the chain of values take."""
_BENT = 0.32
_FAINT = "#b9bcc2"
_POWERS = {"type": "log", "exponentformat": "power", "dtick": 3, "tickfont": {"size": 10.4}}


def paths_and_edges(doublings: int = 30, *, title: str = "", milliseconds: int = 350) -> LabFigure:
    """Draw a chain of values, each the one before it added to itself, and count its paths and its edges.

    Args:
        doublings: how often a value is added to itself at most.
        title: the figure's title.
        milliseconds: how long a frame is shown.

    Raises:
        ValueError: there is no doubling.
    """
    if doublings < 1:
        raise ValueError(words.NO_CURVES.format(what="doubling"))
    counted = range(1, doublings + 1)
    drawn = layout(
        words.DOUBLINGS.format(count=doublings, paths=2**doublings, edges=2 * doublings),
        title=title,
        plot_height=_PLOT_HEIGHT,
        below=_BELOW,
        left=78,
    )
    hidden = {"visible": False, "fixedrange": True}
    across = (-0.8, doublings + 0.8)
    drawn |= {
        "xaxis": axis(words.DOUBLINGS_COUNT, across, anchor="y"),
        "yaxis": axis(words.DOUBLINGS_HOW_MANY, (-1.0, doublings * np.log10(2) + 0.9), domain=_COUNTS, **_POWERS),
        "xaxis2": {**hidden, "range": list(across), "anchor": "y2"},
        "yaxis2": {**hidden, "range": [-0.6, 0.6], "domain": _CHAIN, "anchor": "x2"},
        "sliders": [slider(words.DOUBLINGS_SLIDER, positions(counted, redraw=False), -52 / _PLOT_HEIGHT)],
        "updatemenus": [play_buttons(milliseconds, x=0.08, y=-58 / _PLOT_HEIGHT, redraw=False)],
        "hovermode": False,
        **legend_above(drawn, LEGEND_HEIGHT),
    }
    still = [_chain(range(doublings + 1), _FAINT), *_curves(counted)]
    moving = [len(still) + number for number in range(4)]
    frames = [{"name": str(count), "data": _at(count), "traces": moving} for count in counted]
    return LabFigure({"data": [*still, *_looks(_at(1))], "layout": drawn, "frames": frames})


def _chain(numbers: Sequence[int], colour: str) -> Plain:
    """Values from left to right, with two edges from each to the next."""
    across, up = _edges(len(numbers) - 1)
    return {
        "type": "scatter",
        "x": across,
        "y": up,
        "mode": "lines",
        "line": {"color": colour, "width": 1.6, "shape": "spline"},
        "showlegend": False,
        "xaxis": "x2",
        "yaxis": "y2",
    }


def _edges(count: int) -> tuple[list[float | None], list[float | None]]:
    """The two bent edges between each of so many pairs of values, as one line with gaps."""
    across: list[float | None] = []
    up: list[float | None] = []
    for number in range(count):
        for side in (1, -1):
            across += [number, number + 0.5, number + 1, None]
            up += [0, side * _BENT, 0, None]
    return across, up


def _curves(counted: Sequence[int]) -> list[Plain]:
    """The number of paths and that of edges over the number of doublings."""
    return [
        {
            "type": "scatter",
            "x": list(counted),
            "y": values,
            "mode": "lines",
            "line": {"color": line_colour(number), "width": 2.4, "dash": dash},
            "name": name,
        }
        for number, (name, values, dash) in enumerate(
            (
                (words.DOUBLINGS_PATHS, [2**count for count in counted], "solid"),
                (words.DOUBLINGS_EDGES, [2 * count for count in counted], "dash"),
            )
        )
    ]


def _at(count: int) -> list[Plain]:
    """What changes from frame to frame: the chain, its values, and both counts."""
    across, up = _edges(count)
    return [
        {"type": "scatter", "x": across, "y": up},
        {"type": "scatter", "x": list(range(count + 1)), "y": [0] * (count + 1)},
        {"type": "scatter", "x": [count], "y": [2**count], "text": [f"<b>{2**count:,}</b>"]},
        {"type": "scatter", "x": [count], "y": [2 * count], "text": [f"<b>{2 * count}</b>"]},
    ]


def _looks(parts: Sequence[Plain]) -> list[Plain]:
    """What changes, as it looks."""
    chain = {"xaxis": "x2", "yaxis": "y2", "showlegend": False}
    counts = {"mode": "markers+text", "showlegend": False, "textfont": {"size": 14, "color": INK}}
    looks = (
        {"mode": "lines", "line": {"color": INK, "width": 1.6, "shape": "spline"}, **chain},
        {"mode": "markers", "marker": {"color": INK, "size": 8}, **chain},
        {**counts, "textposition": "top left", "marker": {"color": line_colour(0), "size": 10, "symbol": "circle"}},
        {
            **counts,
            "textposition": "bottom center",
            "marker": {"color": line_colour(1), "size": 10, "symbol": "diamond"},
        },
    )
    return [part | look for part, look in zip(parts, looks, strict=True)]
