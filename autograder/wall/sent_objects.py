"""Where in the arguments of a call its mutable objects are, and which of them an answer says to have changed."""

import itertools
from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy
import torch

from autograder.wall.instances import attributes_of
from autograder.wall.kinds import Node
from autograder.wall.registry import find_kind
from autograder.wall.sent_places import ANY, EARLIER, GRADIENT, SHAPE, WHOLE, Change, Place
from autograder.wall.values import read_scalar, write_array, write_scalar, write_tensor

_DEEPEST = 4
_MOST_OBJECTS = 2_000
_MOST_SINGLE_ITEMS = 4
"""Items of a list of at most so many have places of their own; those of a longer one are told by their class."""
_LONGEST_KEY = 60
_DICTS = (dict, OrderedDict, defaultdict)
_CONTAINERS: Mapping[type, str] = {list: "list", dict: "dict", OrderedDict: "ordered dict", set: "set"}
"""Containers of which a new one in the place of another is told by its items, and how they are written."""
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
        if type(value) is list:
            return self._changes_of_list(number, content, graph)
        if type(value) in (set, deque):
            kept = _keeps_scalars(value, content)
            return [(place, frozenset({WHOLE} if kept else {WHOLE, EARLIER}))]
        children = self.children.get(number, {})
        now = _items_now(value, content) if children or type(value) in _DICTS else None
        if now is None:
            return [(place, frozenset({WHOLE}))]
        if type(value) in _DICTS:
            return self._changes_of_dictionary(number, now, graph)
        before = dict(_items(value))
        replaced = {key: child for key, child in children.items() if now.get(key) != ["argument", child]}
        if before.keys() != now.keys() or _same_objects(replaced, now):
            # Each attribute is settled by itself: see `autograder.wall.parts`.
            return [(place, frozenset({WHOLE}))]
        changes = [change for key, child in replaced.items() for change in self._replaced(child, now[key], graph)]
        others = all(_is_same(now[key], item) for key, item in before.items() if key not in children)
        return changes if others else [*changes, (place, frozenset({WHOLE}))]

    def _changes_of_list(self, number: int, content: Node, graph: Node) -> list[Change]:
        place, value, children = self.places[number], self.objects[number], self.children.get(number, {})
        if type(content) is not list:
            return [(place, frozenset({WHOLE}))]

        def same(key: int, node: Node) -> bool:
            return node == ["argument", children[key]] if key in children else _is_same(node, value[key])

        ahead = iter(content)
        if all(any(same(key, node) for node in ahead) for key in range(len(value))):
            # Items were added, or none.
            return [(place, frozenset({WHOLE}))] if len(content) != len(value) else []
        earlier = [(place, frozenset({WHOLE, EARLIER}))]
        replaced = {key: child for key, child in children.items() if key < len(content) and not same(key, content[key])}
        if len(content) != len(value) or _same_objects(replaced, dict(enumerate(content))):
            # Some are gone, or they are in another order.
            return earlier
        changes = [change for key, child in replaced.items() for change in self._replaced(child, content[key], graph)]
        others = all(same(key, content[key]) for key in range(len(value)) if key not in children)
        return changes if others else [*changes, *earlier]

    def _changes_of_dictionary(self, number: int, now: Mapping[Any, Node], graph: Node) -> list[Change]:
        place, value, children = self.places[number], self.objects[number], self.children.get(number, {})
        changes: list[Change] = []
        for key, item in value.items():
            node = now.get(key)
            if key in children:
                if node != ["argument", children[key]]:
                    changes += self._replaced(children[key], node, graph)
            elif key not in now or not _is_same(node, item):
                changes.append((_place_of_item(place, value, key), frozenset({WHOLE})))
        kept = [key for key in value if key in now]
        if len(now) != len(kept) or kept != list(now):
            # It has other items as well, or they are in another order.
            changes.append((place, frozenset({WHOLE})))
        return changes

    def inner_places(self) -> Iterator[Place]:
        """The places of all objects, and of the items of dictionaries that are no objects."""
        yield from self.places
        for number, value in enumerate(self.objects):
            if type(value) in _DICTS:
                children = self.children.get(number, {})
                yield from (_place_of_item(self.places[number], value, key) for key in value if key not in children)

    def _replaced(self, child: int, node: Node, graph: Node) -> list[Change]:
        """What changes in an object if what a node describes comes in its place."""
        place, before = self.places[child], self.objects[child]
        try:
            tag, first, *rest = node
            if tag == _CONTAINERS.get(type(before)):
                # As if the other one's items had come into it.
                return self.changes(child, rest[0], graph)
            if not isinstance(before, (torch.Tensor, numpy.ndarray)) or before.dtype == object:
                return [(place, frozenset({WHOLE}))]
            header = {
                "argument": lambda: _header(self.objects[first]),
                "array": lambda: rest[0][:2],
                "tensor": lambda: rest[0][0][:2],
                "graph": lambda: graph[rest[0]][:2],
            }[tag]()
            same = header == _header(before)
        except (TypeError, ValueError, LookupError, AttributeError):
            same = False
        return [(place, frozenset({WHOLE} if same else {WHOLE, SHAPE}))]

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


def _header(value: Any) -> Node:  # noqa: ANN401 - see above
    """The dtype and the shape of an array or a tensor, as they are written."""
    return (write_tensor(value) if isinstance(value, torch.Tensor) else write_array(value))[:2]


def _place_of_item(place: Place, value: Any, key: Any) -> Place:  # noqa: ANN401 - see above
    return Place(place.argument, (*place.steps, _step(value, key, value[key])))


def _keeps_scalars(value: Any, content: Node) -> bool:  # noqa: ANN401 - a set or a queue
    """Whether a set or a queue of plain scalars has lost none of them; of other items nothing is known."""
    if type(content) is not list or not all(type(item) in _SCALARS for item in value):
        return False
    if type(value) is set:
        now = {(type(node), node) for node in content if type(node) in _SCALARS}
        return now >= {(type(item), item) for item in value}
    ahead = iter(content)
    return all(any(_is_same(node, item) for node in ahead) for item in value)


def _is_same(node: Node, item: Any) -> bool:  # noqa: ANN401 - see above
    """Whether a node describes an item that is no mutable object; numbers may have become those of a library."""
    if type(item) is tuple:
        inner = node[1] if type(node) is list and len(node) == 2 and node[0] == "tuple" else None
        return type(inner) is list and len(inner) == len(item) and all(map(_is_same, inner, item))
    if type(item) in _SCALARS and type(node) in _SCALARS:
        # Not a number is not equal to itself.
        return type(node) is type(item) and bool(node == item or (node != node and item != item))
    if (written := write_scalar(item)) is not None and written == node:
        return True
    if type(item) not in (int, float) or type(node) is not list or len(node) != 2 or type(node[0]) is not str:
        return False
    try:
        return bool(read_scalar(*node) == item)
    except Exception:  # noqa: BLE001 - the student's side may have sent anything
        return False
