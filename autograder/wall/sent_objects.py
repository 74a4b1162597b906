"""Where in the arguments of a call its mutable objects are, and which of them an answer says to have changed."""

import itertools
from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy
import torch

from autograder.wall.instances import attributes_of
from autograder.wall.kinds import Node
from autograder.wall.registry import find_kind
from autograder.wall.sent_places import ANY, GRADIENT, SHAPE, WHOLE, Change, Place
from autograder.wall.values import write_array, write_tensor

_DEEPEST = 4
_MOST_OBJECTS = 2_000
_MOST_SINGLE_ITEMS = 4
"""Items of a list of at most so many have places of their own; those of a longer one are told by their class."""
_LONGEST_KEY = 60
_DICTS = (dict, OrderedDict, defaultdict)
_SCALARS = (type(None), bool, int, float, str, bytes)


@dataclass
class SentObjects:
    """The mutable objects of a request.

    Attributes:
        objects: each of them, by its number.
        places: the place of each.
        children: for each container, its objects' numbers by index, key or attribute.
    """

    objects: list[Any]
    places: list[Place]
    children: dict[int, dict[Any, int]] = field(default_factory=dict)

    def changes(self, number: int, content: Node, graph: Node) -> list[Change]:
        """What an answer says to have changed in an object.

        An object in the place of another one changes that one.

        Args:
            number: the object's number.
            content: what it holds now; not checked yet.
            graph: the answer's tensors with a graph; not checked either.
        """
        place = self.places[number]
        value = self.objects[number]
        if (owner := self._owner_of_gradient(number)) is not None:
            return [(owner, frozenset({GRADIENT}))]
        if isinstance(value, torch.Tensor):
            written = write_tensor(value)
            if content[:2] == [written, value.requires_grad]:
                return [(place, frozenset({GRADIENT}))]
            # An empty tensor is close to every other; so a test of the values alone would find nothing wrong with it.
            return [(place, frozenset({WHOLE} if content[0][:2] == written[:2] else {WHOLE, SHAPE}))]
        children = self.children.get(number)
        now = _items_now(value, content) if children else None
        if children is None or now is None:
            return [(place, frozenset({WHOLE}))]
        before = dict(_items(value))
        replaced = {key: child for key, child in children.items() if now.get(key) != ["argument", child]}
        other_order = type(value) in _DICTS and list(before) != list(now)
        if before.keys() != now.keys() or other_order or _same_objects(replaced, now):
            # It has other items, or the same ones in another order.
            return [(place, frozenset({WHOLE}))]
        changes = [
            (self.places[child], _parts_replaced(self.objects[child], now[key], graph))
            for key, child in replaced.items()
        ]
        others = all(_is_same(now[key], item) for key, item in before.items() if key not in children)
        return changes if others else [*changes, (place, frozenset({WHOLE}))]

    def child(self, number: int, key: str) -> Place | None:
        """The place of the object that is an attribute of another one."""
        child = self.children.get(number, {}).get(key)
        return None if child is None else self.places[child]

    def _owner_of_gradient(self, number: int) -> Place | None:
        place = self.places[number]
        return Place(place.argument, place.steps[:-1]) if place.steps[-1:] == (GRADIENT,) else None


def locate(objects: list[Any], arguments: Mapping[str, object], owners: list[str]) -> SentObjects:
    """Find the places of the objects that were sent.

    Args:
        objects: every mutable object that was sent, by its number.
        arguments: the arguments.
        owners: the argument in which each object is.
    """
    if len(objects) <= len(set(owners)):
        # One object for each argument: most calls.
        return SentObjects(objects, [Place(owner) for owner in owners])
    sent = SentObjects(objects, [Place(owner, (ANY,)) for owner in owners])
    numbers = {id(value): number for number, value in enumerate(objects)}
    ahead = deque[tuple[Place, int | None, Any, Any]]((Place(name), None, None, it) for name, it in arguments.items())
    seen: set[int] = set()
    while ahead and len(seen) < _MOST_OBJECTS:
        place, parent, key, value = ahead.popleft()
        number = numbers.get(id(value))
        if number is None and type(value) is not tuple:
            continue
        if number is not None:
            if parent is not None:
                sent.children.setdefault(parent, {})[key] = number
            if number in seen:
                continue
            seen.add(number)
            sent.places[number] = place
        if len(place.steps) < _DEEPEST:
            for item_key, item in itertools.islice(_items(value), _MOST_OBJECTS):
                steps = (*place.steps, _step(value, item_key, item))
                ahead.append((Place(place.argument, steps), number, item_key, item))
    return sent


def _items(value: Any) -> Iterable[tuple[Any, Any]]:  # noqa: ANN401 - anything that was sent
    kind = type(value)
    if kind in (list, tuple):
        return enumerate(value)
    if isinstance(value, torch.Tensor):
        return [(GRADIENT, value.grad)] if value.is_leaf and value.grad is not None else []
    if kind in _DICTS:
        return list(value.items())
    if kind.__module__ == "__main__" and find_kind(kind) is None:
        return list(attributes_of(value).items())
    return ()


def _step(value: Any, key: Any, item: object) -> str:  # noqa: ANN401 - see above
    if type(value) in (list, tuple):
        return str(key) if type(value) is tuple or len(value) <= _MOST_SINGLE_ITEMS else type(item).__name__
    if isinstance(value, torch.Tensor):
        return GRADIENT
    if type(value) not in _DICTS:
        return f".{key}"
    # A space ends a place in a profile.
    return repr(key)[:_LONGEST_KEY].replace(" ", "_").replace("/", "_") if type(key) in (str, int) else ANY


def _items_now(value: Any, content: Node) -> dict[Any, Node] | None:  # noqa: ANN401 - see above
    """The nodes of what a container holds now, by index, key or attribute; None if they can't be told apart."""
    kind = type(value)
    if kind is list:
        return dict(enumerate(content)) if type(content) is list else None
    pairs = content
    if kind is defaultdict or kind not in _DICTS:
        if type(content) is not list or len(content) != 2:
            return None
        # A factory and the items; or the attributes, and the items of an object that is a container as well.
        pairs, items = (content[1], None) if kind is defaultdict else content
        if items is not None:
            return None
    if type(pairs) is not list or not all(type(pair) is list and len(pair) == 2 for pair in pairs):
        return None
    return dict(pairs) if all(type(key) in _SCALARS for key, _ in pairs) else None


def _same_objects(replaced: Mapping[Any, int], now: Mapping[Any, Node]) -> bool:
    nodes = [now.get(key) for key in replaced]
    found = [node[1] for node in nodes if type(node) is list and len(node) == 2 and node[0] == "argument"]
    return bool(replaced) and all(type(one) is int for one in found) and sorted(found) == sorted(replaced.values())


def _parts_replaced(before: Any, node: Node, graph: Node) -> frozenset[str]:  # noqa: ANN401 - see above
    """Which parts of an object change if what a node describes comes in its place."""
    if not isinstance(before, (torch.Tensor, numpy.ndarray)) or before.dtype == object:
        return frozenset({WHOLE})
    header = (write_tensor(before) if isinstance(before, torch.Tensor) else write_array(before))[:2]
    try:
        tag, _, content = node
        content = {"array": lambda: content, "tensor": lambda: content[0], "graph": lambda: graph[content]}[tag]()
        same = content[:2] == header
    except (TypeError, ValueError, LookupError):
        same = False
    return frozenset({WHOLE} if same else {WHOLE, SHAPE})


def _is_same(node: Node, item: object) -> bool:
    return type(item) in _SCALARS and type(node) is type(item) and node == item
