"""Draw a recorded graph: first the values appear, forward, then the gradients, backward."""

from collections.abc import Callable

import torch

from gradlab.figures.controls import play_buttons
from gradlab.figures.figure import LabFigure, Plain
from gradlab.figures.style import CARD, INK, WIDTH, layout
from gradlab.graph.placement import Arrangement, Spot, arrange
from gradlab.graph.recording import Graph, record
from gradlab.words import graph as words

FORWARD_COLOUR = "#0072B2"
BACKWARD_COLOUR = "#C04A00"
INPUT_FILL = "#dbe9f4"
OPERATION_FILL = "#f1ece0"
EDGE_COLOUR = "#98a2ad"
ROW_HEIGHT = 88
BELOW = 84
ARROW_TIP = 0.77
SLOPE_PLACE = 0.42
SIZE = 38
SIZE_WITH_NAME = 48


def draw(function: Callable[..., torch.Tensor], *names: str, title: str = "", **inputs: torch.Tensor) -> LabFigure:
    """The graph of a computation as an animation with a slider.

    Args:
        function: called with the inputs in their order; gives a tensor with one element.
        names: what the results of the operations are called, in the order of the forward pass; there may be fewer.
        title: the figure's title.
        inputs: floating-point tensors under the names that the graph shows; they stay as they are.

    Raises:
        TypeError: the function gives something that is not a tensor.
        ValueError: the graph cannot be recorded (see `gradlab.graph.record`) or is too large to be seen.
    """
    return picture(record(function, *names, **inputs), title=title)


def picture(graph: Graph, *, title: str = "") -> LabFigure:
    """A recorded graph as a figure with one frame for each value and each gradient."""
    arrangement = arrange(graph)
    height = max(200, ROW_HEIGHT * arrangement.rows)
    drawn = layout(describe(graph), title=title, plot_height=height, below=BELOW, left=30)
    hidden = {"visible": False, "fixedrange": True}
    drawn |= {
        "showlegend": False,
        "hovermode": False,
        "xaxis": {**hidden, "range": [-0.72, arrangement.columns - 0.45]},
        "yaxis": {**hidden, "range": [arrangement.rows - 0.4, -0.6]},
        "sliders": [slider(graph, height)],
        "updatemenus": [play_buttons(500, x=0.12 * (WIDTH - 54) / WIDTH, y=-8 / height, redraw=False)],
        "annotations": [*drawn["annotations"], *map(arrow, arrangement.routes), *slope_labels(graph, arrangement)],
    }
    return LabFigure({"data": traces(graph, arrangement), "layout": drawn, "frames": frames(graph)})


def traces(graph: Graph, arrangement: Arrangement) -> list[Plain]:
    """The picture at first: edges and nodes, and no values and gradients yet. They come with the frames."""
    spots = arrangement.spots
    return [
        edges(arrangement),
        nodes(graph, spots),
        numbers(graph, spots, 0),
        numbers(graph, spots, 0, backward=True),
    ]


def frames(graph: Graph) -> list[Plain]:
    """The values and gradients that are known after each step."""
    return [
        {
            "name": str(step),
            "traces": [2, 3],
            "data": [
                {"type": "scatter", "text": texts(graph, step)},
                {"type": "scatter", "text": texts(graph, step, backward=True)},
            ],
        }
        for step in range(len(graph.nodes) + len(graph.backward_order) + 1)
    ]


def edges(arrangement: Arrangement) -> Plain:
    """Lines from each node to those that use it."""
    across: list[float | None] = []
    up: list[float | None] = []
    for route in arrangement.routes:
        across += [*(spot.column for spot in route), None]
        up += [*(spot.row for spot in route), None]
    line = {"color": EDGE_COLOUR, "width": 1.6, "shape": "linear"}
    return {"type": "scatter", "x": across, "y": up, "mode": "lines", "line": line}


def arrow(route: tuple[Spot, ...]) -> Plain:
    """An arrow head on the first piece of an edge, pointing in the direction of the forward pass."""
    tail, head = route[0], route[1]
    across, up = head.column - tail.column, head.row - tail.row
    return {
        "x": tail.column + ARROW_TIP * across,
        "y": tail.row + ARROW_TIP * up,
        "ax": tail.column + (ARROW_TIP - 0.1) * across,
        "ay": tail.row + (ARROW_TIP - 0.1) * up,
        **dict.fromkeys(("xref", "axref"), "x"),
        **dict.fromkeys(("yref", "ayref"), "y"),
        "showarrow": True,
        "arrowhead": 2,
        "arrowsize": 1.2,
        "arrowwidth": 1.6,
        "arrowcolor": EDGE_COLOUR,
        "text": "",
    }


