"""pandas' values: frames, series, indexes, arrays, times. Imported only where pandas is loaded or asked for.

Everything is built from arrays of numbers and lists of texts that were checked, by pandas' own constructors.
"""

import datetime
import decimal
import fractions
import math
import re
from collections.abc import Iterable
from typing import Any

import numpy
import pandas

from autograder.wall.kinds import Kind, Kinds, Node, Reader, Writer, expect, is_private
from autograder.wall.values import plain_dtype, read_array, read_zone, write_array, write_zone

_MOST_COLUMNS = 100_000
_FREQUENCY = re.compile(r"[A-Za-z0-9.-]{1,32}")
_UNITS = ("s", "ms", "us", "ns")
_CLOSED = ("left", "right", "both", "neither")
_LABELS = (
    *(type(None), bool, int, float, complex, str, bytes, decimal.Decimal, fractions.Fraction),
    *(datetime.date, datetime.datetime, datetime.time, datetime.timedelta),
    *(pandas.Timestamp, pandas.Timedelta, pandas.Period, pandas.Interval, type(pandas.NaT), type(pandas.NA)),
)
_INDEXES = frozenset(
    {
        *(pandas.Index, pandas.RangeIndex, pandas.MultiIndex, pandas.DatetimeIndex, pandas.TimedeltaIndex),
        *(pandas.PeriodIndex, pandas.IntervalIndex, pandas.CategoricalIndex),
    }
)
_NULLABLE = (pandas.arrays.IntegerArray, pandas.arrays.FloatingArray, pandas.arrays.BooleanArray)
_NULLABLE_DTYPES = {
    f"{base}{bits}": getattr(pandas, f"{base}{bits}Dtype")
    for base, widths in (("Int", (8, 16, 32, 64)), ("UInt", (8, 16, 32, 64)), ("Float", (32, 64)))
    for bits in widths
} | {"boolean": pandas.BooleanDtype}


# Labels, which pandas hashes and compares


def _is_label(value: object) -> bool:
    if type(value) is tuple:
        return all(map(_is_label, value))
    # A column's or a row's label is an attribute of the object, too.
    return (type(value) in _LABELS or isinstance(value, numpy.generic)) and not is_private(value)


def _read_label(node: Node, reader: Reader) -> Any:  # noqa: ANN401 - any label
    label = reader.read(node)
    expect(_is_label(label), "label")
    return label


# Columns: arrays of one dimension, pandas' own and NumPy's


def _accepts_dtype(dtype: Any) -> bool:  # noqa: ANN401 - NumPy's or pandas'
    if isinstance(dtype, numpy.dtype):
        return dtype.kind == "O" or plain_dtype(dtype)
    if type(dtype) is pandas.CategoricalDtype:
        return dtype.categories is not None and _accepts_index(dtype.categories)
    if type(dtype) is pandas.DatetimeTZDtype:
        return write_zone(dtype.tz) is not None
    if type(dtype) is pandas.PeriodDtype:
        return _is_period(_period_name(dtype))
    if type(dtype) is pandas.IntervalDtype:
        return _accepts_dtype(dtype.subtype)
    return type(dtype) is pandas.StringDtype or type(dtype) in _NULLABLE_DTYPES.values()


def _frequency(offset: Any) -> str | None:  # noqa: ANN401 - one of pandas' offsets
    """The name of a frequency, if it says all of it."""
    name = getattr(offset, "freqstr", "")
    try:
        return name if _FREQUENCY.fullmatch(name) and pandas.tseries.frequencies.to_offset(name) == offset else None
    except ValueError:
        return None


def _read_frequency(name: Node) -> Any:  # noqa: ANN401 - one of pandas' offsets
    expect(isinstance(name, str) and _FREQUENCY.fullmatch(name), "frequency")
    return pandas.tseries.frequencies.to_offset(name)


def _period_name(dtype: Any) -> str:  # noqa: ANN401 - pandas' own
    return str(dtype).removeprefix("period[").removesuffix("]")


