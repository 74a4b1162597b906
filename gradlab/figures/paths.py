"""Descents drawn on the function that they descend."""

from typing import Any

import numpy as np

from gradlab.figures.figure import LabFigure, Plain
from gradlab.figures.landscape import MAP_HEIGHT, background, background_axes
from gradlab.figures.sampling import SQUARE, Array, Drawable, Extent, compact, heights, place, to_paths
from gradlab.figures.style import dash, layout, line_colour
from gradlab.words import figures as words

PLACES_IN_WORDS = 6
SAME_PLACE = 0.05


def trajectories(f: Drawable, paths: Any, *, extent: Extent = SQUARE, title: str = "") -> LabFigure:  # noqa: ANN401
    """Paths over the contours of f, or over its graph if it has one variable.

    Args:
        f: maps points of shape (n, 2), or (n,) for one variable, to values of shape (n,).
        paths: one path (steps + 1, d) or several (n, steps + 1, d): a tensor, an array or lists.
        extent: the bounds of x₁ and x₂; for one variable only the first counts.
        title: the figure's title.

    Raises:
        ValueError: paths or the values of f have another shape.
    """
    whole = to_paths(paths)
    dimensions = whole.shape[-1]
    traces = [
        background(f, dimensions, extent),
        *(line(f, path, number) for number, path in enumerate(whole)),
        marks(f, whole[:, 0], words.STARTS, "circle"),
        marks(f, whole[:, -1], words.ENDS, "diamond"),
    ]
    drawn = layout(describe(f, whole), title=title, plot_height=MAP_HEIGHT)
    return LabFigure({"data": traces, "layout": drawn | background_axes(dimensions, extent) | {"showlegend": False}})


def coordinates(f: Drawable, points: Array) -> tuple[list[Any], list[Any]]:
    """Where to draw points of shape (n, d): (x₁, x₂), or (x, f(x)) for one variable."""
    if points.shape[-1] == 2:
        return compact(points[:, 0]), compact(points[:, 1])
    return compact(points[:, 0]), compact(heights(f, points))


def line(f: Drawable, path: Array, number: int) -> Plain:
    """One path, shape (steps + 1, d), as a line with a point for each step."""
    across, up = coordinates(f, path)
    return {
        "type": "scatter",
        "x": across,
        "y": up,
        "mode": "lines+markers",
        "line": {"color": line_colour(number), "width": 2.4, "dash": dash(number)},
        "marker": {"size": 4},
        "name": words.DESCENT.format(number=number + 1),
        "hovertemplate": "%{fullData.name}<br>(%{x:.3f}, %{y:.3f})<extra></extra>",
    }


def marks(f: Drawable, points: Array, name: str, symbol: str) -> Plain:
    """The starts or the ends of all paths, shape (n, d), numbered in the text that appears on hovering."""
    across, up = coordinates(f, points)
    return {
        "type": "scatter",
        "x": across,
        "y": up,
        "mode": "markers",
        "marker": {
            "symbol": symbol,
            "size": 11 if symbol == "diamond" else 10,
            "color": [line_colour(number) for number in range(len(points))],
            "line": {"color": "#ffffff", "width": 1.6},
        },
        "name": name,
        # A start on the border is seen whole; one beyond it stays hidden.
        "cliponaxis": False,
        "hovertemplate": "%{fullData.name}<br>(%{x:.3f}, %{y:.3f})<extra></extra>",
    }


def describe(f: Drawable, paths: Array) -> str:
    """Number of paths, and where they end, in words."""
    places = gather(paths[:, -1])
    levels = heights(f, np.array([point for point, _ in places]))
    told = [
        words.PLACE.format(place=place(point), height=level, times=times)
        for (point, times), level in zip(places, levels, strict=True)
    ][:PLACES_IN_WORDS]
    if len(places) > PLACES_IN_WORDS:
        told.append(words.MORE_PLACES.format(count=len(places) - PLACES_IN_WORDS))
    if len(paths) == 1:
        return words.TRAJECTORY.format(steps=paths.shape[1] - 1, place=place(paths[0, -1]), height=levels[0])
    return words.TRAJECTORIES.format(
        count=len(paths), steps=paths.shape[1] - 1, number=len(places), places="; ".join(told)
    )


def gather(points: Array) -> list[tuple[Array, int]]:
    """Points that lie together, as pairs of one of them and their number, most frequent first."""
    places: list[tuple[Array, int]] = []
    for point in points:
        for index, (known, times) in enumerate(places):
            if np.linalg.norm(point - known) < SAME_PLACE:
                places[index] = (known, times + 1)
                break
        else:
            places.append((point, 1))
    return sorted(places, key=lambda pair: -pair[1])
