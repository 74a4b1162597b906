"""Which items of a test's containers are the test's own objects, after student code has changed some of them.

Two things must not happen where the solution did nothing of the kind. An object that a function may not change is
changed as a copy, and the copy must not come into the object's own place. And an object must not come into a second
place, in which functions may change it.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy

from autograder.wall.instances import attributes_of
from autograder.wall.kinds import Held
from autograder.wall.registry import find_kind
from autograder.wall.sent_objects import SentObjects
from autograder.wall.sent_places import Place

_NOTHING = object()
_SEQUENCES = (list, deque, numpy.ndarray)


class SharedObjects:
    """Settles the items of the containers that one call has changed.

    Args:
        sent: the mutable objects of the request.
        copies: the objects that were changed as copies, by the id of the copy.
        may_share: whether the object at this place may be in a second one.
        copy: copies an object.
    """

    def __init__(
        self,
        sent: SentObjects,
        copies: Mapping[int, Any],
        may_share: Callable[[Place], bool],
        copy: Callable[[Any], Any],
    ) -> None:
        self._objects = sent.objects
        self._places = sent.places
        self._copies = copies
        self._may_share = may_share
        self._copy = copy
        self._numbers = {id(value): number for number, value in enumerate(sent.objects) if not isinstance(value, Held)}
        self._owners = {
            child: (parent, key) for parent, children in sent.children.items() for key, child in children.items()
        }

    def settle(self, container: Any, before: Mapping[Any, Any]) -> None:  # noqa: ANN401 - anything that was sent
        """Give a container's items their own places again.

        Args:
            container: a container, or an object with attributes, as the call left it.
            before: what `items_of` it was before.
        """
        now = items_of(container)
        if not self._concerns(now.values()):
            return
        changed = {key: self._settled(before.get(key, _NOTHING), item) for key, item in now.items()}
        if isinstance(container, _SEQUENCES):
            # Items that have other places now, as after a sort, are still the container's own.
            held = {id(item) for item in before.values()} - {id(item) for item in changed.values()}
            for key, item in changed.items():
                own = self._copies.get(id(item), _NOTHING)
                if id(own) in held:
                    held.remove(id(own))
                    changed[key] = own
        for key, item in changed.items():
            if item is not now[key]:
                _set_item(container, key, item)

    def _concerns(self, items: Iterable[Any]) -> bool:
        known = self._numbers.keys() | self._copies.keys()
        return any(id(item) in known or type(item) is tuple for item in items)

    def _settled(self, before: Any, item: Any) -> Any:  # noqa: ANN401 - any item
        if type(item) is tuple:
            old = before if type(before) is tuple and len(before) == len(item) else [_NOTHING] * len(item)
            new = tuple(map(self._settled, old, item))
            return item if all(map(_is, new, item)) else new
        if id(item) in self._copies:
            return before if self._copies[id(item)] is before else item
        number = self._numbers.get(id(item))
        if number is None or item is before or not self._is_in_its_place(number):
            return item
        return item if self._may_share(self._places[number]) else self._copy(item)

    def _is_in_its_place(self, number: int) -> bool:
        if number not in self._owners:
            # It is an argument, or in a tuple.
            return True
        parent, key = self._owners[number]
        return items_of(self._objects[parent]).get(key) is self._objects[number]


def items_of(value: Any) -> dict[Any, Any]:  # noqa: ANN401 - anything that was sent
    """The items of a container, or the attributes of an object of the lesson's, by key, index or name."""
    kind = type(value)
    if kind in (list, deque):
        return dict(enumerate(value))
    if kind is numpy.ndarray:
        return dict(enumerate(value.flat)) if value.dtype == object else {}
    if isinstance(value, dict):
        return dict(dict.items(value))
    if kind.__module__ == "__main__" and find_kind(kind) is None:
        return dict(attributes_of(value))
    return {}


def _set_item(container: Any, key: Any, item: Any) -> None:  # noqa: ANN401 - see above
    if isinstance(container, numpy.ndarray):
        container.flat[key] = item
    elif isinstance(container, dict):
        dict.__setitem__(container, key, item)
    elif isinstance(container, (list, deque)):
        container[key] = item
    else:
        object.__setattr__(container, key, item)


def _is(one: object, other: object) -> bool:
    return one is other
