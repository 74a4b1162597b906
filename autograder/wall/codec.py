"""Plain data, references within it included, written for the wall and read back.

Both sides use the same two classes. What is not plain data (a function, a module, a tensor with a graph) is left to
the side that uses them: see `autograder.wall.judge_end` and `autograder.wall.write_answer`.

Every list, dictionary, set, bytearray, array and tensor gets a number, in the order in which it is written, so that an
object that occurs twice is one object on the other side as well, and a reply can say what a call changed in place.
"""

import warnings
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from types import FunctionType, MappingProxyType
from typing import Any

import numpy
import torch

from autograder.wall import instances
from autograder.wall.collection_values import read_pairs, write_pairs
from autograder.wall.errors import MalformedError, UnsendableError
from autograder.wall.kinds import Held, Kind, Node, expect, unwrap
from autograder.wall.numpy_values import OBJECTS
from autograder.wall.registry import find_kind, kind_of_tag
from autograder.wall.values import (
    has_plain_items,
    read_array,
    read_scalar,
    read_tensor,
    write_array,
    write_scalar,
    write_tensor,
)

_DEEPEST = 120
_SHALLOW = 24
"""Depth beyond which the content of a list or a dictionary is written behind the value, and not within it."""
_SCALARS = (type(None), bool, float, str, bytes)
_FLAT = frozenset(_SCALARS)
_READ_SCALARS = _FLAT | {int}
_SEQUENCES: dict[type, str] = {tuple: "tuple", frozenset: "frozenset"}
_DICTS: dict[type, str] = {dict: "dict", OrderedDict: "ordered dict", Counter: "counter", defaultdict: "default dict"}
_MUTABLE: dict[type, str] = _DICTS | {
    list: "list",
    deque: "deque",
    set: "set",
    bytearray: "bytearray",
    numpy.ndarray: "array",
    torch.Tensor: "tensor",
    torch.nn.Parameter: "tensor",
}
_NEW: dict[str, Callable[[], Any]] = {
    **{tag: kind for kind, tag in _DICTS.items()},
    "list": list,
    "deque": deque,
    "set": set,
    "bytearray": bytearray,
}
_NESTING = frozenset({list, dict, OrderedDict, defaultdict})
_CONSTANT = (lambda: 0).__code__
_MOST_PLACES = 2**31
_UNFINISHED = object()
_READ_ERRORS = (
    *(TypeError, ValueError, LookupError, OverflowError, RuntimeError, ArithmeticError),
    *(AttributeError, AssertionError, MemoryError, ImportError, OSError),
)
"""What Python, NumPy, torch and pandas raise at what is no value."""


def is_plain_tensor(value: object) -> bool:
    """Whether a tensor can cross by value: dense, strided, and not part of a graph."""
    return isinstance(value, torch.Tensor) and value.layout is torch.strided and not value.is_quantized


