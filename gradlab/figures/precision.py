"""How the error of a measured slope depends on the width of the measurement: one V for each way to measure."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from gradlab.figures.figure import LabFigure, Plain
from gradlab.figures.style import DASHES, INK, axis, layout, line_colour
from gradlab.words import figures as words

_POWERS: dict[str, Any] = {"type": "log", "exponentformat": "power", "tickfont": {"size": 10.4}}
_LEGEND_HEIGHT = 44
_MARKS = ("circle", "square", "diamond", "triangle-up")


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
    traces = [_line(name, widths, values, number) for number, (name, values) in enumerate(errors.items())]
    traces += [_mark(name, lowest, number) for number, (name, lowest) in enumerate(best.items())]
    drawn = layout(_describe(best), title=title, plot_height=380, left=88)
    drawn |= {
        "xaxis": axis(words.ACCURACY_WIDTH, dtick=2, **_POWERS),
        "yaxis": axis(words.ACCURACY_ERROR, dtick=2, **_POWERS),
        "showlegend": True,
        "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom"},
        "margin": {**drawn["margin"], "t": drawn["margin"]["t"] + _LEGEND_HEIGHT},
        "height": drawn["height"] + _LEGEND_HEIGHT,
        "title": {**drawn["title"], "y": 1, "yanchor": "top", "pad": {"t": 14}},
    }
    return LabFigure({"data": traces, "layout": drawn})


def _line(name: str, widths: Sequence[float], values: Sequence[float], number: int) -> Plain:
    return {
        "type": "scatter",
        "x": [_short(width) for width in widths],
        "y": [_short(value) if value > 0 else None for value in values],
        "mode": "lines",
        "line": {"color": line_colour(number), "width": 2.4, "dash": DASHES[number % len(DASHES)]},
        "name": name,
        "hovertemplate": "%{fullData.name}<br>h = %{x:.1e}: %{y:.1e}<extra></extra>",
    }


def _mark(name: str, lowest: tuple[float, float], number: int) -> Plain:
    error, width = lowest
    return {
        "type": "scatter",
        "x": [_short(width)],
        "y": [_short(error)],
        "mode": "markers",
        "marker": {
            "color": line_colour(number),
            "size": 11,
            "symbol": _MARKS[number % len(_MARKS)],
            "line": {"color": INK, "width": 1},
        },
        "name": name,
        "showlegend": False,
        "hovertemplate": words.ACCURACY_BEST + "<br>h = %{x:.1e}: %{y:.1e}<extra></extra>",
    }


def _short(value: float) -> float:
    return float(f"{value:.3g}")


def _describe(best: Mapping[str, tuple[float, float]]) -> str:
    told: list[Any] = [
        words.ACCURACY_LINE.format(name=name, width=_power(width), error=_power(error))
        for name, (error, width) in best.items()
    ]
    return words.ACCURACY.format(lines="; ".join(told))


def _power(value: float) -> str:
    """The power of ten nearest to a positive number, as it is written: 10⁻⁵."""
    return "10" + str(round(math.log10(value))).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
