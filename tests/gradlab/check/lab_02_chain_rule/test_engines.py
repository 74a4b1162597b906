"""The check of a whole engine, with PyTorch's in its place."""

from collections.abc import Callable

import pytest
import torch

from gradlab.check import Diagnosis, lab_02_chain_rule
from gradlab.check.lab_02_chain_rule.engines import evaluate, values

Function = Callable[..., torch.Tensor]
Refused = Callable[[Callable[[], None]], Diagnosis]
Passes = Callable[[Callable[[], None]], None]


def gradients(f: Function, *numbers: float) -> list[float]:
    inputs = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in numbers]
    return [slope.item() for slope in torch.autograd.grad(f(*inputs), inputs)]


def test_a_right_engine_passes(passes: Passes) -> None:
    passes(lambda: lab_02_chain_rule.engine(gradients))


def test_a_wrong_engine_is_refused(refused: Refused) -> None:
    assert "factor" in refused(lambda: lab_02_chain_rule.engine(lambda f, *x: [2 * g for g in gradients(f, *x)])).title
    refused(lambda: lab_02_chain_rule.engine(lambda f, *x: gradients(f, *x)[:2]))


def test_every_operation_keeps_numbers_moderate() -> None:
    for operation in ("add", "multiply", "subtract", "divide", "power", "exp", "tanh", "constant"):
        result = evaluate(torch.tensor(0.7), torch.tensor(-0.4), program=[[operation, 0, 1], [operation, 2, 0]])
        assert result.abs() < 10


@pytest.mark.parametrize("seed", range(6))
def test_no_value_of_an_expression_is_large_enough_to_overflow_the_square_of_its_cosh(seed: int) -> None:
    torch.manual_seed(seed)
    seen: list[float] = []

    def watching(f: Function, *numbers: float) -> list[float]:
        seen.extend(abs(float(value)) for value in values([torch.tensor(x) for x in numbers], f.keywords["program"]))
        return gradients(f, *numbers)

    lab_02_chain_rule.engine(watching)

    assert max(seen) < 25
