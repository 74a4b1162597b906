"""The standard library's collections that are no list, dictionary or set themselves."""

import array
import math
from collections import UserDict, UserList, UserString
from collections.abc import Iterable
from types import MappingProxyType, SimpleNamespace
from typing import Any

from autograder.wall.kinds import Kind, Kinds, Node, Reader, Writer, expect, is_private
from autograder.wall.values import is_shape

_CODES = frozenset("bBhHiIlLqQfd")
_LONGEST_NAME = 1_000


def write_pairs(items: Iterable[tuple[Any, Any]], writer: Writer) -> list[Node]:
    """Write pairs of any values."""
    return [[writer.write(key), writer.write(item)] for key, item in items]


def read_pairs(nodes: Node, reader: Reader) -> list[tuple[Any, Any]]:
    """Read what `write_pairs` wrote."""
    return [(reader.read(key), reader.read(item)) for key, item in nodes]


def read_attributes(nodes: Node, reader: Reader) -> dict[str, Any]:
    """Read the attributes of an object.

    Raises:
        MalformedError: a name is none, or is one that Python's protocols look up.
    """
    pairs = [(name, reader.read(item)) for name, item in nodes]
    for name, _ in pairs:
        expect(isinstance(name, str) and len(name) <= _LONGEST_NAME and not is_private(name), "name of an attribute")
    return dict(pairs)


def _read_dict(nodes: Node, reader: Reader) -> dict[Any, Any]:
    pairs = read_pairs(nodes, reader)
    found = dict(pairs)
    expect(len(found) == len(pairs), "keys that are equal")
    return found


def _read_keys(nodes: Node, reader: Reader) -> object:
    keys = reader.read_items(nodes)
    found = dict.fromkeys(keys)
    expect(len(found) == len(keys), "keys that are equal")
    return found.keys()


def _become_user_dict(value: Any, other: Any) -> None:  # noqa: ANN401 - a UserDict or a SimpleNamespace
    held = vars(value)
    held.clear()
    held.update(vars(other))


def _read_user_string(content: Node, _: Reader) -> UserString:
    expect(isinstance(content, str), "UserString")
    return UserString(content)


def _read_numbers(content: Node, _: Reader) -> "array.array[Any]":
    code, data = content
    expect(isinstance(code, str) and code in _CODES and isinstance(data, bytes), "array of the standard library")
    return array.array(code, data)


def _become_numbers(value: "array.array[Any]", other: "array.array[Any]") -> None:
    value[:] = other


def _write_memory(value: memoryview, _: Writer) -> Node:
    return [value.format, list(value.shape or ()), value.tobytes()]


def _read_memory(content: Node, _: Reader) -> memoryview:
    code, shape, data = content
    expect(isinstance(code, str) and code in _CODES | {"c", "?"} and isinstance(data, bytes), "memoryview")
    expect(is_shape(shape) and len(shape) == 1, "memoryview")
    view = memoryview(data).cast(code)
    expect(view.nbytes == math.prod(shape) * view.itemsize, "memoryview")
    return view


_KEYS = Kind("keys", lambda value, writer: writer.write_items(list(value)), _read_keys)
_VALUES = Kind(
    "values",
    lambda value, writer: writer.write_items(list(value)),
    lambda nodes, reader: dict(enumerate(reader.read_items(nodes))).values(),
)
_ITEMS = Kind(
    "items",
    write_pairs,
    lambda nodes, reader: _read_dict(nodes, reader).items(),
)

KINDS: Kinds = {
    type({}.keys()): _KEYS,
    type({}.values()): _VALUES,
    type({}.items()): _ITEMS,
    MappingProxyType: Kind(
        "mapping proxy",
        lambda value, writer: write_pairs(value.items(), writer),
        lambda nodes, reader: MappingProxyType(_read_dict(nodes, reader)),
    ),
    SimpleNamespace: Kind(
        "namespace",
        lambda value, writer: write_pairs(vars(value).items(), writer),
        lambda nodes, reader: SimpleNamespace(**read_attributes(nodes, reader)),
        _become_user_dict,
        lambda value: all(isinstance(name, str) and not is_private(name) for name in vars(value)),
    ),
    UserDict: Kind(
        "user dict",
        lambda value, writer: write_pairs(value.data.items(), writer),
        lambda nodes, reader: UserDict(_read_dict(nodes, reader)),
        _become_user_dict,
        lambda value: set(vars(value)) == {"data"} and type(value.data) is dict,
    ),
    UserList: Kind(
        "user list",
        lambda value, writer: writer.write_items(value.data),
        lambda nodes, reader: UserList(reader.read_items(nodes)),
        _become_user_dict,
        lambda value: set(vars(value)) == {"data"} and type(value.data) is list,
    ),
    UserString: Kind(
        "user string",
        lambda value, _: value.data,
        _read_user_string,
        accepts=lambda value: set(vars(value)) == {"data"} and type(value.data) is str,
    ),
    array.array: Kind(
        "numbers",
        lambda value, _: [value.typecode, value.tobytes()],
        _read_numbers,
        _become_numbers,
        lambda value: value.typecode in _CODES,
    ),
    memoryview: Kind(
        "memoryview",
        _write_memory,
        _read_memory,
        accepts=lambda value: value.ndim == 1 and value.format in _CODES | {"c", "?"},
    ),
}
"""OrderedDict's views count as those of a dictionary: they have one class for each, which no name leads to."""
