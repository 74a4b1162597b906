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
_LARGEST_LIST = 10_000_000
"""Rows of a matrix that has a list for each."""


def _write(matrix: Any, _: Writer) -> Node:  # noqa: ANN401 - SciPy has no types
    name, shape = type(matrix).__name__, list(map(int, matrix.shape))
    if name.startswith(("csr", "csc")):
        parts = (matrix.data, matrix.indices, matrix.indptr)
    else:
        triples = matrix.tocoo()
        parts = (triples.data, triples.row, triples.col)
    return [name, shape, *(write_array(part) for part in parts)]


def _read(content: Node, _: Reader) -> Any:  # noqa: ANN401 - SciPy has no types
    name, shape, *parts = content
    expect(isinstance(name, str) and name in _CLASSES and len(parts) == 3, "sparse matrix")
    expect(len(shape) == 2 and all(type(n) is int and 0 <= n < 2**40 for n in shape), "sparse matrix")
    expect(not name.startswith("lil") or shape[0] <= _LARGEST_LIST, "sparse matrix")
    data, first, second = (read_array(part) for part in parts)
    expect(data.ndim == first.ndim == second.ndim == 1 and data.dtype.kind in "biufc", "sparse matrix")
    expect(first.dtype.kind == second.dtype.kind == "i", "sparse matrix")
    kind: Any = _CLASSES[name]
    if not name.startswith(("csr", "csc")):
        expect(len(data) == len(first) == len(second), "sparse matrix")
        triples = scipy.sparse.coo_array if name.endswith("_array") else scipy.sparse.coo_matrix
        expect(all((part >= 0).all() and (part < n).all() for part, n in zip((first, second), shape, strict=True)), "x")
        return kind(triples((data, (first, second)), shape=tuple(shape)))
    matrix = kind((data, first, second), shape=tuple(shape))
    # Without it, an index beyond the end would be read from memory that is none of the matrix's.
    matrix.check_format(full_check=True)
    return matrix


def _become(matrix: Any, other: Any) -> None:  # noqa: ANN401 - SciPy has no types
    vars(matrix).update(vars(other))


KINDS: Kinds = {
    kind: Kind(
        "scipy.sparse",
        _write,
        _read,
        _become,
        lambda matrix: len(matrix.shape) == 2 and numpy.dtype(matrix.dtype).kind in "biufc",
    )
    for kind in _CLASSES.values()
}
