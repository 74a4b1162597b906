"""Mutants and right answers of a descent from one start."""

import math
from collections.abc import Callable
from functools import partial

import pytest
import torch

from gradlab import check
from tests.gradlab.check.cases import (
    RIGHT_DESCENTS,
    Named,
    Passes,
    Refused,
    case,
    descended,
    in_place,
    leaf,
    refuse_garbage,
    with_backward,
)

Tensor = torch.Tensor
Function = Callable[..., Tensor]

pytestmark = pytest.mark.filterwarnings(
    "ignore:The .grad attribute", "ignore:To copy construct", "ignore:Converting a tensor"
)


def never_empties(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    return descended(f, leaf(start), steps, in_place(lr, empties=False))


def uphill(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    return with_backward(f, start, -lr, steps)


def uphill_and_never_empties(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    return never_empties(f, start, -lr, steps)


def first_variable_only(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    def step(x: Tensor) -> Tensor:
        with torch.no_grad():
            x[0] -= lr * x.grad[0]
            x.grad.zero_()
        return x

    return descended(f, leaf(start), steps, step)


def second_variable_only(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    mask = torch.tensor([0.0, 1.0])
    path = [start]
    for _ in range(steps):
        x = leaf(path[-1])
        f(x).backward()
        path.append(x.detach() - lr * x.grad * mask)
    return torch.stack(path)


def without_start(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    return with_backward(f, start, lr, steps)[1:]


def without_end(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    return with_backward(f, start, lr, steps)[:-1]


def after_the_step(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    return with_backward(f, start, lr, steps + 1)[1:]


def start_twice(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    return torch.cat([start.unsqueeze(0), with_backward(f, start, lr, steps)[:-1]])


NAMED = [
    (never_empties, "missing-zero-grad"),
    (uphill, "ascent-sign"),
    (uphill_and_never_empties, "ascent-sign"),
    (first_variable_only, "one-variable-only"),
    (second_variable_only, "one-variable-only"),
    (without_start, "stale-point"),
    (without_end, "stale-point"),
    (after_the_step, "stale-point"),
    (start_twice, "stale-point"),
]


def same_tensor_again(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    x = leaf(start)
    path = [x.data]
    for _ in range(steps):
        f(x).backward()
        with torch.no_grad():
            x -= lr * x.grad
            x.grad.zero_()
        path.append(x.data)
    return torch.stack(path)


def moves_the_start(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    return descended(f, start.requires_grad_(), steps, in_place(lr))


def empties_before_the_step(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    def step(x: Tensor) -> Tensor:
        x.grad.zero_()
        return in_place(lr)(x)

    return descended(f, leaf(start), steps, step)


def rate_of_its_own(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    return with_backward(f, start, 0.3, steps)


def gradient_of_the_start(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    x = leaf(start)
    f(x).backward()
    return torch.stack([start - step * lr * x.grad for step in range(steps + 1)])


def normalised(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    path = [start]
    for _ in range(steps):
        x = leaf(path[-1])
        f(x).backward()
        path.append(x.detach() - lr * x.grad / x.grad.norm())
    return torch.stack(path)


def one_step_more(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    path = with_backward(f, start, lr, steps + 1)
    return torch.cat([path[:1], path[2:]])


def end_only(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    return with_backward(f, start, lr, steps)[-1]


def columns(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    return with_backward(f, start, lr, steps).T


def from_zero(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    return with_backward(f, torch.ones_like(start), lr, steps)


def noisy_third(f: Function, start: Tensor, lr: float, steps: int) -> Tensor:
    path = with_backward(f, start, lr, steps)
    path[3:] += torch.tensor([0.01, -0.02])
    return path


UNNAMED = [
    (same_tensor_again, "same point"),
    (moves_the_start, "changes what it was given"),
    (empties_before_the_step, "does not move"),
    (rate_of_its_own, "wrong length"),
    (gradient_of_the_start, "never computed again"),
    (normalised, "lengths of their own"),
    (one_step_more, "one step too many"),
    (end_only, "another shape"),
    (columns, "another shape"),
    (from_zero, "begins somewhere else"),
]


def test_a_right_path_passes(f: Function, passes: Passes) -> None:
    for right_descent in RIGHT_DESCENTS:
        passes(check.descent, right_descent, on=f)


def test_a_right_path_passes_after_gradients_were_switched_off(f: Function, passes: Passes) -> None:
    for right_descent in RIGHT_DESCENTS:
        passes(check.descent, right_descent, on=f)


def test_any_function_will_do(passes: Passes) -> None:
    for right_descent in RIGHT_DESCENTS:
        with case(right_descent):
            start = torch.tensor([3.0, 1.0], dtype=torch.float64)
            passes(
                check.descent,
                right_descent,
                on=lambda x: (x[0] - 1) ** 2 + 10 * (x[1] + 2) ** 2,
                start=start,
                lr=0.03,
                steps=17,
            )


def test_a_misconception_is_named(f: Function, named: Named) -> None:
    for answer, name in NAMED:
        named(check.descent, answer, name, on=f)


def test_another_mistake_is_described(f: Function, refused: Refused) -> None:
    for answer, words in UNNAMED:
        with case(answer, words):
            diagnosis = refused(check.descent, answer, on=f)
            assert diagnosis.misconception is None
            assert words in diagnosis.title


def test_the_first_wrong_step_is_pointed_out(f: Function, refused: Refused) -> None:
    diagnosis = refused(check.descent, noisy_third, on=f)
    assert diagnosis.seen == "Up to step 2 your path is right. Step 3 is not."


def test_garbage_is_refused(f: Function, refused: Refused) -> None:
    refuse_garbage(refused, check.descent, on=f)
    refuse_garbage(refused, check.end_point, on=f)


def test_what_is_no_function_is_refused(f: Function, refused: Refused) -> None:
    for answer in [None, ..., 3, torch.zeros(2)]:
        with case(answer):
            assert "no function" in refused(check.descent, answer, on=f).title


def test_a_function_without_a_gradient_is_named_first(refused: Refused) -> None:
    for broken, name in [
        (lambda x: torch.sin(x.detach()).sum(), "forward-untracked"),
        (lambda x: math.sin(x[0]), "graph-cut"),
        (lambda x: torch.tensor(math.sin(x[0]), requires_grad=True), "graph-cut"),
        (lambda x: x.numpy().sum(), "numpy-on-tracked"),
    ]:
        with case(broken, name):
            diagnosis = refused(check.descent, with_backward, on=broken)
            assert diagnosis.misconception == name
            assert diagnosis.seen.startswith("The check asked f for its ")


def ending(descend: Function) -> Function:
    return lambda f, start, lr, steps: descend(f, start, lr, steps)[-1]


def detached_end(descend: Function, f: Function, start: torch.Tensor, lr: float, steps: int) -> object:
    end = descend(f, start, lr, steps)[-1]
    return end.detach() if isinstance(end, torch.Tensor) else end


def test_a_right_end_passes(f: Function, passes: Passes) -> None:
    for right_descent in RIGHT_DESCENTS:
        passes(check.end_point, partial(detached_end, right_descent), on=f)


def test_an_end_that_is_still_watched_is_refused(f: Function, refused: Refused) -> None:
    answer = ending(with_backward)
    assert "graph" in refused(check.end_point, lambda *given: answer(*given).requires_grad_(), on=f).title


def test_a_start_that_is_watched_afterwards_is_refused(f: Function, refused: Refused) -> None:
    def answer(f: Function, start: torch.Tensor, lr: float, steps: int) -> torch.Tensor:
        start.requires_grad_()
        return ending(with_backward)(f, start, lr, steps).detach()

    diagnosis = refused(check.end_point, answer, on=f)
    assert "changes what it was given" in diagnosis.title
    assert "requires_grad" in diagnosis.seen


def test_a_misconception_is_named_by_its_ends(f: Function, named: Named) -> None:
    for answer, name in [(answer, name) for answer, name in NAMED if answer not in (without_start, after_the_step)]:
        named(check.end_point, ending(answer), name, on=f)


def test_another_mistake_is_described_by_its_ends(f: Function, refused: Refused) -> None:
    for answer, words in [
        (with_backward, "whole path"),
        (ending(after_the_step), "one step too many"),
        (ending(moves_the_start), "changes what it was given"),
        (ending(rate_of_its_own), "wrong length"),
        (ending(empties_before_the_step), "does not move"),
    ]:
        with case(answer, words):
            assert words in refused(check.end_point, answer, on=f).title


def test_what_is_left_alone_passes(passes: Passes) -> None:
    start = torch.ones(2)
    passes(check.unchanged, start, after=lambda: start + 1)


def test_what_is_changed_is_refused(refused: Refused) -> None:
    start = torch.ones(2)
    assert "changes" in refused(check.unchanged, start, after=lambda: start.add_(1)).title


def test_an_error_while_something_should_be_left_alone_is_refused(refused: Refused) -> None:
    with_gradient = torch.ones(2, requires_grad=True)
    found = refused(check.unchanged, with_gradient, after=lambda: with_gradient.add_(1))
    assert found.misconception == "inplace-on-leaf"
