"""Plain data, references within it included, written for the wall and read back.

Both sides use the same two classes. What is not plain data (a function, a module, a tensor with a graph) is left to
the side that uses them: see `autograder.wall.judge_end` and `autograder.wall.write_answer`.

Every list, dictionary, set, bytearray, array and tensor gets a number, in the order in which it is written, so that an
object that occurs twice is one object on the other side as well, and a reply can say what a call changed in place.
"""

from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any

import numpy
import torch

from autograder.wall.errors import MalformedError, UnsendableError
from autograder.wall.values import (
    Node,
    plain_dtype,
    read_array,
    read_scalar,
    read_tensor,
    write_array,
    write_scalar,
    write_tensor,
)

_DEEPEST = 100
_SCALARS = (type(None), bool, float, str, bytes)
_FLAT = frozenset(_SCALARS)
_READ_SCALARS = _FLAT | {int}
_SEQUENCES: dict[type, str] = {tuple: "tuple", frozenset: "frozenset"}
_MUTABLE: dict[type, str] = {
    list: "list",
    deque: "deque",
    dict: "dict",
    OrderedDict: "dict",
    defaultdict: "dict",
    Counter: "dict",
    set: "set",
    bytearray: "bytearray",
    numpy.ndarray: "array",
    torch.Tensor: "tensor",
    torch.nn.Parameter: "tensor",
}
_NEW: dict[str, Callable[[], Any]] = {"list": list, "deque": deque, "dict": dict, "set": set, "bytearray": bytearray}


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
                raise UnsendableError("it is nested too deeply")
            return self._write_compound(value, kind)
        finally:
            self._depth -= 1

    def number(self, value: object) -> int:
        """Give a mutable object its number."""
        self.objects.append(value)
        self._nodes[id(value)] = ["again", len(self.objects) - 1]
        return len(self.objects) - 1

    def content(self, value: Any) -> Node:  # noqa: ANN401 - any of the mutable types
        """Write what a mutable object holds, without its number."""
        if isinstance(value, torch.Tensor):
            grad = self.write(value.grad) if value.is_leaf else None
            return [write_tensor(value), value.requires_grad, grad, isinstance(value, torch.nn.Parameter)]
        if isinstance(value, numpy.ndarray):
            return write_array(value)
        if isinstance(value, bytearray):
            return bytes(value)
        if isinstance(value, dict):
            return [[self.write(key), self.write(item)] for key, item in value.items()]
        return self._write_items(value)

    def _write_items(self, items: Collection[Any]) -> list[Node]:
        kinds = set(map(type, items))
        # Thousands of items are mostly numbers, and one check of all their types is faster than one for each.
        if kinds <= _FLAT or (kinds == {int} and min(items) >= -(2**63) and max(items) < 2**63):
            return list(items)
        return [self.write(item) for item in items]

    def _write_compound(self, value: Any, kind: type) -> Node:  # noqa: ANN401 - anything at all
        if kind in _SEQUENCES:
            return [_SEQUENCES[kind], self._write_items(value)]
        if kind in (slice, range):
            return [kind.__name__, [self.write(part) for part in (value.start, value.stop, value.step)]]
        if self._is_plain_mutable(value, kind):
            number = self.number(value)
            return [_MUTABLE[kind], number, self.content(value)]
        scalar = write_scalar(value)
        return self._write_other(value, self) if scalar is None else scalar

    @staticmethod
    def _is_plain_mutable(value: Any, kind: type) -> bool:  # noqa: ANN401 - anything at all
        if issubclass(kind, torch.Tensor):
            return kind in _MUTABLE and is_plain_tensor(value) and not value.requires_grad
        return kind in _MUTABLE and (kind is not numpy.ndarray or plain_dtype(value.dtype))


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
    """

    def __init__(
        self,
        read_other: Callable[[str, list[Node], "Decoder"], object],
        devices: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.objects: list[Any] = []
        """Every mutable object that was read, by its number."""
        self._read_other = read_other
        self._devices = devices

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
        except (TypeError, ValueError, IndexError, OverflowError, RuntimeError, ArithmeticError, KeyError) as error:
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
        except (TypeError, ValueError, OverflowError, RuntimeError, AttributeError) as error:
            raise MalformedError(f"content: {error}") from error

    def _read_tagged(self, node: list[Node]) -> object:
        tag, *parts = node
        if tag == "again":
            if type(parts[0]) is not int or parts[0] < 0:
                raise MalformedError("number")
            return self.objects[parts[0]]
        if tag in ("tuple", "frozenset"):
            items = self._read_items(parts[0])
            return tuple(items) if tag == "tuple" else frozenset(items)
        if tag in ("slice", "range"):
            return {"slice": slice, "range": range}[tag](*[self.read(part) for part in parts[0]])
        if tag in ("array", "tensor"):
            return self._read_block(tag, *parts)
        if tag in _NEW:
            value = self.register(parts[0], _NEW[tag]())
            self._fill(value, parts[1])
            return value
        if len(parts) == 1 and isinstance(tag, str):
            try:
                value = read_scalar(tag, parts[0])
            except MalformedError:
                return self._read_other(tag, parts, self)
            if isinstance(value, torch.device) and value.type in self._devices:
                return torch.device(self._devices[value.type])
            return value
        return self._read_other(tag, parts, self)

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
        if isinstance(value, torch.Tensor):
            self._fill_tensor(value, content)
        elif isinstance(value, numpy.ndarray):
            value[...] = read_array(content)
        elif isinstance(value, bytearray):
            value[:] = content
        elif isinstance(value, dict):
            items = [(self.read(key), self.read(item)) for key, item in content]
            value.clear()
            value.update(items)
        else:
            items = self._read_items(content)
            value.clear()
            (value.update if isinstance(value, set) else value.extend)(items)

    def _read_items(self, content: Node) -> list[Any]:
        if isinstance(content, list) and set(map(type, content)) <= _READ_SCALARS:
            return content
        return [self.read(item) for item in content]

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
            if by_itself and tensor.grad is not None and new_grad is not None:
                tensor.grad.copy_(new_grad)
            else:
                tensor.grad = new_grad
