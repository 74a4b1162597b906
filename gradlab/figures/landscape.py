"""A function of one or two variables as a picture."""

import numpy as np

from gradlab.figures.figure import LabFigure, Plain
from gradlab.figures.sampling import (
    SQUARE,
    Array,
    Bounds,
    Drawable,
    Extent,
    compact,
    evaluate,
    on_grid,
    packed,
    point_in_words,
    scatter,
)
from gradlab.figures.style import GRID, HEIGHT_SCALE, axis, layout, line_colour
from gradlab.words import figures as words

BACKGROUND_RESOLUTION = 44
MAP_HEIGHT = 500


def contour(f: Drawable, *, extent: Extent = SQUARE, resolution: int = 100, title: str = "") -> LabFigure:
    """A contour map of a function of two variables.

    Args:
        f: maps points of shape (n, 2), float64, to values of shape (n,).
        extent: the bounds of x₁ and of x₂.
        resolution: grid points along each axis.
        title: the figure's title.

    Raises:
        ValueError: f does not give one number for each point.
    """
    first, second, values = on_grid(f, extent, resolution)
    description = describe_grid(words.CONTOUR, first, second, values)
    drawn = layout(description, title=title, plot_height=MAP_HEIGHT)
    return LabFigure({"data": [contour_trace(first, second, values)], "layout": drawn | square_axes(extent)})


def surface(f: Drawable, *, extent: Extent = SQUARE, resolution: int = 100, title: str = "") -> LabFigure:
    """A function of two variables as a surface that can be turned. Arguments and errors as for `contour`."""
    first, second, values = on_grid(f, extent, resolution)
    shape = {
        "type": "surface",
        "x": compact(first),
        "y": compact(second),
        "z": packed(values),
        "colorscale": HEIGHT_SCALE,
        "colorbar": {"title": {"text": words.HEIGHT}, "thickness": 14, "len": 0.8},
        "contours": {"z": {"show": True, "color": GRID, "highlight": False}},
        "hovertemplate": "x₁ = %{x:.2f}<br>x₂ = %{y:.2f}<br>f = %{z:.3f}<extra></extra>",
    }
    scene = {
        "xaxis": {"title": {"text": "x₁"}, "gridcolor": GRID},
        "yaxis": {"title": {"text": "x₂"}, "gridcolor": GRID},
        "zaxis": {"title": {"text": words.HEIGHT}, "gridcolor": GRID},
        "aspectratio": {"x": 1.25, "y": 1.25, "z": 0.7},
        "camera": {"eye": {"x": -1.3, "y": -1.45, "z": 1.1}, "center": {"x": 0, "y": 0, "z": -0.18}},
    }
    description = describe_grid(words.SURFACE, first, second, values)
    drawn = layout(description, title=title, plot_height=450, below=14, left=8)
    return LabFigure({"data": [shape], "layout": drawn | {"scene": scene}})


def curve(f: Drawable, *, extent: Bounds, resolution: int = 200, title: str = "") -> LabFigure:
    """The graph of a function of one variable.

    Args:
        f: maps numbers of shape (n,), float64, to values of shape (n,).
        extent: the bounds of x.
        resolution: points along the axis.
        title: the figure's title.

    Raises:
        ValueError: f does not give one number for each point.
    """
    points = np.linspace(*extent, resolution)
    values = evaluate(f, points)
    lowest, highest = int(np.nanargmin(values)), int(np.nanargmax(values))
    description = words.CURVE.format(
        left=extent[0],
        right=extent[1],
        lowest=values[lowest],
        lowest_at=points[lowest],
        highest=values[highest],
        highest_at=points[highest],
    )
    drawn = layout(description, title=title, plot_height=330)
    axes = {"xaxis": axis("x", extent), "yaxis": axis(words.HEIGHT)}
    return LabFigure({"data": [curve_trace(points, values)], "layout": drawn | axes | {"showlegend": False}})


def contour_trace(first: Array, second: Array, values: Array, names: tuple[str, str] = ("x₁", "x₂")) -> Plain:
    """The contours themselves, to draw on."""
    return {
        "type": "contour",
        "x": compact(first),
        "y": compact(second),
        "z": packed(values),
        "colorscale": HEIGHT_SCALE,
        "ncontours": 18,
        "line": {"width": 0.6, "color": "#5b6b7c"},
        "colorbar": {"title": {"text": words.HEIGHT}, "thickness": 14, "outlinewidth": 0},
        "hovertemplate": f"{names[0]} = %{{x:.2f}}<br>{names[1]} = %{{y:.2f}}<br>f = %{{z:.3f}}<extra></extra>",
        "name": words.HEIGHT,
    }


def curve_trace(points: Array, values: Array) -> Plain:
    """The graph itself, to draw on."""
    return {
        **scatter(points, values),
        "mode": "lines",
        "line": {"color": line_colour(0), "width": 2},
        "hovertemplate": "x = %{x:.2f}<br>f = %{y:.3f}<extra></extra>",
        "name": words.HEIGHT,
        "showlegend": False,
    }


def background(f: Drawable, dimensions: int, extent: Extent) -> Plain:
    """What paths are drawn on: contours, or the graph of a function of one variable."""
    if dimensions == 2:
        return contour_trace(*on_grid(f, extent, BACKGROUND_RESOLUTION))
    points = np.linspace(*extent[0], 200)
    return curve_trace(points, evaluate(f, points))


def square_axes(extent: Extent, names: tuple[str, str] = ("x₁", "x₂")) -> Plain:
    """Axes with the names of the variables and equal units: a gradient is at right angles to the contours."""
    return {
        "xaxis": axis(names[0], extent[0], showgrid=False, constrain="domain"),
        "yaxis": axis(names[1], extent[1], showgrid=False, scaleanchor="x", constrain="domain"),
    }


def background_axes(dimensions: int, extent: Extent) -> Plain:
    """Axes for what `background` draws."""
    if dimensions == 2:
        return square_axes(extent)
    return {"xaxis": axis("x", extent[0]), "yaxis": axis(words.HEIGHT)}


def describe_grid(template: str, first: Array, second: Array, values: Array) -> str:
    """Bounds, lowest and highest point of a grid in words."""
    bounds = {"left": first[0], "right": first[-1], "bottom": second[0], "top": second[-1]}
    if not np.isfinite(values).any():
        return template.format(**bounds, lowest=np.nan, highest=np.nan, lowest_at="–", highest_at="–")
    lowest = np.unravel_index(np.nanargmin(values), values.shape)
    highest = np.unravel_index(np.nanargmax(values), values.shape)
    return template.format(
        **bounds,
        lowest=values[lowest],
        lowest_at=point_in_words(np.array([first[lowest[1]], second[lowest[0]]])),
        highest=values[highest],
        highest_at=point_in_words(np.array([first[highest[1]], second[highest[0]]])),
    )
