"""Buttons that play and pause Plotly's frames, and sliders that choose one. They work without a kernel."""

from collections.abc import Iterable
from typing import Any

from gradlab.figures.style import CARD, INK
from gradlab.words import figures as words


def play_buttons(milliseconds: int, *, x: float, y: float, redraw: bool) -> dict[str, Any]:
    """Make the buttons.

    Args:
        milliseconds: how long a frame is shown.
        x: where their right edge is, as a share of the plot's width.
        y: where their upper edge is, as a share of the plot's height.
        redraw: whether everything is redrawn in each frame; otherwise Plotly removes contours.
    """
    at_once = {"mode": "immediate", "transition": {"duration": 0}}
    playing = at_once | {"fromcurrent": True, "frame": {"duration": milliseconds, "redraw": redraw}}
    stopped = at_once | {"frame": {"duration": 0, "redraw": redraw}}
    return {
        "type": "buttons",
        "direction": "down",
        "showactive": False,
        "x": x,
        "xanchor": "right",
        "y": y,
        "yanchor": "top",
        "pad": {"t": 0, "r": 4},
        "bgcolor": CARD,
        "bordercolor": "#7f8b97",
        "font": {"color": INK},
        "buttons": [
            {"label": words.PLAY, "method": "animate", "args": [None, playing]},
            {"label": words.PAUSE, "method": "animate", "args": [[None], stopped]},
        ],
    }


def slider(prefix: str, steps: list[dict[str, Any]], y: float, *, x: float = 0.14) -> dict[str, Any]:
    """Make a slider under the plot.

    Args:
        prefix: what stands before the label of the position that is chosen.
        steps: its positions, as Plotly has them.
        y: where its upper edge is, as a share of the plot's height; below the plot it is negative.
        x: where its left end is, as a share of the plot's width; it reaches to the plot's right edge.
    """
    return {
        "currentvalue": {"prefix": prefix, "font": {"size": 13, "color": INK}, "xanchor": "left"},
        "pad": {"t": 4, "b": 4},
        "x": x,
        "len": 1 - x,
        "y": y,
        "yanchor": "top",
        "active": 0,
        "bgcolor": "#c9d3dd",
        "activebgcolor": "#0072B2",
        "bordercolor": "#7f8b97",
        "font": {"size": 10, "color": INK},
        "ticklen": 4,
        "minorticklen": 0,
        "steps": steps,
    }


def positions(frames: Iterable[object], labels: Iterable[str] | None = None, *, redraw: bool) -> list[dict[str, Any]]:
    """A slider's positions, one for each frame.

    Args:
        frames: the names of the frames.
        labels: what the slider shows for each; by default the frame's name.
        redraw: whether everything is redrawn in each frame; otherwise Plotly removes contours.
    """
    at_once = {"mode": "immediate", "frame": {"duration": 0, "redraw": redraw}, "transition": {"duration": 0}}
    names = [str(frame) for frame in frames]
    return [
        {"label": label, "method": "animate", "args": [[name], at_once]}
        for name, label in zip(names, names if labels is None else labels, strict=True)
    ]
