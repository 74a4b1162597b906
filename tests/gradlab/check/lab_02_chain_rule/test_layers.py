"""Mutants and right answers of the gradients of a layer."""

from collections.abc import Callable

import torch

from gradlab.check import lab_02_chain_rule
from tests.gradlab.check.cases import GARBAGE, Passes, Refused, case

Tensor = torch.Tensor
Function = Callable[..., object]


def layer(x: Tensor, w: Tensor, t: Tensor, *, mean: bool = True) -> tuple[Tensor, Tensor]:
    w = w.detach().clone().requires_grad_()
    h = torch.tanh(x @ w)
    error = (h - t) ** 2
    towards_w, towards_h = torch.autograd.grad(error.mean() if mean else error.sum(), (w, h))
    return towards_w, towards_h


def watching(x: Tensor, w: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
    w.requires_grad_()
    return layer(x, w, t)


def on_a_vector(x: Tensor, w: Tensor, t: Tensor) -> object:
    ((torch.tanh(x @ w.requires_grad_()) - t) ** 2).backward()
    return None


def test_right_gradients_pass(passes: Passes) -> None:
    passes(lab_02_chain_rule.both_gradients, layer)
    passes(lab_02_chain_rule.both_gradients, lambda x, w, t: list(layer(x.float(), w.float(), t.float())))


def test_a_mistake_is_named(refused: Refused) -> None:
    for answer, name in [
        (lambda x, w, t: layer(x, w, t, mean=False), "sum-for-mean"),
        (lambda x, w, t: (layer(x, w, t)[0], None), "grad-of-intermediate"),
        (lambda x, w, t: (None, layer(x, w, t)[1]), "graph-cut"),
        (lambda x, w, t: (2 * layer(x, w, t)[0], layer(x, w, t)[1]), "backward-twice"),
        (lambda x, w, t: (x.T @ layer(x, w, t)[1], layer(x, w, t)[1]), "missing-inner-derivative"),
        (lambda x, w, t: layer(x, w, t)[::-1], None),
        (lambda x, w, t: layer(x, w, t)[0], None),
        (on_a_vector, "backward-on-vector"),
        (watching, None),
    ]:
        with case(answer, name):
            assert refused(lab_02_chain_rule.both_gradients, answer).misconception == name


def test_garbage_is_refused(refused: Refused) -> None:
    for kind, garbage in GARBAGE.items():
        with case(kind):
            refused(lab_02_chain_rule.both_gradients, garbage)
            refused(
                lab_02_chain_rule.both_gradients, lambda *given, garbage=garbage: (garbage(*given), garbage(*given))
            )
