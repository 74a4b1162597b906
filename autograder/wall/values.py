"""Values that cross the wall by value: each has a tag, a way to write it and a way to read it back.

Readers see what a hostile process wrote: they check every type, and raise `MalformedError` or ValueError, TypeError,
OverflowError, which the codec turns into `MalformedError`.
"""

import builtins
import collections
import datetime
import decimal
import fractions
import math
import pathlib
import re
import uuid
import zoneinfo
from collections.abc import Callable
from typing import Any

import numpy
import torch

from autograder.limits import Limits
from autograder.wall.errors import MalformedError, UnsendableError
from autograder.wall.kinds import Node as Node
from autograder.wall.kinds import expect, is_private

LIBRARY_NAMES = {
    "torch": torch,
    "nn": torch.nn,
    "F": torch.nn.functional,
    "numpy": numpy,
    "np": numpy,
    "math": math,
}
"""The names under which a function that is sent as text finds libraries on the other side."""

_NUMPY_KINDS = frozenset("biufcSUmM")
# Quantized numbers mean nothing without their scale, and bits mean nothing at all. Torch has dtypes for integers of
# less than a byte, and can't even copy tensors of them.
_WITHOUT_NUMBERS = re.compile("qu?int|bits|u?int[1-7]$")
_NAMES = {
    dtype: str(dtype).removeprefix("torch.")
    for dtype in (torch.float32, torch.float64, torch.int64, torch.int32, torch.bool, torch.complex64, torch.complex128)
}
"""Dtypes that NumPy has, too, with their names."""
_LONGEST_PATTERN = 10_000
_LONGEST_TEXT = 1_000_000
"""Characters of a number in decimal, or of a name."""
_LARGEST = Limits.message_bytes
_LARGEST_INTEGER = 16 * 1024**2
_LARGEST_TERM = 128 * 1024
"""Bytes of a fraction's numerator: to reduce larger ones takes too long."""
_UNKNOWN = object()
"""In place of the node of a value that can't be written."""
_ZONE = re.compile(r"[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+){0,3}")
_LONGEST_ZONE = 64


def plain_dtype(dtype: numpy.dtype[Any]) -> bool:
    """Whether arrays of this dtype are plain data (numbers, strings, times; no Python objects, no records)."""
    return dtype.kind in _NUMPY_KINDS and dtype.names is None and dtype.subdtype is None


def has_plain_items(array: numpy.ndarray[Any, Any]) -> bool:
    """Whether an array's items are plain data, or records of plain data."""
    return plain_dtype(array.dtype) or _is_plain_record(array.dtype)


def _is_plain_record(dtype: numpy.dtype[Any]) -> bool:
    if dtype.names is None or dtype.itemsize == 0:
        return False
    fields: Any = dtype.fields
    # A field with a title has two names.
    return len(fields) == len(dtype.names) and all(
        not is_private(name) and (plain_dtype(dtype[name].base) or _is_plain_record(dtype[name].base))
        for name in dtype.names
    )


def write_dtype(dtype: numpy.dtype[Any]) -> Node:
    """Write the dtype of an array of plain data: its name, or for records their size and their fields."""
    if dtype.names is None:
        return dtype.str
    known: Any = dtype.fields
    fields = [(name, *known[name][:2]) for name in dtype.names]
    return [
        dtype.itemsize,
        [[name, write_dtype(field.base), list(field.shape), offset] for name, field, offset in fields],
    ]


def read_array_dtype(node: Node, depth: int = 0) -> numpy.dtype[Any]:
    """Read what `write_dtype` wrote."""
    if isinstance(node, str):
        dtype = numpy.dtype(node)
        expect(plain_dtype(dtype), "array of a dtype that is not plain")
        return dtype
    size, fields = node
    expect(depth < 8 and type(size) is int and 0 < size < 2**31 and isinstance(fields, list), "dtype")
    formats: list[Any] = []
    for name, base, shape, offset in fields:
        expect(isinstance(name, str) and not is_private(name), "dtype")
        expect(is_shape(shape) and type(offset) is int and offset >= 0, "dtype")
        field = read_array_dtype(base, depth + 1)
        formats.append((field, tuple(shape)) if shape else field)
    names, offsets = [field[0] for field in fields], [field[3] for field in fields]
    return numpy.dtype({"names": names, "formats": formats, "offsets": offsets, "itemsize": size})


def write_array(array: numpy.ndarray[Any, Any]) -> list[Node]:
    """Write an array of plain data as ``[dtype, shape, bytes]``.

    Raises:
        UnsendableError: it is larger than any message may be.
    """
    _refuse_large(array.nbytes)
    dtype = array.dtype
    name = dtype.str if dtype.names is None else write_dtype(dtype)
    return [name, list(array.shape), numpy.ascontiguousarray(array).tobytes()]


