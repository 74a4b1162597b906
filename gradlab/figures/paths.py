"""Descents drawn on the function that they descend: as lines, laid over one another, or step by step."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradlab.figures.controls import play_buttons, positions, slider
from gradlab.figures.figure import LabFigure, Plain
from gradlab.figures.landscape import (
    BACKGROUND_RESOLUTION,
    MAP_HEIGHT,
    background,
    background_axes,
    contour_trace,
    square_axes,
)
from gradlab.figures.sampling import (
    SQUARE,
    Array,
    Drawable,
    Extent,
    compact,
    heights,
    on_grid,
    point_in_words,
    to_paths,
)
from gradlab.figures.style import DASHES, INK, dash, layout, legend_above, line_colour, minus
from gradlab.words import figures as words

_PLACES_IN_WORDS = 6
_SAME_PLACE = 0.05
_OVERLAID_LOOKS = ((9.0, "solid", 0.45), (2.4, "dash", 1.0), (2.4, "dot", 1.0))
_EQUAL = 1e-6
_PLOT_HEIGHT = 480
_BELOW = 206
_TRACES_PER_RATE = 2
_RATE_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "star", "cross", "x", "hexagon")
# Without redrawing everything in each frame, Plotly removes the contours.
_REDRAW = True


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
        *(_line(f, path, number) for number, path in enumerate(whole)),
        _marks(f, whole[:, 0], words.STARTS, "circle"),
        _marks(f, whole[:, -1], words.ENDS, "diamond"),
    ]
    drawn = layout(_describe_paths(f, whole), title=title, plot_height=MAP_HEIGHT)
    return LabFigure({"data": traces, "layout": drawn | background_axes(dimensions, extent) | {"showlegend": False}})


def overlaid(
    f: Drawable,
    paths: Mapping[str, Any],
    *,
    extent: Extent = SQUARE,
    names: tuple[str, str] = ("x₁", "x₂"),
    title: str = "",
) -> LabFigure:
    """Named paths over the contours of f: the first broad and pale, those after it thin and dashed.

    So equal paths are seen to be equal.

    Args:
        f: maps points of shape (n, 2) to values of shape (n,).
        paths: at most three, each of shape (steps + 1, 2).
        extent: the bounds of the two variables.
        names: what the two variables are called.
        title: the figure's title.

    Raises:
        ValueError: there is no path or more than three, or one has another shape.
    """
    walks = {name: to_paths(path)[0] for name, path in paths.items()}
    if not 1 <= len(walks) <= len(_OVERLAID_LOOKS) or any(walk.shape[-1] != 2 for walk in walks.values()):
        raise ValueError(words.BAD_OVERLAY)
    traces = [_overlaid_line(f, name, walk, number) for number, (name, walk) in enumerate(walks.items())]
    drawn = layout(_describe_overlaid(walks), title=title, plot_height=MAP_HEIGHT)
    drawn |= square_axes(extent, names) | legend_above(drawn)
    ground = contour_trace(*on_grid(f, extent, BACKGROUND_RESOLUTION), names) | {"showscale": False}
    return LabFigure({"data": [ground, *traces], "layout": drawn})


def descent_animation(
    f: Drawable,
    paths_by_rate: Mapping[float, Any],
    *,
    extent: Extent = SQUARE,
    title: str = "",
    milliseconds: int = 120,
) -> LabFigure:
    """Descents step by step, with a slider for the step, one for the learning rate, and a button that plays.

    Plotly has no two sliders that depend on each other, and a page without a kernel cannot compute. So every frame
    moves the lines of all rates, and the slider for the rate chooses which of them are visible.

    Args:
        f: maps points of shape (n, 2), or (n,) for one variable, to values of shape (n,).
        paths_by_rate: for each learning rate the path (steps + 1, d); a shorter path stays at its end.
        extent: the bounds of x₁ and x₂; for one variable only the first counts.
        title: the figure's title.
        milliseconds: how long a frame is shown.

    Raises:
        ValueError: there is no path, or a path or the values of f have another shape.
    """
    if not paths_by_rate:
        raise ValueError(words.NO_CURVES.format(what="learning rate"))
    paths = {rate: to_paths(path)[0] for rate, path in paths_by_rate.items()}
    dimensions = next(iter(paths.values())).shape[-1]
    steps = max(len(path) for path in paths.values())
    levels = {rate: heights(f, path) for rate, path in paths.items()}
    drawn_paths = [_PathTraces(rate, *_coordinates(f, path), levels[rate]) for rate, path in paths.items()]
    moving = list(range(1, 1 + _TRACES_PER_RATE * len(drawn_paths)))
    frames: list[Plain] = [
        {"name": str(step), "data": [part for each in drawn_paths for part in each.until(step)], "traces": moving}
        for step in range(steps)
    ]
    looks = [look for number, each in enumerate(drawn_paths) for look in each.looks(number)]
    traces = [look | part for look, part in zip(looks, frames[0]["data"], strict=True)]
    drawn = layout(_describe_animation(paths, levels), title=title, plot_height=_PLOT_HEIGHT, below=_BELOW)
    drawn |= background_axes(dimensions, extent) | legend_above(drawn, itemwidth=30)
    drawn |= {
        # One rate is named by its slider; the legend comes with all of them.
        "showlegend": False,
        "sliders": [_step_slider(steps), _rate_slider(list(paths), moving)],
        "updatemenus": [play_buttons(milliseconds, x=0.09, y=-58 / _PLOT_HEIGHT, redraw=_REDRAW)],
    }
    return LabFigure({"data": [background(f, dimensions, extent), *traces], "layout": drawn, "frames": frames})


def _coordinates(f: Drawable, points: Array) -> tuple[list[Any], list[Any]]:
    """Where to draw points of shape (n, d): (x₁, x₂), or (x, f(x)) for one variable."""
    if points.shape[-1] == 2:
        return compact(points[:, 0]), compact(points[:, 1])
    return compact(points[:, 0]), compact(heights(f, points))


def _line(f: Drawable, path: Array, number: int) -> Plain:
    """One path, shape (steps + 1, d), as a line with a point for each step."""
    across, up = _coordinates(f, path)
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


def _marks(f: Drawable, points: Array, name: str, symbol: str) -> Plain:
    """The starts or the ends of all paths, shape (n, d), numbered in the text that appears on hovering."""
    across, up = _coordinates(f, points)
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


def _describe_paths(f: Drawable, paths: Array) -> str:
    """Number of paths, and where they end, in words."""
    places = _gather(paths[:, -1])
    levels = heights(f, np.array([point for point, _ in places]))
    ends = [
        words.PLACE.format(place=point_in_words(point), height=level, times=times)
        for (point, times), level in zip(places, levels, strict=True)
    ][:_PLACES_IN_WORDS]
    if len(places) > _PLACES_IN_WORDS:
        ends.append(words.MORE_PLACES.format(count=len(places) - _PLACES_IN_WORDS))
    if len(paths) == 1:
        return words.TRAJECTORY.format(steps=paths.shape[1] - 1, place=point_in_words(paths[0, -1]), height=levels[0])
    return words.TRAJECTORIES.format(
        count=len(paths), steps=paths.shape[1] - 1, number=len(places), places="; ".join(ends)
    )


def _gather(points: Array) -> list[tuple[Array, int]]:
    """Points that lie together, as pairs of one of them and their number, most frequent first."""
    places: list[tuple[Array, int]] = []
    for point in points:
        for index, (known, times) in enumerate(places):
            if np.linalg.norm(point - known) < _SAME_PLACE:
                places[index] = (known, times + 1)
                break
        else:
            places.append((point, 1))
    return sorted(places, key=lambda pair: -pair[1])


def _overlaid_line(f: Drawable, name: str, walk: Array, number: int) -> Plain:
    across, up = _coordinates(f, walk)
    width, dash, opacity = _OVERLAID_LOOKS[number]
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


def _describe_overlaid(walks: Mapping[str, Array]) -> str:
    """Where each path ends, and which of them are the same as the first."""
    (first, path), *others = walks.items()
    same = [name for name, walk in others if walk.shape == path.shape and np.allclose(walk, path, atol=_EQUAL)]
    ends = "; ".join(
        words.OVERLAY_END.format(name=name, place=point_in_words(walk[-1])) for name, walk in walks.items()
    )
    return words.OVERLAY.format(count=len(walks), ends=ends) + "".join(
        words.OVERLAY_SAME.format(name=name, first=first) for name in same
    )


@dataclass(frozen=True)
class _PathTraces:
    """One path as it is drawn: its line up to a step, and the point at that step.

    Attributes:
        rate: its learning rate.
        across: what is drawn along the first axis, one number for each point.
        up: what is drawn along the second axis.
        levels: the values of f, shape (steps + 1,).
    """

    rate: float
    across: list[Any]
    up: list[Any]
    levels: Array

    def until(self, step: int) -> tuple[Plain, Plain]:
        """What a frame changes: the two traces after this many steps."""
        across, up = self.across[: step + 1], self.up[: step + 1]
        level = self.levels[min(step, len(self.levels) - 1)]
        head = {"x": across[-1:], "y": up[-1:], "text": [minus(f"f = {level:.3f}")]}
        return {"type": "scatter", "x": across, "y": up}, {"type": "scatter", **head}

    def looks(self, number: int) -> tuple[Plain, Plain]:
        """What no frame changes: how the two traces look; only the first path is visible at first."""
        colour = line_colour(number)
        shared = {"name": words.RATE.format(rate=self.rate), "cliponaxis": True, "visible": number == 0}
        trail = {
            "mode": "lines+markers",
            "line": {"color": colour, "width": 2.4, "dash": DASHES[number % len(DASHES)]},
            "marker": {"size": 4},
            "showlegend": False,
        }
        head = {
            "mode": "markers+text",
            "textposition": "top center",
            "textfont": {"color": INK, "size": 13, "weight": "bold"},
            "marker": {
                "symbol": _RATE_SYMBOLS[number % len(_RATE_SYMBOLS)],
                "size": 13,
                "color": colour,
                "line": {"color": "#ffffff", "width": 2},
            },
        }
        return trail | shared, head | shared


def _step_slider(steps: int) -> dict[str, Any]:
    return slider(words.STEP_SLIDER, positions(range(steps), redraw=_REDRAW), -48 / _PLOT_HEIGHT)


def _rate_slider(rates: list[float], moving: list[int]) -> dict[str, Any]:
    """One position for each rate, and one that shows all of them: with a legend, and without numbers, which overlap."""

    def choose(label: str, chosen: list[bool]) -> dict[str, Any]:
        visible = [seen for seen in chosen for _ in range(_TRACES_PER_RATE)]
        head = "markers+text" if sum(chosen) == 1 else "markers"
        mode = ["lines+markers", head] * len(chosen)
        change = {"visible": visible, "mode": mode}
        return {"label": label, "method": "update", "args": [change, {"showlegend": sum(chosen) > 1}, moving]}

    single = [choose(f"{rate:g}", [other == rate for other in rates]) for rate in rates]
    every = choose(words.ALL_RATES, [True] * len(rates))
    return slider(words.RATE_SLIDER, [*single, every], -124 / _PLOT_HEIGHT)


def _describe_animation(paths: Mapping[float, Array], levels: Mapping[float, Array]) -> str:
    ends = [
        words.ANIMATION_END.format(rate=rate, place=point_in_words(path[-1]), height=levels[rate][-1])
        for rate, path in paths.items()
    ]
    return words.ANIMATION.format(count=len(paths), ends="; ".join(ends))
