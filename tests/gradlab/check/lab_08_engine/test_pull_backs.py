"""Mutants and right answers of un-broadcasting and of the pull-backs."""

from collections.abc import Callable, Sequence

import torch

from gradlab.check import lab_08_engine as check
from tests.gradlab.check.cases import GARBAGE, Named, Passes, Refused, case, refuse_garbage

Tensor = torch.Tensor
Function = Callable[..., object]


def unbroadcast(g: Tensor, shape: Sequence[int]) -> Tensor:
    padded = (1,) * (g.dim() - len(shape)) + tuple(shape)
    axes = [axis for axis, size in enumerate(padded) if size == 1]
    return (g.sum(axes) if axes else g).reshape(tuple(shape))


def pull_add(g: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    return unbroadcast(g, a.shape), unbroadcast(g, b.shape)


def pull_multiply(g: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    return unbroadcast(g * b, a.shape), unbroadcast(g * a, b.shape)


def pull_sum(g: Tensor, a: Tensor, axis: int | None) -> Tensor:
    return (g if axis is None else g.unsqueeze(axis)).expand(a.shape)


def pull_matmul(g: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    return g @ b.T, a.T @ g


def pull_relu(g: Tensor, a: Tensor) -> Tensor:
    return g * (a > 0)


def pull_centre(g: Tensor, _a: Tensor) -> Tensor:
    return g - g.mean(0)


RULES: tuple[tuple[Callable[..., None], Function], ...] = (
    (check.unbroadcasting, unbroadcast),
    (check.pulled_sum, pull_sum),
    (check.pulled_matmul, pull_matmul),
    (check.pulled_relu, pull_relu),
    (check.pulled_centre, pull_centre),
)


def test_a_right_answer_passes(passes: Passes) -> None:
    for run, answer in RULES:
        passes(run, answer)
        passes(run, answer, least=2)
    passes(check.broadcast_rules, pull_add, pull_multiply)
    passes(check.broadcast_rules, pull_add, pull_multiply, least=2)


def test_other_kinds_of_numbers_pass(passes: Passes) -> None:
    passes(check.pulled_relu, lambda g, a: pull_relu(g, a).float())
    passes(check.pulled_matmul, lambda g, a, b: [each.tolist() for each in pull_matmul(g, a, b)])


def test_a_mistake_is_named(named: Named) -> None:
    for run, answer, name, words in [
        (check.unbroadcasting, lambda g, _: g, None, "an axis that broadcasting made"),
        (check.unbroadcasting, lambda g, shape: unbroadcast(g, shape).squeeze(), None, "axis of length 1 is lost"),
        (check.unbroadcasting, lambda g, shape: -unbroadcast(g, shape), None, "sign"),
        (check.unbroadcasting, lambda g, shape: g.sum_to_size(shape), None, "torch does here"),
        (check.unbroadcasting, lambda g, shape: unbroadcast(g, shape).numpy(), None, "another kind"),
        (check.pulled_sum, lambda g, a, _: g * torch.ones_like(a), None, "axis of length 1 is lost"),
        (check.pulled_sum, lambda g, a, axis: 2 * pull_sum(g, a, axis), None, "one factor"),
        (check.pulled_matmul, lambda g, a, b: (g @ b, a @ g), None, "transposition is missing"),
        (check.pulled_matmul, lambda g, a, b: (a.T @ g, g @ b.T), None, "exchanged"),
        (check.pulled_matmul, lambda g, a, b: (b @ g.T, g.T @ a), None, "transposed gradient"),
        (check.pulled_relu, lambda g, _: g.relu(), None, "wrong tensor decides"),
        (check.pulled_relu, lambda g, a: g * (a >= 0), None, "at exactly 0"),
        (check.pulled_centre, lambda g, _: g.clone(), None, "one of two paths"),
        (check.pulled_centre, lambda g, _: g.sub_(g.mean(0)), None, "changes what it was given"),
    ]:
        named(run, answer, name, words)


def test_the_rule_of_one_operation_in_place_of_another_s_is_named(refused: Refused) -> None:
    for add, multiply, title in [
        (pull_multiply, pull_multiply, "rule of another operation"),
        (pull_add, pull_add, "rule of another operation"),
        (pull_add, lambda g, a, b: (unbroadcast(g * a, a.shape), unbroadcast(g * b, b.shape)), "wrong factor"),
        (pull_add, lambda g, a, b: pull_multiply(g, a, b)[::-1], "exchanged"),
        (pull_add, lambda g, a, b: (g * b, g * a), "an axis that broadcasting made"),
    ]:
        with case(title):
            assert title in refused(check.broadcast_rules, add, multiply).title


def test_garbage_is_refused(refused: Refused) -> None:
    for run, _ in RULES:
        refuse_garbage(refused, run)
    for name, garbage in GARBAGE.items():
        with case(name):
            refused(check.broadcast_rules, garbage, pull_multiply)
            refused(check.broadcast_rules, pull_add, garbage)
