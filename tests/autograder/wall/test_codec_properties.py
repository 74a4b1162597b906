"""What holds for every value that crosses the wall, and for every message that a hostile process may send."""

import contextlib
import math
import socket
import struct
import threading
import time
import tracemalloc
from collections import deque
from collections.abc import Callable
from typing import Any

import hypothesis.extra.numpy as some_arrays
import hypothesis.strategies as some
import msgpack
import numpy
import pytest
import torch
from hypothesis import HealthCheck, given, settings

from autograder.wall import channel
from autograder.wall.channel import Channel
from autograder.wall.codec import Decoder, Encoder
from autograder.wall.errors import MalformedError, UnsendableError

thorough = settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


def refuse(value: object, _: Encoder) -> Any:
    raise UnsendableError(str(type(value)))


def unknown(tag: str, *_: object) -> object:
    raise MalformedError(str(tag))


def write(value: object) -> bytes:
    return bytes(msgpack.packb(Encoder(refuse).write(value), unicode_errors="surrogatepass"))


def unpack(packed: bytes) -> Any:
    return msgpack.unpackb(packed, unicode_errors="surrogatepass", strict_map_key=False)


def carry(value: object) -> Any:
    return Decoder(unknown).read(unpack(write(value)))


def bits(tensor: torch.Tensor) -> bytes:
    """A tensor's memory, in the order of its elements."""
    whole = torch.empty(tensor.shape, dtype=tensor.dtype).copy_(tensor)
    return bytes(whole.reshape(-1).view(torch.uint8).numpy())


def assert_same(sent: Any, came: Any, twins: dict[int, Any] | None = None) -> None:
    """Assert that two values are equal, of the same types, and hold the same things in the same places twice."""
    twins = {} if twins is None else twins
    assert type(came) is type(sent)
    if isinstance(sent, (list, dict, set, bytearray, deque, torch.Tensor, numpy.ndarray)):
        if id(sent) in twins:
            assert twins[id(sent)] is came
            return
        assert all(twin is not came for twin in twins.values())
        twins[id(sent)] = came
    if isinstance(sent, torch.Tensor):
        assert (came.dtype, came.shape) == (sent.dtype, sent.shape)
        assert bits(came) == bits(sent)
    elif isinstance(sent, numpy.ndarray):
        assert (came.dtype, came.shape) == (sent.dtype, sent.shape)
        assert came.tobytes() == sent.tobytes()
    elif isinstance(sent, dict):
        assert len(came) == len(sent)
        for one, other in zip(sent.items(), came.items(), strict=True):
            assert_same(one, other, twins)
    elif isinstance(sent, (list, tuple, deque)):
        assert len(came) == len(sent)
        for one, other in zip(sent, came, strict=True):
            assert_same(one, other, twins)
    elif isinstance(sent, float):
        assert struct.pack("d", came) == struct.pack("d", sent) or (math.isnan(sent) and math.isnan(came))
    elif isinstance(sent, slice):
        assert_same((sent.start, sent.stop, sent.step), (came.start, came.stop, came.step), twins)
    else:
        assert came == sent


LETTERS = some.text(some.characters(exclude_categories=()), max_size=8)
SMALL = (
    some.none()
    | some.booleans()
    | some.integers()
    | some.integers(-(2**200), 2**200)
    | some.floats()
    | LETTERS
    | some.binary(max_size=8)
    | some.sampled_from([..., torch.float16, torch.Size([2, 0]), torch.device("cpu"), range(3, 9, 2), ValueError])
)
KEYS = LETTERS | some.integers() | some.booleans() | some.tuples(some.integers(), LETTERS)


@some.composite
def graphs(draw: some.DrawFn) -> Any:
    """Containers that hold one another, and themselves, in any way."""
    kinds: list[Callable[[], Any]] = [list, dict, deque]
    made = [draw(some.sampled_from(kinds))() for _ in range(draw(some.integers(1, 6)))]
    leaves = [draw(SMALL) for _ in range(3)]
    leaves += [
        draw(some.sets(KEYS, max_size=3)),
        bytearray(draw(some.binary(max_size=4))),
        torch.arange(3),
        numpy.eye(2),
    ]
    inside = some.sampled_from([*made, *leaves])
    for container in made:
        items = draw(some.lists(inside | some.tuples(inside, inside) | some.builds(slice, SMALL, SMALL), max_size=4))
        if isinstance(container, dict):
            container.update(zip(draw(some.lists(KEYS, unique=True, min_size=4, max_size=4)), items, strict=False))
        else:
            container.extend(items)
    return made[0]


