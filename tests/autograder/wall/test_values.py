"""Values of the standard library, NumPy, pandas and SciPy: each comes back as it was, and no forged one is built."""

import array
import collections
import datetime
import decimal
import fractions
import pathlib
import subprocess
import sys
import types
import uuid
import warnings
import zoneinfo
from typing import Any

import hypothesis.strategies as some
import msgpack
import numpy
import pandas
import pytest
import scipy.sparse
from hypothesis import HealthCheck, given, settings

from autograder.wall import channel
from autograder.wall.codec import Decoder, Encoder
from autograder.wall.errors import MalformedError, UnsendableError
from autograder.wall.profile import Profile
from tests.autograder.wall.conftest import Meet


def refuse(value: object, _: Encoder) -> Any:
    raise UnsendableError(str(type(value)))


def unknown(tag: str, *_: object) -> object:
    raise MalformedError(str(tag))


def write(value: object) -> Any:
    packed = msgpack.packb(Encoder(refuse).write(value), unicode_errors="surrogatepass")
    return msgpack.unpackb(packed, unicode_errors="surrogatepass", strict_map_key=False)


def carry(value: Any) -> Any:
    return Decoder(unknown).read(write(value))


FRAME = pandas.DataFrame(
    {
        "int": [1, 2, 3],
        "float": [1.0, numpy.nan, 3.0],
        "text": ["a", None, "b"],
        "bool": [True, False, True],
        "object": [[1], {"a": 2}, None],
        "date": pandas.to_datetime(["2020-01-01", None, "2021-02-03"]),
        "zone": pandas.date_range("2020-01-01", periods=3, tz="Europe/Berlin"),
        "span": pandas.to_timedelta([1, 2, None], unit="s"),
        "category": pandas.Categorical(["x", "y", None], categories=["y", "x"], ordered=True),
        "period": pandas.period_range("2020-01", periods=3, freq="M"),
        "Int64": pandas.array([1, None, 3], dtype="Int64"),
        "Float32": pandas.array([1.5, None, 3], dtype="Float32"),
        "boolean": pandas.array([True, None, False], dtype="boolean"),
        "string": pandas.array(["q", None, "r"], dtype="string"),
        "interval": pandas.interval_range(0, 3),
    },
    index=pandas.Index(["r1", "r2", "r3"], name="rows"),
)
FRAME.attrs = {"unit": "m"}
FRAMES = [
    *(FRAME, FRAME[["int", "float"]], FRAME.set_index(["int", "text"]), FRAME.groupby("bool")[["int"]].agg(["mean"])),
    *(pandas.DataFrame(numpy.eye(3)), pandas.DataFrame(), pandas.DataFrame(index=[1, 2]), pandas.DataFrame({"a": []})),
    pandas.DataFrame([[1, 2.5], [3, 4.5]], columns=["a", "a"]),
    pandas.DataFrame({"x": numpy.arange(3, dtype="int8"), "y": numpy.arange(3, dtype="float32")}),
    FRAME.describe(include="all"),
]
SERIES = [
    *(FRAME[name] for name in FRAME),
    *(pandas.Series([1, 2], name=("a", 1)), pandas.Series(["a", "b"], dtype=object), pandas.Series([1, "a", None])),
    *(pandas.Series(dtype=float), pandas.Series([1, 2], index=pandas.date_range("2020", periods=2, freq="D"))),
    *(FRAME.dtypes, pandas.Series([1, 1, 2]).value_counts(), pandas.cut(pandas.Series([1, 5, 9]), 3)),
    pandas.Series([1.0, 2], index=pandas.MultiIndex.from_product([["a"], [1, 2]], names=["x", None])),
]
INDEXES = [
    *(pandas.RangeIndex(2, 9, 3, name="n"), pandas.Index([1, 2]), pandas.Index(["a", "b"]), pandas.Index([1.5, 2])),
    *(pandas.Index(["a", "b"], dtype=object), pandas.Index([True, False]), pandas.Index([1, None], dtype="Int64")),
    *(pandas.date_range("2020", periods=4, freq="ME"), pandas.date_range("2020", periods=4, tz="UTC")),
    *(pandas.timedelta_range(0, periods=3, freq="h"), pandas.period_range("2020", periods=3, freq="Q")),
    *(pandas.CategoricalIndex(["a", "b"]), pandas.interval_range(0, 3, closed="left")),
    pandas.MultiIndex.from_tuples([("a", 1), ("b", 2)]),
]
VALUES = [
    *(pandas.Timestamp("2020-01-01 12:00:00.000000001"), pandas.Timestamp("2020", tz="Europe/Paris"), pandas.NaT),
    *(pandas.Timedelta("1D 2h"), pandas.Period("2020-03", "M"), pandas.Interval(0, 1), pandas.NA),
    *(pandas.Categorical(["a", "b", None]), pandas.array([1, None]), pandas.Int64Dtype(), pandas.StringDtype()),
    *(datetime.time(1, 2, 3), datetime.time(1, tzinfo=datetime.UTC), datetime.timedelta(3)),
    *(datetime.datetime(2020, 1, 1, tzinfo=zoneinfo.ZoneInfo("Europe/Paris")), datetime.date(2020, 1, 1)),
    datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=-3))),
    *(decimal.Decimal("1.50"), decimal.Decimal("NaN"), fractions.Fraction(1, 3), fractions.Fraction(-(10**50), 7)),
    *(pathlib.PurePosixPath("a/b"), pathlib.PureWindowsPath("c:/x"), uuid.UUID(int=5), range(1, 9, 2)),
    *({"a": 1}.keys(), {"a": [1]}.values(), {"a": 1}.items(), types.MappingProxyType({"a": 1})),
    *(collections.Counter("aab"), collections.OrderedDict(b=1, a=2), collections.defaultdict(int, {1: 2})),
    *(collections.deque([1, 2], maxlen=2), collections.deque([1]), types.SimpleNamespace(a=1, b=[2])),
    *(collections.UserDict(a=1), collections.UserList([1]), collections.UserString("ab"), array.array("d", [1, 2])),
    *(numpy.float32(1.5), numpy.dtype("int8"), numpy.dtype([("a", "i4"), ("b", "f8", (2,))]), numpy.dtype(object)),
    *(numpy.float64, numpy.ndarray, collections.Counter, numpy.datetime64("2020-01-01")),
    *(numpy.array([[1, 2], [3]], dtype=object), numpy.array([("a", 1)], dtype=[("n", "U3"), ("v", "i4")])),
    *(numpy.matrix("1 2;3 4"), numpy.ma.array([1, 2, 3], mask=[0, 1, 0]), numpy.rec.array([(1, 2.0)], names="x,y")),
    *(numpy.array([("a", 1)], dtype=[("n", "U3"), ("v", "i4")])[0], numpy.poly1d([1, 2, 3])),
    *(numpy.polynomial.Polynomial([1, 2]), numpy.polynomial.Hermite([1, 2]), numpy.array(5), numpy.zeros((0, 3))),
]
SPARSE = [
    getattr(scipy.sparse, f"{base}_{kind}")(numpy.array([[0, 1.0], [2, 0]]))
    for base in ("csr", "csc", "coo", "bsr", "dia", "lil", "dok")
    for kind in ("matrix", "array")
]


