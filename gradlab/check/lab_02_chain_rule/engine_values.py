"""Reading the values of a student's engine: objects of a class that the course does not know."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch

from gradlab.check.calls import Function, call, call_plain
from gradlab.check.counted_parents import DOUBLINGS, CountedParents
from gradlab.check.diagnosis import NotYet, not_yet
from gradlab.check.errors import message_of
from gradlab.check.values import is_array, is_tensor, kind_of, single_number

DEEPEST = 6
"""How many levels below a result an input may stand: a rule may be made of other rules."""
_MOST_PARENTS = 50
_MOST_WAYS = 200
GRAPH_IN_NOTEBOOK = ((), (), (0, 1), (2, 0), (2, 3))
"""The parents in the notebook's graph: x, y, p = x·y, q = p + x, L = p·q."""


@dataclass(frozen=True)
class Graph:
    """A graph that a check builds out of a student's values.

    Attributes:
        data: the number of each node; no two are alike, so that a node is known by its number.
        parents: for each node the numbers of those that it is computed from, all of them before it.
        slopes: for each node the slope towards each of its parents.
    """

    data: tuple[float, ...]
    parents: tuple[tuple[int, ...], ...]
    slopes: tuple[tuple[float, ...], ...]

    def build(self, make: Function) -> list[object]:
        """Make the values with the student's class, in the order of the nodes."""
        return build_together(make, [self])[0]

    def part(self, root: int) -> "Graph":
        """The graph of one of its nodes: that node, and those that it depends on."""
        needed = {root}
        for number in range(root, -1, -1):
            if number in needed:
                needed |= set(self.parents[number])
        kept = sorted(needed)
        place = {number: index for index, number in enumerate(kept)}
        return Graph(
            tuple(self.data[number] for number in kept),
            tuple(tuple(place[parent] for parent in self.parents[number]) for number in kept),
            tuple(self.slopes[number] for number in kept),
        )


def build_together(make: Function, graphs: Sequence[Graph]) -> list[list[object]]:
    """Make the values of several graphs: a node of each in turn, each graph's nodes in their order."""
    made: list[list[object]] = [[] for _ in graphs]
    for number in range(max(len(graph.data) for graph in graphs)):
        for graph, values in zip(graphs, made, strict=True):
            if number < len(graph.data):
                parents = tuple(values[parent] for parent in graph.parents[number])
                values.append(call(make, graph.data[number], parents, graph.slopes[number]))
    return made


def build_shuffled(make: Function, graph: Graph) -> list[object]:
    """Make the values of a graph in an order that chance draws, and give them their parents afterwards.

    What a class says when its values are made is then no help: only `parents` tells which comes before which. A class
    whose values can't be given parents has them made in their order.
    """
    made = {number: call(make, graph.data[number]) for number in torch.randperm(len(graph.data)).tolist()}
    values = [made[number] for number in range(len(graph.data))]
    try:
        for value, parents, slopes in zip(values, graph.parents, graph.slopes, strict=True):
            value.parents = tuple(values[parent] for parent in parents)  # type: ignore[attr-defined]
            value.slopes = slopes  # type: ignore[attr-defined]
    except AttributeError:
        return graph.build(make)
    return values


def build_doublings(make: Function, slope: float) -> list[object] | None:
    """Make a chain of values, each the one before it added to itself, whose parents count how often they are read.

    Returns:
        The values, or None if a class does not let its values be given other parents.
    """
    parents = ((), *((number, number) for number in range(DOUBLINGS)))
    slopes = ((), *((slope, slope) for _ in range(DOUBLINGS)))
    values = Graph(tuple(float(number) for number in range(DOUBLINGS + 1)), parents, slopes).build(make)
    try:
        for before, value in itertools.pairwise(values):
            value.parents = CountedParents((before, before))  # type: ignore[attr-defined]
    except AttributeError:
        return None
    return values