def slope_labels(graph: Graph, arrangement: Arrangement) -> list[Plain]:
    """The local slope of each edge, where it is known, in a small box upon it, clear of its arrow head."""
    slopes = [slope for node in graph.nodes for slope in node.slopes]
    boxes = []
    for route, slope in zip(arrangement.routes, slopes, strict=True):
        if slope is None:
            continue
        # A direct edge has its arrow head near its end, a longer one on its first piece.
        way = SLOPE_PLACE if len(route) == 2 else (len(route) - 1) / 2
        tail, head = route[int(way)], route[int(way) + 1]
        boxes.append(
            {
                "x": tail.column + way % 1 * (head.column - tail.column),
                "y": tail.row + way % 1 * (head.row - tail.row),
                "text": words.SLOPE_ON_EDGE.format(slope=digits(slope)),
                "showarrow": False,
                "bgcolor": CARD,
                "borderpad": 1,
                "font": {"size": 11, "color": INK},
            }
        )
    return boxes


def nodes(graph: Graph, spots: tuple[Spot, ...]) -> Plain:
    """Inputs as squares, operations as circles, each with its label."""
    return {
        "type": "scatter",
        "x": [spot.column for spot in spots],
        "y": [spot.row for spot in spots],
        "mode": "markers+text",
        "text": [f"<b>{node.label}</b>" for node in graph.nodes],
        "textfont": {"color": INK, "size": 12},
        "marker": {
            "size": [SIZE_WITH_NAME if len(node.label) > len("pick") else SIZE for node in graph.nodes],
            "symbol": ["square" if node.is_input else "circle" for node in graph.nodes],
            "color": [INPUT_FILL if node.is_input else OPERATION_FILL for node in graph.nodes],
            "line": {"color": INK, "width": 1.2},
        },
    }


def texts(graph: Graph, step: int, *, backward: bool = False) -> list[str]:
    """For each node its value, or its gradient, if it is known after this many steps; the newest is in bold."""
    order = graph.backward_order if backward else tuple(range(len(graph.nodes)))
    seen = step - len(graph.nodes) if backward else step
    known = [""] * len(graph.nodes)
    for position, number in enumerate(order[: max(seen, 0)]):
        node = graph.nodes[number]
        text = f"∂ {show(node.gradient)}" if backward else show(node.value)
        known[number] = f"<b>{text}</b>" if position == seen - 1 else text
    return known


def numbers(graph: Graph, spots: tuple[Spot, ...], step: int, *, backward: bool = False) -> Plain:
    """The values, or the gradients, that are known after this many steps.

    Values stand above their nodes and gradients below, with the sign ∂, so that they differ without their colours.
    """
    below_or_above = 0.36 if backward else -0.36
    return {
        "type": "scatter",
        "x": [spot.column for spot in spots],
        "y": [spot.row + below_or_above for spot in spots],
        "mode": "text",
        "text": texts(graph, step, backward=backward),
        "textfont": {"color": BACKWARD_COLOUR if backward else FORWARD_COLOUR, "size": 12},
        "name": words.GRADIENT if backward else words.VALUE,
    }


def show(value: torch.Tensor | None) -> str:
    """A number, a short list of numbers, or a shape."""
    if value is None:
        return words.UNKNOWN
    if value.numel() > 3:
        return words.SHAPE.format(shape="×".join(map(str, value.shape)))
    shown = [digits(number) for number in value.reshape(-1).tolist()]
    return shown[0] if value.numel() == 1 else "(" + ", ".join(shown) + ")"


def digits(number: float) -> str:
    """Three digits, or all before the point where there are a few more: 0.0122, 1271."""
    whole = 1e3 <= abs(number) < 1e6
    return (f"{number:.0f}" if whole else f"{number:.3g}").replace("-", "−")


def slider(graph: Graph, height: float) -> Plain:
    """One position for each frame, labelled by the pass that it belongs to; at first nothing has been computed."""
    at_once = {"mode": "immediate", "frame": {"duration": 0, "redraw": False}, "transition": {"duration": 0}}
    forward = len(graph.nodes)
    positions = []
    for step in range(1 + forward + len(graph.backward_order)):
        label = f"{words.FORWARD} {step}" if step <= forward else f"{words.BACKWARD} {step - forward}"
        positions.append({"label": label, "method": "animate", "args": [[str(step)], at_once]})
    return {
        "currentvalue": {"prefix": words.STEP_SLIDER, "font": {"size": 13, "color": INK}},
        "x": 0.16,
        "len": 0.82,
        "y": -8 / height,
        "yanchor": "top",
        "pad": {"t": 4},
        "bgcolor": "#c9d3dd",
        "activebgcolor": "#0072B2",
        "bordercolor": "#7f8b97",
        # So many labels would overlap; the current one is shown above.
        "font": {"size": 1, "color": CARD},
        "ticklen": 0,
        "minorticklen": 0,
        "tickwidth": 0,
        "active": 0,
        "steps": positions,
    }


def describe(graph: Graph) -> str:
    """Inputs with their gradients, and the result, in words."""
    inputs = "; ".join(
        words.INPUT.format(name=node.label, value=show(node.value), gradient=show(node.gradient))
        for node in graph.nodes
        if node.is_input
    )
    return words.DESCRIPTION.format(count=len(graph.nodes), inputs=inputs, result=show(graph.nodes[-1].value))