def read_array(node: Node) -> numpy.ndarray[Any, Any]:
    """Read what `write_array` wrote; the array owns its memory and is writable."""
    name, shape, data = node
    if not isinstance(data, bytes) or not is_shape(shape):
        raise MalformedError("array")
    dtype = read_array_dtype(name)
    if not data and 0 in shape:
        return numpy.empty(shape, dtype=dtype)
    return numpy.frombuffer(bytearray(data), dtype=dtype).reshape(shape)


def write_tensor(tensor: torch.Tensor) -> list[Node]:
    """Write a dense tensor's values as ``[dtype, shape, bytes]``; device and layout are not kept.

    The judge has no GPU: what a student computed on one arrives on the CPU, where the judge's own tensors are.

    Raises:
        UnsendableError: it is larger than any message may be.
    """
    _refuse_large(tensor.nbytes)
    if tensor.dtype in _NAMES and tensor.is_cpu and not tensor.is_conj() and not tensor.is_neg():
        # Most tensors: one copy, whatever the strides. NumPy refuses empty ones whose other sizes are huge.
        data = tensor.detach().numpy().tobytes() if tensor.numel() else b""
        return [_NAMES[tensor.dtype], list(tensor.shape), data]
    # A tensor of one number counts as contiguous whatever its stride, but `view` checks the stride: so it is copied.
    values = tensor.detach().to("cpu").resolve_conj().resolve_neg().reshape(-1)
    values = values.clone(memory_format=torch.contiguous_format)
    return [dtype_name(values.dtype), list(tensor.shape), values.view(torch.uint8).numpy().tobytes()]


def read_tensor(node: Node) -> torch.Tensor:
    """Read what `write_tensor` wrote: a contiguous leaf on the CPU that doesn't require grad."""
    name, shape, data = node
    if not isinstance(data, bytes) or not is_shape(shape):
        raise MalformedError("tensor")
    dtype = read_dtype(name)
    if _WITHOUT_NUMBERS.match(name):
        raise MalformedError("tensor of a dtype that is not plain")
    if not data and 0 in shape:
        return torch.empty(shape, dtype=dtype)
    octets = torch.frombuffer(bytearray(data), dtype=torch.uint8)
    # A truth value of 2 is neither True nor False to torch.
    return (octets != 0 if dtype is torch.bool else octets.view(dtype)).reshape(shape)


def _refuse_large(size: int) -> None:
    # Before it is copied: there may not be enough memory left for a copy.
    if size > _LARGEST:
        raise UnsendableError(f"{size / 1e6:.0f} MB, where {_LARGEST / 1e6:.0f} MB can be carried")


def is_shape(shape: Node) -> bool:
    """Whether these are the sizes of an array, of which none is beyond all bounds."""
    return isinstance(shape, list) and len(shape) <= 64 and all(type(n) is int and 0 <= n < 2**40 for n in shape)


def dtype_name(dtype: torch.dtype) -> str:
    """The name of a torch dtype: "float32" for ``torch.float32``."""
    return str(dtype).removeprefix("torch.")


def read_dtype(name: Node) -> torch.dtype:
    """The torch dtype of that name."""
    # Not by getattr, on which torch imports some of its modules.
    dtype = vars(torch).get(name) if isinstance(name, str) else None
    if not isinstance(dtype, torch.dtype):
        raise MalformedError("dtype")
    return dtype


def _write_integer(number: int, largest: int = _LARGEST_INTEGER) -> bytes:
    size = number.bit_length() // 8 + 1
    if size > largest:
        raise UnsendableError(f"an integer of {size:,} bytes, where {largest:,} bytes can be carried")
    return number.to_bytes(size, "little", signed=True)


def _read_integer(data: Node, largest: int = _LARGEST_INTEGER) -> int:
    if not isinstance(data, bytes) or len(data) > largest:
        raise MalformedError("integer")
    return int.from_bytes(data, "little", signed=True)


def _read_text(text: Node) -> str:
    if not isinstance(text, str) or len(text) > _LONGEST_TEXT:
        raise MalformedError("text")
    return text


def _write_text(text: str) -> str:
    if len(text) > _LONGEST_TEXT:
        raise UnsendableError(f"a value of {len(text):,} characters, where {_LONGEST_TEXT:,} can be carried")
    return text