def random_parents(count: int) -> tuple[tuple[int, ...], ...]:
    """Draw parents: each node uses the one before it, so that the last depends on all, and another one."""
    others = [int(torch.randint(max(number, 1), ())) for number in range(count)]
    return ((), *((number - 1, others[number]) for number in range(1, count)))


def attribute(value: object, name: str, expression: str) -> object:
    """An attribute of what an expression gave; refuses what has none."""
    if value is None:
        raise not_yet("returns-nothing", "engine-nothing", expression=expression)
    try:
        return getattr(value, name)
    except AttributeError as error:
        raise not_yet("not-a-value", "engine-no-value", expression=expression, kind=kind_of(value)) from error


def compute(operation: Function, *operands: object, expression: str) -> object:
    """Compute with a student's values; what stands in place of a tuple of parents or slopes gets its own diagnosis."""
    try:
        return call_plain(operation, *operands)
    except NotYet as refused:
        error = refused.__cause__
        if not isinstance(error, TypeError) or "object is not iterable" not in message_of(error):
            raise
        placeholders = {"expression": expression, "message": message_of(error)}
        raise not_yet("parents-and-slopes", "engine-no-tuple", **placeholders) from error


def number_of(value: object, name: str, expression: str) -> float:
    """An attribute that must be one finite number."""
    return single_number(attribute(value, name, expression))


def parents_of(value: object, expression: str) -> list[tuple[object, float]]:
    """The parents of a value, each with the slope towards it."""
    parents, slopes = (attribute(value, name, expression) for name in ("parents", "slopes"))
    for name, found in (("parents", parents), ("slopes", slopes)):
        if not issubclass(type(found), tuple | list):
            raise not_yet("parents-and-slopes", "engine-kind", expression=expression, name=name, kind=kind_of(found))
    counts = len(parents), len(slopes)  # type: ignore[arg-type]
    if counts[0] != counts[1] or counts[0] > _MOST_PARENTS:
        raise not_yet("parents-and-slopes", "engine-counts", expression=expression, parents=counts[0], slopes=counts[1])
    return [(parent, _slope(slope, expression)) for parent, slope in zip(parents, slopes, strict=True)]  # type: ignore[call-overload]


def _slope(slope: object, expression: str) -> float:
    try:
        return single_number(slope)
    except NotYet as refused:
        if is_tensor(slope) or is_array(slope) or type(slope) in (int, float):
            raise
        raise not_yet("parents-and-slopes", "engine-slope", expression=expression, kind=kind_of(slope)) from refused


def slopes_towards(result: object, inputs: tuple[float, ...], expression: str, *, grown: bool = False) -> list[float]:
    """The slope of a result towards inputs that are known by their numbers: over each way the product, then the sum.

    Args:
        result: the student's value.
        inputs: the numbers of the inputs.
        expression: what was computed.
        grown: whether the inputs have parents, so that a parent with an input's number and without any is a copy.

    Raises:
        NotYet: no way leads to one of the inputs, or something on the way is no value.
    """
    found: list[list[float]] = [[] for _ in inputs]
    for parent, data, slope in itertools.islice(_ways(result, 1.0, inputs, expression, 0), _MOST_WAYS):
        if grown and not parents_of(parent, expression):
            raise not_yet("graph-cut", "engine-copy", expression=expression)
        found[inputs.index(data)].append(slope)
    if not all(found):
        raise not_yet("graph-cut", "engine-no-way", expression=expression)
    return [sum(ways) for ways in found]


def _ways(
    value: object, slope: float, inputs: tuple[float, ...], expression: str, depth: int
) -> Iterator[tuple[object, float, float]]:
    for parent, step in parents_of(value, expression):
        try:
            data = number_of(parent, "data", expression)
        except NotYet as error:
            raise not_yet("parents-and-slopes", "engine-parent", expression=expression, kind=kind_of(parent)) from error
        if data in inputs:
            yield parent, data, slope * step
        elif depth < DEEPEST:
            yield from _ways(parent, slope * step, inputs, expression, depth + 1)
