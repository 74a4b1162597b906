"""What the values of names hold, in a short form that shows changes in place: to see what a cell has changed.

A large value is not walked: a lesson may have lists of millions of numbers, and this is done for each cell.
"""

import hashlib
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import numpy
import torch

from autograder.python_names import used_names

Print = Any
"""Equal for equal contents; None for what is not compared."""
_LARGEST_COMPARED = 10_000_000
_MOST_ITEMS = 100_000
_MOST_LOOKED_AT = 1_000
_FLAT = frozenset({type(None), bool, int, float, complex, str, bytes})
_CONTAINERS = (list, dict, set, tuple, frozenset, deque, bytearray)
_NEVER_CHANGED = (type, FunctionType, BuiltinFunctionType, ModuleType, type(None), bool, int, float, str, bytes)
# Python sets these attributes of a class when they are first read.
_SET_WHEN_READ = frozenset({"__annotations__", "__abstractmethods__", "__parameters__", "__signature__", "_abc_impl"})


def mentioned_names(source: str, names: Mapping[str, Any]) -> frozenset[str]:
    """The names that a cell may change in place: those that it uses, and those that what it calls uses.

    Args:
        source: the cell.
        names: all names, with their values before the cell runs.
    """
    found: set[str] = set()
    ahead = set(used_names(source))
    while ahead:
        name = ahead.pop()
        if name in found or name not in names:
            continue
        found.add(name)
        ahead |= set(_used_by(names[name])) - found
    return frozenset(found) | _sharing(found, names)


def _used_by(value: object) -> Iterator[str]:
    """The global names that a function of the notebook looks up, or the methods of an object of its classes."""
    kind = value if isinstance(value, type) else type(value)
    functions = [value] if isinstance(value, FunctionType) else []
    if kind.__module__ == "__main__":
        for base in kind.__mro__:
            functions += [_plain(item) for item in vars(base).values() if isinstance(_plain(item), FunctionType)]
    for function in functions:
        if function.__module__ == "__main__":
            yield from _names_of(function.__code__)


def _plain(item: Any) -> Any:  # noqa: ANN401 - an attribute of a class
    return getattr(item, "__func__", None) or getattr(item, "fget", None) or getattr(item, "__wrapped__", None) or item


def _names_of(code: Any) -> Iterator[str]:  # noqa: ANN401 - a code object
    yield from code.co_names
    for constant in code.co_consts:
        if hasattr(constant, "co_names"):
            yield from _names_of(constant)


def _sharing(mentioned: Collection[str], names: Mapping[str, Any]) -> frozenset[str]:
    """The names whose values hold an object that the values of the mentioned names hold as well."""
    parts = {name: _parts(value) for name, value in names.items() if not isinstance(value, _NEVER_CHANGED)}
    touched = frozenset[int]().union(*(parts.get(name, frozenset()) for name in mentioned))
    return frozenset(name for name, own in parts.items() if not own.isdisjoint(touched))


def _parts(value: Any) -> frozenset[int]:  # noqa: ANN401 - any value
    """The ids of the objects of which a value is made, of so many as can be looked at quickly."""
    found: set[int] = set()
    ahead = [value]
    while ahead and len(found) < _MOST_LOOKED_AT:
        item = ahead.pop()
        if isinstance(item, _NEVER_CHANGED) or id(item) in found:
            continue
        found.add(id(item))
        ahead += _some_items(item)
        if isinstance(item, numpy.ndarray) and item.base is not None:
            ahead.append(item.base)
    return frozenset(found)


def _some_items(value: Any) -> list[Any]:  # noqa: ANN401 - any value
    kind = type(value)
    if kind.__module__ == "__main__" and hasattr(value, "__dict__"):
        return list(vars(value).values())[:_MOST_LOOKED_AT]
    if isinstance(value, dict):
        return [item for _, item in zip(range(_MOST_LOOKED_AT), value.values(), strict=False)]
    if isinstance(value, (list, tuple, deque)):
        return [item for _, item in zip(range(_MOST_LOOKED_AT), value, strict=False)]
    return []


