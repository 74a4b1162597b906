"""Mutants and right answers of what is computed by a formula: sigmoid, codes, softmax, cross-entropy, its gradient."""

from collections.abc import Callable

import torch

from gradlab.check import lab_07_classification as check
from tests.gradlab.check.cases import Named, Passes, Refused, case, refuse_garbage

Tensor = torch.Tensor
Function = Callable[..., object]


def sigmoid_and_slope(x: Tensor) -> tuple[Tensor, Tensor]:
    s = torch.sigmoid(x)
    return s, s * (1 - s)


def one_hot(labels: Tensor, classes: int) -> Tensor:
    return torch.eye(classes)[labels]


def softmax(z: Tensor) -> Tensor:
    e = torch.exp(z - z.amax(dim=-1, keepdim=True))
    return e / e.sum(dim=-1, keepdim=True)


def cross_entropy(z: Tensor, labels: Tensor) -> Tensor:
    picked = z.gather(-1, labels.unsqueeze(-1)).squeeze(-1)
    return (torch.logsumexp(z, dim=-1) - picked).mean()


def slopes(z: Tensor, labels: Tensor) -> Tensor:
    return (softmax(z) - one_hot(labels, z.shape[1])) / len(z)


RIGHT: dict[str, tuple[Function, Function]] = {
    "sigmoid": (check.sigmoid_and_slope, sigmoid_and_slope),
    "sigmoid as an array": (check.sigmoid_and_slope, lambda x: [part.numpy() for part in sigmoid_and_slope(x)]),
    "codes": (check.one_hot, one_hot),
    "codes as lists": (check.one_hot, lambda labels, classes: one_hot(labels, classes).tolist()),
    "softmax": (check.softmax, softmax),
    "softmax in one piece": (check.softmax, lambda z: torch.exp(z - torch.logsumexp(z, -1, keepdim=True))),
    "loss": (check.cross_entropy, cross_entropy),
    "loss as a sum of parts": (check.cross_entropy, lambda z, labels: sum(map(cross_entropy, z, labels)) / len(z)),
    "gradient": (check.logits_gradient, slopes),
    "gradient in float32": (check.logits_gradient, lambda z, labels: slopes(z, labels).float()),
}


def test_a_right_answer_passes(passes: Passes) -> None:
    for name in RIGHT:
        with case(name):
            run, answer = RIGHT[name]
            passes(run, answer)


def test_inputs_can_be_given(passes: Passes) -> None:
    for run in [
        lambda: check.sigmoid_and_slope(sigmoid_and_slope, at=torch.zeros(())),
        lambda: check.one_hot(one_hot, labels=torch.tensor([[1], [0]]), classes=3),
        lambda: check.softmax(softmax, at=torch.tensor([1000.0, -1000.0])),
        lambda: check.cross_entropy(cross_entropy, logits=torch.zeros(1, 2), labels=torch.tensor([1])),
        lambda: check.logits_gradient(slopes, logits=torch.zeros(1, 2), labels=torch.tensor([1])),
    ]:
        passes(run)


def changing(x: Tensor) -> tuple[Tensor, Tensor]:
    found = sigmoid_and_slope(x)
    x += 1
    return found


def test_a_mistake_is_named(named: Named) -> None:
    for run, answer, name, words in [
        (check.sigmoid_and_slope, changing, None, "changes what it was given"),
        (check.sigmoid_and_slope, lambda x: (torch.sigmoid(x),) * 2, None, "not a derivative"),
        (check.sigmoid_and_slope, lambda x: (torch.tanh(x), x), "wrong-coefficient", ""),
        (check.one_hot, lambda t, k: one_hot(t, k).long(), None, "not floating-point"),
        (check.one_hot, lambda t, k: (t == torch.arange(k)).float(), "broadcast-residual", ""),
        (check.softmax, lambda z: torch.softmax(z, dim=-1), None, "torch does here"),
        (check.cross_entropy, torch.nn.functional.cross_entropy, None, "torch does here"),
        (check.softmax, lambda z: softmax(z) * 2, None, "one factor"),
        (check.softmax, lambda z: softmax(z).detach(), "forward-untracked", ""),
        (check.softmax, lambda z: torch.exp(z) / torch.exp(z).sum(-1, keepdim=True), None, "out of range"),
        (check.cross_entropy, lambda z, t: cross_entropy(softmax(z), t), "logits-twice", ""),
        (check.cross_entropy, lambda z, t: cross_entropy(z, t).item(), "graph-cut", ""),
        (check.cross_entropy, lambda z, t: cross_entropy(z, t) * len(t), "sum-for-mean", ""),
        (check.cross_entropy, lambda z, t: -softmax(z).argmax(1).double().mean(), None, "numbers are different"),
        (check.logits_gradient, lambda z, t: slopes(z, t) * len(z), "sum-for-mean", ""),
        (check.logits_gradient, lambda z, t: -slopes(z, t), None, "sign"),
        (check.logits_gradient, lambda z, t: softmax(z) - t, "broadcast-residual", ""),
        (check.logits_gradient, lambda z, t: slopes(z, t) + 0.01, None, "numbers are different"),
    ]:
        named(run, answer, name, words)


def test_garbage_is_refused(refused: Refused) -> None:
    for run in [check.sigmoid_and_slope, check.one_hot, check.softmax, check.cross_entropy, check.logits_gradient]:
        refuse_garbage(refused, run)
