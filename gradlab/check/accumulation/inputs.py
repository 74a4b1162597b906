"""What several checks do with an argument that must be left alone."""

import torch

from gradlab.check.calls import require_unchanged
from gradlab.check.diagnosis import not_yet


def require_left_alone(name: str, before: torch.Tensor, after: torch.Tensor) -> None:
    """Refuse that a call has changed an unwatched argument, or has made it watched."""
    require_unchanged(name, before, after)
    if after.requires_grad:
        raise not_yet("changed-argument", "changed-watching", name=name)