def _is_period(name: Node) -> bool:
    return isinstance(name, str) and _FREQUENCY.fullmatch(name) is not None


def _write_column(column: Any, writer: Writer) -> list[Node]:  # noqa: ANN401 - an array, a series or an index
    dtype = column.dtype
    if isinstance(dtype, numpy.dtype):
        values = numpy.asarray(column)
        return ["objects", writer.write_items(list(values))] if dtype.kind == "O" else ["plain", write_array(values)]
    array = column if isinstance(column, pandas.api.extensions.ExtensionArray) else column.array
    if isinstance(dtype, pandas.CategoricalDtype):
        return ["categories", write_array(array.codes), _write_index(dtype.categories, writer), bool(dtype.ordered)]
    if isinstance(dtype, pandas.DatetimeTZDtype):
        return ["moments", write_array(array.tz_convert("UTC").tz_localize(None).to_numpy()), write_zone(dtype.tz)]
    if isinstance(dtype, pandas.PeriodDtype):
        return ["periods", write_array(array.asi8), _period_name(dtype)]
    if isinstance(dtype, pandas.IntervalDtype):
        return ["intervals", _write_column(array.left, writer), _write_column(array.right, writer), dtype.closed]
    if isinstance(dtype, pandas.StringDtype):
        texts = array.to_numpy(dtype=object, na_value=None).tolist()
        return ["texts", texts, dtype.storage, dtype.na_value is pandas.NA]
    missing = numpy.asarray(array.isna())
    data = array.to_numpy(dtype=dtype.numpy_dtype, na_value=dtype.numpy_dtype.type(0))
    return ["nullable", write_array(data), write_array(missing)]


def _read_column(node: Node, reader: Reader) -> Any:  # noqa: ANN401 - an array of NumPy's or pandas'
    tag, *parts = node
    expect(isinstance(tag, str) and tag in _COLUMNS, "column")
    return _COLUMNS[tag](parts, reader)


def _one_dimension(node: Node, kinds: str) -> Any:  # noqa: ANN401 - NumPy's types say nothing of dimensions
    array = read_array(node)
    expect(array.ndim == 1 and array.dtype.kind in kinds, "column")
    return array


def _read_plain(parts: list[Node], _: Reader) -> Any:  # noqa: ANN401 - see above
    return _one_dimension(parts[0], "biufcSUmM")


def _read_objects(parts: list[Node], reader: Reader) -> Any:  # noqa: ANN401 - see above
    expect(isinstance(parts[0], list), "column")
    array = numpy.empty(len(parts[0]), dtype=object)
    for index, item in enumerate(reader.read_items(parts[0])):
        array[index] = item
    return array


def _read_categories(parts: list[Node], reader: Reader) -> Any:  # noqa: ANN401 - pandas has no types
    codes, categories, ordered = parts
    dtype = pandas.CategoricalDtype(_read_index(categories, reader), ordered=bool(ordered))
    return pandas.Categorical.from_codes(_one_dimension(codes, "i"), dtype=dtype)


def _read_moments(parts: list[Node], _: Reader) -> Any:  # noqa: ANN401 - pandas has no types
    values, zone = parts
    return pandas.DatetimeIndex(_one_dimension(values, "M")).tz_localize("UTC").tz_convert(read_zone(zone)).array


def _read_periods(parts: list[Node], _: Reader) -> Any:  # noqa: ANN401 - pandas has no types
    values, frequency = parts
    ordinals = _one_dimension(values, "i").astype("int64")
    expect(_is_period(frequency), "periods")
    return pandas.arrays.PeriodArray(ordinals, dtype=pandas.PeriodDtype(frequency))


def _read_intervals(parts: list[Node], reader: Reader) -> Any:  # noqa: ANN401 - pandas has no types
    left, right, closed = parts
    ends = [_read_column(end, reader) for end in (left, right)]
    expect(closed in _CLOSED and all(end.dtype != object for end in ends), "intervals")
    return pandas.arrays.IntervalArray.from_arrays(*ends, closed=closed)


