"""Checks about curvature: the largest learning rate (largest-rate), and whether a descent has come to rest."""

import functools
from collections.abc import Callable, Iterator

import torch

from gradlab.check import probes
from gradlab.check.box import announced
from gradlab.check.calls import Function, call, require_callable, require_unchanged
from gradlab.check.derivatives import gradient
from gradlab.check.diagnosis import not_yet
from gradlab.check.known_mistakes import KnownMistake, refuse_known
from gradlab.check.lab_06_minimum.derivatives import gradients, hessian
from gradlab.check.values import numbers, plain_number, require_finite, require_shape, rounded, single_number

_TOLERANCE = 1e-3
_BOWLS = 3
_DRAWS = 30


def _curvatures(matrix: torch.Tensor) -> torch.Tensor:
    curvatures: torch.Tensor = torch.linalg.eigvalsh(matrix)
    return curvatures


def _mistakes(hessians: list[torch.Tensor]) -> Iterator[KnownMistake[torch.Tensor]]:
    """What known mistakes make of the Hessians: one number for each."""
    formulas: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
        "half": lambda matrix: 1 / _curvatures(matrix).max(),
        "least-curved": lambda matrix: 2 / _curvatures(matrix).min(),
        "eigenvalue": lambda matrix: _curvatures(matrix).max(),
        "upside-down": lambda matrix: _curvatures(matrix).max() / 2,
        "trace": lambda matrix: 2 / matrix.trace(),
        "frobenius": lambda matrix: 2 / matrix.norm(),
        "diagonal": lambda matrix: 2 / matrix.diagonal().max(),
        "one-triangle": lambda matrix: 2 / _curvatures((matrix.triu() + matrix.triu().T) / 2).max(),
    }
    for observation, formula in formulas.items():
        yield KnownMistake("other-curvature", observation, torch.stack([formula(matrix) for matrix in hessians]))


def _random_bowl() -> tuple[Function, torch.Tensor, torch.Tensor]:
    """Draw a rotated bowl with curvatures between 0.5 and 6: the function, its minimum (2,) and its Hessian (2, 2)."""
    angle = 0.3 + 0.9 * torch.rand((), dtype=torch.float64)
    rotation = torch.stack([torch.stack([angle.cos(), -angle.sin()]), torch.stack([angle.sin(), angle.cos()])])
    low, high = torch.rand(2, dtype=torch.float64) * torch.tensor([1.0, 3.0]) + torch.tensor([0.5, 3.0])
    matrix = rotation @ torch.diag(torch.stack([low, high])) @ rotation.T
    centre = torch.rand(2, dtype=torch.float64) * 4 - 2
    return functools.partial(probes.bowl, matrix=matrix.tolist(), centre=centre.tolist()), centre, matrix


def _convex_point(f: Function) -> torch.Tensor | None:
    """Draw a point of [0, 10]² where f curves upwards in every direction; None if chance finds none."""
    for _ in range(_DRAWS):
        point = torch.rand(2, dtype=torch.float64) * 10
        if float(_curvatures(hessian(f, point)).min()) > 0.1:
            return point
    return None


@announced
def largest_rate(function: Function, *, on: Function, at: torch.Tensor | None = None) -> None:
    """Check a function ``largest_learning_rate(f, minimum)`` that returns 2/λmax of f's Hessian there.

    Besides `on`, bowls of known curvature are tried, so that no answer can be tuned to one function.

    Args:
        function: the student's.
        on: f, for one point (d,).
        at: a point where f curves upwards in every direction; by default a random one is looked for in [0, 10]².
    """
    require_callable(function, on)
    point = _convex_point(on) if at is None else at.detach().to(device="cpu", dtype=torch.float64)
    cases = [_random_bowl() for _ in range(_BOWLS)]
    if point is not None:
        cases.append((on, point, hessian(on, point)))
    answers = torch.tensor([_answer_of(function, f, minimum) for f, minimum, _ in cases], dtype=torch.float64)
    hessians = [matrix for _, _, matrix in cases]
    limits = torch.stack([2 / _curvatures(matrix).max() for matrix in hessians])
    if _near(answers, limits):
        _check_in_space(function)
        return
    refuse_known(_mistakes(hessians), lambda outcome: _near(answers, outcome))
    ratios = answers / limits
    if float(ratios.max() - ratios.min()) <= _TOLERANCE * abs(float(ratios[0])):
        raise not_yet("wrong-rate", "rate-ratio", ratio=rounded(float(ratios[0])))
    raise not_yet("wrong-rate", "rate", percent=rounded(100 * float((ratios - 1).abs().max())))


def _check_in_space(function: Function) -> None:
    """Check a bowl of three variables, which no formula for a table of two rows fits."""
    turned, _ = torch.linalg.qr(torch.randn(3, 3, dtype=torch.float64))
    matrix = turned @ torch.diag(torch.tensor([0.5, 2.0, 5.0], dtype=torch.float64)) @ turned.T
    centre = torch.rand(3, dtype=torch.float64)
    f = functools.partial(probes.bowl, matrix=matrix.tolist(), centre=centre.tolist())
    ratio = _answer_of(function, f, centre) * 5 / 2
    if abs(ratio - 1) > _TOLERANCE:
        raise not_yet("wrong-rate", "rate", percent=rounded(100 * abs(ratio - 1)))


def _near(answers: torch.Tensor, others: torch.Tensor) -> bool:
    return bool(((answers - others).abs() <= _TOLERANCE * others.abs()).all())


def _answer_of(function: Function, f: Function, point: torch.Tensor) -> float:
    given = point.clone()
    answer = plain_number(call(function, f, given))
    require_unchanged("`minimum`", point, given)
    return answer


def _limit_near(f: Function, point: torch.Tensor, lr: float) -> float:
    """The largest stable rate where the descent ended, or one step later: there and back again, if it oscillates."""
    after = point - lr * gradient(f, point)
    steepest = max(float(_curvatures(hessian(f, near)).max()) for near in (point, after))
    return 2 / steepest if steepest > 0 else float("inf")


@announced
def settled(point: object, *, on: Function, lr: float, tolerance: float = 1e-3) -> None:
    """Check that a descent, whose rate and number of steps the student chose, has come to rest.

    Args:
        point: where it ended, (d,) or (n, d).
        on: f, for one point (d,).
        lr: the learning rate that was chosen.
        tolerance: the largest ‖∇f‖ at a point of rest.

    Raises:
        NotYet: it has not: the rate is too high for the curvature there, or the steps are too few or too small.
    """
    require_callable(on)
    ends = numbers(point)
    rate = single_number(lr)
    if ends.ndim not in (1, 2) or ends.numel() == 0:
        require_shape(ends, (2,), (2,))
    unusual = int((~torch.isfinite(ends)).sum())
    if unusual:
        raise not_yet("lr-too-high", "not-finite", count=unusual, total=ends.numel())
    rows = ends.reshape(-1, ends.shape[-1])
    slopes = gradients(on, rows).norm(dim=-1)
    require_finite(slopes)
    worst = int(slopes.argmax())
    norm = float(slopes[worst])
    if norm <= tolerance:
        return
    if rate > _limit_near(on, rows[worst], rate):
        raise not_yet("lr-too-high", "rate-over-limit", norm=f"{norm:.1g}")
    raise not_yet("lr-too-low", "still-moving", norm=f"{norm:.1g}")
