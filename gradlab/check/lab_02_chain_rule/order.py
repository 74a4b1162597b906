"""The check of a topological order (order)."""

import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from gradlab.check.box import announced
from gradlab.check.calls import Function, call, require_callable
from gradlab.check.counted_parents import DOUBLINGS, TOO_MANY_READS
from gradlab.check.diagnosis import NotYet, not_yet
from gradlab.check.errors import message_of, refusal
from gradlab.check.lab_02_chain_rule.engine_values import (
    GRAPH_IN_NOTEBOOK,
    Graph,
    build_doublings,
    build_shuffled,
    build_together,
    number_of,
    random_parents,
)
from gradlab.check.values import kind_of

_USUAL_DEPTH = 900
_FAR_AND_NEAR = ((), (0,), (1,), (2, 0), (0, 3), (1, 4, 0))
"""Values that are used right away and again much later: reached first by the short way, they come too early."""
_LADDER = ((), *((level, level) for level in range(8)))


@announced
def topological_order(function: Function, make: Function, *, deep: int = 0) -> None:
    """Check a function that lists a value and all those that it depends on, each after its parents.

    Args:
        function: the student's: the last value → a list of values.
        make: the student's class of values.
        deep: the length of a chain that it must cope with too; 0 for none.

    Raises:
        NotYet: a value is missing, there twice, or before one of its parents.
    """
    require_callable(function, make)
    # Values that are gone would leave their identities to new ones, which a function may then take for them.
    kept: list[list[object]] = []
    for parents in (((), (0,), (1,)), GRAPH_IN_NOTEBOOK, _FAR_AND_NEAR, _LADDER, random_parents(10)):
        graph = _random_graph(parents)
        kept.append(graph.build(make))
        _check(_ask(function, kept[-1][-1]), graph)
    kept.append(_check_twins(function, make))
    _check_among_others(function, make)
    for count in (6, 9):
        graph = _random_graph(random_parents(count))
        _check(_ask(function, build_shuffled(make, graph)[-1]), graph)
    _check_doublings(function, make)
    if deep:
        chain = _random_graph(((), *((number,) for number in range(deep - 1))))
        last = chain.build(make)[-1]
        with _usual_limit():
            result = _ask(function, last)
        if len(result) != deep:
            raise not_yet("left-out", "order-length", expected=deep, found=len(result))


@contextmanager
def _usual_limit() -> Iterator[None]:
    """Let calls be nested as deep as a notebook usually can: torch.compile doubles the limit for the whole process."""
    found = sys.getrecursionlimit()
    sys.setrecursionlimit(min(found, len(inspect.stack(0)) + _USUAL_DEPTH))
    try:
        yield
    finally:
        sys.setrecursionlimit(found)


def _random_graph(parents: tuple[tuple[int, ...], ...], least: float = 0.0) -> Graph:
    start = least + float(torch.rand((), dtype=torch.float64))
    data = tuple(start + number for number in torch.randperm(len(parents)).tolist())
    return Graph(data, parents, tuple((1.0,) * len(each) for each in parents))


def _check_twins(function: Function, make: Function) -> list[object]:
    """Two different values with the same number must both be there; the values that were made."""
    graph = Graph((1.5, 1.5, 2.25), ((), (), (0, 1)), ((), (), (1.5, 1.5)))
    values = graph.build(make)
    found = [number_of(value, "data", "topological_order(root)") for value in _ask(function, values[-1])]
    if len(found) == len(graph.data) - 1:
        raise not_yet("told-by-number", "order-twins")
    if found != list(graph.data):
        raise not_yet("order-broken", "order-broken")
    return values


def _check_among_others(function: Function, make: Function) -> None:
    """Ask for values that were made in turn with others on which they do not depend, twice, and for one in between."""
    graphs = [_random_graph(random_parents(count), start) for count, start in ((6, 0.0), (9, 100.0))]
    (first, second), outside = build_together(make, graphs), 200.0
    # Two that nobody needs: one that uses a root, and a leaf.
    users = [call(make, outside, (first[-1],), (1.0,)), call(make, outside + 1)]
    for values, graph in ((first, graphs[0]), (second, graphs[1])):
        _check(_ask(function, values[-1]), graph)
    try:
        _check(_ask(function, first[-1]), graphs[0])
    except NotYet as refused:
        raise not_yet("remembers-calls", "order-second") from refused
    inner = len(second) // 2
    _check(_ask(function, second[inner]), graphs[1].part(inner))
    del users


def _check_doublings(function: Function, make: Function) -> None:
    """A walk along every path has two to the power of forty of them before it."""
    values = build_doublings(make, 1.0)
    if values is not None and len(_ask(function, values[-1])) != len(values):
        raise not_yet("visited-twice", "order-doublings")


def _ask(function: Function, root: object) -> list[object]:
    try:
        result = call(function, root)
    except NotYet as refused:
        cause = refused.__cause__
        if isinstance(cause, RecursionError):
            raise not_yet("too-deep", "order-deep") from refused
        if cause is not None and message_of(cause) == TOO_MANY_READS:
            raise not_yet("every-path", "every-path", count=DOUBLINGS) from refused
        raise
    if result is None:
        raise not_yet("returns-nothing", "returns-nothing")
    if not issubclass(type(result), list | tuple):
        raise not_yet("not-a-list", "order-kind", kind=kind_of(result))
    listed: list[object] = list(result)  # type: ignore[call-overload]
    return listed


def _check(result: list[object], graph: Graph) -> None:
    count = len(graph.data)
    # Far more than there are need not be read one by one.
    most = 2 * count + 2
    try:
        read = [number_of(value, "data", "topological_order(root)") for value in result[:most]]
        places = [graph.data.index(data) for data in read]
    except ValueError as error:
        raise not_yet("stranger", "order-stranger") from error
    except NotYet:
        raise
    except Exception as error:
        raise refusal(error) from error
    if len(result) > most:
        raise not_yet("visited-twice", "order-too-long", expected=count, found=len(result))
    if len(set(places)) < len(places):
        raise not_yet("visited-twice", "order-twice", expected=count, found=len(places))
    missing = set(range(count)) - set(places)
    if missing:
        _refuse_missing(missing, graph)
    if _is_order(places, graph):
        return
    if _is_order(places[::-1], graph):
        raise not_yet("order-reversed", "order-reversed")
    raise not_yet("order-broken", "order-broken")


def _refuse_missing(missing: set[int], graph: Graph) -> None:
    if missing == {len(graph.data) - 1}:
        raise not_yet("left-out", "order-no-root")
    if all(not graph.parents[number] for number in missing):
        raise not_yet("left-out", "order-no-leaves")
    raise not_yet("left-out", "order-missing", count=len(missing), total=len(graph.data))


def _is_order(places: list[int], graph: Graph) -> bool:
    index = {place: number for number, place in enumerate(places)}
    return all(index[parent] < index[place] for place in places for parent in graph.parents[place])
