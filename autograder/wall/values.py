"""Values that cross the wall by value: each has a tag, a way to write it and a way to read it back.

Readers see what a hostile process wrote: they check every type, and raise `MalformedError` or ValueError, TypeError,
OverflowError, which the codec turns into `MalformedError`.
"""

import builtins
import datetime
import decimal
import fractions
import math
import re
from collections.abc import Callable
from typing import Any

import numpy
import torch

from autograder.wall.errors import MalformedError, UnsendableError

Node = Any
"""What MessagePack carries: None, bool, int, float, str, bytes, or a list that begins with a tag."""

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
_MOST_DIGITS = 10_000
_LARGEST = 64 * 1024**2


def plain_dtype(dtype: numpy.dtype[Any]) -> bool:
    """Whether arrays of this dtype are plain data (numbers, strings, times; no Python objects, no records)."""
    return dtype.kind in _NUMPY_KINDS and dtype.names is None and dtype.subdtype is None


def write_array(array: numpy.ndarray[Any, Any]) -> list[Node]:
    """Write an array of a plain dtype as ``[dtype, shape, bytes]``.

    Raises:
        UnsendableError: it is larger than any message may be.
    """
    _refuse_large(array.nbytes)
    return [array.dtype.str, list(array.shape), numpy.ascontiguousarray(array).tobytes()]


def read_array(node: Node) -> numpy.ndarray[Any, Any]:
    """Read what `write_array` wrote; the array owns its memory and is writable."""
    name, shape, data = node
    if not isinstance(name, str) or not isinstance(data, bytes) or not _is_shape(shape):
        raise MalformedError("array")
    dtype = numpy.dtype(name)
    if not plain_dtype(dtype):
        raise MalformedError("array of a dtype that is not plain")
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
    if not isinstance(data, bytes) or not _is_shape(shape):
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


def _is_shape(shape: Node) -> bool:
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


def _read_integer(text: Node) -> int:
    if not isinstance(text, str) or len(text) > _MOST_DIGITS:
        raise MalformedError("integer")
    return int(text, 16)


def _read_text(text: Node) -> str:
    if not isinstance(text, str) or len(text) > _MOST_DIGITS:
        raise MalformedError("text")
    return text


def _read_device(name: Node) -> torch.device:
    device = torch.device(_read_text(name))
    # A tensor on "meta" has no values, and torch.testing finds it close to every other.
    if device.type == "meta":
        raise MalformedError("device")
    return device


def _read_type(name: Node) -> type:
    public = isinstance(name, str) and not name.startswith("_")
    for module in (builtins, torch):
        found = vars(module).get(name) if public else None
        if isinstance(found, type) and _write_type(found) == name:
            return found
    raise MalformedError("type")


def _write_type(value: type) -> str | None:
    module = {"builtins": builtins, "torch": torch}.get(value.__module__)
    return value.__name__ if module is not None and getattr(module, value.__name__, None) is value else None


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
        lambda q: [hex(q.numerator), hex(q.denominator)],
        lambda node: fractions.Fraction(*map(_read_integer, node)),
    ),
    decimal.Decimal: ("decimal", str, lambda node: decimal.Decimal(_read_text(node))),
    datetime.date: ("date", datetime.date.isoformat, datetime.date.fromisoformat),
    datetime.datetime: ("datetime", datetime.datetime.isoformat, datetime.datetime.fromisoformat),
    datetime.timedelta: (
        "timedelta",
        lambda t: [t.days, t.seconds, t.microseconds],
        lambda node: datetime.timedelta(*node),
    ),
}
_READERS: dict[str, Callable[[Node], Any]] = {tag: read for tag, _, read in _SCALARS.values()} | {
    "integer": _read_integer,
    "scalar": lambda node: read_array(node)[()],
    "type": _read_type,
    "figure": _read_figure,
}


def write_scalar(value: object) -> list[Node] | None:
    """Write a small immutable value as ``[tag, content]``; None if it is not one of those that are known."""
    entry = _SCALARS.get(type(value))
    if entry is not None:
        return [entry[0], entry[1](value)]
    if type(value) is int:
        return ["integer", hex(value)]
    if isinstance(value, numpy.generic) and plain_dtype(value.dtype):
        return ["scalar", write_array(numpy.asarray(value))]
    if isinstance(value, type):
        name = _write_type(value)
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
