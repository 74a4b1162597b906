"""Several optimisers from one start on one loss, step by step.

Every frame moves all of them. The first steps have a frame each, later ones are shown in growing strides: optimisers
differ most in their first steps, and their results show in the last ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradlab.figures.controls import play_buttons, positions, slider
from gradlab.figures.figure import LabFigure, Plain
from gradlab.figures.sampling import (
    Array,
    Drawable,
    Extent,
    compact,
    heights,
    on_grid,
    packed,
    point_in_words,
    scatter,
    to_paths,
)
from gradlab.figures.style import DASHES, HEIGHT_SCALE, axis, layout, legend_above, line_colour
from gradlab.words import figures as words

PLOT_HEIGHT = 600
BELOW = 138
RESOLUTION = 60
# The map is above, the losses below.
MAP = [0.34, 1.0]
LOSSES = [0.0, 0.23]
ONE_BY_ONE = 20
STRIDE = 1.25
TRACES = 3
"""How many traces of an optimiser move."""
POWERS: dict[str, Any] = {"type": "log", "exponentformat": "power", "nticks": 5, "tickfont": {"size": 10.4}}
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "star", "cross", "x", "hexagon")
# A line leaves out points that are nearer than this share of the plot to the one before.
NEAREST = 0.006
# Values below this share of the whole range are drawn alike, since the lowest one has no logarithm.
FLOOR = 3e-4


def race(
    f: Drawable,
    paths: Mapping[str, Any],
    *,
    extent: Extent,
    names: tuple[str, str] = ("x₁", "x₂"),
    lowest: float = 0.0,
    title: str = "",
    milliseconds: int = 450,
) -> LabFigure:
    """Optimisers on the contours of a loss, their losses below, with a slider for the step and a button that plays.

    Contours are drawn for the logarithm of the height above the lowest value seen, so that a narrow valley is visible.
    As long as each step has a frame of its own, the map and the losses show the first steps alone, enlarged.

    Args:
        f: maps points of shape (n, 2) to values of shape (n,).
        paths: for each optimiser the path (steps + 1, 2); a shorter path stays at its end.
        extent: the bounds of the two parameters; the axes have units of their own.
        names: what the two parameters are called.
        lowest: the lowest value of f, if it is known: the losses are drawn above it.
        title: the figure's title.
        milliseconds: how long a frame is shown.

    Raises:
        ValueError: there is no path, or a path or the values of f have another shape.
    """
    if not paths:
        raise ValueError(words.NO_CURVES.format(what="optimiser"))
    walks = {name: to_paths(path)[0] for name, path in paths.items()}
    if any(walk.shape[-1] != 2 for walk in walks.values()):
        raise ValueError(words.BAD_RACE)
    levels = {name: heights(f, walk) for name, walk in walks.items()}
    last = max(len(walk) for walk in walks.values()) - 1
    optimisers = [OptimiserTraces(name, walk, extent, levels[name] - lowest) for name, walk in walks.items()]
    moving = list(range(1, 1 + TRACES * len(optimisers)))
    steps = shown_steps(last)
    near = view(optimisers, first_steps(list(walks.values()), extent), min(last, ONE_BY_ONE))
    whole = view(optimisers, extent, last)
    frames: list[Plain] = [
        {
            "name": str(step),
            "data": [part for each in optimisers for part in each.until(step)],
            "traces": moving,
            "layout": near if step <= ONE_BY_ONE else whole,
        }
        for step in steps
    ]
    looks = [look for number, optimiser in enumerate(optimisers) for look in optimiser.looks(number)]
    traces = [look | part for look, part in zip(looks, frames[0]["data"], strict=True)]
    curves = [optimiser.curve(number) for number, optimiser in enumerate(optimisers)]
    drawn = layout(describe(walks, levels, last), title=title, plot_height=PLOT_HEIGHT, below=BELOW)
    drawn |= {
        "xaxis": axis(names[0], showgrid=False, anchor="y", **near["xaxis"]),
        "yaxis": axis(names[1], showgrid=False, domain=MAP, **near["yaxis"]),
        "xaxis2": axis(words.STEP, anchor="y2", **near["xaxis2"]),
        "yaxis2": axis(words.RACE_LOSS, domain=LOSSES, anchor="x2", **POWERS, **near["yaxis2"]),
        **legend_above(drawn, font={"size": 12}),
        "sliders": [slider(words.STEP_SLIDER, positions(steps, redraw=True), -48 / PLOT_HEIGHT)],
        "updatemenus": [play_buttons(milliseconds, x=0.09, y=-58 / PLOT_HEIGHT, redraw=True)],
    }
    ground = valley(f, extent, names, levels)
    return LabFigure({"data": [ground, *traces, *curves], "layout": drawn, "frames": frames})


def view(optimisers: list["OptimiserTraces"], extent: Extent, steps: int) -> dict[str, Plain]:
    """The ranges of the axes for a part of the map, and so many steps of the losses."""
    losses = np.concatenate([each.losses[: steps + 1] for each in optimisers])
    seen = np.log10(losses[np.isfinite(losses) & (losses > 0)])
    low, high = (float(seen.min()), float(seen.max())) if seen.size else (0.0, 1.0)
    return {
        "xaxis": {"range": list(extent[0])},
        "yaxis": {"range": list(extent[1])},
        "xaxis2": {"range": [-0.02 * steps, 1.02 * steps]},
        "yaxis2": {"range": [low - 0.06 * (high - low) - 0.02, high + 0.06 * (high - low) + 0.02]},
    }


def first_steps(walks: list[Array], extent: Extent) -> Extent:
    """The part of the plot in which the first steps of all walks are, with a margin."""
    points = np.concatenate([walk[: ONE_BY_ONE + 1] for walk in walks])
    bounds = []
    for number, (low, high) in enumerate(extent):
        inside = np.clip(points[:, number][np.isfinite(points[:, number])], low, high)
        margin = 0.15 * float(np.ptp(inside)) or 0.1 * (high - low)
        bounds.append((max(low, float(inside.min()) - margin), min(high, float(inside.max()) + margin)))
    return bounds[0], bounds[1]


def shown_steps(last: int) -> list[int]:
    """The steps that have a frame: one by one at first, then in growing strides, and the last."""
    steps = list(range(min(last, ONE_BY_ONE) + 1))
    while steps[-1] < last:
        steps.append(min(last, int(steps[-1] * STRIDE) + 1))
    return steps


@dataclass(frozen=True)
class OptimiserTraces:
    """One optimiser as it is drawn: its trail, and a mark where it is.

    Attributes:
        name: what it is called.
        walk: the points, (steps + 1, 2).
        extent: the bounds of the plot.
        losses: its losses, (steps + 1,).
    """

    name: str
    walk: Array
    extent: Extent
    losses: Array

    def until(self, step: int) -> tuple[Plain, Plain, Plain]:
        """What moves: the trail, the mark after this many steps, and its mark among the losses."""
        here = min(step, len(self.walk) - 1)
        trail = self.walk[self.kept(here)]
        head = self.walk[here : here + 1]
        return (
            scatter(trail[:, 0], trail[:, 1]),
            scatter(head[:, 0], head[:, 1]),
            {"type": "scatter", "x": [here], "y": positive(self.losses[here : here + 1])},
        )

    def kept(self, last: int) -> list[int]:
        """The points up to one of them that can be told apart in the plot, and that one."""
        size = np.array([bounds[1] - bounds[0] for bounds in self.extent])
        kept = [0]
        for number in range(1, last + 1):
            if number == last or np.abs((self.walk[number] - self.walk[kept[-1]]) / size).max() > NEAREST:
                kept.append(number)
        return kept

    def curve(self, number: int) -> Plain:
        """All its losses."""
        return {
            "type": "scatter",
            "x": list(range(len(self.losses))),
            "y": positive(self.losses),
            "mode": "lines",
            "line": {"color": line_colour(number), "width": 1.6, "dash": DASHES[number % len(DASHES)]},
            "name": self.name,
            "legendgroup": self.name,
            "showlegend": False,
            "xaxis": "x2",
            "yaxis": "y2",
            "hovertemplate": "%{fullData.name}<br>%{x}: %{y:.3g}<extra></extra>",
        }

    def looks(self, number: int) -> tuple[Plain, Plain, Plain]:
        """What stays: colour, dash and symbol. The legend shows those of the mark, whose line has no length."""
        line = {"color": line_colour(number), "width": 1.8, "dash": DASHES[number % len(DASHES)]}
        mark = {
            "symbol": SYMBOLS[number % len(SYMBOLS)],
            "size": 12,
            "color": line_colour(number),
            "line": {"color": "#ffffff", "width": 1.6},
        }
        shared = {"name": self.name, "legendgroup": self.name, "cliponaxis": True}
        hover = {"hovertemplate": "%{fullData.name}<br>(%{x:.2f}, %{y:.2f})<extra></extra>"}
        return (
            shared
            | hover
            | {
                "mode": "lines+markers",
                "line": line,
                "marker": {"size": 4, "color": line_colour(number)},
                "showlegend": False,
            },
            shared | hover | {"mode": "lines+markers", "line": line, "marker": mark},
            shared
            | {"mode": "markers", "marker": {**mark, "size": 9}, "showlegend": False, "hoverinfo": "skip"}
            | {"xaxis": "x2", "yaxis": "y2"},
        )


def positive(values: Array) -> list[float | None]:
    """Three digits of each value; None for those that a logarithmic axis cannot show."""
    return [float(f"{value:.3g}") if np.isfinite(value) and value > 0 else None for value in values]


def valley(f: Drawable, extent: Extent, names: tuple[str, str], levels: Mapping[str, Array]) -> Plain:
    """The contours, equally spaced in the logarithm of the height above the lowest value seen."""
    first, second, values = on_grid(f, extent, RESOLUTION)
    lowest = min(float(np.nanmin(values)), *(float(np.nanmin(level)) for level in levels.values()))
    above = values - lowest
    return {
        "type": "contour",
        "x": compact(first),
        "y": compact(second),
        "z": packed(np.log10(above + FLOOR * float(np.nanmax(above)))),
        "colorscale": HEIGHT_SCALE,
        "ncontours": 22,
        "line": {"width": 0.6, "color": "#5b6b7c"},
        "showscale": False,
        "hovertemplate": f"{names[0]} = %{{x:.2f}}<br>{names[1]} = %{{y:.2f}}<extra></extra>",
        "name": words.HEIGHT,
    }


def describe(walks: Mapping[str, Array], levels: Mapping[str, Array], last: int) -> str:
    """Where each optimiser stands at the end, the lowest first."""
    ranked = sorted(walks, key=lambda name: float(np.nan_to_num(levels[name][-1], nan=np.inf)))
    ends = [
        words.RACE_END.format(name=name, place=point_in_words(walks[name][-1]), height=levels[name][-1])
        for name in ranked
    ]
    return words.RACE.format(
        count=len(walks), start=point_in_words(next(iter(walks.values()))[0]), steps=last, ends="; ".join(ends)
    )
