"""Mutants and right answers about curvature."""

from collections.abc import Callable

import pytest
import torch

from gradlab import check
from tests.gradlab.check.cases import Passes, Refused, case, refuse_garbage

Tensor = torch.Tensor
Function = Callable[..., object]
Surface = Callable[[Tensor], Tensor]


# torch.func imports a part of torch that another part of torch calls deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated")


def hessian(f: Surface, x: Tensor) -> Tensor:
    return torch.autograd.functional.hessian(f, x)


def functional(f: Surface, x: Tensor) -> float:
    return 2 / torch.linalg.eigvalsh(torch.func.hessian(f)(x)).max().item()


def by_general_eigenvalues(f: Surface, x: Tensor) -> float:
    return float(2 / torch.linalg.eigvals(hessian(f, x)).real.max())


def by_norm(f: Surface, x: Tensor) -> Tensor:
    return 2 / torch.linalg.matrix_norm(hessian(f, x.float()), ord=2)


def by_quadratic_formula(f: Surface, x: Tensor) -> float:
    h = hessian(f, x)
    trace, determinant = h.trace(), h.det()
    return (4 / (trace + (trace**2 - 4 * determinant).sqrt())).item()


def by_rows(f: Surface, x: Tensor) -> object:
    x = x.clone().requires_grad_()
    (slope,) = torch.autograd.grad(f(x), x, create_graph=True)
    rows = [torch.autograd.grad(part, x, retain_graph=True)[0] for part in slope]
    return 2 / torch.linalg.eigvalsh(torch.stack(rows)).numpy()[-1]


def test_a_right_rate_passes(f: Surface, passes: Passes) -> None:
    for answer in [functional, by_general_eigenvalues, by_norm, by_rows]:
        with case(answer):
            passes(check.largest_rate, answer, on=f)
            deep = torch.tensor([4.411326, 2 * torch.pi])
            passes(check.largest_rate, answer, on=f, at=deep)


def test_any_function_will_do(passes: Passes) -> None:
    passes(check.largest_rate, functional, on=lambda x: x[0] ** 2 + 7 * x[1] ** 2, at=torch.zeros(2))
    passes(check.largest_rate, functional, on=lambda x: -(x**2).sum())


def made(number: Callable[[Tensor], Tensor]) -> Function:
    return lambda f, x: number(hessian(f, x)).item()


values = torch.linalg.eigvalsh


def test_a_mistake_is_described(f: Surface, refused: Refused) -> None:
    for number, words in [
        (lambda h: 2 / values(h).min(), "*least*"),
        (lambda h: 1 / values(h).max(), "half"),
        (lambda h: values(h).max(), "curvature itself"),
        (lambda h: 2 / h.trace(), "sum of all"),
        (lambda h: 2 / h.norm(), "table of numbers"),
        (lambda h: 2 / h.diagonal().max(), "diagonal"),
        (lambda h: 2 / values((h.triu() + h.triu().T) / 2).max(), "one half was lost"),
        (lambda h: 4 / values(h).max(), "2 times"),
        (lambda h: torch.tensor(1.7296), "off by"),
        (lambda h: 2 / values(h).max() ** 2, "off by"),
    ]:
        with case(number, words):
            assert words in refused(check.largest_rate, made(number), on=f).seen


def test_a_formula_for_two_variables_alone_is_refused(f: Surface, refused: Refused) -> None:
    refused(check.largest_rate, by_quadratic_formula, on=f)


def test_a_changed_minimum_is_refused(f: Surface, refused: Refused) -> None:
    def answer(f: Surface, x: Tensor) -> float:
        rate = functional(f, x)
        x += 1
        return rate

    assert "changes what it was given" in refused(check.largest_rate, answer, on=f).title


def test_garbage_is_refused(f: Surface, refused: Refused) -> None:
    refuse_garbage(refused, check.largest_rate, on=f)


def end(f: Surface, start: Tensor, lr: float, steps: int) -> Tensor:
    x = start
    for _ in range(steps):
        x = x.detach().requires_grad_()
        x = x - lr * torch.autograd.grad(f(x).sum(), x)[0]
    return x.detach()


START = torch.tensor([4.0, 6.0], dtype=torch.float64)


def test_a_descent_at_rest_passes(f: Surface, passes: Passes) -> None:
    for lr, steps in [(0.1, 200), (0.5, 100), (1.7, 2000)]:
        passes(check.settled, end(f, START, lr, steps), on=f, lr=lr)


def test_a_descent_that_has_not_settled_is_explained(f: Surface, refused: Refused) -> None:
    for lr, steps, name in [(0.01, 50, "lr-too-low"), (0.1, 5, "lr-too-low"), (1.8, 400, "lr-too-high")]:
        with case(lr, steps, name):
            assert refused(check.settled, end(f, START, lr, steps), on=f, lr=lr).misconception == name


def test_the_worst_of_many_points_counts(f: Surface, refused: Refused) -> None:
    points = torch.stack([end(f, START, 0.5, 100), START])
    assert refused(check.settled, points, on=f, lr=0.5).misconception == "lr-too-low"


def test_a_point_that_is_none_is_refused(f: Surface, refused: Refused) -> None:
    for point in [None, "here", torch.zeros(0), torch.zeros(()), torch.full((2,), torch.nan), object()]:
        with case(point):
            refused(check.settled, point, on=f, lr=0.1)
