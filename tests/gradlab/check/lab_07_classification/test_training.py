"""Mutants and right answers of what is trained: a linear classifier, a repaired one, any model."""

from collections.abc import Callable

import pytest
import torch

from gradlab.check import NotYet
from gradlab.check import lab_07_classification as check
from gradlab.check.lab_07_classification.gradient_descent import Training, require_end
from gradlab.check.lab_07_classification.sample_functions import linear_model
from tests.gradlab.check.cases import Named, Passes, Refused, case, refuse_garbage

Tensor = torch.Tensor
Function = Callable[..., object]
Loss = Callable[[Tensor, Tensor], Tensor]


def train(loss: Loss, x: Tensor, labels: Tensor, classes: int, lr: float, steps: int) -> list[Tensor]:
    leaves = [x.new_zeros(x.shape[1], classes), x.new_zeros(classes)]
    for _ in range(steps):
        leaves = [each.detach().requires_grad_() for each in leaves]
        slopes = torch.autograd.grad(loss(x @ leaves[0] + leaves[1], labels), leaves)
        leaves = [each - lr * slope for each, slope in zip(leaves, slopes, strict=True)]
    return [each.detach() for each in leaves]


def repaired(x: Tensor, labels: Tensor, classes: int, lr: float, steps: int) -> Tensor:
    weights = x.new_zeros(x.shape[1], classes)
    for _ in range(steps):
        weights = weights.detach().requires_grad_()
        loss = torch.nn.functional.cross_entropy(x @ weights, labels)
        weights = weights - lr * torch.autograd.grad(loss, weights)[0]
    return weights.detach()


def fit(model: Function, start: list[Tensor], x: Tensor, labels: Tensor, lr: float, steps: int) -> list[Tensor]:
    leaves = [each.clone().requires_grad_() for each in start]
    walker = torch.optim.SGD(leaves, lr=lr)
    for _ in range(steps):
        walker.zero_grad()
        torch.nn.functional.cross_entropy(model(x, leaves), labels).backward()
        walker.step()
    return leaves


def two_layers(x: Tensor, parameters: list[Tensor]) -> Tensor:
    w1, b1, w2, b2 = parameters
    return torch.relu(x @ w1 + b1) @ w2 + b2


def test_a_right_answer_passes(passes: Passes) -> None:
    for run in [
        lambda: check.trained_linear(train),
        lambda: check.trained_linear(train, features=1, classes=2, steps=1),
        lambda: check.repaired_classifier(repaired),
        lambda: check.fitted(fit),
        lambda: check.fitted(lambda *given: tuple(each.detach().numpy() for each in fit(*given))),
        lambda: check.two_layers(two_layers),
    ]:
        passes(run)


def uphill(loss: Loss, x: Tensor, labels: Tensor, classes: int, lr: float, steps: int) -> list[Tensor]:
    return train(loss, x, labels, classes, -lr, steps)


def longer(loss: Loss, x: Tensor, labels: Tensor, classes: int, lr: float, steps: int) -> list[Tensor]:
    return train(loss, x, labels, classes, lr * len(x), steps)


def unasked(loss: Loss, x: Tensor, labels: Tensor, classes: int, lr: float, steps: int) -> list[Tensor]:
    return train(lambda z, t: loss(torch.softmax(z, 1), t), x, labels, classes, lr, steps)


def late(loss: Loss, x: Tensor, labels: Tensor, classes: int, lr: float, steps: int) -> list[Tensor]:
    return train(loss, x, labels, classes, lr, steps + 1 if steps else 0)


def of_mistakes(x: Tensor, labels: Tensor, classes: int, lr: float, steps: int) -> Tensor:
    weights = x.new_zeros(x.shape[1], classes).requires_grad_()
    for _ in range(steps):
        ((x @ weights).argmax(1) != labels).float().mean().backward()
    return weights


def test_a_mistake_is_named(named: Named) -> None:
    for run, answer, name, words in [
        (check.trained_linear, uphill, "ascent-sign", ""),
        (check.trained_linear, longer, "sum-for-mean", ""),
        (check.trained_linear, unasked, "logits-twice", ""),
        (check.trained_linear, late, None, "one step too many"),
        (check.trained_linear, lambda *given: train(*given)[::-1], None, "another shape"),
        (check.repaired_classifier, of_mistakes, "argmax-gradient", ""),
        (check.fitted, lambda model, start, *_: start, None, "never move"),
        (check.fitted, lambda model, start, *_: start[:1], None, "not the parts"),
        (check.two_layers, lambda x, p: (x @ p[0] + p[1]) @ p[2] + p[3], None, "between the two layers"),
        (check.two_layers, lambda x, p: torch.softmax(two_layers(x, p), 1), "logits-twice", ""),
    ]:
        named(run, answer, name, words)


def test_garbage_is_refused(refused: Refused) -> None:
    for run in [check.trained_linear, check.repaired_classifier, check.fitted, check.two_layers]:
        refuse_garbage(refused, run)


def test_no_chance_lets_other_layers_pass() -> None:
    for answer in [
        lambda x, p: torch.relu(two_layers(x, p)),
        lambda x, p: two_layers(x, [*p[:3], 0 * p[3]]),
        lambda x, p: torch.relu((x @ p[0] + p[1]) @ p[2] + p[3]),
    ]:
        with case(answer):
            for seed in range(100):
                torch.manual_seed(seed)
                with pytest.raises(NotYet):
                    check.two_layers(answer)


def flowers() -> tuple[Tensor, Tensor]:
    torch.manual_seed(1)
    labels = torch.arange(3).repeat(20)
    return torch.randn(60, 2) + 2 * torch.eye(3)[labels, :2], labels


def ended(lr: float, steps: int) -> list[Tensor]:
    x, labels = flowers()
    return train(torch.nn.functional.cross_entropy, x, labels, 3, lr, steps)


def test_a_training_that_has_ended_passes(passes: Passes) -> None:
    passes(check.settled_classifier, *ended(1.0, 300), on=flowers(), lr=1.0)


def test_a_training_that_has_not_ended_is_told_why(refused: Refused) -> None:
    for lr, steps, name in [(0.01, 20, "lr-too-low"), (200.0, 15, "lr-too-high")]:
        with case(lr, steps, name):
            diagnosis = refused(check.settled_classifier, *ended(lr, steps), on=flowers(), lr=lr)
            assert diagnosis.misconception == name


def test_a_training_that_diverges_has_too_high_a_rate(refused: Refused) -> None:
    broken = torch.full((2, 3), torch.nan)
    diagnosis = refused(check.settled_classifier, broken, torch.zeros(3), on=flowers(), lr=0.1)
    assert diagnosis.misconception == "lr-too-high"


def test_parameters_of_another_shape_are_refused(refused: Refused) -> None:
    diagnosis = refused(check.settled_classifier, torch.zeros(3, 2), torch.zeros(3), on=flowers(), lr=0.1)
    assert "another shape" in diagnosis.title


def test_every_single_parameter_at_rest_is_seen() -> None:
    torch.manual_seed(2)
    x, labels = torch.randn(9, 2).double(), torch.randint(3, (9,))
    training = Training(linear_model, [torch.randn(2, 3).double(), torch.ones(3).double()], x, labels, 0.3, 3)
    moved = training.end()
    resting = Training(linear_model, training.start, x, labels, 0.3, 3, resting=(1,)).end()
    with pytest.raises(NotYet, match="`b` never moves"):
        require_end([resting[:6].reshape(2, 3), resting[6:]], training, ("W", "b"))
    require_end([moved[:6].reshape(2, 3), moved[6:]], training, ("W", "b"))
