"""Right answers, mutants and garbage of the checks of loops, steps, and of ways not to be watched."""

from collections.abc import Callable

import torch

from gradlab.check import lab_03_accumulation as check
from tests.gradlab.check.cases import Named, Passes, Refused, refuse_garbage

Tensor = torch.Tensor
Function = Callable[..., object]
Map = Callable[[Tensor], Tensor]


def train(loss: Map, weights: Tensor, lr: float, epochs: int) -> tuple[Tensor, Tensor]:
    w, history = weights.clone(), []
    for _ in range(epochs):
        history.append(torch.func.grad(loss)(w))
        w = w - lr * history[-1]
    return w, torch.stack(history)


def forgetful(loss: Map, weights: Tensor, lr: float, epochs: int) -> tuple[Tensor, Tensor]:
    w, bucket, history = weights.clone(), torch.zeros_like(weights), []
    for _ in range(epochs):
        bucket = bucket + torch.func.grad(loss)(w)
        history.append(bucket)
        w = w - lr * bucket
    return w, torch.stack(history)


def still(loss: Map, weights: Tensor, lr: float, epochs: int) -> tuple[Tensor, Tensor]:
    return weights.clone(), torch.func.grad(loss)(weights).expand(epochs, -1)


def switched_off(f: Map, x: Tensor) -> Tensor:
    return f(x.requires_grad_(False))


def all_off(f: Map, x: Tensor) -> Tensor:
    torch.set_grad_enabled(False)
    return f(x)


def rolling_step(w: Tensor, v: Tensor, g: Tensor, lr: float) -> tuple[Tensor, Tensor]:
    return w - lr * (v + g), v + g


CHECKS: list[Callable[[Function], None]] = [check.trained, check.quiet, check.one_way, check.rolling]
RIGHT: list[Function] = [train, lambda f, x: f(x).detach(), lambda f, g, x: f(x) * g(x.detach()), rolling_step]


def test_a_right_answer_passes(passes: Passes) -> None:
    for judge, answer in zip(CHECKS, RIGHT, strict=True):
        passes(judge, answer)


def test_a_mistake_is_named(named: Named) -> None:
    for judge, answer, name, title in [
        (check.trained, forgetful, "missing-zero-grad", ""),
        (check.trained, still, None, "does not move"),
        (check.quiet, switched_off, None, "left it off"),
        # Through the wall this one passes: the judge does not see what is switched off on the student's side.
        (check.quiet, all_off, None, "left it off"),
        (check.quiet, lambda f, x: f(x), None, "autograd's graph"),
        (check.one_way, lambda f, g, x: f(x) * g(x), None, "both factors"),
        (check.one_way, lambda f, g, x: f(x).detach() * g(x), None, "the other factor"),
        (check.one_way, lambda f, g, x: (f(x) * g(x)).detach(), None, "product has no graph"),
        (check.one_way, lambda f, g, x: f(x.detach()) * g(x).detach(), "forward-untracked", ""),
        (check.rolling, lambda w, v, g, lr: (w - lr * g, v), None, "too little"),
        (check.rolling, lambda w, v, g, lr: (w + lr * (v + g), v + g), "ascent-sign", ""),
    ]:
        named(judge, answer, name, title)


def test_garbage_is_refused(refused: Refused) -> None:
    for judge in CHECKS:
        refuse_garbage(refused, judge)
