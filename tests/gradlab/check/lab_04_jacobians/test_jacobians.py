"""Right answers, mutants and garbage of the checks on Jacobians."""

from collections.abc import Callable

import pytest
import torch

from gradlab.check import lab_04_jacobians as check
from tests.gradlab.check.cases import Named, Passes, Refused, case, leaf, refuse_garbage

# The first call of torch.func.jvp makes torch use a part of its own that it has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")

Tensor = torch.Tensor
Function = Callable[..., object]
Map = Callable[[Tensor], Tensor]


def table(x: Tensor) -> Tensor:
    one = torch.ones_like(x[0])
    rows = [[2 * x[0] * x[1], x[0] ** 2], [0 * one, 3 * torch.cos(3 * x[1])], [one, one]]
    return torch.stack([torch.stack(row) for row in rows])


def one_row(f: Map, x: Tensor, i: int) -> Tensor:
    x = leaf(x)
    return torch.autograd.grad(f(x)[i], x)[0]


def row_by_row(f: Map, x: Tensor) -> Tensor:
    return torch.stack([one_row(f, x, i) for i in range(len(f(x)))])


def pulled(f: Map, x: Tensor, v: Tensor) -> Tensor:
    x = leaf(x)
    return torch.autograd.grad(f(x), x, v)[0]


def pushed(f: Map, x: Tensor, v: Tensor) -> Tensor:
    result: Tensor = torch.func.jvp(f, (x,), (v,))[1]
    return result


def together(f: Map, points: Tensor) -> Tensor:
    result: Tensor = torch.func.vmap(torch.func.jacrev(f))(points)
    return result


def weight_gradient(model: Map, w: Tensor, y: Tensor) -> Tensor:
    return pulled(model, w, 2 / len(y) * (model(w) - y))


CHECKS: tuple[tuple[Callable[[Function], None], Function], ...] = (
    (check.entries, table),
    (check.row, one_row),
    (check.jacobian_rows, row_by_row),
    (check.pulled_back, pulled),
    (check.pushed_forward, pushed),
    (check.all_at_once, together),
    (check.loss_gradient, weight_gradient),
    (check.cost, lambda inputs, outputs: (outputs, inputs)),
)


def test_a_right_answer_passes(passes: Passes) -> None:
    for checked, answer in CHECKS:
        passes(checked, answer)


def test_garbage_is_refused(refused: Refused) -> None:
    for checked in [checked for checked, _ in CHECKS]:
        refuse_garbage(refused, checked)


def test_what_is_no_function_is_refused(refused: Refused) -> None:
    for checked in [checked for checked, _ in CHECKS]:
        with case(checked):
            assert refused(checked, torch.zeros(2)).title == "there is no function here"


def in_a_loop(f: Map, points: Tensor) -> Tensor:
    return torch.stack([torch.func.jacrev(f)(point) for point in points])


def output_by_output(f: Map, points: Tensor) -> Tensor:
    x = leaf(points)
    y = f(x)
    rows = [torch.autograd.grad(part.sum(), x, retain_graph=True)[0] for part in y.unbind(-1)]
    return torch.stack(rows, dim=1)


def built(f: Map, x: Tensor, v: Tensor) -> Tensor:
    x = leaf(x)
    rows = [torch.autograd.grad(part, x, retain_graph=True)[0] for part in f(x)]
    return torch.stack(rows).T @ v


def with_a_shifted_argument(f: Map, x: Tensor, v: Tensor) -> Tensor:
    result = pulled(f, x, v)
    x += 1
    return result


def test_a_mutant_gets_its_name(named: Named) -> None:
    for checked, mutant, name in [
        (check.entries, lambda x: table(x).T, "transposed-jacobian"),
        (check.row, lambda f, x, i: pushed(f, x, torch.eye(len(x), dtype=x.dtype)[i]), "transposed-jacobian"),
        (check.jacobian_rows, lambda f, x: row_by_row(f, x).T, "transposed-jacobian"),
        (check.jacobian_rows, lambda f, x: row_by_row(f, x).cumsum(0), "missing-zero-grad"),
        (check.pulled_back, pushed, "jvp-for-vjp"),
        (check.pushed_forward, pulled, "jvp-for-vjp"),
        (check.all_at_once, in_a_loop, "loop-over-starts"),
        (check.all_at_once, lambda f, points: together(f, points).mT, "transposed-jacobian"),
        (check.loss_gradient, lambda model, w, y: len(y) * weight_gradient(model, w, y), "sum-for-mean"),
    ]:
        named(checked, mutant, name)


def test_a_mutant_without_a_name_is_told_what_is_wrong(refused: Refused) -> None:
    for checked, mutant, words in [
        (check.all_at_once, output_by_output, "outputs are still handled one by one"),
        (check.pulled_back, built, "built on the way"),
        (check.pulled_back, lambda f, x, v: torch.func.jacrev(f)(x).T @ v, "built on the way"),
        (check.pushed_forward, lambda f, x, v: torch.func.jacfwd(f)(x) @ v, "built on the way"),
        (check.pulled_back, with_a_shifted_argument, "changes what it was given"),
        (check.loss_gradient, lambda model, w, y: weight_gradient(model, w, y) / 2, "factor of the square"),
        (check.cost, lambda inputs, outputs: (inputs, outputs), "two modes are exchanged"),
    ]:
        with case(checked, mutant, words):
            assert words in refused(checked, mutant).title


def test_a_row_and_a_table_are_checked_on_another_function_too(passes: Passes, refused: Refused) -> None:
    place = torch.tensor([0.7, 1.2])

    def f(x: Tensor) -> Tensor:
        return torch.stack([x.prod(), x.sum(), x[0] ** 3])

    passes(check.row, one_row, on=f, at=place)
    passes(check.jacobian_rows, row_by_row, on=f, at=place)
    refused(check.jacobian_rows, lambda f, x: 2 * row_by_row(f, x), on=f, at=place)
