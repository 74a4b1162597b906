"""A 2 × 2 Jacobian at work: a direction pushed forward to the outputs, weights pulled back to the inputs."""

from collections.abc import Sequence

import numpy as np

from gradlab.figures.controls import play_buttons, positions, slider
from gradlab.figures.figure import LabFigure, Plain
from gradlab.figures.sampling import Array, scatter
from gradlab.figures.style import INK, axis, layout, line_colour, minus
from gradlab.words import figures as words

_PLOT_HEIGHT = 330
_SLIDER_BELOW = 50
_FRAMES = 36
_TURNS = 2
_AHEAD = 2.6


def push_and_pull(jacobian: Sequence[Sequence[float]], *, title: str = "") -> LabFigure:
    """Inputs on the left, outputs on the right, one frame for each angle of a direction d and of weights v.

    Solid with a dot: d on the unit circle of the inputs, and J d on the right. Dashed with a square: v on the unit
    circle of the outputs, and Jᵀ v on the left. The two turn at different speeds, one against the other. Above each
    side stands the product of its two arrows: ⟨Jᵀv, d⟩ and ⟨v, J d⟩.

    Args:
        jacobian: two rows of two numbers.
        title: the figure's title.

    Raises:
        ValueError: the Jacobian has another shape.
    """
    table = np.asarray(jacobian, dtype=np.float64)
    if table.shape != (2, 2):
        raise ValueError(words.BAD_PUSH)
    angles = np.linspace(0, 2 * np.pi, _FRAMES, endpoint=False)
    around = np.linspace(0, 2 * np.pi, 61)
    circle = np.stack([np.cos(around), np.sin(around)])
    reach = 1.4 * max(1.0, float(np.linalg.svd(table, compute_uv=False)[0]))
    outlines = [
        _outline(circle, "x", dash="dot"),
        _outline(table.T @ circle, "x", dash="dot"),
        _outline(circle, "x2", dash="dot"),
        _outline(table @ circle, "x2", dash="dot"),
    ]
    frames: list[Plain] = [
        {
            "name": str(number),
            "data": [*_arrows(table, angle), *_products(table, angle, reach)],
            "traces": [*range(4, 10)],
        }
        for number, angle in enumerate(angles.tolist())
    ]
    drawn = layout(_describe(table, angles), title=title, plot_height=_PLOT_HEIGHT, below=140)
    bounds = (-reach, reach)
    drawn |= {
        "xaxis": axis(words.PUSH_INPUTS, bounds, domain=[0, 0.46]),
        "yaxis": axis("", bounds),
        "xaxis2": axis(words.PUSH_OUTPUTS, bounds, domain=[0.54, 1], anchor="y2"),
        "yaxis2": axis("", bounds, anchor="x2"),
        "showlegend": False,
        "sliders": [_slider(angles)],
        "updatemenus": [play_buttons(200, x=0.11, y=-_SLIDER_BELOW / _PLOT_HEIGHT, redraw=False)],
    }
    looks = [_look(0, "solid", "circle"), _look(1, "dash", "square"), _look(0, "solid", "circle")]
    looks.append(_look(1, "dash", "square"))
    looks += [{"mode": "text", "textfont": {"color": INK, "size": 15}, "hoverinfo": "skip"}] * 2
    first = [look | part for look, part in zip(looks, frames[2]["data"], strict=True)]
    return LabFigure({"data": [*outlines, *first], "layout": drawn, "frames": frames})


def _outline(points: Array, horizontal: str, dash: str) -> Plain:
    return {
        **scatter(points[0], points[1]),
        "xaxis": horizontal,
        "yaxis": horizontal.replace("x", "y"),
        "mode": "lines",
        "line": {"color": "#8a93a0", "width": 1.4, "dash": dash},
        "hoverinfo": "skip",
    }


def _look(number: int, dash: str, symbol: str) -> Plain:
    return {
        "mode": "lines+markers+text",
        "line": {"color": line_colour(number), "width": 3, "dash": dash},
        "marker": {"color": line_colour(number), "size": [0, 11], "symbol": symbol, "opacity": 1},
        "textfont": {"color": INK, "size": 14},
        "hoverinfo": "skip",
    }


def _pair(angle: float) -> tuple[Array, Array]:
    """D and v, of length 1; while d goes round once, v goes round twice in the other direction."""
    other = _AHEAD - _TURNS * angle
    return np.array([np.cos(angle), np.sin(angle)]), np.array([np.cos(other), np.sin(other)])


def _products(table: Array, angle: float, reach: float) -> list[Plain]:
    """The products of the two arrows on the left and of the two on the right, which are equal."""
    d, v = _pair(angle)
    left, right = float((table.T @ v) @ d), float(v @ (table @ d))
    return [
        {
            "type": "scatter",
            "x": [0],
            "y": [0.93 * reach],
            "xaxis": horizontal,
            "yaxis": horizontal.replace("x", "y"),
            "text": [minus(f"<b>{words.PUSH_PRODUCT.format(name=name, value=product + 0.0)}</b>")],
        }
        for name, product, horizontal in (
            (words.PUSH_PULLED_PRODUCT, left, "x"),
            (words.PUSH_PUSHED_PRODUCT, right, "x2"),
        )
    ]


def _arrows(table: Array, angle: float) -> list[Plain]:
    """D and Jᵀ v on the left, J d and v on the right."""
    d, v = _pair(angle)
    ends = (("d", d, "x"), ("Jᵀv", table.T @ v, "x"), ("J d", table @ d, "x2"), ("v", v, "x2"))
    return [
        {
            "type": "scatter",
            "x": [0, round(float(end[0]), 3)],
            "y": [0, round(float(end[1]), 3)],
            "xaxis": horizontal,
            "yaxis": horizontal.replace("x", "y"),
            "text": ["", name],
            "textposition": "top center" if end[1] >= 0 else "bottom center",
        }
        for name, end, horizontal in ends
    ]


def _slider(angles: Array) -> Plain:
    labels = [f"{np.degrees(angle):.0f}°" for angle in angles.tolist()]
    steps = positions(range(len(angles)), labels, redraw=False)
    return slider(words.PUSH_SLIDER, steps, -_SLIDER_BELOW / _PLOT_HEIGHT) | {"active": 2}


def _describe(table: Array, angles: Array) -> str:
    longest, shortest = np.linalg.svd(table, compute_uv=False)
    shown = []
    for angle in angles[:: len(angles) // 3].tolist():
        d, v = _pair(angle)
        shown.append(words.PUSH_AT.format(angle=np.degrees(angle), value=float(v @ table @ d) + 0.0))
    return words.PUSH.format(longest=longest, shortest=shortest, rows=_rows(table), products=", ".join(shown))


def _rows(table: Array) -> str:
    return " and ".join(f"({first:g}, {second:g})" for first, second in table)