@pytest.mark.parametrize("frame", FRAMES)
def test_frames_cross(frame: Any) -> None:
    came = carry(frame)
    pandas.testing.assert_frame_equal(frame, came, check_freq=True)
    assert (type(came.index), list(came.dtypes), came.attrs) == (type(frame.index), list(frame.dtypes), frame.attrs)


@pytest.mark.parametrize("series", SERIES)
def test_series_cross(series: Any) -> None:
    came = carry(series)
    pandas.testing.assert_series_equal(series, came, check_freq=True)
    assert type(came.index) is type(series.index)


@pytest.mark.parametrize("index", INDEXES)
def test_indexes_cross(index: Any) -> None:
    came = carry(index)
    pandas.testing.assert_index_equal(index, came, exact=True)
    assert (type(came), getattr(came, "freq", None)) == (type(index), getattr(index, "freq", None))


@pytest.mark.parametrize("value", VALUES)
def test_values_cross(value: Any) -> None:
    came = carry(value)
    assert type(came) is type(value)
    assert repr(came) == repr(value)


@pytest.mark.parametrize("matrix", SPARSE)
def test_sparse_matrices_cross(matrix: Any) -> None:
    came = carry(matrix)
    assert type(came) is type(matrix)
    assert came.dtype == matrix.dtype
    assert (came.toarray() == matrix.toarray()).all()


def test_a_view_of_a_dictionary_is_one() -> None:
    keys = carry({"a": 1, "b": 2}.keys())
    assert "a" in keys
    assert keys & {"a", "c"} == {"a"}
    assert keys == {"a", "b"}
    assert len(carry({"a": [1]}.values())) == 1


def test_defaults_are_kept_where_they_are_plain() -> None:
    assert carry(collections.defaultdict(lambda: 5, {1: 2}))[3] == 5
    assert carry(collections.defaultdict(list))["x"] == []
    with pytest.raises(KeyError):
        carry(collections.defaultdict(lambda: object()))["x"]


