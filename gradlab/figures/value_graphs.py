"""The graph of a computation that a student's own autograd engine recorded, with a local slope on every edge."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import torch

from gradlab.figures.controls import play_buttons
from gradlab.figures.figure import LabFigure
from gradlab.figures.style import WIDTH, layout
from gradlab.graph.drawing import BELOW, arrow, frames, slider, slope_labels, traces
from gradlab.graph.placement import arrange
from gradlab.graph.recording import Graph, Node
from gradlab.words import figures as words

ROW_HEIGHT = 112


class Recorded(Protocol):
    """A number that remembers how it was computed."""

    data: float
    grad: float
    parents: tuple[Any, ...]
    slopes: tuple[float, ...]


def slope_graph(
    order: Sequence[Recorded], *, names: Mapping[str, Recorded] | None = None, title: str = ""
) -> LabFigure:
    """Draw values with their parents, their gradients, and the slope on each edge.

    Args:
        order: the values, each after its parents; their gradients are known.
        names: names of some of them; the others go without.
        title: the figure's title.

    Raises:
        ValueError: a value stands before one of its parents, or there is none.
    """
    graph = to_graph(order, names or {})
    arrangement = arrange(graph)
    height = max(220, ROW_HEIGHT * arrangement.rows)
    drawn = layout(describe(order, names or {}), title=title, plot_height=height, below=BELOW, left=30)
    hidden = {"visible": False, "fixedrange": True}
    drawn |= {
        "showlegend": False,
        "hovermode": False,
        "xaxis": {**hidden, "range": [-0.6, arrangement.columns - 0.4]},
        "yaxis": {**hidden, "range": [arrangement.rows - 0.4, -0.6]},
        "sliders": [slider(graph, height)],
        "updatemenus": [play_buttons(700, x=0.12 * (WIDTH - 54) / WIDTH, y=-8 / height, redraw=False)],
        "annotations": [
            *drawn["annotations"],
            *map(arrow, arrangement.routes),
            *slope_labels(graph, arrangement),
        ],
    }
    return LabFigure({"data": traces(graph, arrangement), "layout": drawn, "frames": frames(graph)})


def to_graph(order: Sequence[Recorded], names: Mapping[str, Recorded]) -> Graph:
    """The values as a graph in which they are known by their places."""
    if not order:
        raise ValueError(words.NO_CURVES.format(what="value"))
    places: dict[int, int] = {}
    known = {id(value): name for name, value in names.items()}
    made = []
    for number, value in enumerate(order):
        if any(id(parent) not in places for parent in value.parents):
            raise ValueError(words.BAD_ORDER)
        made.append(
            Node(
                label=known.get(id(value), ""),
                parents=tuple(places[id(parent)] for parent in value.parents),
                value=torch.tensor(float(value.data), dtype=torch.float64),
                gradient=torch.tensor(float(value.grad), dtype=torch.float64),
                is_input=not value.parents,
                slopes=tuple(float(slope) for slope in value.slopes),
            )
        )
        places[id(value)] = number
    return Graph(tuple(made), tuple(range(len(made) - 1, -1, -1)))


def describe(order: Sequence[Recorded], names: Mapping[str, Recorded]) -> str:
    """The named values with their gradients in words."""
    named = "; ".join(
        words.SLOPES_VALUE.format(name=name, value=value.data, gradient=value.grad) for name, value in names.items()
    )
    return words.SLOPES.format(count=len(order), edges=sum(len(value.parents) for value in order), named=named)