def fingerprints(names: Mapping[str, Any], of: Iterable[str]) -> dict[str, Print]:
    """What the values of some names hold now.

    Args:
        names: all names, with their values.
        of: the names that matter.
    """
    found = {}
    for name in of:
        if name in names:
            try:
                found[name] = fingerprint(names[name])
            except (RuntimeError, RecursionError, TypeError, ValueError, AttributeError):
                continue
    return {name: content for name, content in found.items() if content is not None}


def fingerprint(value: Any) -> Print:  # noqa: ANN401 - any value
    """What a value holds now; None for a kind that is not compared."""
    kind = type(value)
    if issubclass(kind, torch.nn.Module):
        state = {name: tensor for name, tensor in value.state_dict().items() if isinstance(tensor, torch.Tensor)}
        small = sum(tensor.nbytes for tensor in state.values()) < _LARGEST_COMPARED
        return (value.training, {name: _digest(tensor) for name, tensor in state.items()}) if small else None
    if issubclass(kind, (type, FunctionType)):
        # Those of libraries change at any time.
        own = value.__module__ == "__main__"
        return {name: id(item) for name, item in vars(value).items() if name not in _SET_WHEN_READ} if own else None
    if issubclass(kind, (list, dict, set, bytearray, deque, numpy.ndarray, torch.Tensor)):
        return _Walk().print(value)
    if kind.__module__ == "__main__" and not issubclass(kind, ModuleType) and hasattr(value, "__dict__"):
        return _Walk().print(vars(value))
    return None


class _Walk:
    """Prints one value; what it holds beyond a number of items is told by its identity alone."""

    def __init__(self) -> None:
        self._left = _MOST_ITEMS
        self._seen: dict[int, int] = {}

    def print(self, value: Any) -> Print:  # noqa: ANN401 - any value
        # By its type alone: a handle of the student's says what class it is, and each look at it sends a request.
        kind = type(value)
        if kind in _FLAT:
            return value
        if issubclass(kind, (numpy.ndarray, torch.Tensor)):
            return _digest(value)
        if kind not in _CONTAINERS and not issubclass(kind, dict):
            return id(value)
        if id(value) in self._seen:
            return ("again", self._seen[id(value)])
        self._seen[id(value)] = len(self._seen)
        if kind is bytearray:
            return hashlib.blake2b(value).digest()
        return (kind, self._items(value))

    def _items(self, value: Any) -> Print:  # noqa: ANN401 - a container
        if issubclass(type(value), dict):
            return (self._row(value.keys()), self._row(value.values()))
        if type(value) in (set, frozenset):
            return frozenset(map(id, value)) if set(map(type, value)) - _FLAT else frozenset(value)
        return self._row(value)

    def _row(self, items: Collection[Any]) -> Print:
        # One step for all items of a long list of numbers.
        if set(map(type, items)) <= _FLAT:
            return (len(items), hash(tuple(items)))
        self._left -= len(items)
        if self._left < 0:
            return (len(items), hash(tuple(map(id, items))))
        return [self.print(item) for item in items]


def _digest(value: Any) -> Print:  # noqa: ANN401 - an array or a tensor
    if value.nbytes >= _LARGEST_COMPARED:
        return id(value)
    if isinstance(value, torch.Tensor):
        if value.layout is not torch.strided or value.is_quantized:
            return id(value)
        grad = _digest(value.grad) if value.is_leaf and value.grad is not None else None
        plain = value.detach().cpu().resolve_conj().resolve_neg().contiguous().reshape(-1)
        data = plain.view(torch.uint8).numpy() if plain.numel() else numpy.empty(0, numpy.uint8)
        return ("tensor", str(value.dtype), tuple(value.shape), value.requires_grad, grad, _hash(data))
    if value.dtype.hasobject:
        return (str(value.dtype), value.shape, hash(tuple(map(id, value.ravel().tolist()[:_MOST_ITEMS]))))
    return ("array", value.dtype.str, value.shape, _hash(numpy.ascontiguousarray(value).tobytes()))


def _hash(data: Any) -> bytes:  # noqa: ANN401 - what has a buffer
    return hashlib.blake2b(data, digest_size=16).digest()