@pytest.mark.parametrize(
    "number", [10**5000, -(2**60000), 2**63, -(2**63) - 1, 2**64, 2**1_000_000], ids=int.bit_length
)
def test_integers_of_any_length_cross(number: int) -> None:
    assert carry(number) == number


@pytest.mark.parametrize(
    "value",
    [1 << 8 * 2**24, fractions.Fraction(1, 1 << 8 * 2**17), decimal.Decimal("1" * 1_100_000)],
    ids=["integer", "fraction", "decimal"],
)
def test_a_number_that_is_too_long_is_refused_with_its_limit(value: Any) -> None:
    with pytest.raises(UnsendableError, match="can be carried"):
        Encoder(refuse).write(value)


def test_lists_are_nested_as_deep_as_they_like() -> None:
    deep: Any = []
    for level in range(5_000):
        deep = [deep, level] if level % 2 else {"inner": deep}
    came, levels = carry(deep), 0
    while came:
        came, levels = (came[0] if isinstance(came, list) else came["inner"]), levels + 1
    assert levels == 5_000
    ring: list[Any] = []
    ring.append({"ring": ring})
    came = carry(ring)
    assert came[0]["ring"] is came


def test_labels_that_protocols_look_up_do_not_cross() -> None:
    # NumPy reads the memory that an attribute of this name points at, and a label is an attribute.
    for value in (
        pandas.Series([{"data": (1, False)}], index=["__array_interface__"]),
        pandas.DataFrame({"__array_interface__": [1]}),
        types.SimpleNamespace(__array_interface__={}),
    ):
        with pytest.raises(UnsendableError):
            Encoder(refuse).write(value)


NODES = [write(value) for value in (*FRAMES, *SERIES, *INDEXES, *VALUES, *SPARSE)]
PARTS = some.sampled_from(
    [
        *(None, True, 0, -1, 2, 2**39, 2**62, -(2**63), 1.5, "", "a", "M", "ns", "left", "python", "O", "<f8", "|V8"),
        *("__array_interface__", "Europe/Paris", "../../etc/passwd", "csr_matrix", "lil_array", b"", b"\xff" * 64),
        *([], [[]], [0, 2**39], [2**39], [-1], ["again", 0], ["list", 0, []], ["tuple", []], ["dict", 0, []]),
        *(["<i8", [1], b"\xff" * 8], ["<f8", [0, 2**39], b""], ["|b1", [1], b"\2"], ["range", [0, 2**62, 1], None]),
        *(["plain", ["<f8", [1], b"\0" * 8]], ["texts", ["__x__"], "python", False], ["objects", [1]]),
        *([16, [["a", "<i8", [], 0], ["b", "<i8", [], 12]]], [2**30, [["a", "<i8", [2**20], 0]]]),
    ]
)


@some.composite
def damaged(draw: some.DrawFn) -> Any:
    """What the encoder writes, with one part replaced or left out."""
    node: Any = msgpack.unpackb(msgpack.packb(draw(some.sampled_from(NODES))), strict_map_key=False)
    here = node
    while True:
        place = draw(some.integers(0, len(here) - 1))
        if not isinstance(here[place], list) or not here[place] or draw(some.integers(0, 3)) == 0:
            here[place : place + 1] = draw(some.lists(PARTS, max_size=1))
            return node
        here = here[place]


