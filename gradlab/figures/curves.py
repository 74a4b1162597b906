"""How a quantity changes over the steps: a loss, a gradient norm, a distance."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gradlab.figures.figure import LabFigure, Plain
from gradlab.figures.sampling import Array, to_array
from gradlab.figures.style import DASHES, axis, layout, legend_above, line_colour
from gradlab.words import figures as words

# Plotly writes powers a quarter larger than the font size that it is given.
_POWERS = {"type": "log", "exponentformat": "power", "dtick": 1, "tickfont": {"size": 10.4}}


def progress(
    curves: Mapping[str, Any],
    *,
    quantity: str = words.HEIGHT,
    over: str = words.STEP,
    logarithmic: bool = True,
    title: str = "",
) -> LabFigure:
    """One line for each choice, one point for each step.

    Args:
        curves: for each name the values at step 0, 1, 2, …, shape (steps + 1,).
        quantity: what the values are; the axis takes this name.
        over: what is counted along the other axis.
        logarithmic: whether the axis is logarithmic. Values that are not positive are then left out.
        title: the figure's title.

    Raises:
        ValueError: there is no line.
    """
    lines = {name: to_array(values).reshape(-1) for name, values in curves.items()}
    if not lines or any(values.size == 0 for values in lines.values()):
        raise ValueError(words.NO_CURVES.format(what="line"))
    traces = [
        line(name, values, number, logarithmic=logarithmic) for number, (name, values) in enumerate(lines.items())
    ]
    drawn = layout(describe(lines, quantity, over), title=title, plot_height=320, left=88)
    scale: dict[str, Any] = _POWERS if logarithmic else {}
    drawn |= {
        "xaxis": axis(over),
        "yaxis": axis(quantity, **scale),
        **legend_above(drawn),
    }
    return LabFigure({"data": traces, "layout": drawn})


def line(name: str, values: Array, number: int, *, logarithmic: bool) -> Plain:
    """One line; each has a dash of its own beside its colour."""
    seen = np.where(values > 0, values, np.nan) if logarithmic else values
    # Small values keep their digits: four significant ones, where `compact` would round them to nothing.
    digits = [None if not np.isfinite(value) else float(f"{value:.4g}") for value in seen]
    return {
        "type": "scatter",
        "x": list(range(len(values))),
        "y": digits,
        "mode": "lines",
        "line": {"color": line_colour(number), "width": 2.4, "dash": DASHES[number % len(DASHES)]},
        "name": name,
        "hovertemplate": "%{fullData.name}<br>%{x}: %{y:.3g}<extra></extra>",
    }


def describe(lines: Mapping[str, Array], quantity: str, over: str = words.STEP) -> str:
    """First and last value of each line in words."""
    ends = [
        words.PROGRESS_LINE.format(name=name, first=values[0], last=values[-1], count=len(values) - 1)
        for name, values in lines.items()
    ]
    # A sentence begins with a capital letter, but not with F for the function f.
    subject = quantity[:1].upper() + quantity[1:] if len(quantity) > 1 else quantity
    return words.PROGRESS.format(quantity=subject, over=over, lines="; ".join(ends))
