"""SciPy's sparse matrices and arrays. Imported only where SciPy is loaded or asked for."""

from typing import Any

import numpy
import scipy.sparse

from autograder.wall.kinds import Kind, Kinds, Node, Reader, Writer, expect
from autograder.wall.values import read_array, write_array

_CLASSES: dict[str, type] = {
    name: getattr(scipy.sparse, name)
    for base in ("csr", "csc", "coo", "bsr", "dia", "lil", "dok")
    for name in (f"{base}_matrix", f"{base}_array")
    if hasattr(scipy.sparse, name)
}
_MOST_ROWS = 1_000_000
"""Rows of a matrix that has a list for each."""


def _accepts(matrix: Any) -> bool:  # noqa: ANN401 - SciPy has no types
    if len(matrix.shape) != 2 or numpy.dtype(matrix.dtype).kind not in "biufc":
        return False
    return not type(matrix).__name__.startswith("lil") or matrix.shape[0] <= _MOST_ROWS


def _write(matrix: Any, _: Writer) -> Node:  # noqa: ANN401 - SciPy has no types
    name, shape = type(matrix).__name__, list(map(int, matrix.shape))
    parts: tuple[Any, ...]
    if name.startswith(("csr", "csc", "bsr")):
        parts = (matrix.data, matrix.indices, matrix.indptr)
    elif name.startswith("dia"):
        parts = (matrix.data, matrix.offsets)
    else:
        triples = matrix.tocoo()
        parts = (triples.data, triples.row, triples.col)
    return [name, shape, *(write_array(part) for part in parts)]


def _read(content: Node, _: Reader) -> Any:  # noqa: ANN401 - SciPy has no types
    name, shape, *parts = content
    expect(isinstance(name, str) and name in _CLASSES, "sparse matrix")
    expect(len(shape) == 2 and all(type(n) is int and 0 <= n < 2**40 for n in shape), "sparse matrix")
    data, *places = map(read_array, parts)
    expect(data.dtype.kind in "biufc" and len(places) == (1 if name.startswith("dia") else 2), "sparse matrix")
    expect(all(place.ndim == 1 and place.dtype.kind == "i" for place in places), "sparse matrix")
    kind: Any = _CLASSES[name]
    if name.startswith("dia"):
        return kind((data, places[0]), shape=tuple(shape))
    if name.startswith(("csr", "csc", "bsr")):
        matrix = kind((data, *places), shape=tuple(shape))
        # Without it, an index beyond the end would be read from memory that is none of the matrix's.
        matrix.check_format(full_check=True)
        return matrix
    expect(data.ndim == 1 and all(place.shape == data.shape for place in places), "sparse matrix")
    for place, size in zip(places, shape, strict=True):
        expect(((place >= 0) & (place < size)).all(), "sparse matrix")
    expect(not name.startswith("lil") or shape[0] <= _MOST_ROWS, "sparse matrix")
    triples = scipy.sparse.coo_array if name.endswith("_array") else scipy.sparse.coo_matrix
    return kind(triples((data, tuple(places)), shape=tuple(shape)))


def _become(matrix: Any, other: Any) -> None:  # noqa: ANN401 - SciPy has no types
    vars(matrix).update(vars(other))


KINDS: Kinds = {
    kind: Kind(
        "scipy.sparse",
        _write,
        _read,
        _become,
        _accepts,
    )
    for kind in _CLASSES.values()
}