@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(damaged())
def test_a_damaged_value_is_read_or_malformed(node: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            value = Decoder(unknown).read(node)
        except MalformedError:
            return
        # What was read is a value like any other.
        Encoder(lambda *_: None).write(value)


@pytest.mark.parametrize(
    "node",
    [
        ["pandas.frame", 0, [["range", [0, 9, 1], None], ["range", [0, 1, 1], None], None, [], ["dict", 1, []]]],
        [
            *("pandas.series", 0),
            [["range", [0, 2, 1], None], ["plain", ["<f8", [1], b"\0" * 8]], None, ["dict", 1, []]],
        ],
        ["pandas.index", ["column", ["objects", [["list", 0, []]]], None, None]],
        ["pandas.index", ["column", ["texts", ["__array_interface__"], "python", True], None, None]],
        ["pandas.array", ["categories", ["|i1", [1], b"\5"], ["range", [0, 2, 1], None], False]],
        ["pandas.array", ["nullable", ["<i8", [1], b"\0" * 8], ["|b1", [2], b"\0\0"]]],
        ["scipy.sparse", ["csr_matrix", [2, 2], ["<f8", [1], b"\0" * 8], ["<i4", [1], b"\7\0\0\0"], ["<i4", [3], b""]]],
        [
            "scipy.sparse",
            ["coo_array", [2, 2], ["<f8", [1], b"\0" * 8], ["<i4", [1], b"\7\0\0\0"], ["<i4", [1], b"\0" * 4]],
        ],
        ["scipy.sparse", ["lil_array", [2**39, 2], *[["<i4", [0], b""]] * 3]],
        ["namespace", 0, [["__array_interface__", 1]]],
        ["objects", 0, [[2**39], []]],
        ["bounded deque", 0, [-1, []]],
        ["keys", [["list", 0, []]]],
        ["keys", [1, 1]],
        ["default dict", 0, [[None, ["list", 1, []]], []]],
        ["fraction", [b"\1", b"\0"]],
        ["integer", "1" * 5000],
        ["zone", "../../etc/passwd"],
        ["zone", 10**18],
        ["type", "numpy.random"],
        ["deep", ["list", 0, None], []],
        ["deep", ["list", 0, None], [[], []]],
        ["deep", ["list", 0, None], [None]],
        ["pandas.frame", 0, ["again", 0]],
    ],
)
def test_what_is_forged_is_malformed(node: Any) -> None:
    with pytest.raises(MalformedError):
        Decoder(unknown).read(node)


def test_a_lab_without_pandas_does_not_pay_for_it() -> None:
    program = (
        "import sys, numpy, torch\nfrom autograder.wall.codec import Encoder\n"
        "Encoder(lambda *_: None).write([1, {'a': numpy.zeros(2)}, torch.zeros(2), object(), sys])\n"
        "assert not {'pandas', 'scipy.sparse'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_message_that_the_other_side_would_refuse_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "_MOST_ITEMS", 1_000)
    assert channel._has_too_many_items({"value": ["list", 0, [0] * 1_000]})
    assert channel._has_too_many_items([[[]] * 400] * 2)
    assert not channel._has_too_many_items({"value": "x" * 5_000})


ANSWERS = """
import collections, itertools, numpy as np, pandas as pd
def power(n): return 2**n
def names(d): return d.keys()
def table(): return np.matrix("1. 2.; 3. 4.")
def hidden(): return np.ma.array([5.0, 6.0], mask=True)
def mapped():
    array = np.arange(3.0).view(Own)
    return array
class Own(np.ndarray):
    def __eq__(self, other): return np.array(True)
def lines(): return collections.UserList([1, 2])
def many(): return [True] * 4_100_000
def nested(n):
    t = ()
    for _ in range(n): t = (t,)
    return t
def frame(): return pd.DataFrame({"a": [1.5, None]}, index=["x", "y"])
class Liar(pd.DataFrame):
    def equals(self, other): return True
def liar(): return Liar({"a": [1]})
"""
CALLED = frozenset({"power", "names", "table", "hidden", "mapped", "lines", "many", "nested", "frame", "liar"})


def test_other_kinds_of_answers_are_the_plain_data_that_they_are(meet: Meet) -> None:
    wall = meet(ANSWERS, Profile(handles=CALLED))
    assert wall.fetch("power")(60_000) == 2**60_000
    assert "a" in wall.fetch("names")({"a": 1})
    numpy.testing.assert_allclose(wall.fetch("table")(), [[1, 2], [3, 4]])
    mapped = wall.fetch("mapped")()
    assert type(mapped) is numpy.ndarray
    assert not (mapped == [7, 8, 9]).any()
    assert wall.fetch("lines")() == [1, 2]
    pandas.testing.assert_frame_equal(wall.fetch("frame")(), pandas.DataFrame({"a": [1.5, None]}, index=["x", "y"]))
    # Where the solution has a plain frame, an object that answers for itself is none.
    with pytest.raises(Exception, match="plain value"):
        wall.fetch("liar")().equals(5)


def test_a_mask_hides_nothing_where_the_solution_has_none(meet: Meet) -> None:
    shown = meet(ANSWERS, Profile(handles=CALLED)).fetch("hidden")()
    assert type(shown) is numpy.ndarray
    with pytest.raises(AssertionError):
        numpy.testing.assert_allclose(shown, [1, 2])
    hidden = meet(ANSWERS, Profile(handles=CALLED, hiding=frozenset({"hidden()"}))).fetch("hidden")()
    assert hidden.mask.all()


def test_what_is_too_large_is_said_to_be_and_not_called_a_forgery(meet: Meet) -> None:
    wall = meet(ANSWERS, Profile(handles=CALLED))
    with pytest.raises(ValueError, match="too large or too deeply nested"):
        wall.fetch("power")(8 * 2**24)
    with pytest.raises(ValueError, match="4,000,000 items"):
        wall.fetch("many")()
    with pytest.raises(ValueError, match="too deeply nested"):
        wall.fetch("nested")(500)
    assert wall.fetch("power")(3) == 8