def write_zone(zone: datetime.tzinfo | None) -> str | int | None:
    """Write a time zone as its name, or as its microseconds ahead of UTC; None if it is no such zone."""
    if type(zone) is datetime.timezone:
        # A name of the user's own is not kept.
        return zone.utcoffset(None) // datetime.timedelta(microseconds=1)
    name = getattr(zone, "key", None) if type(zone) is zoneinfo.ZoneInfo else getattr(zone, "zone", None)
    return name if isinstance(name, str) and _ZONE.fullmatch(name) and len(name) <= _LONGEST_ZONE else None


def read_zone(node: Node) -> datetime.tzinfo:
    """Read what `write_zone` wrote."""
    if type(node) is int:
        offset = datetime.timedelta(microseconds=node)
        return datetime.timezone(offset) if offset else datetime.UTC
    # The name becomes that of a file.
    expect(isinstance(node, str) and len(node) <= _LONGEST_ZONE and _ZONE.fullmatch(node), "time zone")
    return zoneinfo.ZoneInfo(node)


def _write_time(moment: Any) -> Node:  # noqa: ANN401 - a datetime.time or a datetime.datetime
    if moment.tzinfo is None:
        return [moment.isoformat(), moment.fold, None]
    zone = write_zone(moment.tzinfo)
    return _UNKNOWN if zone is None else [moment.replace(tzinfo=None).isoformat(), moment.fold, zone]


def _read_time(kind: Any) -> Callable[[Node], Any]:  # noqa: ANN401 - see above
    def read(node: Node) -> Any:  # noqa: ANN401 - see above
        text, fold, zone = node
        expect(type(fold) is int, "time")
        return kind.fromisoformat(text).replace(fold=fold, tzinfo=None if zone is None else read_zone(zone))

    return read


_PATHS: dict[str, type[pathlib.PurePath]] = {
    "here": pathlib.Path,
    "posix": pathlib.PurePosixPath,
    "windows": pathlib.PureWindowsPath,
}


def write_path(path: pathlib.Path) -> list[Node]:
    """Write the path of a file, which each side looks up in its own folders."""
    return ["path", ["here", _write_text(str(path))]]


def _read_path(node: Node) -> pathlib.PurePath:
    kind, text = node
    return _PATHS[kind](_read_text(text))


def _read_device(name: Node) -> torch.device:
    device = torch.device(_read_text(name))
    # A tensor on "meta" has no values, and torch.testing finds it close to every other.
    if device.type == "meta":
        raise MalformedError("device")
    return device


_COLLECTIONS = {
    kind.__name__: kind
    for kind in (collections.Counter, collections.OrderedDict, collections.defaultdict, collections.deque)
}


_TYPES_OF_TORCH = frozenset(
    {torch.Size, torch.dtype, torch.device, torch.layout, torch.memory_format, torch.finfo, torch.iinfo}
)


def _read_type(name: Node) -> type:
    public = isinstance(name, str) and not name.startswith("_")
    for module in (vars(builtins), vars(torch), _COLLECTIONS):
        found = module.get(name) if public else None
        if isinstance(found, type) and _write_type(found) == name:
            return found
    if public and name.startswith("numpy."):
        found = vars(numpy).get(name.removeprefix("numpy."))
        if isinstance(found, type) and issubclass(found, (numpy.generic, numpy.ndarray)) and found is not numpy.memmap:
            return found
    raise MalformedError("type")


def _write_type(value: type) -> str | None:
    name = value.__name__
    if value is numpy.memmap:
        # A test that calls it would open a file of the judge's.
        return None
    if issubclass(value, (numpy.generic, numpy.ndarray)) and getattr(numpy, name, None) is value:
        return f"numpy.{name}"
    if _COLLECTIONS.get(name) is value:
        return name
    module = {"builtins": builtins, "torch": torch}.get(value.__module__)
    if module is torch and not name.endswith("Tensor") and value not in _TYPES_OF_TORCH:
        # Others read and write files where they are called, or change what torch does.
        return None
    return name if module is not None and getattr(module, name, None) is value else None


def _read_pattern(text: Node, flags: Node) -> "re.Pattern[Any]":
    if not isinstance(text, str | bytes) or len(text) > _LONGEST_PATTERN or type(flags) is not int:
        raise MalformedError("pattern")
    try:
        return re.compile(text, flags & ~re.DEBUG)
    except (re.error, RecursionError) as error:
        raise MalformedError("pattern") from error


