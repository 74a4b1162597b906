"""What a check rules out is ruled out by every door of torch, and only while the check runs."""

from collections.abc import Callable

import pytest
import torch
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

from gradlab.check.diagnosis import NotYet
from gradlab.check.errors import diagnose
from gradlab.check.forbidden import AUTOGRAD, CROSS_ENTROPY, OPTIMISERS, SOFTMAX, without

Z = torch.tensor([[0.5, -1.0, 2.0], [1.0, 0.0, -1.0]])
LABELS = torch.tensor([2, 0])
X = torch.tensor([1.0, 2.0])


def squares(x: torch.Tensor) -> torch.Tensor:
    return (x**2).sum()


def leaf() -> torch.Tensor:
    return X.clone().requires_grad_()


def with_backward() -> object:
    x = leaf()
    squares(x).backward()
    return x.grad


def with_optimiser(make: Callable[..., torch.optim.Optimizer]) -> object:
    x = leaf()
    x.grad = torch.ones(2)
    make([x], lr=0.1).step()
    return x


def with_grad() -> object:
    x = leaf()
    return torch.autograd.grad(squares(x), x)


DOORS: list[tuple[tuple[str, ...], Callable[[], object]]] = [
    (SOFTMAX, lambda: torch.softmax(Z, -1)),
    (SOFTMAX, lambda: F.softmax(Z, -1)),
    (SOFTMAX, lambda: Z.softmax(-1)),
    (SOFTMAX, lambda: torch.special.softmax(Z, -1)),
    (SOFTMAX, lambda: torch.nn.Softmax(-1)(Z)),
    (SOFTMAX, lambda: torch.log_softmax(Z, -1).exp()),
    (SOFTMAX, lambda: torch.nn.LogSoftmax(-1)(Z)),
    (SOFTMAX, lambda: F.softmin(-Z, -1)),
    (SOFTMAX, lambda: torch.ops.aten.softmax(Z, -1)),
    (SOFTMAX, lambda: torch._softmax(Z, -1, False)),
    (SOFTMAX, lambda: torch.distributions.Categorical(logits=Z).probs),
    (CROSS_ENTROPY, lambda: F.cross_entropy(Z, LABELS)),
    (CROSS_ENTROPY, lambda: torch.nn.CrossEntropyLoss()(Z, LABELS)),
    (CROSS_ENTROPY, lambda: F.nll_loss(torch.log_softmax(Z, -1), LABELS)),
    (CROSS_ENTROPY, lambda: torch.nn.NLLLoss()(torch.log_softmax(Z, -1), LABELS)),
    (AUTOGRAD, with_backward),
    (AUTOGRAD, with_grad),
    (AUTOGRAD, lambda: torch.autograd.backward(squares(leaf()))),
    (AUTOGRAD, lambda: torch.func.grad(squares)(X)),
    (AUTOGRAD, lambda: torch.func.jacrev(squares)(X)),
    (AUTOGRAD, lambda: torch.func.jacfwd(squares)(X)),
    (AUTOGRAD, lambda: torch.func.vjp(squares, X)[1](torch.ones(()))),
    (AUTOGRAD, lambda: torch.func.jvp(squares, (X,), (X,))),
    (AUTOGRAD, lambda: torch.autograd.functional.jacobian(squares, X)),
    (OPTIMISERS, lambda: with_optimiser(torch.optim.SGD)),
    (OPTIMISERS, lambda: with_optimiser(torch.optim.Adam)),
]


# Torch makes its rules of forward mode with a function of its own that it calls outdated.
@pytest.mark.filterwarnings("ignore:.torch.jit.script:DeprecationWarning")
@pytest.mark.parametrize(("group", "call"), DOORS)
def test_a_forbidden_call_stops_with_a_diagnosis(group: tuple[str, ...], call: Callable[[], object]) -> None:
    with without(group), pytest.raises(RuntimeError) as caught:
        call()
    diagnosis = diagnose(caught.value)
    assert diagnosis is not None
    assert diagnosis.title in ("the derivative is left to autograd", "torch does here what you are to write")
    call()


def test_what_is_near_is_allowed() -> None:
    with without(SOFTMAX, CROSS_ENTROPY, AUTOGRAD, OPTIMISERS):
        torch.logsumexp(Z, -1)
        torch.sigmoid(Z)
        X.requires_grad_(requires_grad=False)
        F.one_hot(LABELS, 3)
        torch.gradient(X)


def test_a_mistake_of_the_student_s_own_is_no_forbidden_call() -> None:
    with pytest.raises(ValueError, match="mine"), without(AUTOGRAD):
        raise ValueError("mine")
    assert not isinstance(diagnose(RuntimeError("grad")), NotYet)
