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

PLOT_HEIGHT = 430
BELOW = 138
RESOLUTION = 60
ONE_BY_ONE = 12
STRIDE = 1.22
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
    title: str = "",
    milliseconds: int = 260,
) -> LabFigure:
    """Optimisers on the contours of a loss, with a slider for the step and a button that plays.

    Contours are drawn for the logarithm of the height above the lowest value seen, so that a narrow valley is visible.

    Args:
        f: maps points of shape (n, 2) to values of shape (n,).
        paths: for each optimiser the path (steps + 1, 2); a shorter path stays at its end.
        extent: the bounds of the two parameters; the axes have units of their own.
        names: what the two parameters are called.
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
    optimisers = [OptimiserTraces(name, walk, extent) for name, walk in walks.items()]
    moving = list(range(1, 1 + 2 * len(optimisers)))
    steps = shown_steps(last)
    frames: list[Plain] = [
        {"name": str(step), "data": [part for each in optimisers for part in each.until(step)], "traces": moving}
        for step in steps
    ]
    looks = [look for number, optimiser in enumerate(optimisers) for look in optimiser.looks(number)]
    traces = [look | part for look, part in zip(looks, frames[0]["data"], strict=True)]
    drawn = layout(describe(walks, levels, last), title=title, plot_height=PLOT_HEIGHT, below=BELOW)
    drawn |= {
        "xaxis": axis(names[0], extent[0], showgrid=False),
        "yaxis": axis(names[1], extent[1], showgrid=False),
        **legend_above(drawn, font={"size": 12}),
        "sliders": [slider(words.STEP_SLIDER, positions(steps, redraw=True), -48 / PLOT_HEIGHT)],
        "updatemenus": [play_buttons(milliseconds, x=0.09, y=-58 / PLOT_HEIGHT, redraw=True)],
    }
    return LabFigure({"data": [valley(f, extent, names, levels), *traces], "layout": drawn, "frames": frames})


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
    """

    name: str
    walk: Array
    extent: Extent

    def until(self, step: int) -> tuple[Plain, Plain]:
        """What moves: the trail and the mark after this many steps."""
        here = min(step, len(self.walk) - 1)
        trail = self.walk[self.kept(here)]
        head = self.walk[here : here + 1]
        return (
            scatter(trail[:, 0], trail[:, 1]),
            scatter(head[:, 0], head[:, 1]),
        )

    def kept(self, last: int) -> list[int]:
        """The points up to one of them that can be told apart in the plot, and that one."""
        size = np.array([bounds[1] - bounds[0] for bounds in self.extent])
        kept = [0]
        for number in range(1, last + 1):
            if number == last or np.abs((self.walk[number] - self.walk[kept[-1]]) / size).max() > NEAREST:
                kept.append(number)
        return kept

    def looks(self, number: int) -> tuple[Plain, Plain]:
        """What stays: colour, dash and symbol. The legend shows those of the mark, whose line has no length."""
        line = {"color": line_colour(number), "width": 2.2, "dash": DASHES[number % len(DASHES)]}
        mark = {
            "symbol": SYMBOLS[number % len(SYMBOLS)],
            "size": 12,
            "color": line_colour(number),
            "line": {"color": "#ffffff", "width": 1.6},
        }
        shared = {"name": self.name, "legendgroup": self.name, "cliponaxis": True}
        hover = {"hovertemplate": "%{fullData.name}<br>(%{x:.2f}, %{y:.2f})<extra></extra>"}
        return (
            shared | hover | {"mode": "lines", "line": line, "showlegend": False},
            shared | hover | {"mode": "lines+markers", "line": line, "marker": mark},
        )


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
