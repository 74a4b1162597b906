"""The checks of the pull-backs of a sum, a product of matrices, a ReLU, and of subtracting the mean of each column."""

from collections.abc import Iterator

import torch

from gradlab import words
from gradlab.check.box import announced
from gradlab.check.calls import Function, require_callable
from gradlab.check.known_mistakes import KnownMistake, agree
from gradlab.check.lab_08_engine.draws import (
    Tensor,
    gradients_by_torch,
    pair,
    pull,
    random_sizes,
    randoms,
    refuse_exchanged,
)
from gradlab.check.values import shape_text


@announced
def pulled_sum(function: Function, *, least: int = 3) -> None:
    """Check a pull-back ``(g, a, axis)`` of ``a.sum(axis)``, where axis is None for the sum over everything.

    Args:
        function: the student's.
        least: the shortest axis.
    """
    require_callable(function)
    n, m, k = random_sizes(3, least)
    # Square ones first: there a stretching along the wrong axis raises no error.
    for shape, axis in (
        ((n, n), 1),
        ((n, n), 0),
        ((n, m), None),
        ((n, m), 0),
        ((n, m), 1),
        ((m, m), -1),
        ((m,), 0),
        ((k, n, m), 1),
        ((k, m, m), 2),
    ):
        a = randoms(shape)
        g = randoms((a.sum() if axis is None else a.sum(axis)).shape)
        (expected,) = gradients_by_torch(lambda a, axis=axis: a.sum() if axis is None else a.sum(axis), (a,), g)
        given = words.FRAGMENTS["sum-along"].format(shape=shape_text(shape), axis=axis)
        result = pull(function, g, a, more=(axis,))
        agree(result, expected, _sum_mistakes(g, a, axis, expected), given=given, shape=tuple(g.shape))


def _sum_mistakes(g: Tensor, a: Tensor, axis: int | None, right: Tensor) -> Iterator[KnownMistake[Tensor]]:
    count = a.numel() if axis is None else a.shape[axis]
    yield KnownMistake("sum-for-mean", "pull-sum-divided", right / count, {"count": count})
    yield KnownMistake("sum-for-mean", "pull-sum-multiplied", right * count, {"count": count})
    yield KnownMistake("upstream-missing", "pull-no-g", torch.ones_like(a))
    yield KnownMistake("rule-of-another", "pull-sum-times-a", right * a)
    yield KnownMistake("not-stretched", "not-stretched", g)
    if axis is not None:
        yield KnownMistake("not-stretched", "not-stretched-axis", g.unsqueeze(axis))
        for other in range(a.dim()):
            stretched = g.unsqueeze(other)
            if other != axis % a.dim() and _fits(stretched, a):
                yield KnownMistake(
                    "keepdims-forgotten", "stretched-wrong-axis", stretched.expand(a.shape), {"axis": axis}
                )
    yield KnownMistake("everything-summed", "pull-sum-of-g", g.sum() * torch.ones_like(a))


def _fits(values: Tensor, like: Tensor) -> bool:
    return all(size in (1, wanted) for size, wanted in zip(values.shape, like.shape, strict=True))


@announced
def pulled_matmul(function: Function, *, least: int = 3) -> None:
    """Check a pull-back ``(g, a, b)`` of ``a @ b``: the gradients of both matrices.

    Args:
        function: the student's.
        least: the shortest axis.
    """
    require_callable(function)
    n, m, k = random_sizes(3, least)
    # Square ones first: there a wrong product raises no error.
    for n_, m_, k_ in ((m, m, m), (n, m, k), (k, n, 1), (1, m, n)):
        a, b = randoms((n_, m_)), randoms((m_, k_))
        g = randoms((n_, k_))
        expected = gradients_by_torch(torch.matmul, (a, b), g)
        found = pair(pull(function, g, a, b))
        refuse_exchanged(found, expected)
        for letter, result, right, mistakes in zip(
            "ab", found, expected, (_left_mistakes(g, a, b), _right_mistakes(g, a, b)), strict=True
        ):
            agree(
                result,
                right,
                (
                    *mistakes,
                    KnownMistake("matmul-turned", "matmul-turned", right.T, {"letter": letter}),
                ),
                given=words.FRAGMENTS["gradient-of-matrix"].format(
                    letter=letter, a=shape_text(a.shape), b=shape_text(b.shape)
                ),
                shape=tuple(g.shape),
            )


def _left_mistakes(g: Tensor, a: Tensor, b: Tensor) -> Iterator[KnownMistake[Tensor]]:
    square = a.shape == b.shape
    yield KnownMistake("upstream-missing", "pull-no-g", torch.ones_like(g) @ b.T)
    if square:
        yield KnownMistake("matmul-transposes", "matmul-not-transposed", g @ b, {"letter": "a"})
        yield KnownMistake("matmul-transposes", "matmul-transposed-g", g.T @ b, {"letter": "a"})
        yield KnownMistake("matmul-order", "matmul-order", b.T @ g, {"letter": "a"})
        yield KnownMistake("matmul-order", "matmul-order", b @ g, {"letter": "a"})
        yield KnownMistake("own-factor", "matmul-own-factor", g @ a.T, {"letter": "a"})
        yield KnownMistake("rule-of-another", "matmul-elementwise", g * b)
        yield KnownMistake("upstream-missing", "pull-no-g", b.T)


