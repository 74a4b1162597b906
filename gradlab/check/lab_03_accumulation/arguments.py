"""Calls that are refused since the `.grad` of their own argument is missing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

from gradlab.check.diagnosis import NotYet, not_yet
from gradlab.check.missing_gradients import finds_gradients


@contextmanager
def grad_of_argument_explained(
    again: Callable[[torch.Tensor], object], given: torch.Tensor, name: str
) -> Iterator[None]:
    """Around a call that is refused since a `.grad` is missing: it may be that of the unwatched argument.

    Args:
        again: calls the function with another tensor for that argument.
        given: the argument of the call.
        name: how the argument is called in the diagnosis.

    Raises:
        NotYet: with a diagnosis of its own if the function goes on as soon as the argument has a `.grad`; otherwise the
            refusal as it is.
    """
    try:
        yield
    except NotYet as refused:
        if given.requires_grad:
            raise
        filled = given.detach().clone()
        filled.grad = torch.ones_like(filled)
        if not finds_gradients(again, filled):
            raise
        raise not_yet("no-gradient-there", "acc-argument", name=name) from refused
