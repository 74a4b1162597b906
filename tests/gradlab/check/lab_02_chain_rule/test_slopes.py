"""Mutants and right answers of the derivatives by hand."""

from collections.abc import Callable

import pytest
import torch

from gradlab.check import Diagnosis, lab_02_chain_rule

Tensor = torch.Tensor
Function = Callable[..., object]
Refused = Callable[[Callable[[], None]], Diagnosis]
Passes = Callable[[Callable[[], None]], None]


def chain(x: Tensor) -> Tensor:
    return 3 * torch.cos(3 * x) * torch.exp(torch.sin(3 * x))


@pytest.mark.parametrize("answer", [chain, lambda x: chain(x).tolist(), lambda x: chain(x.float()).numpy()])
def test_a_right_chain_passes(answer: Function, passes: Passes) -> None:
    passes(lambda: lab_02_chain_rule.chain_slope(answer))


@pytest.mark.parametrize(
    ("answer", "name", "title"),
    [
        (lambda x: chain(x) / 3, "missing-inner-derivative", "factor is missing"),
        (lambda x: 3 * torch.exp(torch.sin(3 * x)), "missing-inner-derivative", "factor is missing"),
        (lambda x: chain(x) * torch.sin(3 * x) / torch.e, "exp-derivative", "like a power"),
        (lambda x: -chain(x), "wrong-coefficient", "one part"),
        (lambda x: 3 * torch.cos(3 * x), None, "outer function"),
        (lambda x: chain(x) / torch.cos(3 * x) * torch.cos(x), None, "at another place"),
        (lambda x: chain(x)[:3], None, "another shape"),
        (lambda x: chain(x) * 7, None, "factor"),
    ],
)
def test_a_mistake_in_a_chain_is_named(answer: Function, name: str | None, title: str, refused: Refused) -> None:
    diagnosis = refused(lambda: lab_02_chain_rule.chain_slope(answer))
    assert diagnosis.misconception == name
    assert title in diagnosis.title


def mean(a: float, x: Tensor, t: Tensor) -> Tensor:
    return 2 / len(x) * a * (a * x - t)


@pytest.mark.parametrize("answer", [mean, lambda a, x, t: mean(a, x, t).tolist()])
def test_a_right_mean_passes(answer: Function, passes: Passes) -> None:
    passes(lambda: lab_02_chain_rule.mean_of_squares(answer))


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (lambda a, x, t: mean(a, x, t) * len(x), "sum-for-mean"),
        (lambda a, x, t: mean(a, x, t) / a, "missing-inner-derivative"),
        (lambda a, x, t: mean(a, x, t) / a * len(x), "missing-inner-derivative"),
        (lambda a, x, t: mean(a, x, t) / 2, "wrong-coefficient"),
        (lambda a, x, t: mean(a, x, t).mean(), None),
        (lambda a, x, t: mean(a, x, t) / a * x, None),
        (lambda a, x, t: -mean(a, x, t), None),
    ],
)
def test_a_mistake_in_a_mean_is_named(answer: Function, name: str | None, refused: Refused) -> None:
    assert refused(lambda: lab_02_chain_rule.mean_of_squares(answer)).misconception == name


def test_garbage_is_refused(garbage: Function, refused: Refused) -> None:
    refused(lambda: lab_02_chain_rule.chain_slope(garbage))
    refused(lambda: lab_02_chain_rule.mean_of_squares(garbage))
