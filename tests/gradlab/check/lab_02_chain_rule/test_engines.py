"""The check of a whole engine, with PyTorch's in its place."""

from collections.abc import Callable

import torch

from gradlab.check import lab_02_chain_rule
from gradlab.check.lab_02_chain_rule.backward import evaluate, values
from tests.gradlab.check.cases import Passes, Refused, case

Function = Callable[..., torch.Tensor]


def gradients(f: Function, *numbers: float) -> list[float]:
    inputs = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in numbers]
    return [slope.item() for slope in torch.autograd.grad(f(*inputs), inputs)]


def test_a_right_engine_passes(passes: Passes) -> None:
    passes(lab_02_chain_rule.engine, gradients)


def test_a_wrong_engine_is_refused(refused: Refused) -> None:
    assert "factor" in refused(lab_02_chain_rule.engine, lambda f, *x: [2 * g for g in gradients(f, *x)]).title
    refused(lab_02_chain_rule.engine, lambda f, *x: gradients(f, *x)[:2])


def test_every_operation_keeps_numbers_moderate() -> None:
    for operation in ("add", "multiply", "subtract", "divide", "power", "exp", "tanh", "constant"):
        result = evaluate(torch.tensor(0.7), torch.tensor(-0.4), program=[[operation, 0, 1], [operation, 2, 0]])
        assert result.abs() < 10


def test_no_value_of_an_expression_is_large_enough_to_overflow_the_square_of_its_cosh() -> None:
    seen: list[float] = []

    def recorded(f: Function, *numbers: float) -> list[float]:
        seen.extend(abs(float(value)) for value in values([torch.tensor(x) for x in numbers], f.keywords["program"]))
        return gradients(f, *numbers)

    for seed in range(6):
        with case(seed):
            torch.manual_seed(seed)
            seen.clear()
            lab_02_chain_rule.engine(recorded)

            assert max(seen) < 25
