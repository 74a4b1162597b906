"""The check of the course's surface, and the formulas that it is confused with."""

from collections.abc import Iterator

import torch

from gradlab import words
from gradlab.check.box import announced
from gradlab.check.calls import Function, call, require_callable, require_unchanged
from gradlab.check.compare import SINGLE_PRECISION, close, combination, first_fit
from gradlab.check.derivatives import central_differences
from gradlab.check.diagnosis import NotYet, not_yet
from gradlab.check.errors import refusal
from gradlab.check.values import is_tensor, kind_of, numbers, require_finite, require_shape

_POINTS = 40
_OPERATIONS = {"sin": torch.sin, "cos": torch.cos}


def _product(x: torch.Tensor, outer: tuple[str, str], inner: tuple[float, float]) -> torch.Tensor:
    """outer₁(inner₁ · x₁) · outer₂(inner₂ · x₂), at points (…, 2)."""
    parts = [_OPERATIONS[name](scale * x[..., i]) for i, (name, scale) in enumerate(zip(outer, inner, strict=True))]
    return parts[0] * parts[1]


def terms(x: torch.Tensor) -> dict[str, torch.Tensor]:
    """The two terms of the surface at points (…, 2), float64: name in `words.TERMS` → values (…)."""
    return {"first": _product(x, ("sin", "cos"), (1, 1)), "second": _product(x, ("sin", "cos"), (0.5, 0.5))}


def surface_values(x: torch.Tensor) -> torch.Tensor:
    """The surface at points (…, 2): shape (…)."""
    first, second = terms(x).values()
    return first + second


def _variants(x: torch.Tensor) -> Iterator[tuple[str, torch.Tensor]]:
    """The surface with one thing different: "term aspect" → values."""
    part = terms(x)
    for term, other, scale in (("first", part["second"], 1.0), ("second", part["first"], 0.5)):
        yield f"{term} missing", other
        yield f"{term} sign", other - part[term]
        for outer in (("cos", "sin"), ("sin", "sin"), ("cos", "cos")):
            yield f"{term} functions", other + _product(x, outer, (scale, scale))
        y = scale * x
        yield f"{term} factors", other + torch.sin(y[..., 0]) + torch.cos(y[..., 1])
        for wrong in (0.5, 1.0, 2.0):
            if wrong != scale:
                yield f"{term} first-argument", other + _product(x, ("sin", "cos"), (wrong, scale))
                yield f"{term} second-argument", other + _product(x, ("sin", "cos"), (scale, wrong))
                yield f"{term} arguments", other + _product(x, ("sin", "cos"), (wrong, wrong))
        for times in (0.25, 0.5, 2.0):
            yield f"{term} halves", other + times * part[term]
            yield f"{term} halves", other + times * _product(x, ("sin", "cos"), (1, 1))
    yield "second joined", part["first"] * part["second"]
    yield "whole sign", -(part["first"] + part["second"])
    yield "whole functions", terms(x.flip(-1))["first"] + terms(x.flip(-1))["second"]


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
        _name_variant(values, x, expected)
    require_unchanged("`x`", points, given)


def _fits(values: torch.Tensor, expected: torch.Tensor) -> bool:
    return bool(((values - expected).abs() <= SINGLE_PRECISION).all())


def _name_variant(values: torch.Tensor, x: torch.Tensor, expected: torch.Tensor) -> None:
    # A single point can fit a wrong formula by chance; many can't.
    fit = first_fit(values, _variants(x)) if values.numel() >= 5 else None
    if fit is None:
        distance = float((values - expected).abs().max())
        raise not_yet("wrong-values", "values", distance=f"{distance:.1g}")
    term, aspect = fit.split()
    raise not_yet("wrong-coefficient", "formula-part", term=words.TERMS[term], aspect=words.ASPECTS[aspect])


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
    try:
        with torch.enable_grad():
            (slope,) = torch.autograd.grad(y.sum(), x)
    except Exception as error:
        raise refusal(error) from error
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
                return not_yet("data-attribute", "part-untracked", term=words.TERMS[name])
    expected = parts["first"] + parts["second"]
    column = int((found - expected).abs().amax(dim=0).argmax())
    return not_yet("data-attribute", "gradient-differs", component=words.COMPONENTS[column])