def _read_texts(parts: list[Node], reader: Reader) -> Any:  # noqa: ANN401 - pandas has no types
    texts, storage, with_na = parts
    expect(isinstance(texts, list) and set(map(type, texts)) <= {str, type(None)}, "texts")
    expect(storage in ("python", "pyarrow"), "texts")
    # Comparisons pass over what is NA, as they pass over what is masked. NaN is missing, too, and equal to nothing.
    with_na = with_na and (None not in texts or reader.may_hide_items())
    dtype = pandas.StringDtype(storage) if with_na else pandas.StringDtype(storage, na_value=math.nan)
    return pandas.array(numpy.array(texts, dtype=object), dtype=dtype)


def _read_nullable(parts: list[Node], reader: Reader) -> Any:  # noqa: ANN401 - pandas has no types
    data, missing = _one_dimension(parts[0], "biuf"), _one_dimension(parts[1], "b")
    expect(data.shape == missing.shape, "column")
    if missing.any() and not reader.may_hide_items():
        # See `_read_texts`.
        shown = data.astype(object if data.dtype.kind == "b" else "float64")
        shown[missing] = math.nan
        return shown
    integer, floating, boolean = _NULLABLE
    return {"b": boolean, "f": floating}.get(data.dtype.kind, integer)(data, missing)


_COLUMNS = {
    "plain": _read_plain,
    "objects": _read_objects,
    "categories": _read_categories,
    "moments": _read_moments,
    "periods": _read_periods,
    "intervals": _read_intervals,
    "texts": _read_texts,
    "nullable": _read_nullable,
}


# Indexes


def _accepts_index(index: Any) -> bool:  # noqa: ANN401 - pandas has no types
    if type(index) not in _INDEXES or not all(map(_is_label, index.names)):
        return False
    if isinstance(index, pandas.MultiIndex):
        return all(map(_accepts_index, index.levels))
    if not _accepts_dtype(index.dtype):
        return False
    named = index.dtype == object or isinstance(index.dtype, pandas.StringDtype)
    return not named or all(map(_is_label, index))


def _write_index(index: Any, writer: Writer) -> list[Node]:  # noqa: ANN401 - pandas has no types
    if isinstance(index, pandas.RangeIndex):
        return ["range", [index.start, index.stop, index.step], writer.write(index.name)]
    if isinstance(index, pandas.MultiIndex):
        levels = [_write_index(level, writer) for level in index.levels]
        codes = [write_array(numpy.asarray(code)) for code in index.codes]
        return ["levels", levels, codes, [writer.write(name) for name in index.names]]
    frequency = _frequency(getattr(index, "freq", None)) if index.dtype.kind in "mM" else None
    return ["column", _write_column(index, writer), writer.write(index.name), frequency]


def _read_index(node: Node, reader: Reader) -> Any:  # noqa: ANN401 - pandas has no types
    tag, *parts = node
    if tag == "range":
        bounds, name = parts
        expect(len(bounds) == 3 and all(type(bound) is int and abs(bound) < 2**63 for bound in bounds), "range index")
        return pandas.RangeIndex(*bounds, name=_read_label(name, reader))
    if tag == "levels":
        levels, codes, names = parts
        return pandas.MultiIndex(
            levels=[_read_index(level, reader) for level in levels],
            codes=[_one_dimension(code, "i") for code in codes],
            names=[_read_label(name, reader) for name in names],
        )
    expect(tag == "column", "index")
    column, name, frequency = parts
    values = _read_column(column, reader)
    if values.dtype == object:
        expect(all(map(_is_label, values)), "labels")
    elif column[0] == "texts":
        expect(not any(map(is_private, values)), "labels")
    index = pandas.Index(values, dtype=values.dtype, name=_read_label(name, reader))
    if frequency is not None:
        expect(index.dtype.kind in "mM", "frequency")
        index.freq = _read_frequency(frequency)
    return index


# Series and frames


