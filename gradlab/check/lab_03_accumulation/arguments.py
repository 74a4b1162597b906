"""What several checks do with an argument that must be left alone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

from gradlab.check.calls import require_unchanged, require_unwatched
from gradlab.check.diagnosis import NotYet, not_yet


def require_left_alone(name: str, before: torch.Tensor, after: torch.Tensor) -> None:
    """Refuse that a call has changed an unwatched argument, or has made it watched."""
    require_unchanged(name, before, after)
    require_unwatched(name, after)


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
        if given.requires_grad or not _goes_on(again, given):
            raise
        raise not_yet("no-gradient-there", "acc-argument", name=name) from refused


def _goes_on(again: Callable[[torch.Tensor], object], given: torch.Tensor) -> bool:
    filled = given.detach().clone()
    filled.grad = torch.ones_like(filled)
    try:
        with torch.enable_grad():
            result = again(filled)
    except Exception:  # noqa: BLE001 - student code may raise anything
        return False
    parts = result if type(result) in (list, tuple) else (result,)
    return not any(part is None for part in parts)  # type: ignore[attr-defined]
