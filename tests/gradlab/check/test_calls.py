"""While a check runs a student's function, it says that it compares the arguments afterwards."""

from collections.abc import Callable

import torch

from gradlab import check
from gradlab.check.calls import are_arguments_compared

Function = Callable[..., torch.Tensor]


def test_a_check_says_that_it_compares_the_arguments(f: Function) -> None:
    said = []

    def descend(f: Function, start: torch.Tensor, lr: float, steps: int) -> torch.Tensor:
        said.append(are_arguments_compared())
        path = [start]
        for _ in range(steps):
            x = path[-1].clone().requires_grad_()
            path.append((x - lr * torch.autograd.grad(f(x), x)[0]).detach())
        return torch.stack(path)

    start = torch.ones(2)
    check.descent(descend, on=f)
    check.unchanged(start, after=lambda: descend(f, start, 0.1, 3))
    assert len(said) == 3
    assert all(said)
    assert not are_arguments_compared()