@thorough
@given(graphs())
def test_containers_keep_what_they_hold_and_share(value: Any) -> None:
    assert_same(value, carry(value))


DTYPES = (
    *(torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex64, torch.complex128),
    *(torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.uint16, torch.uint32, torch.uint64),
    *(torch.bool, torch.float8_e4m3fn, torch.float8_e5m2),
)


@some.composite
def tensors(draw: some.DrawFn) -> torch.Tensor:
    """Tensors of every type and layout in memory, views of larger ones among them."""
    shape = draw(some.lists(some.integers(0, 4), max_size=4))
    dtype = draw(some.sampled_from(DTYPES))
    octets = math.prod(shape) * dtype.itemsize
    data = bytearray(draw(some.binary(min_size=octets, max_size=octets)))
    if dtype is torch.bool:
        data = bytearray(octet % 2 for octet in data)
    flat = torch.frombuffer(data, dtype=torch.uint8).view(dtype) if data else torch.empty(0, dtype=dtype)
    tensor = flat.reshape(shape)
    for _ in range(draw(some.integers(0, 3))):
        if tensor.dim() and draw(some.booleans()):
            tensor = tensor[draw(some.integers(0, 2)) :: draw(some.integers(1, 2))]
        elif tensor.dim():
            tensor = tensor.permute(draw(some.permutations(range(tensor.dim()))))
        else:
            tensor = tensor.expand(3)
    return tensor


@thorough
@given(tensors())
def test_tensors_keep_every_bit(tensor: torch.Tensor) -> None:
    came = carry([tensor, tensor])
    assert_same(tensor, came[0])
    assert came[0] is came[1]
    assert came[0].is_contiguous()


PLAIN_DTYPES = (
    some_arrays.boolean_dtypes()
    | some_arrays.integer_dtypes()
    | some_arrays.unsigned_integer_dtypes()
    | some_arrays.floating_dtypes(sizes=(16, 32, 64))
    | some_arrays.complex_number_dtypes(sizes=(64, 128))
    | some_arrays.byte_string_dtypes(max_len=4)
    | some_arrays.unicode_string_dtypes(max_len=4)
    | some_arrays.datetime64_dtypes()
    | some_arrays.timedelta64_dtypes()
)
SHAPES = some_arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)


@thorough
@given(some_arrays.arrays(PLAIN_DTYPES, SHAPES), some.booleans())
def test_arrays_keep_every_bit(array: numpy.ndarray[Any, Any], turned: bool) -> None:
    sent = array.T if turned else array
    came = carry(sent)
    assert_same(sent, came)
    assert came.flags.writeable


@thorough
@given(some_arrays.arrays(some_arrays.array_dtypes(max_size=3), SHAPES))
def test_records_keep_every_bit(array: numpy.ndarray[Any, Any]) -> None:
    fields, names = dict(array.dtype.fields or {}), array.dtype.names or ()
    if any(name.startswith("__") for name in names) or len(fields) > len(names) or array.dtype.itemsize == 0:
        with pytest.raises(UnsendableError):
            write(array)
    else:
        assert_same(array, carry(array))


@pytest.mark.parametrize(
    "value",
    [numpy.array([object()]), object(), len, math, lambda: 0, [object()], {object(): 1}],
)
def test_objects_do_not_cross(value: object) -> None:
    with pytest.raises(UnsendableError):
        write(value)


