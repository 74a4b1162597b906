"""Arranges the nodes of a graph in layers from left to right, with few crossings.

The layers are longest distances from the inputs; an edge that skips a layer has a free position in it; and each layer
is ordered by the mean position of its neighbours. This is the method of Sugiyama, Tagawa and Toda (1981) with the
barycentre heuristic.
"""

import itertools
from dataclasses import dataclass

from gradlab.graph.recording import Graph

SWEEPS = 8


@dataclass(frozen=True)
class Spot:
    """A position in the drawing.

    Attributes:
        column: the layer, 0 for the leftmost.
        row: the position in the layer, counted from the top; layers are centred, so it may be a fraction.
    """

    column: int
    row: float


@dataclass(frozen=True)
class Arrangement:
    """The positions of all nodes and edges.

    Attributes:
        spots: one for each node, in the order of the nodes.
        routes: for each edge the spots that it passes, from the node that is used to the node that uses it.
        columns: how many layers there are.
        rows: how many positions the fullest layer has.
    """

    spots: tuple[Spot, ...]
    routes: tuple[tuple[Spot, ...], ...]
    columns: int
    rows: int


def arrange(graph: Graph) -> Arrangement:
    """Arrange the nodes and edges of a graph."""
    layers = layer_numbers(graph)
    chains: list[list[int]] = []
    for number, node in enumerate(graph.nodes):
        for parent in node.parents:
            # The edge's positions in the layers that it skips are numbered after the nodes.
            skipped = range(layers[parent] + 1, layers[number])
            chains.append([parent, *range(len(layers), len(layers) + len(skipped)), number])
            layers += skipped
    columns: list[list[int]] = [[] for _ in range(1 + max(layers))]
    for number, layer in enumerate(layers):
        columns[layer].append(number)
    rows = order(columns, links(chains, len(layers)))
    spots = [Spot(layer, rows[number]) for number, layer in enumerate(layers)]
    return Arrangement(
        spots=tuple(spots[: len(graph.nodes)]),
        routes=tuple(tuple(spots[number] for number in chain) for chain in chains),
        columns=len(columns),
        rows=max(len(column) for column in columns),
    )


def layer_numbers(graph: Graph) -> list[int]:
    """For each node the length of the longest way to it from an input."""
    layers: list[int] = []
    for node in graph.nodes:
        layers.append(1 + max((layers[parent] for parent in node.parents), default=-1))
    return layers


def links(chains: list[list[int]], count: int) -> list[list[int]]:
    """For each position the positions that a piece of an edge joins it to."""
    joined: list[list[int]] = [[] for _ in range(count)]
    for chain in chains:
        for tail, head in itertools.pairwise(chain):
            joined[tail].append(head)
            joined[head].append(tail)
    return joined


def order(columns: list[list[int]], neighbours: list[list[int]]) -> dict[int, float]:
    """The row of each position, after sweeps to the right and to the left."""
    rows = stack(columns)
    for sweep in range(SWEEPS):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            wanted = {number: barycentre(number, neighbours, rows) for number in column}
            column.sort(key=wanted.__getitem__)
            rows = stack(columns)
    return rows


def stack(columns: list[list[int]]) -> dict[int, float]:
    """The rows of all positions when each column is centred."""
    tallest = max(len(column) for column in columns)
    return {number: index + (tallest - len(column)) / 2 for column in columns for index, number in enumerate(column)}


def barycentre(number: int, neighbours: list[list[int]], rows: dict[int, float]) -> float:
    """The mean row of a position's neighbours; its own row if it has none."""
    around = neighbours[number]
    return sum(rows[other] for other in around) / len(around) if around else rows[number]
