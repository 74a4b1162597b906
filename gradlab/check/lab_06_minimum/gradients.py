"""The check of a gradient that was derived by hand, in NumPy."""

from collections.abc import Callable

import numpy as np
import torch

from gradlab import words
from gradlab.check.box import announced
from gradlab.check.calls import Function, call_plain, require_callable, require_unchanged
from gradlab.check.compare import close, combination, factor
from gradlab.check.derivatives import central_differences
from gradlab.check.diagnosis import not_yet
from gradlab.check.errors import refusal
from gradlab.check.lab_06_minimum.surfaces import surface_values, terms
from gradlab.check.values import is_array, kind_of, numbers, require_finite, require_shape, rounded

_POINTS = 60
_TOLERANCE = 1e-7
"""Far above the error of the five-point rule, far below that of float32 or of a one-sided difference."""

Formula = Callable[[torch.Tensor], torch.Tensor]


@announced
def gradient(function: Function, *, of: Function) -> None:
    """Check a NumPy function that returns the gradient of another, in float64.

    Args:
        function: the student's: points (…, 2) → gradients (…, 2).
        of: the function itself: points (…, 2) → values (…).

    Raises:
        NotYet: a component differs from finite differences.
    """
    require_callable(function, of)
    points = np.random.default_rng(_seed()).uniform(0, 10, size=(_POINTS, 2))
    _check_slopes(function, of, points)
    for shape in ((3, 4, 2), (2,)):
        _check_slopes(function, of, np.random.default_rng(_seed()).uniform(0, 10, size=shape))


def _seed() -> int:
    """Draw a seed from NumPy's global generator, which whoever runs the check may have set."""
    return int(np.random.randint(2**31))


def _on_tensors(of: Function) -> Formula:
    """Let a NumPy function take and return tensors."""

    def values(x: torch.Tensor) -> torch.Tensor:
        try:
            result = of(x.numpy())
        except Exception as error:
            raise refusal(error, otherwise="function-raised") from error
        found = numbers(result, expected="array")
        require_shape(found, x.shape[:-1], x.shape)
        return found

    return values


def _check_slopes(function: Function, of: Function, points: np.ndarray) -> None:
    given = points.copy()
    result = call_plain(function, given)
    found = numbers(result, expected="array")
    if not is_array(result):
        raise not_yet("wrong-kind", "kind", expected=words.LABELS["array"], kind=kind_of(result))
    require_shape(found, points.shape, points.shape)
    require_finite(found)
    x = torch.from_numpy(points.copy())
    f = _on_tensors(of)
    expected = central_differences(f, x)
    if not close(found, expected, _TOLERANCE if _is_double(result) else 1e-4):
        _name_mistake(found.reshape(-1, 2), expected.reshape(-1, 2), f, x.reshape(-1, 2))
    if not _is_double(result):
        raise not_yet("wrong-precision", "precision", dtype=getattr(result, "dtype", None))
    require_unchanged("`x`", x, torch.from_numpy(given))


def _is_double(result: object) -> bool:
    return bool(np.asarray(result).dtype == np.float64)


def _name_mistake(found: torch.Tensor, expected: torch.Tensor, f: Formula, x: torch.Tensor) -> None:
    """Refuse a wrong gradient, with the reason if it can be found.

    Args:
        found: the student's, (n, 2).
        expected: by central differences, (n, 2).
        f: the function.
        x: the points, (n, 2).
    """
    if factor(found, -expected) is not None and close(found, -expected, 1e-4):
        raise not_yet("wrong-coefficient", "negated")
    if close(found.flip(-1), expected, 1e-4):
        raise not_yet("swapped-components", "swapped-components")
    parts: dict[str, Formula] = {"whole": f}
    if close(f(x), surface_values(x), 1e-9):
        parts = {name: lambda p, name=name: terms(p)[name] for name in ("first", "second")}  # type: ignore[misc]
    wrong = (found - expected).abs() > 1e-5 * float(expected.abs().max())
    column = int(wrong.any(dim=0).nonzero()[0])
    if len(x) >= 4 * len(parts):
        _name_part(found, parts, x, column)
    raise not_yet(
        "wrong-component",
        "component",
        component=words.COMPONENTS[column],
        count=int(wrong[:, column].sum()),
        total=len(x),
    )


def _name_part(found: torch.Tensor, parts: dict[str, Formula], x: torch.Tensor, column: int) -> None:
    """Find the term whose share of one component is not its slope: a factor, a sign, nothing, or the term itself."""
    slopes = [central_differences(part, x)[:, column] for part in parts.values()]
    values = [part(x) for part in parts.values()]
    coefficients = combination(found[:, column], torch.stack(slopes + values, dim=-1), 1e-5)
    if coefficients is None:
        return
    place = {"component": words.COMPONENTS[column]}
    for name, slope, value in zip(parts, coefficients, coefficients[len(parts) :], strict=False):
        term = words.TERMS[name]
        if abs(slope - 1) < 1e-4 and abs(value) < 1e-4:
            continue
        if abs(value) > 1e-4:
            raise not_yet("not-differentiated", "term-undifferentiated", term=term, **place)
        if abs(slope) < 1e-4:
            raise not_yet("wrong-coefficient", "term-missing", term=term, **place)
        if abs(slope + 1) < 1e-4:
            raise not_yet("wrong-coefficient", "term-sign", term=term, **place)
        raise not_yet("missing-inner-derivative", "term-factor", term=term, ratio=rounded(slope), **place)
