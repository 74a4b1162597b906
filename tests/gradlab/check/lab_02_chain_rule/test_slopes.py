"""Mutants and right answers of the derivatives by hand."""

from collections.abc import Callable

import torch

from gradlab.check import lab_02_chain_rule
from tests.gradlab.check.cases import GARBAGE, Passes, Refused, case

Tensor = torch.Tensor
Function = Callable[..., object]


def chain(x: Tensor) -> Tensor:
    return 3 * torch.cos(3 * x) * torch.exp(torch.sin(3 * x))


def test_a_right_chain_passes(passes: Passes) -> None:
    for answer in [chain, lambda x: chain(x).tolist(), lambda x: chain(x.float()).numpy()]:
        with case(answer):
            passes(lab_02_chain_rule.chain_slope, answer)


def test_a_mistake_in_a_chain_is_named(refused: Refused) -> None:
    for answer, name, title in [
        (lambda x: chain(x) / 3, "missing-inner-derivative", "factor is missing"),
        (lambda x: 3 * torch.exp(torch.sin(3 * x)), "missing-inner-derivative", "factor is missing"),
        (lambda x: chain(x) * torch.sin(3 * x) / torch.e, "exp-derivative", "like a power"),
        (lambda x: -chain(x), "wrong-coefficient", "one part"),
        (lambda x: 3 * torch.cos(3 * x), None, "outer function"),
        (lambda x: chain(x) / torch.cos(3 * x) * torch.cos(x), None, "at another place"),
        (lambda x: chain(x)[:3], None, "another shape"),
        (lambda x: chain(x) * 7, None, "factor"),
    ]:
        with case(answer, name, title):
            diagnosis = refused(lab_02_chain_rule.chain_slope, answer)
            assert diagnosis.misconception == name
            assert title in diagnosis.title


def mean(a: float, x: Tensor, t: Tensor) -> Tensor:
    return 2 / len(x) * a * (a * x - t)


def test_a_right_mean_passes(passes: Passes) -> None:
    for answer in [mean, lambda a, x, t: mean(a, x, t).tolist()]:
        with case(answer):
            passes(lab_02_chain_rule.mean_of_squares, answer)


def test_a_mistake_in_a_mean_is_named(refused: Refused) -> None:
    for answer, name in [
        (lambda a, x, t: mean(a, x, t) * len(x), "sum-for-mean"),
        (lambda a, x, t: mean(a, x, t) / a, "missing-inner-derivative"),
        (lambda a, x, t: mean(a, x, t) / a * len(x), "missing-inner-derivative"),
        (lambda a, x, t: mean(a, x, t) / 2, "wrong-coefficient"),
        (lambda a, x, t: mean(a, x, t).mean(), None),
        (lambda a, x, t: mean(a, x, t) / a * x, None),
        (lambda a, x, t: -mean(a, x, t), None),
    ]:
        with case(answer, name):
            assert refused(lab_02_chain_rule.mean_of_squares, answer).misconception == name


def test_garbage_is_refused(refused: Refused) -> None:
    for kind, garbage in GARBAGE.items():
        with case(kind):
            refused(lab_02_chain_rule.chain_slope, garbage)
            refused(lab_02_chain_rule.mean_of_squares, garbage)