def without_old_memory(kind: type) -> Any:  # noqa: ANN401 - the class, or a function
    """What may be called in a class's place: a class of arrays gives memory that still holds what was in it before."""
    if issubclass(kind, numpy.ndarray):
        return lambda shape, *args, **kwargs: numpy.zeros(shape, *args[:1], **kwargs).view(kind)
    if not hasattr(kind, "is_sparse") and not issubclass(kind, torch.Tensor):
        return kind

    def make(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever a tensor is made of
        made: Any = kind(*args, **kwargs)
        of_size = all(isinstance(arg, (int, torch.Size)) for arg in args)
        return made.zero_() if of_size else made

    return make


def _read_figure(text: Node) -> Any:  # noqa: ANN401 - Plotly has no types
    from plotly import io  # takes a second to import, and few labs need it

    if not isinstance(text, str):
        raise MalformedError("figure")
    return io.from_json(text)


_SCALARS: dict[type, tuple[str, Callable[[Any], Node], Callable[[Node], Any]]] = {
    complex: ("complex", lambda z: [z.real, z.imag], lambda node: complex(*node)),
    type(...): ("ellipsis", lambda _: None, lambda _: ...),
    torch.Size: ("size", list, torch.Size),
    torch.dtype: ("dtype", dtype_name, read_dtype),
    torch.device: ("device", str, _read_device),
    fractions.Fraction: (
        "fraction",
        lambda q: [_write_integer(q.numerator, _LARGEST_TERM), _write_integer(q.denominator, _LARGEST_TERM)],
        lambda node: fractions.Fraction(*(_read_integer(part, _LARGEST_TERM) for part in node)),
    ),
    decimal.Decimal: (
        "decimal",
        lambda number: _write_text(str(number)),
        lambda node: decimal.Decimal(_read_text(node)),
    ),
    datetime.date: ("date", datetime.date.isoformat, datetime.date.fromisoformat),
    datetime.time: ("time", _write_time, _read_time(datetime.time)),
    datetime.datetime: ("datetime", _write_time, _read_time(datetime.datetime)),
    datetime.timezone: ("zone", write_zone, read_zone),
    zoneinfo.ZoneInfo: ("zone", write_zone, read_zone),
    pathlib.PureWindowsPath: ("path", lambda path: ["windows", _write_text(str(path))], _read_path),
    pathlib.PurePosixPath: ("path", lambda path: ["posix", _write_text(str(path))], _read_path),
    re.Pattern: (
        "pattern",
        lambda pattern: [pattern.pattern, pattern.flags],
        lambda node: _read_pattern(*node),
    ),
    uuid.UUID: ("uuid", lambda value: value.bytes, lambda node: uuid.UUID(bytes=node)),
    datetime.timedelta: (
        "timedelta",
        lambda t: [t.days, t.seconds, t.microseconds],
        lambda node: datetime.timedelta(*node),
    ),
}
_READERS: dict[str, Callable[[Node], Any]] = {tag: read for tag, _, read in _SCALARS.values()} | {
    "integer": _read_integer,
    "scalar": lambda node: read_array(node)[()],
    "path": _read_path,
    "numpy dtype": lambda node: numpy.dtype(object) if node == "O" else read_array_dtype(node),
    "type": _read_type,
    "figure": _read_figure,
}


def _write_numpy_dtype(dtype: Any) -> list[Node] | None:  # noqa: ANN401 - NumPy's types know no class of any dtype
    if dtype.kind == "O":
        return ["numpy dtype", "O"]
    known = dtype.subdtype is None and (plain_dtype(dtype) or _is_plain_record(dtype))
    return ["numpy dtype", write_dtype(dtype)] if known else None


def write_scalar(value: object) -> list[Node] | None:
    """Write a small immutable value as ``[tag, content]``; None if it is not one of those that are known."""
    entry = _SCALARS.get(type(value))
    if entry is not None:
        content = entry[1](value)
        return None if content is _UNKNOWN else [entry[0], content]
    if type(value) is int:
        return ["integer", _write_integer(value)]
    # By its true class: a handle says that it is one of another.
    kind = type(value)
    if issubclass(kind, numpy.generic) and kind.__module__ == "numpy" and has_plain_items(value):  # type: ignore[arg-type]
        return ["scalar", write_array(numpy.asarray(value))]
    if issubclass(kind, numpy.dtype):
        return _write_numpy_dtype(value)
    if issubclass(kind, type):
        name = _write_type(value)  # type: ignore[arg-type]  # a class, by its class
        return None if name is None else ["type", name]
    if type(value).__module__.startswith("plotly.graph_objs") and hasattr(value, "to_json"):
        return ["figure", value.to_json()]
    return None


def read_scalar(tag: str, content: Node) -> object:
    """Read what `write_scalar` wrote.

    Raises:
        MalformedError: there is no such tag, or the content isn't what it should be.
    """
    if tag not in _READERS:
        raise MalformedError(f"no such tag: {tag[:20]!r}")
    return _READERS[tag](content)
