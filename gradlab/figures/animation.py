"""The same start with several learning rates, step by step.

Plotly knows no two sliders that depend on each other, and a notebook without a kernel cannot compute. So every frame
moves the lines of all rates, and the slider for the rate only chooses which of them are seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gradlab.figures.figure import LabFigure, Plain
from gradlab.figures.landscape import background, background_axes
from gradlab.figures.paths import coordinates
from gradlab.figures.playing import play_buttons, positions, slider
from gradlab.figures.sampling import SQUARE, Array, Drawable, Extent, heights, place, to_paths
from gradlab.figures.style import INK, layout, line_colour, minus
from gradlab.words import figures as words

PLOT_HEIGHT = 480
BELOW = 206
TRACES_PER_RATE = 2
# Plotly takes contours off the page when it animates without drawing everything anew.
REDRAW = True


def descent_animation(
    f: Drawable,
    paths_by_rate: Mapping[float, Any],
    *,
    extent: Extent = SQUARE,
    title: str = "",
    milliseconds: int = 120,
) -> LabFigure:
    """Descents that walk, with a slider for the step, one for the learning rate, and a button that plays.

    Args:
        f: maps points of shape (n, 2), or (n,) for one variable, to values of shape (n,).
        paths_by_rate: for each learning rate the path (steps + 1, d); a shorter path waits at its end.
        extent: the bounds of x₁ and x₂; for one variable only the first counts.
        title: the figure's title.
        milliseconds: how long one frame stands.

    Raises:
        ValueError: there is no path, or a path or the values of f have another shape.
    """
    if not paths_by_rate:
        raise ValueError(words.NO_CURVES.format(what="learning rate"))
    paths = {rate: to_paths(path)[0] for rate, path in paths_by_rate.items()}
    dimensions = next(iter(paths.values())).shape[-1]
    steps = max(len(path) for path in paths.values())
    levels = {rate: heights(f, path) for rate, path in paths.items()}
    walks = [Walk(rate, *coordinates(f, path), levels[rate]) for rate, path in paths.items()]
    moving = list(range(1, 1 + TRACES_PER_RATE * len(walks)))
    frames: list[Plain] = [
        {"name": str(step), "data": [part for walk in walks for part in walk.until(step)], "traces": moving}
        for step in range(steps)
    ]
    looks = [look for number, walk in enumerate(walks) for look in walk.looks(number)]
    traces = [look | part for look, part in zip(looks, frames[0]["data"], strict=True)]
    drawn = layout(describe(paths, levels), title=title, plot_height=PLOT_HEIGHT, below=BELOW)
    drawn |= background_axes(dimensions, extent)
    drawn |= {
        "showlegend": False,
        "sliders": [step_slider(steps), rate_slider(list(paths), moving)],
        "updatemenus": [play_buttons(milliseconds, x=0.09, y=-58 / PLOT_HEIGHT, redraw=REDRAW)],
    }
    return LabFigure({"data": [background(f, dimensions, extent), *traces], "layout": drawn, "frames": frames})


@dataclass(frozen=True)
class Walk:
    """A path as it is drawn: the way so far, and the point that it has reached.

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
        """What moves: where the two traces are after this many steps."""
        across, up = self.across[: step + 1], self.up[: step + 1]
        level = self.levels[min(step, len(self.levels) - 1)]
        head = {"x": across[-1:], "y": up[-1:], "text": [minus(f"f = {level:.3f}")]}
        return {"type": "scatter", "x": across, "y": up}, {"type": "scatter", **head}

    def looks(self, number: int) -> tuple[Plain, Plain]:
        """What stays: how the two traces look; only the first walk is seen at first."""
        colour = line_colour(number)
        shared = {"name": words.RATE.format(rate=self.rate), "cliponaxis": True, "visible": number == 0}
        trail = {"mode": "lines+markers", "line": {"color": colour, "width": 2.4}, "marker": {"size": 4}}
        head = {
            "mode": "markers+text",
            "textposition": "top center",
            "textfont": {"color": INK, "size": 13, "weight": "bold"},
            "marker": {"size": 13, "color": colour, "line": {"color": "#ffffff", "width": 2}},
        }
        return trail | shared, head | shared


def step_slider(steps: int) -> dict[str, Any]:
    """One position for each frame."""
    return slider(words.STEP_SLIDER, positions(range(steps), redraw=REDRAW), -48 / PLOT_HEIGHT)


def rate_slider(rates: list[float], moving: list[int]) -> dict[str, Any]:
    """One position for each rate, and one that shows them all, without the numbers that would cover each other."""

    def choose(label: str, chosen: list[bool]) -> dict[str, Any]:
        visible = [seen for seen in chosen for _ in range(TRACES_PER_RATE)]
        head = "markers+text" if sum(chosen) == 1 else "markers"
        mode = ["lines+markers", head] * len(chosen)
        return {"label": label, "method": "restyle", "args": [{"visible": visible, "mode": mode}, moving]}

    single = [choose(f"{rate:g}", [other == rate for other in rates]) for rate in rates]
    every = choose(words.ALL_RATES, [True] * len(rates))
    return slider(words.RATE_SLIDER, [*single, every], -124 / PLOT_HEIGHT)


def describe(paths: Mapping[float, Array], levels: Mapping[float, Array]) -> str:
    """Where each rate ends, in words."""
    ends = [
        words.ANIMATION_END.format(rate=rate, place=place(path[-1]), height=levels[rate][-1])
        for rate, path in paths.items()
    ]
    return words.ANIMATION.format(count=len(paths), ends="; ".join(ends))
