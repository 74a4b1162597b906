"""The checks of the surface in torch (surface) and of its gradient in NumPy (gradient-by-hand)."""

from collections.abc import Callable, Iterator

import numpy as np
import torch

from gradlab import words
from gradlab.check.box import announced
from gradlab.check.calls import Function, call, call_plain, require_callable, require_unchanged
from gradlab.check.compare import SINGLE_PRECISION, close
from gradlab.check.derivatives import central_differences
from gradlab.check.diagnosis import NotYet, not_yet
from gradlab.check.errors import errors_refused
from gradlab.check.forbidden import AUTOGRAD, without
from gradlab.check.known_mistakes import KnownMistake, refuse_known, refuse_known_values
from gradlab.check.values import is_array, is_tensor, kind_of, numbers, require_finite, require_shape, rounded
from gradlab.words.labs.lab_06_minimum import ASPECTS, COMPONENTS, TERMS

_POINTS = 40
_GRADIENT_POINTS = 60
_GRADIENT_TOLERANCE = 1e-7
"""Far above the error of the five-point rule, far below that of float32 or of a one-sided difference."""
_OPERATIONS = {"sin": torch.sin, "cos": torch.cos}

Formula = Callable[[torch.Tensor], torch.Tensor]


def _product(x: torch.Tensor, outer: tuple[str, str], inner: tuple[float, float]) -> torch.Tensor:
    """outer₁(inner₁ · x₁) · outer₂(inner₂ · x₂), at points (…, 2)."""
    parts = [_OPERATIONS[name](scale * x[..., i]) for i, (name, scale) in enumerate(zip(outer, inner, strict=True))]
    return parts[0] * parts[1]


def terms(x: torch.Tensor) -> dict[str, torch.Tensor]:
    """The two terms of the surface at points (…, 2), float64: name in `TERMS` → values (…)."""
    return {"first": _product(x, ("sin", "cos"), (1, 1)), "second": _product(x, ("sin", "cos"), (0.5, 0.5))}


def surface_values(x: torch.Tensor) -> torch.Tensor:
    """The surface at points (…, 2): shape (…)."""
    first, second = terms(x).values()
    return first + second


def _mistakes(x: torch.Tensor) -> Iterator[KnownMistake[torch.Tensor]]:
    """The surface with one thing different."""

    def differs(term: str, aspect: str, values: torch.Tensor) -> KnownMistake[torch.Tensor]:
        return KnownMistake(
            "wrong-coefficient", "formula-part", values, {"term": TERMS[term], "aspect": ASPECTS[aspect]}
        )

    part = terms(x)
    for term, other, scale in (("first", part["second"], 1.0), ("second", part["first"], 0.5)):
        yield differs(term, "missing", other)
        yield differs(term, "sign", other - part[term])
        for outer in (("cos", "sin"), ("sin", "sin"), ("cos", "cos")):
            yield differs(term, "functions", other + _product(x, outer, (scale, scale)))
        y = scale * x
        yield differs(term, "factors", other + torch.sin(y[..., 0]) + torch.cos(y[..., 1]))
        for wrong in (0.5, 1.0, 2.0):
            if wrong != scale:
                yield differs(term, "first-argument", other + _product(x, ("sin", "cos"), (wrong, scale)))
                yield differs(term, "second-argument", other + _product(x, ("sin", "cos"), (scale, wrong)))
                yield differs(term, "arguments", other + _product(x, ("sin", "cos"), (wrong, wrong)))
        for times in (0.25, 0.5, 2.0):
            yield differs(term, "halves", other + times * part[term])
            yield differs(term, "halves", other + times * _product(x, ("sin", "cos"), (1, 1)))
    yield differs("second", "joined", part["first"] * part["second"])
    yield differs("whole", "sign", -(part["first"] + part["second"]))
    yield differs("whole", "functions", surface_values(x.flip(-1)))


@announced
def surface(function: Function) -> None:
    """Check a torch function for f(x) = sin x₁ · cos x₂ + sin(x₁/2) · cos(x₂/2).

    It is called with points (n, 2), (a, b, 2) and (2,), in float64 and float32, and autograd goes back through it.

    Raises:
        NotYet: a value, a shape or a gradient is not right.
    """
    require_callable(function)
    points = torch.rand(_POINTS, 2, dtype=torch.float64) * 10
    _check_values(function, points)
    for shape in ((3, 4, 2), (2,), (1, 2)):
        _check_values(function, torch.rand(shape, dtype=torch.float64) * 10)
    _check_values(function, torch.rand(5, 2) * 10)
    _check_slope(function, points)


def _check_values(function: Function, points: torch.Tensor) -> None:
    given = points.clone().requires_grad_()
    result = call(function, given)
    values = numbers(result)
    if not is_tensor(result):
        raise not_yet("graph-cut", "plain-number", kind=kind_of(result))
    require_shape(values, points.shape[:-1], points.shape)
    require_finite(values)
    x = points.to(torch.float64)
    expected = surface_values(x)
    if not _fits(values, expected):
        _refuse_values(values, x, expected)
    require_unchanged("`x`", points, given)


