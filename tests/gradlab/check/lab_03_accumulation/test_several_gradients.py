"""Right answers, mutants and garbage of the checks of gradients that are kept apart, split or gathered."""

from collections.abc import Callable

import torch

from gradlab.check import lab_03_accumulation as check
from tests.gradlab.check.cases import Passes, Refused, case, leaf, refuse_garbage

Tensor = torch.Tensor
Function = Callable[..., object]


def apart(loss: Function, w: Tensor, data: Tensor) -> Tensor:
    at = leaf(w)
    return torch.stack([torch.autograd.grad(loss(at, row), at)[0] for row in data])


def one_window(loss: Callable[..., Tensor], w: Tensor, data: Tensor) -> Tensor:
    at, kept = leaf(w), []
    for row in data:
        loss(at, row).backward()
        kept.append(at.grad)
    return torch.stack(kept)


def two_gradients(trunk: Function, first: Function, second: Function, x: Tensor) -> list[Tensor]:
    at = leaf(x)
    shared = trunk(at)
    return [torch.autograd.grad(head(shared), at, retain_graph=True)[0] for head in (first, second)]


def trunk_for_each(trunk: Function, first: Function, second: Function, x: Tensor) -> list[Tensor]:
    at = leaf(x)
    return [torch.autograd.grad(head(trunk(at)), at)[0] for head in (first, second)]


def accumulated(loss: Callable[..., Tensor], w: Tensor, batches: list[tuple[Tensor, Tensor]]) -> object:
    at, total = leaf(w), sum(len(y) for _, y in batches)
    for x, y in batches:
        (loss(at, x, y) * len(y) / total).backward()
    return at.grad


def joined(loss: Callable[..., Tensor], w: Tensor, batches: list[tuple[Tensor, Tensor]]) -> object:
    xs, ys = zip(*batches, strict=True)
    return accumulated(loss, w, [(torch.cat(xs), torch.cat(ys))])


def equal_shares(loss: Callable[..., Tensor], w: Tensor, batches: list[tuple[Tensor, Tensor]]) -> object:
    at = leaf(w)
    for x, y in batches:
        (loss(at, x, y) / len(batches)).backward()
    return at.grad


CHECKS: list[Callable[[Function], None]] = [check.apart, check.two_heads, check.micro_batches]


def test_a_right_answer_passes(passes: Passes) -> None:
    for judge, answer in zip(CHECKS, (apart, two_gradients, accumulated), strict=True):
        passes(judge, answer)


def test_a_mistake_is_named(refused: Refused) -> None:
    for judge, answer, title in [
        (check.apart, one_window, "kept `.grad` itself"),
        (check.two_heads, trunk_for_each, "more than once"),
        (check.micro_batches, joined, "too many examples"),
        (check.micro_batches, equal_shares, "counts the same"),
    ]:
        with case(judge, answer, title):
            assert title in refused(judge, answer).title


def test_garbage_is_refused(refused: Refused) -> None:
    for judge in CHECKS:
        refuse_garbage(refused, judge)