class Encoder:
    """Writes values as nodes.

    Args:
        write_other: writes what is not plain data, and every tensor that requires grad. It may raise
            `UnsupportedValueError` or `UnsendableError`.
        known: nodes for objects that the other side has already, by ``id``.
    """

    def __init__(
        self, write_other: Callable[[object, "Encoder"], Node], known: Mapping[int, Node] | None = None
    ) -> None:
        self.objects: list[Any] = []
        """Every mutable object that was written, by its number. They are held so that no id is used twice."""
        self._write_other = write_other
        self._nodes: dict[int, Node] = dict(known or {})
        self._depth = 0
        self._later: deque[Any] = deque()

    def write(self, value: object) -> Node:
        """Write a value.

        Raises:
            UnsendableError: it is nested too deeply, or holds itself through a tuple.
        """
        kind = type(value)
        if kind in _SCALARS:
            return value
        if kind is int and -(2**63) <= value < 2**63:  # type: ignore[operator]  # an int, by its type
            return value
        if id(value) in self._nodes:
            return self._nodes[id(value)]
        self._depth += 1
        try:
            if self._depth > _DEEPEST:
                raise UnsendableError(f"it is nested more than {_DEEPEST} deep")
            node = self._write_compound(value, kind)
            if self._later and self._depth == 1:
                # They may hold others that are as deep: the list grows.
                return ["deep", node, [self.content(item) for item in iter(self._take_later, _UNFINISHED)]]
            return node
        finally:
            self._depth -= 1

    def _take_later(self) -> object:
        return self._later.popleft() if self._later else _UNFINISHED

    def number(self, value: object) -> int:
        """Give a mutable object its number."""
        self.objects.append(value)
        self._nodes[id(value)] = ["again", len(self.objects) - 1]
        return len(self.objects) - 1

    def hold(self, value: object, held: Held) -> int:
        """Give a number to an object that no content is filled into."""
        number = self.number(value)
        self.objects[number] = held
        return number

    def content(self, value: Any) -> Node:  # noqa: ANN401 - any of the mutable types
        """Write what a mutable object holds, without its number."""
        kind = type(value)
        if kind is list or kind is set:
            return self.write_items(value)
        if kind in _DICTS:
            pairs = write_pairs(value.items(), self)
            return pairs if kind is not defaultdict else [self._write_factory(value.default_factory), pairs]
        if isinstance(value, torch.Tensor):
            grad = self.write(value.grad) if value.is_leaf else None
            return [write_tensor(value), value.requires_grad, grad, isinstance(value, torch.nn.Parameter)]
        if kind is numpy.ndarray:
            return OBJECTS.write(value, self) if value.dtype == object else write_array(value)
        if kind is bytearray:
            return bytes(value)
        if kind is deque:
            items = self.write_items(value)
            return items if value.maxlen is None else [value.maxlen, items]
        found = find_kind(kind)
        return instances.write_content(value, self) if found is None else found.write(value, self)

    def write_items(self, items: Collection[Any]) -> list[Node]:
        """Write many values."""
        kinds = set(map(type, items))
        # Thousands of items are mostly numbers, and one check of all their types is faster than one for each.
        if kinds <= _FLAT or (kinds == {int} and min(items) >= -(2**63) and max(items) < 2**63):
            return list(items)
        return [self.write(item) for item in items]

    def nested(self, value: object) -> Node:
        """Write what an object holds whose number has just been given, here or, if it is deep, behind the value."""
        if self._depth <= _SHALLOW:
            return self.content(value)
        self._later.append(value)
        return None

    def _write_compound(self, value: Any, kind: type) -> Node:  # noqa: ANN401 - anything at all
        if kind in _SEQUENCES:
            return [_SEQUENCES[kind], self.write_items(value)]
        if kind in _MUTABLE:
            return self._write_mutable(value, kind)
        if kind in (slice, range):
            return [kind.__name__, [self.write(part) for part in (value.start, value.stop, value.step)]]
        scalar = write_scalar(value)
        if scalar is not None:
            return scalar
        found = find_kind(kind)
        if found is None or not found.accepts(value):
            return self._write_other(value, self)
        if found.become is None:
            return [found.tag, found.write(value, self)]
        return [found.tag, self.number(value), found.write(value, self)]

    def _write_mutable(self, value: Any, kind: type) -> Node:  # noqa: ANN401 - any of the mutable types
        tag = _MUTABLE[kind]
        if tag == "tensor":
            if not is_plain_tensor(value) or value.requires_grad:
                return self._write_other(value, self)
        elif tag == "array" and not has_plain_items(value):
            if value.dtype != object:
                return self._write_other(value, self)
            tag = "objects"
        elif kind is deque and value.maxlen is not None:
            tag = "bounded deque"
        number = self.number(value)
        return [tag, number, self.nested(value) if kind in _NESTING else self.content(value)]

    def _write_factory(self, factory: object) -> Node:
        if factory is None or (isinstance(factory, type) and write_scalar(factory) is not None):
            return [None if factory is None else write_scalar(factory)]
        if type(factory) is FunctionType and factory.__code__.co_code == _CONSTANT.co_code:
            # ``lambda: 0``, and no other constant but one that is plain.
            constant = factory.__code__.co_consts[_CONSTANT.co_consts.index(0)]
            if type(constant) in _READ_SCALARS:
                return [None, self.write(constant)]
        return self._write_factory(None)


def leaf_content(leaf: torch.Tensor) -> Node:
    """What a leaf holds, its gradient included. A graph of the gradient's belongs to the call that made it."""
    return Encoder(_write_detached).content(leaf)


def _write_detached(value: Any, encoder: Encoder) -> Node:  # noqa: ANN401 - a gradient with a graph of its own
    return encoder.write(value.detach())


