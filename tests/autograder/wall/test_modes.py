"""Modes of torch that a test enters are in force on the student's side, while it is asked."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch
from torch.overrides import TorchFunctionMode

from gradlab.check.forbidden import AUTOGRAD, NOT_HERE, OPTIMISERS, SOFTMAX, without
from tests.autograder.wall.conftest import Meet

ANSWERS = """
import torch
from torch.nn.functional import softmax as of_torch
def by_torch(z): return of_torch(z, -1)
def by_hand(z):
    e = torch.exp(z - z.amax(-1, keepdim=True))
    return e / e.sum(-1, keepdim=True)
def slope(x):
    leaf = x.clone().requires_grad_()
    (leaf ** 2).sum().backward()
    return leaf.grad
def stepped(x):
    leaf = x.clone().requires_grad_()
    leaf.grad = torch.ones_like(leaf)
    torch.optim.SGD([leaf], lr=1.0).step()
    return leaf.detach()
"""


class OnlyHere(TorchFunctionMode):
    """A mode whose class is a test's own: the student's side can't have it."""

    def __init__(self) -> None:
        self.lines = (line for line in ())
        super().__init__()

    def __torch_function__(  # what torch does without the mode
        self,
        func: Callable[..., Any],
        types: object,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize(
    ("name", "group"), [("by_torch", SOFTMAX), ("slope", AUTOGRAD), ("stepped", OPTIMISERS)], ids=str
)
def test_what_a_test_forbids_is_forbidden_there_and_allowed_again_afterwards(
    meet: Meet, name: str, group: tuple[str, ...]
) -> None:
    answer = meet(ANSWERS).fetch(name)
    with without(group), pytest.raises(RuntimeError, match=f"^{NOT_HERE}"):
        answer(torch.ones(3))
    assert answer(torch.ones(3)).shape == (3,)


def test_what_is_not_forbidden_goes_on(meet: Meet) -> None:
    with without(SOFTMAX, AUTOGRAD, OPTIMISERS):
        found = meet(ANSWERS).fetch("by_hand")(torch.tensor([[1000.0, 0.0]]))
    assert torch.equal(found, torch.tensor([[1.0, 0.0]]))


def test_a_mode_that_can_not_be_made_there_is_in_force_here_only(meet: Meet) -> None:
    answer = meet(ANSWERS).fetch("by_torch")
    with OnlyHere():
        assert torch.allclose(answer(torch.zeros(2)), torch.tensor([0.5, 0.5]))
