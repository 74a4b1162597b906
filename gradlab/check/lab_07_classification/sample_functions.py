"""Losses and models that a check passes to a student's function, to learn how it is used.

They reach the student's process by their qualified names, so they are plain functions of this module.
"""

from collections.abc import Sequence

import torch

from gradlab.check.probes import refuse_backward


def mean_loss(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The mean cross-entropy of logits (n, K)."""
    return torch.nn.functional.cross_entropy(logits, labels)


def brier_loss(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The mean squared distance of the probabilities from the one-hot codes, of logits (n, K)."""
    codes = torch.nn.functional.one_hot(labels, logits.shape[-1])
    return ((torch.softmax(logits, dim=-1) - codes) ** 2).sum(dim=-1).mean()


def raises_in_backward(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The mean cross-entropy; going backward through it raises RuntimeError with `BACKWARD_BEGUN` as its message."""
    loss = mean_loss(logits, labels)
    if loss.requires_grad:
        loss.register_hook(refuse_backward)  # type: ignore[no-untyped-call]
    return loss


def linear_model(x: torch.Tensor, parameters: Sequence[torch.Tensor]) -> torch.Tensor:
    """Logits of a linear model with the parameters W (d, K) and b (K,)."""
    weights, bias = parameters
    return x @ weights + bias


def tanh_model(x: torch.Tensor, parameters: Sequence[torch.Tensor]) -> torch.Tensor:
    """Logits of a smooth model with the three parameters W (d, h), V (h, K) and b (K,)."""
    first, second, bias = parameters
    return torch.tanh(x @ first) @ second + bias