def _fits(values: torch.Tensor, expected: torch.Tensor) -> bool:
    return bool(((values - expected).abs() <= SINGLE_PRECISION).all())


def _refuse_values(values: torch.Tensor, x: torch.Tensor, expected: torch.Tensor) -> None:
    # A single point can fit a wrong formula by chance; many can't.
    if values.numel() >= 5:
        refuse_known(_mistakes(x), lambda outcome: close(values, outcome))
    distance = float((values - expected).abs().max())
    raise not_yet("wrong-values", "values", distance=f"{distance:.1g}")


def _check_slope(function: Function, points: torch.Tensor) -> None:
    x = points.clone().requires_grad_()
    y = call(function, x)
    if not is_tensor(y):
        raise not_yet("graph-cut", "plain-number", kind=kind_of(y))
    assert isinstance(y, torch.Tensor)
    if not y.requires_grad:
        cut = y.dtype != points.dtype
        raise not_yet("graph-cut", "new-leaf") if cut else not_yet("forward-untracked", "untracked")
    if y.is_leaf:
        raise not_yet("graph-cut", "new-leaf")
    with errors_refused(), torch.enable_grad():
        (slope,) = torch.autograd.grad(y.sum(), x)
    found = slope.detach().to(device="cpu", dtype=torch.float64)
    if not close(found, central_differences(surface_values, points), 10 * SINGLE_PRECISION):
        raise _untracked_part(found, points)


def _untracked_part(found: torch.Tensor, points: torch.Tensor) -> NotYet:
    """Name the term that backward does not see, or else the component that differs."""
    parts = {name: central_differences(lambda x, name=name: terms(x)[name], points) for name in ("first", "second")}  # type: ignore[misc]
    whole = combination(found.flatten(), torch.stack([part.flatten() for part in parts.values()], dim=-1), 1e-3)
    if whole is not None:
        for name, coefficient in zip(parts, whole, strict=True):
            if abs(coefficient) < 1e-2:
                return not_yet("data-attribute", "part-untracked", term=TERMS[name])
    expected = parts["first"] + parts["second"]
    column = int((found - expected).abs().amax(dim=0).argmax())
    return not_yet("data-attribute", "gradient-differs", component=COMPONENTS[column])


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
    for shape in ((_GRADIENT_POINTS, 2), (3, 4, 2), (2,)):
        # Seeded from NumPy's global generator, so that a seed set there repeats the check.
        draw = np.random.default_rng(int(np.random.randint(2**31)))
        _check_slopes(function, of, draw.uniform(0, 10, size=shape))


def _on_tensors(of: Function) -> Formula:
    """Let a NumPy function take and return tensors."""

    def values(x: torch.Tensor) -> torch.Tensor:
        with errors_refused("function-raised"):
            result = of(x.numpy())
        found = numbers(result, expected="array")
        require_shape(found, x.shape[:-1], x.shape)
        return found

    return values


def _check_slopes(function: Function, of: Function, points: np.ndarray) -> None:
    given = points.copy()
    with without(AUTOGRAD):
        result = call_plain(function, given)
    found = numbers(result, expected="array")
    if not is_array(result):
        raise not_yet("wrong-kind", "kind", expected=words.LABELS["array"], kind=kind_of(result))
    require_shape(found, points.shape, points.shape)
    require_finite(found)
    x = torch.from_numpy(points.copy())
    f = _on_tensors(of)
    expected = central_differences(f, x)
    if not close(found, expected, _GRADIENT_TOLERANCE if _is_double(result) else 1e-4):
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
    mistakes = (
        KnownMistake("wrong-coefficient", "negated", -expected),
        KnownMistake("swapped-components", "swapped-components", expected.flip(-1)),
    )
    refuse_known_values(found, expected, mistakes, 1e-4)
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
        component=COMPONENTS[column],
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
    place = {"component": COMPONENTS[column]}
    for name, slope, value in zip(parts, coefficients, coefficients[len(parts) :], strict=False):
        term = TERMS[name]
        if abs(slope - 1) < 1e-4 and abs(value) < 1e-4:
            continue
        if abs(value) > 1e-4:
            raise not_yet("not-differentiated", "term-undifferentiated", term=term, **place)
        if abs(slope) < 1e-4:
            raise not_yet("wrong-coefficient", "term-missing", term=term, **place)
        if abs(slope + 1) < 1e-4:
            raise not_yet("wrong-coefficient", "term-sign", term=term, **place)
        raise not_yet("missing-inner-derivative", "term-factor", term=term, ratio=rounded(slope), **place)


def combination(values: torch.Tensor, parts: torch.Tensor, tolerance: float = 1e-6) -> list[float] | None:
    """Find the coefficients of values ≈ Σ cᵢ · partᵢ, by least squares.

    Args:
        values: shape (n,).
        parts: shape (n, k), with n well above k.
        tolerance: largest distance, relative to the norm of values.

    Returns:
        The k coefficients, or None if no combination fits.
    """
    solution = torch.linalg.lstsq(parts, values.unsqueeze(-1)).solution
    distance = float((parts @ solution).squeeze(-1).sub(values).norm())
    if distance > tolerance * max(float(values.norm()), 1e-9):
        return None
    return [float(c) for c in solution.squeeze(-1)]
