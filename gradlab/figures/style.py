"""Colours and layout that all figures share.

Figures have a background of their own, so that they look the same in a light and in a dark notebook. It is a light
grey: strong colours are seen on it, and it does not dazzle in a dark notebook. Lines have Okabe and Ito's colours,
which people with any common colour blindness tell apart (https://jfly.uni-koeln.de/color/), and always differ in dash
or mark, too.
"""

import re
import textwrap
from typing import Any

CARD = "#eceae4"
INK = "#1f2430"
GRID = "#d3d3d4"
WIDTH = 720
LINE_COLOURS = ("#D55E00", "#0B4F8A", "#00785A", "#000000", "#B0568A", "#E69F00", "#7A4A21")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
HEIGHT_SCALE = ((0.0, "#5d7f9f"), (0.25, "#93adc4"), (0.5, "#c3d1dc"), (0.75, "#e6ebe9"), (1.0, "#fdf6e3"))
"""The colours of contours and surfaces: one hue, since lines with strong colours are drawn over them."""
BASIN_COLOURS = ("#56B4E9", "#E69F00", "#009E73", "#F0E442", "#CC79A7", "#0072B2", "#D55E00", "#8C5A2B")
ELSEWHERE_COLOUR = "#d4d4d4"

LEGEND_HEIGHT = 26
"""Pixels of a legend of one line."""

_CAPTION_LINE = 17
_CAPTION_CHARACTERS = 112
_LEFT = 62
AXIS_ROOM = 58
_TIED = "\N{NO-BREAK SPACE}"


def line_colour(number: int) -> str:
    """The colour of the line with this number."""
    return LINE_COLOURS[number % len(LINE_COLOURS)]


def dash(number: int) -> str:
    """The dash of the line with this number; it changes when the colours repeat."""
    return DASHES[(number // len(LINE_COLOURS)) % len(DASHES)]


def layout(
    description: str, *, title: str = "", plot_height: int = 430, below: int = AXIS_ROOM, left: int = _LEFT
) -> dict[str, Any]:
    """The layout of a figure with its description as a caption below it.

    Args:
        description: the figure in words.
        title: the figure's title; empty for none.
        plot_height: pixels of the plot itself.
        below: pixels between the plot and the caption, for the axis and for sliders.
        left: pixels left of the plot.

    Returns:
        Arguments of ``plotly.graph_objects.Layout``. The description is in ``meta["description"]`` as well.
    """
    description = minus(description)
    lines = [line.replace(_TIED, " ") for line in textwrap.wrap(_tied(description), _CAPTION_CHARACTERS)]
    top = 46 if title else 22
    bottom = below + _CAPTION_LINE * len(lines) + 12
    caption = {
        "text": "<br>".join(lines),
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": 0,
        "xshift": 14 - left,
        "yshift": -below,
        "xanchor": "left",
        "yanchor": "top",
        "align": "left",
        "showarrow": False,
        "font": {"size": 12, "color": INK},
    }
    return {
        # The empty template; without one, Plotly adds its own.
        "template": {"data": {"scatter": [{"type": "scatter"}]}},
        "width": WIDTH,
        "height": top + plot_height + bottom,
        "margin": {"l": left, "r": 24, "t": top, "b": bottom},
        "paper_bgcolor": CARD,
        "plot_bgcolor": CARD,
        "font": {"family": "system-ui, sans-serif", "size": 13, "color": INK},
        "title": {"text": title, "x": 0.02, "xanchor": "left", "font": {"size": 15}},
        "hoverlabel": {"font": {"size": 12}},
        "modebar": {"bgcolor": CARD, "color": "#6b7480", "activecolor": INK},
        "annotations": [caption],
        "meta": {"description": description},
    }


def legend_above(drawn: dict[str, Any], height: int = LEGEND_HEIGHT, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """The part of a layout that puts the legend above the plot, where no line runs behind it.

    Args:
        drawn: the layout, as `layout` gives it.
        height: pixels for the legend.
        more: further arguments of Plotly's legend.
    """
    return {
        "showlegend": True,
        # The labels of the axis behind it are not covered.
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1,
            "yanchor": "bottom",
            "bgcolor": "rgba(0,0,0,0)",
            **more,
        },
        "margin": {**drawn["margin"], "t": drawn["margin"]["t"] + height},
        "height": drawn["height"] + height,
        "title": {**drawn["title"], "y": 1, "yanchor": "top", "pad": {"t": 14}},
    }


def _tied(text: str) -> str:
    """The text with points and equations that no line break divides: "(4.41, 6.28)", "f = −1.76"."""
    return re.sub(r"(?<=\d), (?=[−\d.]+\))| = (?=[−\d])", lambda found: found[0].replace(" ", _TIED), text)


def minus(text: str) -> str:
    """The text with a proper minus sign before negative numbers."""
    return re.sub(r"(?<![\w.])-(?=\d)", "−", text)


def axis(title: str, bounds: tuple[float, float] | None = None, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """A labelled axis; ``more`` are further arguments of Plotly's axis."""
    chosen: dict[str, Any] = {
        "title": {"text": title, "standoff": 8},
        "gridcolor": GRID,
        "linecolor": INK,
        "ticks": "outside",
        "zeroline": False,
        "automargin": False,
    }
    if bounds is not None:
        chosen["range"] = [float(bounds[0]), float(bounds[1])]
    return {**chosen, **more}
