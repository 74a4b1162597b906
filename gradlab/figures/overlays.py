"""Paths laid over one another: each later one is thinner and broken, so that equal ones are seen to be equal."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gradlab.figures.curves import LEGEND_HEIGHT
from gradlab.figures.figure import LabFigure, Plain
from gradlab.figures.landscape import MAP_HEIGHT, background, background_axes
from gradlab.figures.paths import coordinates
from gradlab.figures.sampling import SQUARE, Array, Drawable, Extent, place, to_paths
from gradlab.figures.style import layout, line_colour
from gradlab.words import figures as words

_LOOKS = ((9.0, "solid", 0.45), (2.4, "dash", 1.0), (2.4, "dot", 1.0))
_EQUAL = 1e-6


def overlaid(f: Drawable, paths: Mapping[str, Any], *, extent: Extent = SQUARE, title: str = "") -> LabFigure:
    """Paths with names over the contours of f: the first broad and pale, those after it thin and broken.

    Args:
        f: maps points of shape (n, 2) to values of shape (n,).
        paths: at most three, each of shape (steps + 1, 2).
        extent: the bounds of x₁ and x₂.
        title: the figure's title.

    Raises:
        ValueError: there is no path or more than three, or one has another shape.
    """
    walks = {name: to_paths(path)[0] for name, path in paths.items()}
    if not 1 <= len(walks) <= len(_LOOKS) or any(walk.shape[-1] != 2 for walk in walks.values()):
        raise ValueError(words.BAD_OVERLAY)
    traces = [_line(f, name, walk, number) for number, (name, walk) in enumerate(walks.items())]
    drawn = layout(_describe(walks), title=title, plot_height=MAP_HEIGHT)
    drawn |= background_axes(2, extent)
    drawn |= {
        "showlegend": True,
        "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom"},
        "margin": {**drawn["margin"], "t": drawn["margin"]["t"] + LEGEND_HEIGHT},
        "height": drawn["height"] + LEGEND_HEIGHT,
        "title": {**drawn["title"], "y": 1, "yanchor": "top", "pad": {"t": 14}},
    }
    ground = background(f, 2, extent) | {"showscale": False}
    return LabFigure({"data": [ground, *traces], "layout": drawn})


def _line(f: Drawable, name: str, walk: Array, number: int) -> Plain:
    across, up = coordinates(f, walk)
    width, dash, opacity = _LOOKS[number]
    return {
        "type": "scatter",
        "x": across,
        "y": up,
        "mode": "lines",
        "line": {"color": line_colour(number), "width": width, "dash": dash},
        "opacity": opacity,
        "name": name,
        "hovertemplate": "%{fullData.name}<br>(%{x:.3f}, %{y:.3f})<extra></extra>",
    }


def _describe(walks: Mapping[str, Array]) -> str:
    """Where each path ends, and which of them are the same as the first."""
    (first, path), *others = walks.items()
    same = [name for name, walk in others if walk.shape == path.shape and np.allclose(walk, path, atol=_EQUAL)]
    ends = "; ".join(words.OVERLAY_END.format(name=name, place=place(walk[-1])) for name, walk in walks.items())
    told = words.OVERLAY.format(count=len(walks), ends=ends)
    return told + "".join(words.OVERLAY_SAME.format(name=name, first=first) for name in same)
