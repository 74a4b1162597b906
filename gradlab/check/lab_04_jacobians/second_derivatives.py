"""The checks of products with a Hessian: one (hvp), and many in a row, for its largest eigenvalue (power)."""

import functools
from collections.abc import Callable, Iterator

import torch

from gradlab import words
from gradlab.check import probes
from gradlab.check.box import announced
from gradlab.check.calls import Function, call, require_callable, require_left_alone, require_unchanged
from gradlab.check.compare import close
from gradlab.check.diagnosis import NotYet, not_yet
from gradlab.check.forbidden import without
from gradlab.check.known_mistakes import KnownMistake, agree, refuse_known
from gradlab.check.lab_04_jacobians import sample_functions
from gradlab.check.lab_04_jacobians.run import random_tensor
from gradlab.check.missing_gradients import error_with
from gradlab.check.values import numbers, plain_number, rounded

Tensor = torch.Tensor

EIGENVALUES = ("linalg_eigvalsh", "linalg_eigh", "linalg_eigvals", "linalg_eig", "linalg_svd", "linalg_svdvals", "svd")
_TOLERANCE = 1e-3
_STEPS = 60
_CROWD = 20
"""So many eigenvalues, none of them far from the next, that one step leaves all of them in the result."""


@announced
def hessian_product(function: Function) -> None:
    """Check a function ``hvp(f, x, v)`` that returns the Hessian of f at x (d,) times v, shape (d,).

    Raises:
        NotYet: the product differs, or the whole Hessian is made.
    """
    require_callable(function)
    for count in (3, 2):
        x, v = random_tensor(count), torch.randn(count, dtype=torch.float64)
        matrix = torch.rand(count, count, dtype=torch.float64).tolist()
        f = functools.partial(sample_functions.curved, matrix=matrix)
        hessian: Tensor = torch.autograd.functional.hessian(f, x)  # type: ignore[no-untyped-call]
        given, weights = x.clone(), v.clone()
        result = _product(function, f, given, weights)
        mistakes = _product_mistakes(f, x, hessian, v)
        agree(result, hessian @ v, mistakes, given=words.FRAGMENTS["random-point-and-v"], shape=(count,))
        require_left_alone("`x`", x, given)
        require_unchanged("`v`", v, weights)
        _refuse_whole(function, matrix, x, v, hessian)


def _product(function: Function, f: Function, x: Tensor, v: Tensor) -> object:
    try:
        return call(function, f, x, v)
    except NotYet as refused:
        if refused.diagnosis.misconception != "forward-untracked":
            raise
        if error_with(lambda g: function(g, x.clone(), v.clone()), probes.raises_in_backward) == probes.BACKWARD_BEGUN:
            raise not_yet("graph-not-created", "second-pass-failed") from refused
        raise


def _product_mistakes(f: Function, x: Tensor, hessian: Tensor, v: Tensor) -> Iterator[KnownMistake[Tensor]]:
    leaf = x.clone().requires_grad_()
    (slope,) = torch.autograd.grad(f(leaf), leaf)
    yield KnownMistake("hvp-first-derivative", "hvp-gradient", slope)
    yield KnownMistake("hvp-first-derivative", "hvp-directional", slope @ v)
    yield KnownMistake("hvp-first-derivative", "hvp-gradient-times-v", slope * v)
    yield KnownMistake("hvp-v-missing", "hvp-ones", hessian.sum(0))
    yield KnownMistake("hvp-v-missing", "hvp-whole", hessian)
    yield KnownMistake("hvp-multiplied-afterwards", "hvp-afterwards", hessian.sum(0) * v)
    yield KnownMistake("hvp-multiplied-afterwards", "hvp-diagonal", hessian.diagonal() * v)
    yield KnownMistake("hvp-multiplied-afterwards", "hvp-quadratic", v @ hessian @ v)
    yield KnownMistake("missing-zero-grad", "hvp-added", hessian @ v + slope)
    yield KnownMistake("jac-tuple", "jac-tuple", (hessian @ v)[None])


def _refuse_whole(function: Function, matrix: list[list[float]], x: Tensor, v: Tensor, hessian: Tensor) -> None:
    """Refuse a Hessian that is made on the way, row by row or in a batch."""
    scaled = functools.partial(sample_functions.curved_scaled_by_second_pass, matrix=matrix)
    of_one_vector = functools.partial(sample_functions.curved_of_one_vector, matrix=matrix)
    built = torch.arange(1, len(x) + 1, dtype=torch.float64) * (hessian @ v)
    if close(numbers(call(function, scaled, x.clone(), v.clone())), built):
        raise not_yet("hvp-built", "hvp-built")
    message = error_with(lambda f: function(f, x.clone(), v.clone()), of_one_vector)
    if message == sample_functions.MANY_VECTORS:
        raise not_yet("hvp-built", "jac-batched")


