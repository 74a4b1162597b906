"""The buttons that play and pause Plotly's frames; they need no kernel."""

from typing import Any

from gradlab.figures import words
from gradlab.figures.style import CARD, INK


def play_buttons(milliseconds: int, *, x: float, y: float, redraw: bool) -> dict[str, Any]:
    """Make the buttons.

    Args:
        milliseconds: how long a frame is shown.
        x: where their right edge is, as a share of the plot's width.
        y: where their upper edge is, as a share of the plot's height.
        redraw: whether each frame is drawn afresh; Plotly loses contours otherwise.
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