class Decoder:
    """Reads nodes as values.

    Args:
        read_other: reads the nodes that `Encoder`'s ``write_other`` wrote, from their tag and their parts. It must
            raise `MalformedError` for a tag that it doesn't know.
        devices: what a kind of device on the other side is here: ``{"cpu": "cuda"}``. Tensors, which cross without
            their device, are read as the CPU's. What isn't named is the same on both sides.
        allows_masks: whether an array may hide some of its items here; else it is read without its mask.
    """

    def __init__(
        self,
        read_other: Callable[[str, list[Node], "Decoder"], object],
        devices: Mapping[str, str] = MappingProxyType({}),
        allows_masks: Callable[[], bool] = lambda: True,
    ) -> None:
        self._allows_masks = allows_masks
        self.objects: list[Any] = []
        """Every mutable object that was read, by its number."""
        self._read_other = read_other
        self._devices = devices
        self._unfilled: list[Any] = []

    def read(self, node: Node) -> Any:  # noqa: ANN401 - any value
        """Read a value.

        Raises:
            MalformedError: the node is not one that `Encoder` writes.
        """
        if not isinstance(node, list):
            if isinstance(node, (*_SCALARS, int)):
                return node
            raise MalformedError("node")
        try:
            return self._read_tagged(node)
        except _READ_ERRORS as error:
            raise MalformedError(f"node: {error}") from error

    def fill(self, value: Any, content: Node, *, by_itself: bool = False) -> None:  # noqa: ANN401 - any mutable type
        """Give a mutable object new content.

        Args:
            value: the object.
            content: what `Encoder.content` wrote.
            by_itself: whether it was written without the objects around it. A gradient that was changed in place then
                looks like one that was replaced; it is written into the gradient that is there.

        Raises:
            MalformedError: the content isn't of the object's kind.
        """
        try:
            if by_itself:
                self._fill_tensor(value, content, by_itself=True)
            else:
                self._fill(value, content)
        except _READ_ERRORS as error:
            raise MalformedError(f"content: {error}") from error

    def _read_tagged(self, node: list[Node]) -> object:
        tag, *parts = node
        if tag == "again":
            return self._read_again(parts[0])
        if tag in ("tuple", "frozenset"):
            items = self.read_items(parts[0])
            return tuple(items) if tag == "tuple" else frozenset(items)
        if tag in ("slice", "range"):
            return {"slice": slice, "range": range}[tag](*[self.read(part) for part in parts[0]])
        if tag in ("array", "tensor"):
            return self._read_block(tag, *parts)
        if tag in _NEW:
            number, content = parts
            return self.filled(self.register(number, _NEW[tag]()), content)
        if tag == "bounded deque":
            longest = parts[1][0]
            expect(type(longest) is int and 0 <= longest < _MOST_PLACES, "deque")
            return self.filled(self.register(parts[0], deque(maxlen=longest)), parts[1])
        if tag == "deep":
            return self._read_deep(*parts)
        if not isinstance(tag, str):
            raise MalformedError("tag")
        if (kind := kind_of_tag(tag)) is not None:
            return self._read_kind(kind, parts)
        if len(parts) == 1:
            try:
                value = read_scalar(tag, parts[0])
            except MalformedError:
                return self._read_other(tag, parts, self)
            if isinstance(value, torch.device) and value.type in self._devices:
                return torch.device(self._devices[value.type])
            return value
        return self._read_other(tag, parts, self)

    def _read_again(self, number: Node) -> object:
        if type(number) is not int or number < 0:
            raise MalformedError("number")
        value = self.objects[number]
        expect(value is not _UNFINISHED, "an object that holds itself")
        return unwrap(value)

    def _read_deep(self, node: Node, contents: Node) -> object:
        outer, self._unfilled = self._unfilled, []
        value = self.read(node)
        # Each may hold others, whose content comes behind it.
        for place, content in enumerate(contents):
            expect(content is not None, "content")
            self._fill(self._unfilled[place], content)
        expect(len(contents) == len(self._unfilled), "contents")
        self._unfilled = outer
        return value

    def _read_kind(self, kind: Kind, parts: list[Node]) -> object:
        if kind.become is None:
            (content,) = parts
            return kind.read(content, self)
        number, content = parts
        self.reserve(number)
        value = self.objects[number] = kind.read(content, self)
        return value

    def reserve(self, number: Node) -> None:
        """Note that an object has this number that is made of others, whose numbers come after its own."""
        self.register(number, _UNFINISHED)

    def filled(self, value: Any, content: Node) -> Any:  # noqa: ANN401 - any of the mutable types
        """Give a new object its content, or note that it comes later."""
        if content is None:
            self._unfilled.append(value)
        else:
            self._fill(value, content)
        return value

    def may_hide_items(self) -> bool:
        """Whether an array may hide some of its items (a mask) here."""
        return self._allows_masks()

    def tensor(self, values: Node) -> torch.Tensor:
        """Read a tensor's values: a leaf that doesn't require grad, on the device that it has on this side."""
        tensor = read_tensor(values)
        return tensor.to(self._devices["cpu"]) if "cpu" in self._devices else tensor

    def _read_block(self, tag: str, number: Node, content: Node) -> object:
        if tag == "array":
            return self.register(number, read_array(content))
        values, requires_grad, grad, is_parameter = content
        tensor = self.tensor(values)
        if is_parameter:
            tensor = torch.nn.Parameter(tensor, requires_grad=False)
        self.register(number, tensor)
        tensor.requires_grad_(bool(requires_grad))
        tensor.grad = self.read(grad)
        return tensor

    def register(self, number: Node, value: Any) -> Any:  # noqa: ANN401 - any of the mutable types
        """Note a mutable object under its number; numbers come in order.

        Raises:
            MalformedError: it is another object's number.
        """
        if number != len(self.objects):
            raise MalformedError("number out of order")
        self.objects.append(value)
        return value

    def _fill(self, value: Any, content: Node) -> None:  # noqa: ANN401 - any of the mutable types
        kind = type(value)
        if kind in _DICTS:
            self._fill_dict(value, content)
        elif kind in (list, set, deque):
            items = self.read_items(content if kind is not deque or value.maxlen is None else content[1])
            value.clear()
            (value.update if kind is set else value.extend)(items)
        elif isinstance(value, torch.Tensor):
            self._fill_tensor(value, content)
        elif kind is numpy.ndarray:
            _fill_array(value, OBJECTS.read(content, self) if value.dtype == object else read_array(content))
        elif kind is bytearray:
            expect(isinstance(content, bytes), "bytearray")
            value[:] = content
        elif (found := find_kind(kind)) is not None and found.become is not None:
            other = found.read(content, self)
            expect(type(other) is kind, "content of another class")
            found.become(value, other)
        else:
            instances.fill(value, content, self)

    def _fill_dict(self, value: Any, content: Node) -> None:  # noqa: ANN401 - a dictionary of any class
        if type(value) is defaultdict:
            factory, content = content
            # Without it the items' look-ups could make new ones.
            value.default_factory = None
        items = read_pairs(content, self)
        value.clear()
        if type(value) is Counter:
            # Its own method would count.
            dict.update(value, items)
        else:
            value.update(items)
        if type(value) is defaultdict:
            value.default_factory = self._read_factory(factory)

    def _read_factory(self, node: Node) -> Callable[[], Any] | None:
        kind, *constant = node
        if constant:
            (item,) = constant
            expect(type(item) in _READ_SCALARS, "default")
            return lambda: item
        factory = None if kind is None else self.read(kind)
        expect(factory is None or isinstance(factory, type), "default")
        return factory

    def read_items(self, nodes: Node) -> list[Any]:
        """Read many values."""
        if isinstance(nodes, list) and set(map(type, nodes)) <= _READ_SCALARS:
            return nodes
        return [self.read(node) for node in nodes]

    def _fill_tensor(self, tensor: torch.Tensor, content: Node, *, by_itself: bool = False) -> None:
        values, requires_grad, grad, _ = content
        fresh = read_tensor(values)
        with torch.no_grad():
            if fresh.shape == tensor.shape and fresh.dtype == tensor.dtype:
                tensor.copy_(fresh)
            else:
                tensor.data = fresh.to(tensor.device)
        if tensor.is_leaf:
            tensor.requires_grad_(bool(requires_grad))
            new_grad = self.read(grad)
            if new_grad is not None and new_grad.device != tensor.device:
                new_grad = new_grad.to(tensor.device)
            if new_grad is not None and (new_grad.shape, new_grad.dtype) != (tensor.shape, tensor.dtype):
                # Its values were replaced by others (``.data``), and torch takes no such gradient for these.
                tensor.grad = None
            elif by_itself and tensor.grad is not None and new_grad is not None:
                tensor.grad.copy_(new_grad)
            else:
                tensor.grad = new_grad


def _fill_array(array: numpy.ndarray[Any, Any], other: numpy.ndarray[Any, Any]) -> None:
    """Give an array the items of another one, and its shape if that needs no other memory."""
    if other.dtype != array.dtype or other.size != array.size:
        # Others may look at its memory. Student code can only do this to an array that it was given for itself.
        return
    if other.shape != array.shape:
        with suppress(AttributeError, ValueError), warnings.catch_warnings(action="ignore"):
            array.shape = other.shape
    array[...] = other.reshape(array.shape)