@announced
def power_iteration(function: Function) -> None:
    """Check a function ``largest_curvature(f, x, steps)`` that returns the largest eigenvalue of the Hessian of f at x.

    Raises:
        NotYet: it differs, or the eigenvalues come from torch.
    """
    require_callable(function)
    bowls = [_random_bowl(count) for count in (3, 4, 5)] + [_bowl_along_an_axis(), _bowl_across_ones()]
    answers = torch.tensor([_answer(function, matrix) for matrix in bowls], dtype=torch.float64)
    largest = torch.stack([torch.linalg.eigvalsh(matrix)[-1] for matrix in bowls])
    if _near(answers, largest):
        _check_steps(function)
        return
    refuse_known(_power_mistakes(bowls), lambda outcome: _near(answers, outcome))
    if not bool(torch.isfinite(answers).all()) or bool((answers.abs() > 3 * largest).any()):
        raise not_yet("power-not-normalised", "power-grows")
    if _near(answers[:3], largest[:3]):
        raise not_yet("power-start", "power-start")
    smallest = torch.stack([torch.linalg.eigvalsh(matrix)[0] for matrix in bowls])
    if bool((answers >= smallest * (1 - _TOLERANCE)).all() and (answers <= largest * (1 + _TOLERANCE)).all()):
        raise not_yet("power-stopped", "power-between", steps=_STEPS)
    raise not_yet("power-other", "power-off", percent=rounded(100 * float((answers / largest - 1).abs().max())))


def _check_steps(function: Function) -> None:
    """Refuse another number of steps than the one that is given: fewer of many, or more than one."""
    slow = _rotated(torch.tensor([1.0, 5.4, 6.0], dtype=torch.float64))
    if _answer(function, slow) < 6 * (1 - _TOLERANCE):
        raise not_yet("power-stopped", "power-between", steps=_STEPS)
    crowded = _rotated(torch.linspace(1, 2, _CROWD, dtype=torch.float64))
    if _answer(function, crowded, steps=1) > 2 * (1 - _TOLERANCE):
        raise not_yet("power-steps", "power-steps")


def _answer(function: Function, matrix: Tensor, *, steps: int = _STEPS) -> float:
    # The point lies along the least curved direction: who starts there does not get away from it.
    centre = torch.linalg.eigh(matrix).eigenvectors[:, 0]
    f = functools.partial(probes.bowl, matrix=matrix.tolist(), centre=centre.tolist())
    given = centre.clone()
    with without(EIGENVALUES):
        result = call(function, f, given, steps)
    require_left_alone("`x`", centre, given)
    found = numbers(result, "number")
    if found.numel() == 1 and not bool(torch.isfinite(found)):
        return float(found)
    return plain_number(result)


def _near(answers: Tensor, others: Tensor) -> bool:
    return bool(((answers - others).abs() <= _TOLERANCE * others.abs()).all())


def _rotated(curvatures: Tensor) -> Tensor:
    turned, _ = torch.linalg.qr(torch.randn(len(curvatures), len(curvatures), dtype=torch.float64))
    rotated: Tensor = turned @ torch.diag(curvatures) @ turned.T
    return rotated


def _random_bowl(count: int) -> Tensor:
    others = 0.5 + 3 * torch.rand(count - 1, dtype=torch.float64)
    return _rotated(torch.cat([others, 6 + 3 * torch.rand(1, dtype=torch.float64)]))


def _bowl_along_an_axis() -> Tensor:
    """The most curved direction is an axis, and not the first one."""
    return torch.diag(torch.tensor([1.0, 2.0, 5.0], dtype=torch.float64) + torch.rand((), dtype=torch.float64))


def _bowl_across_ones() -> Tensor:
    """(1, 1) is the least curved direction."""
    return torch.tensor([[3.0, -2.0], [-2.0, 3.0]], dtype=torch.float64)


def _power_mistakes(bowls: list[Tensor]) -> Iterator[KnownMistake[Tensor]]:
    formulas: dict[str, Callable[[Tensor], Tensor]] = {
        "power-smallest": lambda matrix: torch.linalg.eigvalsh(matrix)[0],
        "power-rate": lambda matrix: 2 / torch.linalg.eigvalsh(matrix)[-1],
        "power-inverse": lambda matrix: 1 / torch.linalg.eigvalsh(matrix)[-1],
        "power-squared": lambda matrix: torch.linalg.eigvalsh(matrix)[-1] ** 2,
        "power-root": lambda matrix: torch.linalg.eigvalsh(matrix)[-1].sqrt(),
        "power-trace": torch.trace,
        "power-diagonal": lambda matrix: matrix.diagonal().max(),
        "power-length": lambda matrix: torch.ones((), dtype=matrix.dtype),
    }
    for observation, formula in formulas.items():
        yield KnownMistake("power-other", observation, torch.stack([formula(matrix) for matrix in bowls]))
