"""The checks of what takes a gradient back to a shape before broadcasting (unbroadcast), and of + and · (rules)."""

from collections.abc import Callable, Iterator
from operator import add, mul

import torch

from gradlab import words
from gradlab.check.box import announced
from gradlab.check.calls import Function, call_plain, require_callable, require_unchanged
from gradlab.check.diagnosis import not_yet
from gradlab.check.forbidden import AUTOGRAD, without
from gradlab.check.known_mistakes import KnownMistake, agree
from gradlab.check.lab_08_engine.draws import (
    READY_MADE,
    Shape,
    Tensor,
    gradients_by_torch,
    pair,
    pull,
    random_sizes,
    randoms,
    refuse_exchanged,
)
from gradlab.check.values import is_tensor, kind_of, numbers, shape_text


def _stretchings(n: int, m: int, k: int) -> tuple[tuple[Shape, Shape], ...]:
    """The shape of a gradient, and that of a tensor which was stretched to it."""
    return (
        ((n, m), (n, m)),
        ((n, m), (m,)),
        ((n, m), (n, 1)),
        ((n, m), (1, m)),
        ((n, m), ()),
        ((n, n), (n,)),
        ((n, n), (n, 1)),
        ((n, 1), (1,)),
        ((n, 1), (n, 1)),
        ((k, n, m), (n, 1)),
        ((k, n, m), (k, 1, m)),
        ((k, n, m), (1, 1, m)),
        ((k, 1, m), (1, m)),
        ((1, m), (m,)),
        ((2, k, n, m), (k, 1, 1)),
    )


@announced
def unbroadcasting(function: Function, *, least: int = 3) -> None:
    """Check a function ``(gradient, shape)`` that sums a gradient down to the shape of a tensor that was stretched.

    Args:
        function: the student's.
        least: the shortest axis that is stretched to.
    """
    require_callable(function)
    for large, small in _stretchings(*random_sizes(3, least)):
        g = randoms(large)
        given = g.clone()
        with without(AUTOGRAD, READY_MADE):
            result = call_plain(function, given, small)
        require_unchanged("`gradient`", g, given)
        _require_tensor(result, small)
        description = words.FRAGMENTS["from-shape-to-shape"].format(large=shape_text(large), small=shape_text(small))
        agree(result, g.sum_to_size(small), _stretch_mistakes(g, small), given=description, shape=large)


def _require_tensor(result: object, shape: Shape) -> None:
    """Refuse what can't be used in place of the gradient, or is of another type; a plain number will do for ()."""
    if is_tensor(result):
        if result.dtype != torch.float64:  # type: ignore[attr-defined]
            raise not_yet("wrong-precision", "precision", dtype=result.dtype)  # type: ignore[attr-defined]
    elif shape:
        numbers(result)
        raise not_yet("wrong-kind", "kind", expected=words.LABELS["tensor"], kind=kind_of(result))


def unbroadcast(g: Tensor, shape: Shape) -> Tensor:
    """The sum over all axes that broadcasting stretched or added."""
    return g.sum_to_size(shape)


def _stretched(large: Shape, small: Shape) -> tuple[list[int], list[int]]:
    """The axes of the large shape that are new, and those that had the length 1."""
    new = list(range(len(large) - len(small)))
    ones = [len(new) + number for number, size in enumerate(small) if size == 1 and large[len(new) + number] != 1]
    return new, ones


def _stretch_mistakes(g: Tensor, shape: Shape) -> Iterator[KnownMistake[Tensor]]:
    """What the known mistakes give for a gradient that is to be summed to a shape."""
    large = tuple(g.shape)
    new, ones = _stretched(large, shape)
    both = new + ones
    placeholders = {"large": shape_text(large), "small": shape_text(shape)}

    def known(explanation: str, observation: str, outcome: Tensor) -> KnownMistake[Tensor]:
        return KnownMistake(explanation, observation, outcome, placeholders)

    if not both:
        for axis in range(g.dim()):
            yield known("axis-not-stretched", "axis-not-stretched", g.sum(axis))
            yield known("axis-not-stretched", "axis-not-stretched", g.sum(axis, keepdim=True))
        yield known("keepdims-forgotten", "axes-of-one-lost", g.squeeze())
        return
    yield known("not-unbroadcast", "not-unbroadcast", g)
    mean = g.mean(both, keepdim=True).reshape(shape)
    yield known("sum-for-mean", "mean-over-stretched", mean)
    if ones:
        yield known("keepdims-forgotten", "keepdims-forgotten", g.sum(both))
        yield known("keepdims-forgotten", "keepdims-forgotten", g.sum(both).squeeze())
        if new:
            yield known("not-unbroadcast", "ones-left", g.sum(new))
            yield known("not-unbroadcast", "new-axes-left", g.sum(ones, keepdim=True))
            yield known("not-unbroadcast", "new-axes-left", g.sum(both, keepdim=True))
    elif new:
        yield known("keepdims-too-many", "new-axes-left", g.sum(new, keepdim=True))
    first = g
    for axis in both:
        first = first.narrow(axis, 0, 1)
    yield known("slice-for-sum", "slice-for-sum", first.reshape(shape))
    yield known("everything-summed", "everything-summed", g.sum())
    yield known("everything-summed", "everything-summed", g.sum().expand(shape))
    for axis in range(g.dim()):
        if axis not in both:
            yield known("wrong-axis", "summed-wrong-axis", g.sum(axis))
            yield known("wrong-axis", "summed-wrong-axis", g.sum(axis, keepdim=True))
    from_the_left = g.sum(0)
    if not new and _stretches(tuple(from_the_left.shape), shape):
        yield known("wrong-axis", "summed-wrong-axis", from_the_left.expand(shape))
    for axis in range(g.dim()):
        summed = g.sum(axis)
        if axis not in both and summed.numel() == torch.Size(shape).numel():
            yield known("wrong-axis", "summed-wrong-axis", summed.reshape(shape))