ATOMS = (
    some.none()
    | some.booleans()
    | some.integers(-(2**63), 2**64 - 1)
    | some.floats()
    | LETTERS
    | some.binary(max_size=9)
)
TAGS = some.sampled_from(
    [
        *("list", "deque", "dict", "set", "bytearray", "array", "tensor", "tuple", "frozenset", "slice", "range"),
        *("complex", "size", "dtype", "device", "fraction", "decimal", "date", "datetime", "timedelta", "integer"),
        *("scalar", "type", "figure", "ellipsis", "again", "deep", "objects", "masked", "matrix", "records", "poly1d"),
        *("ordered dict", "counter", "default dict", "bounded deque", "keys", "values", "items", "mapping proxy"),
        *("namespace", "user dict", "user list", "user string", "numbers", "memoryview", "polynomial", "path", "uuid"),
        *("time", "zone", "numpy dtype", "scipy.sparse", "pandas.frame", "pandas.series", "pandas.index"),
        *("pandas.array", "pandas.dtype", "pandas.timestamp", "pandas.timedelta", "pandas.period", "pandas.interval"),
    ]
)
HINTS = some.sampled_from(
    [
        *(
            "float32",
            "int64",
            "bool",
            "complex64",
            "qint8",
            "f8",
            "<U3",
            "M8[D]",
            "S0",
            "O",
            "f8,f8",
            "(2,)f8",
            "(1",
            ",",
        ),
        *(
            "cuda:0",
            "meta",
            "cpu:-1",
            "int",
            "Tensor",
            "onnx",
            "_dynamo",
            "__doc__",
            "1e999999999",
            "NaN",
            "0x1",
            "0x0",
        ),
        *(
            "Europe/Paris",
            "../../etc/passwd",
            "__array_interface__",
            "csr_matrix",
            "{}",
            "[]",
            '{"data": [{"type": "bar"}]}',
            '{"data": 5}',
            "2024-02-30",
            "2024-01-01",
            [2],
            [0, 2**39],
            [-1],
            0,
        ),
    ]
)
NODES = some.recursive(
    ATOMS | HINTS,
    lambda inner: (
        some.builds(lambda tag, parts: [tag, *parts], TAGS, some.lists(inner, max_size=4))
        | some.builds(lambda tag, part: [tag, 0, part], TAGS, inner)
        | some.lists(inner, max_size=4)
        | some.dictionaries(LETTERS, inner, max_size=2)
    ),
    max_leaves=12,
)


@settings(thorough, max_examples=250)
@given(NODES)
def test_any_message_is_read_or_malformed(node: object) -> None:
    with contextlib.suppress(MalformedError):
        Decoder(unknown).read(unpack(msgpack.packb(node, unicode_errors="surrogatepass")))


@some.composite
def damaged(draw: some.DrawFn) -> Any:
    """What the encoder writes, with one part replaced."""
    value = draw(graphs() | tensors() | some_arrays.arrays(PLAIN_DTYPES, SHAPES) | SMALL)
    node = unpack(write([value, value]))
    here: Any = node
    while isinstance(here, list) and here:
        place = draw(some.integers(0, len(here) - 1))
        if not isinstance(here[place], list) or draw(some.integers(0, 3)) == 0:
            here[place] = draw(NODES)
            break
        here = here[place]
    return node


@settings(thorough, max_examples=150)
@given(damaged())
def test_a_damaged_message_is_read_or_malformed(node: Any) -> None:
    with contextlib.suppress(MalformedError):
        Decoder(unknown).read(node)


@thorough
@given(graphs() | tensors() | some_arrays.arrays(PLAIN_DTYPES, SHAPES), NODES)
def test_an_object_is_filled_or_the_content_is_malformed(value: Any, content: object) -> None:
    decoder = Decoder(unknown)
    came = decoder.read(unpack(write(value)))
    with contextlib.suppress(MalformedError):
        decoder.fill(came, content)


def receive(body: bytes) -> Any:
    """What a channel makes of a message with this body."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sender = threading.Thread(target=theirs.sendall, args=(struct.pack(">Q", len(body)) + body,))
        sender.start()
        try:
            return Channel(ours, 64 * 1024**2).receive(time.monotonic() + 60)
        finally:
            sender.join()


@settings(thorough, max_examples=80)
@given(some.binary(max_size=300) | NODES.map(lambda node: msgpack.packb(node, unicode_errors="surrogatepass")))
def test_any_bytes_are_a_message_or_malformed(body: bytes) -> None:
    with contextlib.suppress(MalformedError):
        receive(body)


@pytest.mark.parametrize("length", [b"\xdd\x00\x3d\x09\x00", b"\xdf\x00\x3d\x09\x00", b"\xc6\xff\xff\xff\xff"])
def test_no_room_is_made_for_what_is_only_announced(length: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(MalformedError):
            receive(length * 900)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1024**2


@pytest.mark.parametrize(
    "body",
    [
        b"\xdc\x30\x00" + b"\x90" * 0x3000,
        b"\xdc\x30\x00" + b"\x80" * 0x3000,
        b"\xdc\x00\x40" + (b"\xdc\x01\x00" + b"\x90" * 0x100) * 0x40,
    ],
    ids=["empty lists", "empty maps", "lists of empty lists"],
)
def test_a_message_holds_no_more_than_so_many_things(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    # Each of them is one byte of the message, and more than sixty in memory.
    assert receive(body)
    monkeypatch.setattr(channel, "_MOST_ITEMS", 0x3001)
    with pytest.raises(MalformedError):
        receive(body)