def _accepts_attributes(attributes: Any) -> bool:  # noqa: ANN401 - anything that the user has put there
    return all(type(name) is str for name in attributes)


def _accepts_series(series: Any) -> bool:  # noqa: ANN401 - pandas has no types
    return _accepts_dtype(series.dtype) and _is_label(series.name) and _accepts_index(series.index)


def _write_series(series: Any, writer: Writer) -> Node:  # noqa: ANN401 - pandas has no types
    name = writer.write(series.name)
    return [_write_index(series.index, writer), _write_column(series, writer), name, writer.write(series.attrs)]


def _read_series(content: Node, reader: Reader) -> Any:  # noqa: ANN401 - pandas has no types
    index, column, name, attributes = content
    rows = _read_index(index, reader)
    values = _read_column(column, reader)
    expect(len(values) == len(rows), "series")
    series = pandas.Series(values, index=rows, dtype=values.dtype, name=_read_label(name, reader))
    series.attrs = _read_attributes(attributes, reader)
    return series


def _read_attributes(node: Node, reader: Reader) -> dict[Any, Any]:
    attributes = reader.read(node)
    expect(type(attributes) is dict, "attrs")
    return attributes  # type: ignore[no-any-return]  # a dict, by its type


def _become_series(series: Any, other: Any) -> None:  # noqa: ANN401 - pandas has no types
    _become_frame(series, other)
    series.name = other.name


def _accepts_frame(frame: Any) -> bool:  # noqa: ANN401 - pandas has no types
    return (
        frame.shape[1] <= _MOST_COLUMNS
        and all(map(_accepts_dtype, frame.dtypes))
        and _accepts_index(frame.index)
        and _accepts_index(frame.columns)
    )


def _write_frame(frame: Any, writer: Writer) -> Node:  # noqa: ANN401 - pandas has no types
    axes = [_write_index(axis, writer) for axis in (frame.index, frame.columns)]
    dtypes = set(frame.dtypes)
    if len(dtypes) == 1 and isinstance(first := next(iter(dtypes)), numpy.dtype) and first.kind in "biufc":
        return [*axes, write_array(frame.to_numpy()), None, writer.write(frame.attrs)]
    columns = [_write_column(frame.iloc[:, place], writer) for place in range(frame.shape[1])]
    return [*axes, None, columns, writer.write(frame.attrs)]


def _read_frame(content: Node, reader: Reader) -> Any:  # noqa: ANN401 - pandas has no types
    rows_node, names_node, block, columns, attributes = content
    rows, names = _read_index(rows_node, reader), _read_index(names_node, reader)
    expect(len(names) <= _MOST_COLUMNS, "columns")
    if block is not None:
        table = read_array(block)
        expect(table.shape == (len(rows), len(names)) and table.dtype.kind in "biufc", "frame")
        frame = pandas.DataFrame(table, index=rows, columns=names)
    else:
        arrays = [_read_column(column, reader) for column in columns]
        expect(len(arrays) == len(names) and all(len(array) == len(rows) for array in arrays), "frame")
        series = [pandas.Series(array, index=rows, dtype=array.dtype, copy=False) for array in arrays]
        frame = pandas.DataFrame(dict(enumerate(series)), index=rows)
        frame.columns = names
    frame.attrs = _read_attributes(attributes, reader)
    return frame


def _become_frame(frame: Any, other: Any) -> None:  # noqa: ANN401 - pandas has no types
    # What pandas' own methods with ``inplace=True`` do.
    frame._update_inplace(other)
    frame.attrs = other.attrs


# Single values


def _write_moment(value: Any, _: Writer) -> Node:  # noqa: ANN401 - a Timestamp
    return [int(value.asm8.view("int64")), value.unit, None if value.tz is None else write_zone(value.tz), value.fold]