def _stretches(small: Shape, large: Shape) -> bool:
    """Whether broadcasting can stretch a tensor from one shape to the other."""
    aligned = zip(reversed(small), reversed(large), strict=False)
    return len(small) <= len(large) and all(size in (1, wanted) for size, wanted in aligned)


def _operands(n: int, m: int, k: int) -> tuple[tuple[Shape, Shape], ...]:
    # Equal shapes last: there it does not show which operand a factor belongs to.
    return (
        ((n, m), (m,)),
        ((m,), (n, m)),
        ((n, n), (n,)),
        ((n, 1), (m,)),
        ((1, m), (n, 1)),
        ((), (n, m)),
        ((k, n, m), (n, 1)),
        ((n, m), (n, m)),
    )


@announced
def broadcast_rules(pull_add: Function, pull_multiply: Function, *, least: int = 3) -> None:
    """Check two pull-backs ``(g, a, b)``: the gradients of a and of b, for a + b and for a · b with broadcasting.

    Args:
        pull_add: the student's for a + b.
        pull_multiply: the student's for a · b.
        least: the shortest axis, apart from those of length 1.
    """
    require_callable(pull_add, pull_multiply)
    for shapes in _operands(*random_sizes(3, least)):
        a, b = map(randoms, shapes)
        _check_rule(pull_add, add, a, b, "pull_add", _add_mistakes)
        _check_rule(pull_multiply, mul, a, b, "pull_multiply", _multiply_mistakes)


Mistakes = Callable[[Tensor, Tensor, Tensor], Iterator[KnownMistake[Tensor]]]


def _check_rule(
    function: Function, operation: Callable[..., Tensor], a: Tensor, b: Tensor, name: str, mistakes: Mistakes
) -> None:
    g = randoms(operation(a, b).shape)
    expected = gradients_by_torch(operation, (a, b), g)
    found = pair(pull(function, g, a, b))
    refuse_exchanged(found, expected)
    for letter, own, other, result, right in zip("ab", (a, b), (b, a), found, expected, strict=True):
        shapes = {"a": shape_text(a.shape), "b": shape_text(b.shape)}
        agree(
            result,
            right,
            (
                *mistakes(g, own, other),
                *_stretch_mistakes_of(operation, g, own, other),
            ),
            given=words.FRAGMENTS["gradient-of-operand"].format(name=name, letter=letter, **shapes),
            shape=tuple(g.shape),
        )


def _stretch_mistakes_of(
    operation: Callable[..., Tensor], g: Tensor, own: Tensor, other: Tensor
) -> Iterator[KnownMistake[Tensor]]:
    """A rule that is right, and is taken back to the operand's shape in a wrong way."""
    yield from _stretch_mistakes(g if operation is add else g * other, tuple(own.shape))


def _add_mistakes(g: Tensor, own: Tensor, other: Tensor) -> Iterator[KnownMistake[Tensor]]:
    shape = tuple(own.shape)
    yield KnownMistake("upstream-missing", "pull-no-g", unbroadcast(torch.ones_like(g), shape))
    yield KnownMistake("upstream-missing", "pull-no-g", torch.ones_like(own))
    yield KnownMistake("rule-of-another", "pull-rule-of-product", unbroadcast(g * other, shape))


def _multiply_mistakes(g: Tensor, own: Tensor, other: Tensor) -> Iterator[KnownMistake[Tensor]]:
    shape = tuple(own.shape)
    yield KnownMistake("own-factor", "pull-own-factor", unbroadcast(g * own, shape))
    yield KnownMistake("own-factor", "pull-own-factor", g * own)
    yield KnownMistake("upstream-missing", "pull-no-g", unbroadcast(other.expand(g.shape), shape))
    yield KnownMistake("upstream-missing", "pull-no-g", other)
    yield KnownMistake("rule-of-another", "pull-rule-of-sum", unbroadcast(g, shape))
    yield KnownMistake("summed-too-early", "summed-too-early", unbroadcast(g, shape) * other)
    early = unbroadcast(g, shape) * other
    if _stretches(shape, tuple(early.shape)):
        yield KnownMistake("summed-too-early", "summed-too-early", unbroadcast(early, shape))
