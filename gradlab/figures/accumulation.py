"""Accumulation in `.grad`, drawn as two buckets: one is emptied in each round of training, the other never.

A round has three moments: backward adds the gradient, the step reads the sum, zeroing empties one of the two.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gradlab.figures.controls import play_buttons, positions, slider
from gradlab.figures.figure import LabFigure, Plain
from gradlab.figures.style import INK, axis, layout, legend_above, minus
from gradlab.words import figures as words

PLOT_HEIGHT = 360
BELOW = 134
_HALF = 0.3
_OLD, _NEW = "#93adc4", "#D55E00"


@dataclass(frozen=True)
class Level:
    """What is in a bucket at one moment.

    Attributes:
        old: from earlier rounds.
        new: added by this round's backward pass.
        weight: the weight at this moment.
        event: what happens, in words.
    """

    old: float
    new: float
    weight: float
    event: str


def buckets(
    slope: Callable[[float], float], *, weight: float, rate: float, rounds: int = 4, title: str = ""
) -> LabFigure:
    """Two buckets that fill side by side, moment by moment, with a slider and a button that plays.

    Args:
        slope: the derivative of the loss at a weight; it must not be negative on the way, as no bucket can show that.
        weight: where both loops begin.
        rate: the learning rate.
        rounds: how many rounds to show.
        title: the figure's title.

    Raises:
        ValueError: a gradient is negative, or there is no round.
    """
    if rounds < 1:
        raise ValueError(words.NO_CURVES.format(what="round"))
    emptied, kept = (_lane(slope, weight, rate, rounds, empties=empties) for empties in (True, False))
    top = 1.12 * max(level.old + level.new for level in (*emptied, *kept)) or 1.0
    names = [
        words.BUCKETS_START,
        *(
            words.BUCKETS_ROUND.format(number=number + 1, moment=moment)
            for number in range(rounds)
            for moment in words.BUCKETS_MOMENTS
        ),
    ]
    frames: list[Plain] = [
        {"name": name, "data": _moment(left, right, top), "traces": [0, 1, 2]}
        for name, left, right in zip(names, emptied, kept, strict=True)
    ]
    drawn = layout(_describe(emptied, kept, rounds), title=title, plot_height=PLOT_HEIGHT, below=BELOW)
    drawn |= {
        "barmode": "stack",
        "bargap": 0.4,
        "xaxis": axis(
            "", (-0.6, 1.6), tickvals=[0, 1], ticktext=list(words.BUCKETS_LANES), showgrid=False, fixedrange=True
        ),
        "yaxis": axis(words.BUCKETS_LEVEL, (0, 1.16 * top), fixedrange=True),
        "shapes": [_outline(centre, top) for centre in (0, 1)],
        **legend_above(drawn, traceorder="normal"),
        "sliders": [_slider(names)],
        "updatemenus": [play_buttons(1100, x=0.09, y=-50 / PLOT_HEIGHT, redraw=True)],
    }
    return LabFigure({"data": frames[0]["data"], "layout": drawn, "frames": frames})


def _lane(slope: Callable[[float], float], weight: float, rate: float, rounds: int, *, empties: bool) -> list[Level]:
    """All moments of one loop: the beginning, then three for each round."""
    levels = [Level(0.0, 0.0, weight, words.BUCKETS_NONE)]
    held = 0.0
    for _ in range(rounds):
        fresh = float(slope(weight))
        if fresh < 0:
            raise ValueError(words.BUCKETS_NEGATIVE)
        levels.append(Level(held, fresh, weight, words.BUCKETS_POURED.format(slope=fresh)))
        held += fresh
        weight -= rate * held
        levels.append(Level(held - fresh, fresh, weight, words.BUCKETS_STEP.format(level=held)))
        if empties:
            held = 0.0
        levels.append(Level(held, 0.0, weight, words.BUCKETS_EMPTIED if empties else words.BUCKETS_KEPT))
    return levels


def _moment(left: Level, right: Level, top: float) -> list[Plain]:
    """The three traces at one moment: what was there, what is new, and what happens."""
    shared: dict[str, Any] = {"type": "bar", "x": [0, 1], "width": 2 * _HALF, "textposition": "inside"}
    lanes = (left, right)
    return [
        shared
        | {
            "y": [level.old for level in lanes],
            "text": [_number(level.old) for level in lanes],
            "name": words.BUCKETS_OLD,
            "marker": {
                "color": _OLD,
                "pattern": {"shape": "/", "fillmode": "overlay", "fgcolor": INK, "fgopacity": 0.35},
            },
            "textfont": {"color": INK, "size": 15},
            "hovertemplate": "%{y:.4g}<extra>%{fullData.name}</extra>",
        },
        shared
        | {
            "y": [level.new for level in lanes],
            "text": [_number(level.new) for level in lanes],
            "name": words.BUCKETS_NEW,
            "marker": {"color": _NEW},
            "textfont": {"color": "#ffffff", "size": 15},
            "hovertemplate": "%{y:.4g}<extra>%{fullData.name}</extra>",
        },
        {
            "type": "scatter",
            "x": [0, 1],
            "y": [1.08 * top] * 2,
            "mode": "text",
            "text": [
                minus(f"{level.event}<br>{words.BUCKETS_WEIGHT.format(weight=round(level.weight, 4) + 0.0)}")
                for level in lanes
            ],
            "textfont": {"color": INK, "size": 13},
            "hoverinfo": "skip",
            "showlegend": False,
        },
    ]


def _number(value: float) -> str:
    return f"{value:.3g}" if value > 0 else ""


def _outline(centre: float, top: float) -> Plain:
    """A bucket: two walls and a floor."""
    left, right = centre - _HALF, centre + _HALF
    return {
        "type": "path",
        "path": f"M {left},{top:.4g} L {left},0 L {right},0 L {right},{top:.4g}",
        "line": {"color": INK, "width": 3},
    }


def _slider(names: list[str]) -> Plain:
    # All names do not fit beside the slider; the current one is shown above it.
    unseen = {"font": {"size": 1, "color": "rgba(0,0,0,0)"}}
    return slider("", positions(names, redraw=True), -40 / PLOT_HEIGHT) | unseen


def _describe(emptied: list[Level], kept: list[Level], rounds: int) -> str:
    """What each step reads, and where the two weights end."""
    seen = [", ".join(f"{level.old + level.new:.3g}" for level in lane[2::3]) for lane in (emptied, kept)]
    return words.BUCKETS.format(
        rounds=rounds,
        emptied=seen[0],
        kept=seen[1],
        emptied_end=round(emptied[-1].weight, 4) + 0.0,
        kept_end=round(kept[-1].weight, 4) + 0.0,
    )
