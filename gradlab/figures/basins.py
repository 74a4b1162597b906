"""Which minimum attracts which start."""

from typing import Any

import numpy as np
import numpy.typing as npt

from gradlab.figures.figure import LabFigure, Plain
from gradlab.figures.landscape import square_axes
from gradlab.figures.sampling import SQUARE, Array, Extent, compact, point_in_words, scatter, to_array
from gradlab.figures.style import BASIN_COLOURS, ELSEWHERE_COLOUR, INK, layout
from gradlab.words import figures as words


def basin_map(
    labels: Any,  # noqa: ANN401 - whatever NumPy and torch take
    minima: Any,  # noqa: ANN401 - whatever NumPy and torch take
    *,
    marked: Any = None,  # noqa: ANN401 - whatever NumPy and torch take
    marked_means: str = "",
    extent: Extent = SQUARE,
    title: str = "",
) -> LabFigure:
    """A map of basins of attraction.

    Args:
        labels: shape (rows, columns), row i for the i-th x₁ and column j for the j-th x₂ of a regular grid of cells
            that fill the extent: the number of the minimum in which the descent from there ends, −1 for none of them.
        minima: shape (k, 2).
        marked: shape (rows, columns), true where a dot is to be drawn; None for no dots.
        marked_means: what a dot means, the end of the sentence "points for which …".
        extent: the bounds of x₁ and x₂.
        title: the figure's title.

    Raises:
        ValueError: labels is not a rectangle.
    """
    ends = to_array(labels).astype(int)
    if ends.ndim != 2 or ends.size == 0:
        raise ValueError(words.BAD_LABELS.format(shape=ends.shape))
    places = to_array(minima)
    dots = np.zeros(ends.shape, dtype=bool) if marked is None else to_array(marked).astype(bool)
    first, second = (centres(extent[axis], ends.shape[axis]) for axis in (0, 1))
    names = [
        words.BASIN.format(number=number, place=point_in_words(point), share=100 * float((ends == number).mean()))
        for number, point in enumerate(places)
    ]
    if (ends < 0).any():
        names.append(words.ELSEWHERE.format(share=100 * float((ends < 0).mean())))
    shares = words.BASINS_SHARES.format(shares="; ".join(names))
    if marked is not None:
        shares += ". " + words.BASINS_MARKED.format(share=100 * float(dots.mean()), what=marked_means)
    traces = [coloured(first, second, ends, len(places)), *legend(names, len(places))]
    if dots.any():
        rows, columns = np.nonzero(dots)
        traces.append(dotted(first[rows], second[columns], marked_means))
    traces.append(numbered(places))
    # The legend takes the room of the colour bar that other maps have.
    beside = {"legend": {"x": 1.02, "y": 1, "font": {"size": 11}, "itemsizing": "constant"}}
    drawn = layout(words.BASINS.format(shares=shares), title=title, plot_height=440)
    return LabFigure({"data": traces, "layout": drawn | square_axes(extent) | beside})


def centres(bounds: tuple[float, float], count: int) -> Array:
    """The centres of equally wide cells between two bounds."""
    return bounds[0] + (np.arange(count) + 0.5) * (bounds[1] - bounds[0]) / count


def coloured(first: Array, second: Array, ends: npt.NDArray[np.int_], count: int) -> Plain:
    """The cells, one flat colour for each minimum."""
    colours = [ELSEWHERE_COLOUR, *(BASIN_COLOURS[number % len(BASIN_COLOURS)] for number in range(count))]
    edges = np.linspace(0, 1, count + 2)
    scale = [
        (float(edge), colour)
        for colour, low, high in zip(colours, edges, edges[1:], strict=False)
        for edge in (low, high)
    ]
    return {
        "type": "heatmap",
        "x": compact(first),
        "y": compact(second),
        # The smallest integers that hold them: base64 of larger ones has more characters that HTML must escape.
        "z": ends.T.astype(np.min_scalar_type(-1 - ends.max())),
        "zmin": -1.5,
        "zmax": count - 0.5,
        "colorscale": scale,
        "showscale": False,
        "hovertemplate": "(%{x:.2f}, %{y:.2f}) → %{z}<extra></extra>",
    }


def legend(names: list[str], count: int) -> list[Plain]:
    """Names of the colours: those of the minima, then that of the starts that end in none of them."""
    colours = [*(BASIN_COLOURS[number % len(BASIN_COLOURS)] for number in range(count)), ELSEWHERE_COLOUR]
    return [
        {
            "type": "scatter",
            "x": [None],
            "y": [None],
            "mode": "markers",
            "name": name,
            "marker": {"symbol": "square", "size": 12, "color": colour},
        }
        for name, colour in zip(names, colours, strict=False)
    ]


def dotted(across: Array, up: Array, name: str) -> Plain:
    """The marked starts."""
    return {
        **scatter(across, up),
        "mode": "markers",
        "name": name,
        "marker": {"size": 3, "color": INK},
        "hoverinfo": "skip",
    }


def numbered(places: Array) -> Plain:
    """The minima with their numbers, so that the map can be read without its colours."""
    return {
        **scatter(places[:, 0], places[:, 1]),
        "mode": "markers+text",
        "text": [str(number) for number in range(len(places))],
        "textfont": {"color": INK, "size": 13, "weight": "bold"},
        "marker": {"size": 22, "color": "#ffffff", "line": {"color": INK, "width": 1.5}},
        "showlegend": False,
        "cliponaxis": False,
        "hovertemplate": "%{text}: (%{x:.3f}, %{y:.3f})<extra></extra>",
    }
