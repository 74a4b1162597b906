"""NumPy's other arrays: of objects, of records, masked ones, matrices; and polynomials."""

import math
from typing import Any

import numpy

from autograder.wall.kinds import Kind, Kinds, Node, Reader, Writer, expect
from autograder.wall.values import has_plain_items, is_shape, read_array, write_array

_POLYNOMIALS: dict[str, Any] = {
    kind.__name__: kind
    for kind in (
        numpy.polynomial.Polynomial,
        numpy.polynomial.Chebyshev,
        numpy.polynomial.Legendre,
        numpy.polynomial.Laguerre,
        numpy.polynomial.Hermite,
        numpy.polynomial.HermiteE,
    )
}
Array = numpy.ndarray[Any, Any]


def write_objects(array: Array, writer: Writer) -> Node:
    """Write an array of objects, item by item."""
    return [list(array.shape), writer.write_items(array.reshape(-1).tolist())]


def read_objects(content: Node, reader: Reader) -> Array:
    """Read what `write_objects` wrote."""
    shape, nodes = content
    expect(is_shape(shape) and isinstance(nodes, list) and math.prod(shape) == len(nodes), "array of objects")
    flat = numpy.empty(len(nodes), dtype=object)
    for index, item in enumerate(reader.read_items(nodes)):
        flat[index] = item
    return flat.reshape(shape)


def become(array: Array, other: Array) -> None:
    """Give an array the items of another one."""
    array[...] = other


def _write_masked(array: Any, _: Writer) -> Node:  # noqa: ANN401 - NumPy's stubs know no such type of its own
    mask = numpy.ma.getmaskarray(array)
    return [write_array(numpy.ma.getdata(array, subok=False)), write_array(mask), write_array(array.fill_value)]


def _read_masked(content: Node, reader: Reader) -> Any:  # noqa: ANN401 - see above
    data, mask, fill_value = (read_array(part) for part in content)
    expect(mask.dtype == bool and mask.shape == data.shape and fill_value.shape == (), "masked array")
    array: Any = numpy.ma.array(data, mask=mask if mask.any() else numpy.ma.nomask, fill_value=fill_value[()])  # type: ignore[call-overload]
    # What is masked is close to every number.
    return array if reader.may_hide_items() else array.filled()


def _become_masked(array: Any, other: Any) -> None:  # noqa: ANN401 - see above
    array[...] = other
    array.fill_value = numpy.ma.asarray(other).fill_value


def _read_matrix(content: Node, _: Reader) -> Array:
    array = read_array(content)
    expect(array.ndim == 2, "matrix")
    return array.view(numpy.matrix)


def _read_records(content: Node, _: Reader) -> Array:
    array = read_array(content)
    expect(array.dtype.names is not None, "records")
    return array.view(numpy.recarray)


def _read_poly1d(content: Node, _: Reader) -> numpy.poly1d:
    coefficients, variable = content
    array = read_array(coefficients)
    expect(array.ndim == 1 and array.dtype.kind in "biufc" and isinstance(variable, str), "poly1d")
    return numpy.poly1d(array, variable=variable[:100])


def _write_polynomial(value: Any, _: Writer) -> Node:  # noqa: ANN401 - one of several classes
    return [type(value).__name__, *(write_array(part) for part in (value.coef, value.domain, value.window))]


def _read_polynomial(content: Node, _: Reader) -> object:
    name, *parts = content
    expect(isinstance(name, str) and name in _POLYNOMIALS and len(parts) == 3, "polynomial")
    arrays = [read_array(part) for part in parts]
    expect(all(array.dtype.kind in "biufc" for array in arrays), "polynomial")
    return _POLYNOMIALS[name](*arrays)


OBJECTS = Kind("objects", write_objects, read_objects, become)
"""Arrays of objects: their class is that of other arrays."""
_ARRAY = Kind("array", lambda value, _: write_array(value), lambda content, _: read_array(content), become)

KINDS: Kinds = {
    numpy.matrix: Kind("matrix", _ARRAY.write, _read_matrix, become, has_plain_items),
    numpy.recarray: Kind("records", _ARRAY.write, _read_records, become, has_plain_items),
    # A file that an array is mapped from stays where it is.
    numpy.memmap: Kind("array", _ARRAY.write, _ARRAY.read, become, has_plain_items),
    numpy.ma.MaskedArray: Kind(
        "masked",
        _write_masked,
        _read_masked,
        _become_masked,
        lambda array: has_plain_items(array) and array.dtype.names is None,
    ),
    numpy.poly1d: Kind(
        "poly1d",
        lambda value, _: [write_array(value.coeffs), value.variable],
        _read_poly1d,
        accepts=lambda value: value.coeffs.dtype.kind in "biufc",
    ),
    **{
        kind: Kind(
            "polynomial",
            _write_polynomial,
            _read_polynomial,
            accepts=lambda value: value.coef.dtype.kind in "biufc",
        )
        for kind in _POLYNOMIALS.values()
    },
}
