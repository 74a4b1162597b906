import contextlib
import datetime
import decimal
import fractions
import math
from collections import Counter, OrderedDict, deque
from typing import Any

import hypothesis.strategies as some
import msgpack
import numpy
import pytest
import torch
from hypothesis import HealthCheck, given, settings

from autograder.wall.codec import Decoder, Encoder
from autograder.wall.errors import MalformedError, UnsendableError


def refuse(value: object, _: Encoder) -> Any:
    raise UnsendableError(str(type(value)))


def unknown(tag: str, *_: object) -> object:
    raise MalformedError(tag)


def carry(value: object) -> Any:
    packed = msgpack.packb(Encoder(refuse).write(value), unicode_errors="surrogatepass")
    return Decoder(unknown).read(msgpack.unpackb(packed, unicode_errors="surrogatepass", strict_map_key=False))


SCALARS = (
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats(allow_nan=False)
    | some.complex_numbers(allow_nan=False)
    | some.text()
    | some.binary()
    | some.fractions()
    | some.dates()
    | some.datetimes()
    | some.timedeltas()
    | some.decimals(allow_nan=False)
)
PLAIN = some.recursive(
    SCALARS,
    lambda inner: (
        some.lists(inner)
        | some.dictionaries(some.text() | some.integers(), inner)
        | some.lists(inner).map(tuple)
        | some.sets(some.integers())
        | some.frozensets(some.text())
        | some.builds(slice, inner, inner)
    ),
    max_leaves=20,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=200)
@given(PLAIN)
def test_plain_data_arrives_as_it_was(value: object) -> None:
    arrived = carry(value)
    assert arrived == value
    assert type(arrived) is type(value)


ATOMS = some.none() | some.booleans() | some.integers(-(2**63), 2**63 - 1) | some.floats()
JUNK = some.recursive(
    ATOMS | some.text(max_size=8) | some.binary(max_size=8),
    lambda inner: some.lists(inner, max_size=5) | some.dictionaries(some.text(max_size=5), inner, max_size=3),
    max_leaves=20,
)
TAGS = some.sampled_from(
    [
        *("list", "deque", "dict", "set", "bytearray", "array", "tensor", "tuple", "frozenset", "slice", "range"),
        *("complex", "size", "dtype", "device", "fraction", "decimal", "date", "datetime", "timedelta", "integer"),
        *("scalar", "type", "figure", "ellipsis", "again"),
    ]
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=500)
@given(some.builds(lambda tag, parts: [tag, *parts], TAGS, some.lists(JUNK, max_size=4)) | JUNK)
def test_junk_is_read_or_refused_and_never_more(node: object) -> None:
    with contextlib.suppress(MalformedError):
        Decoder(unknown).read(node)


@pytest.mark.parametrize(
    "value",
    [
        torch.arange(6.0).reshape(2, 3),
        torch.arange(6).reshape(2, 3).T,
        torch.tensor(3.5, dtype=torch.float64),
        torch.zeros(0, 3),
        torch.zeros(2**39, 0, 2**39),
        torch.rand(6)[::2],
        torch.rand(1).expand(4),
        torch.tensor([1 + 2j]),
        torch.tensor([True, False]),
        torch.tensor([1.5, -2.25], dtype=torch.bfloat16),
        torch.tensor([1 + 2j]).conj(),
    ],
)
def test_tensors_keep_values_shape_and_dtype(value: torch.Tensor) -> None:
    arrived = carry(value)
    assert torch.equal(arrived, value)
    assert arrived.dtype == value.dtype
    assert not arrived.requires_grad


def test_a_tensor_keeps_its_gradient_and_a_parameter_its_class() -> None:
    tensor = torch.ones(2)
    tensor.grad = torch.tensor([3.0, 4.0])
    assert carry(tensor).grad.tolist() == [3.0, 4.0]
    assert type(carry(torch.nn.Parameter(torch.ones(2), requires_grad=False))) is torch.nn.Parameter


@pytest.mark.parametrize(
    "value",
    [
        numpy.arange(6.0).reshape(2, 3)[:, ::2],
        numpy.array(["a", "bcd"]),
        numpy.array([], dtype=numpy.int8),
        numpy.array("2024-01-01", dtype="datetime64[D]"),
        numpy.array([1 + 2j], dtype=numpy.complex64),
    ],
)
def test_arrays_keep_values_shape_and_dtype(value: numpy.ndarray[Any, Any]) -> None:
    arrived = carry(value)
    assert numpy.array_equal(arrived, value)
    assert arrived.dtype == value.dtype
    assert arrived.flags.writeable


@pytest.mark.parametrize(
    "value",
    [
        numpy.float64(1.5),
        numpy.int8(-3),
        torch.Size([2, 3]),
        torch.float32,
        torch.device("cpu"),
        range(2, 10, 3),
        ...,
        10**50,
        fractions.Fraction(1, 3),
        decimal.Decimal("0.10"),
        datetime.date(2024, 2, 29),
        ValueError,
        torch.Tensor,
        deque([1, 2]),
    ],
)
def test_small_values_arrive_as_they_were(value: object) -> None:
    assert carry(value) == value
    assert type(carry(value)) is type(value)


def test_not_a_number_stays_one() -> None:
    assert math.isnan(carry(float("nan")))
    assert math.isnan(carry(torch.tensor(float("nan"))).item())


def test_kinds_of_dictionaries_arrive_as_dictionaries() -> None:
    assert carry(OrderedDict(a=1)) == {"a": 1}
    assert carry(Counter("aab")) == {"a": 2, "b": 1}


def test_what_is_one_thing_stays_one_thing() -> None:
    shared = torch.ones(2)
    first, second = carry([shared, {"again": shared}])
    assert first is second["again"]


def test_a_list_may_hold_itself() -> None:
    ring: list[Any] = [1]
    ring.append(ring)
    arrived = carry(ring)
    assert arrived[1] is arrived


def test_what_is_nested_too_deeply_is_not_sent() -> None:
    deep: tuple[Any, ...] = ()
    for _ in range(500):
        deep = (deep,)
    with pytest.raises(UnsendableError, match="deep"):
        Encoder(refuse).write(deep)


def test_what_is_too_large_is_refused_before_it_is_copied() -> None:
    with pytest.raises(UnsendableError, match="MB"):
        Encoder(refuse).write(torch.empty(1).expand(10**12))


@pytest.mark.parametrize(
    "node",
    [
        ["tensor", 0, [["float32", [10**9], b""], False, None, False]],
        ["tensor", 0, [["float32", [2], b"1234"], False, None, False]],
        ["tensor", 0, [["int4", [4], b"1234"], False, None, False]],
        ["tensor", 0, [["uint1", [0], b""], False, None, False]],
        ["tensor", 0, [["int64", [1], b"12345678"], True, None, False]],
        ["array", 0, ["O", [1], b"12345678"]],
        ["array", 0, ["f8,f8", [1], b"1" * 16]],
        ["array", 0, ["f8", [-1], b""]],
        ["list", 5, []],
        ["list", 0, [["again", 7]]],
        ["set", 0, [["list", 1, []]]],
        ["dtype", "Tensor"],
        ["type", "__loader__"],
        ["integer", "f" * 100_000],
        ["fraction", ["0x1", "0x0"]],
        ["again", -1],
        [["list"], 0, []],
        {},
        [],
    ],
)
def test_malformed_nodes_are_refused(node: object) -> None:
    with pytest.raises(MalformedError):
        Decoder(unknown).read(node)