def _read_moment(content: Node, _: Reader) -> Any:  # noqa: ANN401 - pandas has no types
    number, unit, zone, fold = content
    expect(type(number) is int and unit in _UNITS and fold in (0, 1), "Timestamp")
    moment = pandas.Timestamp(numpy.datetime64(number, unit))
    expect(moment is not pandas.NaT, "Timestamp")
    return moment.replace(fold=fold) if zone is None else moment.tz_localize("UTC").tz_convert(read_zone(zone))


def _read_span(content: Node, _: Reader) -> Any:  # noqa: ANN401 - pandas has no types
    number, unit = content
    expect(type(number) is int and unit in _UNITS, "Timedelta")
    span = pandas.Timedelta(numpy.timedelta64(number, unit))
    expect(span is not pandas.NaT, "Timedelta")
    return span


def _read_period(content: Node, _: Reader) -> Any:  # noqa: ANN401 - pandas has no types
    ordinal, frequency = content
    expect(type(ordinal) is int and abs(ordinal) < 2**62 and _is_period(frequency), "Period")
    period = pandas.Period(ordinal=ordinal, freq=frequency)
    expect(period is not pandas.NaT, "Period")
    return period


def _read_interval(content: Node, reader: Reader) -> Any:  # noqa: ANN401 - pandas has no types
    left, right, closed = content
    ends = [_read_label(end, reader) for end in (left, right)]
    expect(closed in _CLOSED, "Interval")
    return pandas.Interval(*ends, closed=closed)


def _constant(tag: str, value: object) -> Kind:
    return Kind(tag, lambda *_: None, lambda *_: value)


def _kinds_of(classes: Iterable[type], kind: Kind) -> Kinds:
    return dict.fromkeys(classes, kind)


_ARRAYS = (
    *_NULLABLE,
    *(pandas.Categorical, pandas.arrays.DatetimeArray, pandas.arrays.TimedeltaArray, pandas.arrays.PeriodArray),
    *(pandas.arrays.IntervalArray, pandas.arrays.StringArray, type(pandas.array(["a"], dtype="str"))),
)
_DTYPES = (
    *_NULLABLE_DTYPES.values(),
    *(pandas.CategoricalDtype, pandas.DatetimeTZDtype, pandas.PeriodDtype, pandas.IntervalDtype, pandas.StringDtype),
)

KINDS: Kinds = {
    pandas.DataFrame: Kind("pandas.frame", _write_frame, _read_frame, _become_frame, _accepts_frame),
    pandas.Series: Kind("pandas.series", _write_series, _read_series, _become_series, _accepts_series),
    **_kinds_of(_INDEXES, Kind("pandas.index", _write_index, _read_index, accepts=_accepts_index)),
    **_kinds_of(
        _ARRAYS,
        Kind("pandas.array", _write_column, _read_column, accepts=lambda array: _accepts_dtype(array.dtype)),
    ),
    **_kinds_of(
        _DTYPES,
        Kind(
            "pandas.dtype",
            lambda dtype, writer: _write_column(pandas.array([], dtype=dtype), writer),
            lambda node, reader: _read_column(node, reader).dtype,
            accepts=_accepts_dtype,
        ),
    ),
    pandas.Timestamp: Kind(
        "pandas.timestamp",
        _write_moment,
        _read_moment,
        accepts=lambda moment: moment.tz is None or write_zone(moment.tz) is not None,
    ),
    pandas.Timedelta: Kind("pandas.timedelta", lambda span, _: [int(span.asm8.view("int64")), span.unit], _read_span),
    pandas.Period: Kind(
        "pandas.period",
        lambda period, _: [period.ordinal, period.freqstr],
        _read_period,
        accepts=lambda period: _is_period(period.freqstr),
    ),
    pandas.Interval: Kind(
        "pandas.interval",
        lambda interval, writer: [writer.write(interval.left), writer.write(interval.right), interval.closed],
        _read_interval,
        accepts=lambda interval: _is_label(interval.left) and _is_label(interval.right),
    ),
    type(pandas.NaT): _constant("pandas.nat", pandas.NaT),
    type(pandas.NA): _constant("pandas.na", pandas.NA),
}
