"""Mutants and right answers of the nearest minimum."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from gradlab import check
from gradlab.check import NotYet
from tests.gradlab.check.cases import Named, Passes, Refused, case, refuse_garbage

Tensor = torch.Tensor
Function = Callable[..., object]


def differences(points: Tensor, minima: Tensor) -> Tensor:
    return points[:, None, :] - minima[None, :, :]


def by_cdist(points: Tensor, minima: Tensor) -> Tensor:
    return torch.cdist(points, minima).argmin(dim=1)


def by_broadcast(points: Tensor, minima: Tensor) -> Tensor:
    return differences(points, minima).norm(dim=-1).argmin(dim=-1)


def by_squares(points: Tensor, minima: Tensor) -> Tensor:
    squared = (points**2).sum(1, keepdim=True) - 2 * points @ minima.T + (minima**2).sum(1)
    return squared.min(dim=1).indices


def loop_over_minima(points: Tensor, minima: Tensor) -> Tensor:
    return torch.stack([(points - one).pow(2).sum(-1) for one in minima]).argmin(0).int()


def in_numpy(points: Tensor, minima: Tensor) -> object:
    return np.argmin(np.hypot(*differences(points, minima).numpy().transpose(2, 0, 1)), axis=1)


def test_a_right_answer_passes(passes: Passes) -> None:
    for answer in [by_cdist, by_broadcast, by_squares, loop_over_minima, in_numpy]:
        passes(check.nearest, answer)


def loop_over_points(points: Tensor, minima: Tensor) -> Tensor:
    return torch.stack([(minima - point).norm(dim=-1).argmin() for point in points])


def changed(points: Tensor, minima: Tensor) -> Tensor:
    indices = by_cdist(points, minima)
    points -= 1
    return indices


def test_a_mistake_is_named(named: Named) -> None:
    for answer, name, words in [
        (loop_over_points, "loop-over-starts", "one by one"),
        (lambda p, m: (p - m).norm(dim=-1).argmin(dim=-1), "broadcast-residual", "paired in another way"),
        (lambda p, m: (p - m).norm(dim=-1) if len(p) == len(m) else by_cdist(p, m), None, "whole number"),
        (lambda p, m: (p - m).norm(dim=-1).argmin() if len(p) == len(m) else by_cdist(p, m), "broadcast-residual", ""),
        (lambda p, m: torch.cdist(p, m).argmax(dim=1), None, "wrong minimum"),
        (lambda p, m: torch.cdist(p, m).min(dim=1).values, None, "whole number"),
        (lambda p, m: by_cdist(p, m).float(), None, "whole number"),
        (lambda p, m: torch.cdist(p, m).argmin(dim=0), None, "another shape"),
        (lambda p, m: torch.cdist(p, m), None, "another shape"),
        (lambda p, m: torch.cdist(p, m).argmin(), None, "another shape"),
        (lambda p, m: by_cdist(p, m) + 1, None, "wrong minimum"),
        (lambda p, m: differences(p, m).abs().sum(-1).argmin(-1), None, "distance is measured"),
        (lambda p, m: differences(p, m).abs().amax(-1).argmin(-1), None, "distance is measured"),
        (lambda p, m: differences(p, m)[..., 0].abs().argmin(-1), None, "distance is measured"),
        (lambda p, m: differences(p, m).sum(-1).argmin(-1), None, "wrong minimum"),
        (lambda p, m: torch.zeros(len(p), dtype=torch.bool), None, "whole number"),
        (changed, None, "changes what it was given"),
    ]:
        named(check.nearest, answer, name, words)


def test_no_chance_lets_another_distance_pass() -> None:
    for answer in [
        lambda p, m: differences(p, m).abs().sum(-1).argmin(-1),
        lambda p, m: differences(p, m).abs().amax(-1).argmin(-1),
        lambda p, m: differences(p, m)[..., 1].abs().argmin(-1),
    ]:
        with case(answer):
            for seed in range(300):
                torch.manual_seed(seed)
                with pytest.raises(NotYet, match="distance is measured"):
                    check.nearest(answer)


def test_garbage_is_refused(refused: Refused) -> None:
    refuse_garbage(refused, check.nearest)
