"""Mutants and right answers of a gradient by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np

from gradlab import check
from tests.gradlab.check.cases import Passes, Refused, case, refuse_garbage

Array = np.ndarray[Any, np.dtype[Any]]
Function = Callable[..., object]

sin, cos = np.sin, np.cos


def surface(x: Array) -> Array:
    a, b = x[..., 0], x[..., 1]
    return sin(a) * cos(b) + sin(a / 2) * cos(b / 2)


def built(first: Callable[[Array, Array], Array], second: Callable[[Array, Array], Array]) -> Function:
    return lambda x: np.stack([first(x[..., 0], x[..., 1]), second(x[..., 0], x[..., 1])], axis=-1)


def along_first(a: Array, b: Array) -> Array:
    return cos(a) * cos(b) + cos(a / 2) * cos(b / 2) / 2


def along_second(a: Array, b: Array) -> Array:
    return -sin(a) * sin(b) - sin(a / 2) * sin(b / 2) / 2


right = built(along_first, along_second)


def in_place(x: Array) -> Array:
    slope = np.empty_like(x)
    slope[..., 0] = along_first(x[..., 0], x[..., 1])
    slope[..., 1] = along_second(x[..., 0], x[..., 1])
    return slope


def by_angles(x: Array) -> Array:
    total, difference = x[..., 0] + x[..., 1], x[..., 0] - x[..., 1]
    plus, minus = cos(total) + cos(total / 2) / 2, cos(difference) + cos(difference / 2) / 2
    return np.array([plus + minus, plus - minus]).T.reshape(x.shape) / 2 if x.ndim < 3 else in_place(x)


def by_matrix(x: Array) -> Array:
    scales = np.array([1.0, 0.5])
    scaled = x[..., None, :] * scales[:, None]
    s, c = sin(scaled), cos(scaled)
    return np.stack([(c[..., 0] * c[..., 1]) @ scales, -(s[..., 0] * s[..., 1]) @ scales], axis=-1)


def by_rows(x: Array) -> Array:
    rows = [[along_first(a, b), along_second(a, b)] for a, b in x.reshape(-1, 2)]
    return np.array(rows).reshape(x.shape)


def test_a_right_gradient_passes(passes: Passes) -> None:
    for answer in [right, in_place, by_angles, by_matrix, by_rows]:
        passes(check.gradient, answer, of=surface)


def test_any_function_will_do(passes: Passes) -> None:
    passes(check.gradient, lambda x: 3 * x**2, of=lambda x: (x**3).sum(axis=-1))


def test_a_mistake_is_named(refused: Refused) -> None:
    for answer, name, words in [
        (
            built(lambda a, b: cos(a) * cos(b) + cos(a / 2) * cos(b / 2), along_second),
            "missing-inner-derivative",
            "∂f/∂x₁",
        ),
        (
            built(along_first, lambda a, b: -sin(a) * sin(b) - sin(a / 2) * sin(b / 2)),
            "missing-inner-derivative",
            "∂f/∂x₂",
        ),
        (
            built(
                lambda a, b: cos(a) * cos(b) + cos(a / 2) * cos(b / 2),
                lambda a, b: -sin(a) * sin(b) - sin(a / 2) * sin(b / 2),
            ),
            "missing-inner-derivative",
            "second term",
        ),
        (
            built(along_first, lambda a, b: sin(a) * sin(b) + sin(a / 2) * sin(b / 2) / 2),
            "wrong-coefficient",
            "opposite",
        ),
        (
            built(along_first, lambda a, b: -sin(a) * sin(b) + sin(a / 2) * sin(b / 2) / 2),
            "wrong-coefficient",
            "second",
        ),
        (built(lambda a, b: cos(a) * cos(b), along_second), "wrong-coefficient", "nothing from the second term"),
        (lambda x: -right(x), "wrong-coefficient", "opposite"),
        (built(along_second, along_first), None, "along x₂"),
        (built(lambda a, b: sin(a) * cos(b) + cos(a / 2) * cos(b / 2) / 2, along_second), None, "as it stands in f"),
        (built(lambda a, b: a * b, along_second), None, "∂f/∂x₁ differs"),
        (built(along_first, lambda a, b: -sin(a) * sin(b) - cos(a / 2) * cos(b / 2) / 2), None, "∂f/∂x₂ differs"),
        (lambda x: right(x.astype(np.float32)), None, "float32"),
        (lambda x: right(x).astype(np.float32), None, "float32"),
        (lambda x: np.stack([along_first(x[0], x[1]), along_second(x[0], x[1])], -1), None, "shape"),
        (lambda x: np.stack([along_first(x[..., 0], x[..., 1]), along_second(x[..., 0], x[..., 1])]), None, "shape"),
        (lambda x: surface(x), None, "shape"),
        (lambda x: right(x).tolist(), None, "NumPy array"),
    ]:
        with case(answer, name, words):
            diagnosis = refused(check.gradient, answer, of=surface)
            assert diagnosis.misconception == name
            assert words in diagnosis.seen


def test_a_constant_factor_is_named_for_any_function(refused: Refused) -> None:
    found = refused(check.gradient, lambda x: cos(3 * x), of=lambda x: sin(3 * x).sum(axis=-1))
    assert found.misconception == "missing-inner-derivative"
    assert "as a whole comes out 0.33 times" in found.seen


def test_a_one_sided_difference_is_not_exact_enough(refused: Refused) -> None:
    def one_sided(x: Array) -> Array:
        h = 1e-4
        return np.stack([(surface(x + h * axis) - surface(x)) / h for axis in np.eye(2)], axis=-1)

    refused(check.gradient, one_sided, of=surface)


def test_a_changed_argument_is_refused(refused: Refused) -> None:
    def answer(x: Array) -> object:
        slope = right(x)
        x += 1
        return slope

    assert "changes what it was given" in refused(check.gradient, answer, of=surface).title


def test_a_broken_function_is_named(refused: Refused) -> None:
    def broken(_x: Array) -> Array:
        raise ValueError("no")

    assert "f itself" in refused(check.gradient, right, of=broken).title


def test_garbage_is_refused(refused: Refused) -> None:
    refuse_garbage(refused, check.gradient, of=surface)
