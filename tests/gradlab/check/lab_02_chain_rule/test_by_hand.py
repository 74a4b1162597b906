"""Mutants and right answers of derivatives by hand, and of the gradients of a layer."""

import math
from collections.abc import Callable

import torch

from gradlab.check import lab_02_chain_rule
from tests.gradlab.check.cases import GARBAGE, Named, Passes, Refused, case, refuse_garbage

Tensor = torch.Tensor
Function = Callable[..., object]


def chain(x: Tensor) -> Tensor:
    return 3 * torch.cos(3 * x) * torch.exp(torch.sin(3 * x))


def test_a_right_chain_passes(passes: Passes) -> None:
    for answer in [chain, lambda x: chain(x).tolist(), lambda x: chain(x.float()).numpy()]:
        passes(lab_02_chain_rule.chain_slope, answer)


def test_a_mistake_in_a_chain_is_named(named: Named) -> None:
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
        named(lab_02_chain_rule.chain_slope, answer, name, title)


def mean(a: float, x: Tensor, t: Tensor) -> Tensor:
    return 2 / len(x) * a * (a * x - t)


def test_a_right_mean_passes(passes: Passes) -> None:
    for answer in [mean, lambda a, x, t: mean(a, x, t).tolist()]:
        passes(lab_02_chain_rule.mean_of_squares, answer)


def test_a_mistake_in_a_mean_is_named(named: Named) -> None:
    for answer, name in [
        (lambda a, x, t: mean(a, x, t) * len(x), "sum-for-mean"),
        (lambda a, x, t: mean(a, x, t) / a, "missing-inner-derivative"),
        (lambda a, x, t: mean(a, x, t) / a * len(x), "missing-inner-derivative"),
        (lambda a, x, t: mean(a, x, t) / 2, "wrong-coefficient"),
        (lambda a, x, t: mean(a, x, t).mean(), None),
        (lambda a, x, t: mean(a, x, t) / a * x, None),
        (lambda a, x, t: -mean(a, x, t), None),
    ]:
        named(lab_02_chain_rule.mean_of_squares, answer, name)


def test_garbage_is_refused_as_a_formula(refused: Refused) -> None:
    refuse_garbage(refused, lab_02_chain_rule.chain_slope)
    refuse_garbage(refused, lab_02_chain_rule.mean_of_squares)


def by_hand(x: float, y: float, *, ways: int = 2, bent: bool = True) -> dict[str, float]:
    p = x * y
    r = math.tanh(p + x)
    dq = p * (1 - r**2) if bent else p
    dp = r + (dq if ways > 1 else 0)
    return {"r": p, "q": dq, "p": dp, "x": dq + dp * y, "y": dp * x}


def test_right_gradients_of_all_nodes_pass(passes: Passes) -> None:
    passes(lab_02_chain_rule.node_gradients, by_hand)
    passes(lab_02_chain_rule.node_gradients, by_hand, at=(-0.75, 1.5))


def test_a_mistake_at_a_node_is_named(named: Named) -> None:
    for answer, name, title in [
        (lambda x, y: by_hand(x, y, ways=1), "overwrites-accumulation", "overwritten"),
        (lambda x, y: by_hand(x, y, bent=False), "missing-inner-derivative", "factor"),
        (lambda x, y: by_hand(x, y) | {"x": by_hand(x, y)["q"]}, "overwrites-accumulation", "overwritten"),
        (lambda x, y: by_hand(x, y) | {"y": by_hand(x, y)["p"] * y}, None, "wrong factor"),
        (lambda x, y: by_hand(x, y) | {"y": math.tanh(x * y + x) * x}, None, "before it is complete"),
        (lambda x, y: by_hand(x, y) | {"y": x}, None, "from above is missing"),
        (lambda x, y: by_hand(x, y) | {"p": 17.0}, None, "numbers are different"),
        (lambda x, y: {"x": 1.0}, None, "name is missing"),
        (lambda x, y: tuple(by_hand(x, y).values()), None, "name is missing"),
    ]:
        named(lab_02_chain_rule.node_gradients, answer, name, title)


def test_garbage_is_refused_as_nodes(refused: Refused) -> None:
    for kind, garbage in GARBAGE.items():
        with case(kind):
            refused(lab_02_chain_rule.node_gradients, garbage)
            refused(
                lab_02_chain_rule.node_gradients, lambda x, y, garbage=garbage: dict.fromkeys("xypqr", garbage(x, y))
            )


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


def test_right_gradients_of_a_layer_pass(passes: Passes) -> None:
    passes(lab_02_chain_rule.both_gradients, layer)
    passes(lab_02_chain_rule.both_gradients, lambda x, w, t: list(layer(x.float(), w.float(), t.float())))


def test_a_mistake_in_a_layer_is_named(named: Named) -> None:
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
        named(lab_02_chain_rule.both_gradients, answer, name)


def test_garbage_is_refused_as_a_layer(refused: Refused) -> None:
    for kind, garbage in GARBAGE.items():
        with case(kind):
            refused(lab_02_chain_rule.both_gradients, garbage)
            refused(
                lab_02_chain_rule.both_gradients, lambda *given, garbage=garbage: (garbage(*given), garbage(*given))
            )
