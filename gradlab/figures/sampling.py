"""Values of a function on a grid, and paths as plain arrays.

A function that is drawn takes a float64 tensor of points, (n, 2) for a function of two variables and (n,) for a
function of one, and gives one number for each.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from gradlab.words import figures as words

Array = npt.NDArray[np.float64]
Bounds = tuple[float, float]
Extent = tuple[Bounds, Bounds]
Drawable = Callable[[torch.Tensor], Any]

SQUARE: Extent = ((0.0, 10.0), (0.0, 10.0))


def to_array(values: Any) -> Array:  # noqa: ANN401 - whatever NumPy and torch take
    """A float64 array from a tensor on any device, tracked or not, an array or numbers."""
    if isinstance(values, torch.Tensor):
        values = values.detach().cpu().numpy()
    return np.asarray(values, dtype=np.float64)


def evaluate(f: Drawable, points: Array) -> Array:
    """The values of f at points, shape (n, 2) or (n,).

    Returns:
        Shape (n,).

    Raises:
        ValueError: f does not give one number for each point.
    """
    with torch.no_grad():
        values = to_array(f(torch.from_numpy(np.ascontiguousarray(points))))
    if values.shape != (len(points),):
        raise ValueError(words.BAD_VALUES.format(shape=values.shape, count=len(points)))
    return values


def on_grid(f: Drawable, extent: Extent, resolution: int) -> tuple[Array, Array, Array]:
    """The values of f on a square grid.

    Returns:
        x₁, shape (resolution,); x₂, shape (resolution,); values, shape (resolution, resolution), with one row for each
        x₂ as Plotly wants it.
    """
    first = np.linspace(*extent[0], resolution)
    second = np.linspace(*extent[1], resolution)
    points = np.stack(np.meshgrid(first, second), axis=-1).reshape(-1, 2)
    return first, second, evaluate(f, points).reshape(resolution, resolution)


def to_paths(paths: Any) -> Array:  # noqa: ANN401 - whatever NumPy and torch take
    """One path, shape (steps + 1, d), or n of them, shape (n, steps + 1, d), as shape (n, steps + 1, d).

    Raises:
        ValueError: the shape is another, or d is neither 1 nor 2.
    """
    array = to_array(paths)
    whole = array[np.newaxis] if array.ndim == 2 else array
    if whole.ndim != 3 or whole.shape[-1] not in (1, 2) or 0 in whole.shape:
        raise ValueError(words.BAD_PATHS.format(shape=array.shape))
    return whole


def heights(f: Drawable, points: Array) -> Array:
    """The values of f at points of shape (n, d), d = 1 or 2."""
    return evaluate(f, points if points.shape[-1] == 2 else points[:, 0])


def compact(values: Array) -> list[Any]:
    """Nested lists rounded to four decimals, so that a notebook with many figures stays small.

    What is not finite becomes None, which Plotly leaves out.
    """
    rounded = np.round(values, 4)
    finite = np.isfinite(values)
    if not finite.all():
        rounded = rounded.astype(object)
        rounded[~finite] = None
    listed: list[Any] = rounded.tolist()
    return listed


def scatter(across: Array, up: Array) -> dict[str, Any]:
    """A trace of points; the look is to be added."""
    return {"type": "scatter", "x": compact(across), "y": compact(up)}


def packed(values: Array) -> Any:  # noqa: ANN401 - Plotly takes both
    """A large table as float32, which is smaller and sooner written than text; as `compact` if it is not all finite."""
    return values.astype(np.float32) if np.isfinite(values).all() else compact(values)


def point_in_words(point: Array) -> str:
    """A point in words: "(4.41, 6.28)"."""
    return "(" + ", ".join(f"{0.0 if abs(value) < 0.005 else value:.2f}" for value in point) + ")"
