"""What the student's side keeps for the judge: objects behind handles, leaves that both sides know, and graphs."""

import dataclasses
import functools
import pathlib
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy
import torch

from autograder.wall.codec import Encoder
from autograder.wall.special_methods import SPECIAL_METHODS, UNHASHABLE
from autograder.wall.values import Node, write_path

PLAIN_BASES = (int, float, complex, str, bytes, tuple, list, dict, set, frozenset, deque, numpy.ndarray, pathlib.Path)
"""Classes whose subclasses cross with a plain value."""
_ITERABLE = (tuple, list, set, frozenset, deque)
_MOST_TYPES = 40
_MOST_NAMES = 1_000
_LONGEST_NAME = 200


@dataclass(frozen=True)
class RecordedGraph:
    """A piece of the student's graph through which the judge may backpropagate.

    Attributes:
        inputs: the leaves that stand for the judge's tensors.
        outputs: the tensors that the judge got.
    """

    inputs: tuple[torch.Tensor, ...]
    outputs: tuple[torch.Tensor, ...]


class ExportedObjects:
    """Objects of the student's that the judge refers to by number, until it releases them."""

    def __init__(self) -> None:
        self.leaves: dict[int, torch.Tensor] = {}
        """The student's leaves of which the judge has a copy, by their number."""
        self._objects: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        self._records: dict[int, RecordedGraph] = {}
        self._next = 0
        self._described: set[int] = set()
        self._describing: set[int] = set()

    def keep(self, value: object) -> int:
        """Keep an object; the same object has the same number until it is released."""
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = self._new_number()
            self._objects[number] = value
        return number

    def keep_record(self, inputs: tuple[torch.Tensor, ...], outputs: tuple[torch.Tensor, ...]) -> int:
        """Keep the graph between these inputs and outputs."""
        number = self._new_number()
        self._records[number] = RecordedGraph(inputs, outputs)
        return number

    def find(self, number: int) -> Any:  # noqa: ANN401 - any object
        """The object of that number."""
        return self._objects[number]

    def record(self, number: int) -> RecordedGraph:
        """The graph of that number."""
        return self._records[number]

    def release(self, numbers: list[int]) -> None:
        """Forget what the judge no longer holds. It never forgets a class."""
        for number in numbers:
            if number in self._described:
                continue
            self._records.pop(number, None)
            value = self._objects.pop(number, None)
            self._numbers.pop(id(value), None)

    def describe_class(self, kind: type) -> list[Node]:
        """Describe a class, its bases and its metaclass, as far as the judge does not know them.

        The judge never releases a class, so each is described once.

        Returns:
            See `_describe_class`; a class comes after those that its description names.
        """
        number = self.keep(kind)
        if number in self._described or number in self._describing:
            return []
        self._describing.add(number)
        meta = type(kind)
        before = [] if meta is type else self.describe_class(meta)
        for base in reversed(kind.__mro__[1:_MOST_TYPES]):
            before += self.describe_class(base)
        return [*before, _describe_class(kind, self)]

    def note_sent(self) -> None:
        """The judge has got what was described since the last call."""
        self._described |= self._describing
        self._describing.clear()

    def note_unsent(self) -> None:
        """The judge gets nothing of what was described since the last call."""
        self._describing.clear()

    def _new_number(self) -> int:
        self._next += 1
        return self._next


def describe_types(kind: type) -> list[str]:
    """The qualified names of a class and its bases, nearest first."""
    return [f"{base.__module__}.{base.__qualname__}" for base in kind.__mro__[:_MOST_TYPES]]


def describe_handle(value: Any, exported: ExportedObjects, encoder: Encoder) -> Node:  # noqa: ANN401 - any object
    """Write what the judge may know of an object that stays here.

    Returns:
        ``["handle", number, number of its class, classes, whether it is a class itself, snapshot]``; the classes are
        descriptions of those that the judge does not know yet; the snapshot is the plain value of an object whose
        class derives from a plain one (a named tuple), as a list of no or one node.
    """
    classes = exported.describe_class(type(value))
    is_class = isinstance(value, type)
    if is_class:
        classes += exported.describe_class(value)
    snapshot = [
        write_path(plain) if isinstance(plain, pathlib.Path) else encoder.write(plain) for plain in plain_base(value)
    ]
    return ["handle", exported.keep(value), exported.keep(type(value)), classes, is_class, snapshot]


def _describe_class(kind: type, exported: ExportedObjects) -> Node:
    """What the judge knows of a class.

    Returns:
        ``[number, module, qualified name, metaclass's number, numbers of its bases in their order of resolution,
        numbers of its direct bases, special methods, those of them that no builtin class gives it, names of its own
        attributes if a notebook defines it, names of its fields if it is a dataclass]``.
    """
    bases = kind.__mro__[:_MOST_TYPES]
    methods, own_methods = [], []
    # What every class has from `object`, and every metaclass from `type`, says nothing.
    defined = [base for base in bases if base not in (object, type)]
    for name in sorted(SPECIAL_METHODS):
        base = next((base for base in defined if name in vars(base)), None)
        if base is not None and vars(base)[name] is not None:
            methods.append(name)
            if base.__module__ != "builtins":
                own_methods.append(name)
        elif base is not None and name == "__hash__":
            methods.append(UNHASHABLE)
    fields = [field.name for field in dataclasses.fields(kind)] if dataclasses.is_dataclass(kind) else None
    names = [name[:_LONGEST_NAME] for name in list(vars(kind))[:_MOST_NAMES] if type(name) is str]
    return [
        exported.keep(kind),
        str(kind.__module__)[:_LONGEST_NAME],
        str(kind.__qualname__)[:_LONGEST_NAME],
        exported.keep(type(kind)),
        [exported.keep(base) for base in bases[1:]],
        [exported.keep(base) for base in kind.__bases__],
        methods,
        own_methods,
        names if kind.__module__ == "__main__" else [],
        fields,
    ]


def _read_items(base: Any, value: Any) -> Any:  # noqa: ANN401 - any of the containers
    return base(base.__iter__(value))


def _read_slice(value: str | bytes) -> str | bytes:
    return str.__getitem__(value, slice(None)) if isinstance(value, str) else bytes.__getitem__(value, slice(None))


def _read_mapping(value: dict[Any, Any]) -> dict[Any, Any]:
    kind: Any = OrderedDict if isinstance(value, OrderedDict) else dict
    return dict(kind.items(value))


def plain_base(value: Any) -> list[Any]:  # noqa: ANN401 - any object
    """The plain value of an object whose class derives from a plain one; no item if it does not."""
    for base, read in _PLAIN_READERS.items():
        if isinstance(value, base) and type(value) is not base:
            try:
                return [read(value)]
            except (TypeError, ValueError):
                return []
    return []


# The base's own methods, not the subclass's.
_PLAIN_READERS: dict[Any, Callable[[Any], Any]] = {
    int: int.__int__,
    float: float.__float__,
    complex: complex.__complex__,
    str: _read_slice,
    bytes: _read_slice,
    dict: _read_mapping,
    **{base: functools.partial(_read_items, base) for base in (tuple, list, set, frozenset, deque)},
    numpy.ndarray: lambda array: numpy.ndarray.view(array, numpy.ndarray),
    pathlib.Path: pathlib.Path,
}