def _right_mistakes(g: Tensor, a: Tensor, b: Tensor) -> Iterator[KnownMistake[Tensor]]:
    square = a.shape == b.shape
    yield KnownMistake("upstream-missing", "pull-no-g", a.T @ torch.ones_like(g))
    if square:
        yield KnownMistake("matmul-transposes", "matmul-not-transposed", a @ g, {"letter": "b"})
        yield KnownMistake("matmul-transposes", "matmul-transposed-g", a @ g.T, {"letter": "b"})
        yield KnownMistake("matmul-order", "matmul-order", g @ a.T, {"letter": "b"})
        yield KnownMistake("matmul-order", "matmul-order", g @ a, {"letter": "b"})
        yield KnownMistake("own-factor", "matmul-own-factor", b.T @ g, {"letter": "b"})
        yield KnownMistake("rule-of-another", "matmul-elementwise", g * a)
        yield KnownMistake("upstream-missing", "pull-no-g", a.T)


@announced
def pulled_relu(function: Function, *, least: int = 3) -> None:
    """Check a pull-back ``(g, a)`` of ReLU, whose slope at 0 is taken to be 0.

    Args:
        function: the student's.
        least: the shortest axis.
    """
    require_callable(function)
    for shape in (tuple(random_sizes(2, least)), (7,), (2, 3, 2)):
        a = randoms(shape)
        a.reshape(-1)[0] = -a.abs().reshape(-1)[0]
        a.reshape(-1)[1] = a.abs().reshape(-1)[1]
        a.reshape(-1)[2] = 0.0
        # Each sign of a meets both signs of g.
        g = randoms(shape)
        g.reshape(-1)[:3] = torch.tensor([0.75, -1.25, 1.1], dtype=torch.float64)
        (expected,) = gradients_by_torch(torch.relu, (a,), g)
        result = pull(function, g, a)
        agree(result, expected, _relu_mistakes(g, a), given=words.FRAGMENTS["both-signs"], shape=shape)


def _relu_mistakes(g: Tensor, a: Tensor) -> Iterator[KnownMistake[Tensor]]:
    zero = torch.zeros_like(g)
    yield KnownMistake("mask-of-gradient", "relu-mask-of-g", g.relu())
    yield KnownMistake("mask-of-gradient", "relu-mask-of-g-too", torch.where(a > 0, g.relu(), zero))
    yield KnownMistake("mask-of-gradient", "relu-slope-of-g", (g > 0).double())
    yield KnownMistake("upstream-missing", "pull-no-g", (a > 0).double())
    yield KnownMistake("upstream-missing", "pull-no-g", (a >= 0).double())
    yield KnownMistake("value-for-slope", "relu-value-for-slope", g * a.relu())
    yield KnownMistake("value-for-slope", "relu-value-for-slope", a.relu())
    yield KnownMistake("value-for-slope", "relu-value-for-slope", g * a)
    yield KnownMistake("slope-at-zero", "relu-at-zero", torch.where(a >= 0, g, zero))
    yield KnownMistake("slope-at-zero", "relu-at-zero-half", torch.where(a > 0, g, torch.where(a == 0, g / 2, zero)))
    yield KnownMistake("relu-open", "relu-open", g)
    yield KnownMistake("relu-closed", "relu-other-side", torch.where(a < 0, g, zero))
    yield KnownMistake("relu-closed", "relu-other-side", torch.where(a <= 0, g, zero))
    yield KnownMistake("relu-closed", "relu-minus", torch.where(a > 0, g, -g))
    yield KnownMistake("relu-closed", "relu-minus", g * a.sign())


@announced
def pulled_centre(function: Function, *, least: int = 3) -> None:
    """Check a pull-back ``(g, a)`` of a minus the mean of each of its columns.

    Args:
        function: the student's.
        least: the shortest axis.
    """
    require_callable(function)
    for shape in (tuple(random_sizes(2, least)), tuple(random_sizes(2, least + 1))):
        a, g = randoms(shape), randoms(shape)
        (expected,) = gradients_by_torch(lambda a: a - a.mean(0), (a,), g)
        given = words.FRAGMENTS["shape-of-table"].format(shape=shape_text(shape))
        agree(pull(function, g, a), expected, _centre_mistakes(g, a), given=given, shape=shape)


def _centre_mistakes(g: Tensor, a: Tensor) -> Iterator[KnownMistake[Tensor]]:
    n = len(a)
    yield KnownMistake("one-way-only", "centre-one-way", g)
    yield KnownMistake("one-way-only", "centre-other-way", (-g.mean(0)).expand(g.shape))
    yield KnownMistake("minus-lost", "centre-plus", g + g.mean(0))
    yield KnownMistake("minus-lost", "centre-plus", g + g.sum(0))
    yield KnownMistake("minus-lost", "centre-plus-averaged", g + g.mean(0) / n)
    yield KnownMistake("sum-for-mean", "centre-averaged", g - g.mean(0) / n)
    yield KnownMistake("sum-for-mean", "centre-summed", g - g.sum(0))
    yield KnownMistake("wrong-axis", "centre-rows", g - g.mean(1, keepdim=True))
    yield KnownMistake("everything-summed", "centre-everything", g - g.mean())
    yield KnownMistake("one-way-only", "centre-values", a - a.mean(0))
