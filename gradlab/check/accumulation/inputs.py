"""What several checks do with an argument that must be left alone."""

from collections.abc import Callable

import torch

from gradlab.check.calls import require_unchanged
from gradlab.check.diagnosis import NotYet, not_yet


def require_left_alone(name: str, before: torch.Tensor, after: torch.Tensor) -> None:
    """Refuse that a call has changed an unwatched argument, or has made it watched."""
    require_unchanged(name, before, after)
    if after.requires_grad:
        raise not_yet("changed-argument", "changed-watching", name=name)


def missed(refused: NotYet, again: Callable[[torch.Tensor], object], given: torch.Tensor, name: str) -> NotYet:
    """Say what the refusal of a function that misses a `.grad` means: it may be that of the unwatched argument.

    Args:
        refused: what was made of its error, or of a None in its result.
        again: calls it with another tensor for that argument.
        given: the argument of the call that was refused.
        name: how the argument is called in the diagnosis.

    Returns:
        A diagnosis of its own if the function goes on as soon as the argument has a `.grad`; the given one otherwise.
    """
    if given.requires_grad:
        return refused
    filled = given.detach().clone()
    filled.grad = torch.ones_like(filled)
    try:
        with torch.enable_grad():
            result = again(filled)
    except Exception:  # noqa: BLE001 - student code may raise anything
        return refused
    parts = result if type(result) in (list, tuple) else (result,)
    if any(part is None for part in parts):  # type: ignore[attr-defined]
        return refused
    return not_yet("no-gradient-there", "acc-argument", name=name)
