"""Calls into student code: every error becomes a diagnosis."""

from collections.abc import Callable
from typing import Any

import torch

from gradlab.check.diagnosis import NotYet, not_yet
from gradlab.check.errors import errors_refused, message_of, refusal
from gradlab.check.values import kind_of

Function = Callable[..., Any]
"""A student's function, or a stand-in for one that lives in another process: anything may come back."""

_ABOUT_GRAPHS = ("graph-cut", "rebinding-leaf", "zero-before-first")
_FAMILIES = {"one-number-only": "converted to ", "tensor-only": "must be Tensor, not "}
"""What an error says of a function that was given another kind of number than it takes."""


def require_callable(*functions: object) -> None:
    """Refuse what can't be called."""
    for function in functions:
        if not callable(function):
            raise not_yet("not-a-function", "not-a-function", kind=kind_of(function))


def call(function: Function, *arguments: object) -> object:
    """Call a student's function; an error it raises becomes a `NotYet`."""
    with errors_refused(), torch.enable_grad():
        return function(*arguments)


def call_plain(function: Function, *arguments: object) -> object:
    """Call a student's function in which autograd has no part: no error there is about leaves or graphs."""
    try:
        with torch.enable_grad():
            return function(*arguments)
    except Exception as error:
        raise refusal_plain(error) from error


def refusal_plain(error: Exception) -> NotYet:
    """Turn an error into a `NotYet` where a plain number, or a None, says nothing about leaves or graphs."""
    refused = refusal(error)
    if refused.diagnosis.misconception not in _ABOUT_GRAPHS:
        return refused
    message = message_of(error)
    explanation = next((key for key, words in _FAMILIES.items() if words in message), "raised")
    return not_yet(explanation, "error", name=type(error).__name__, message=message)


def require_unchanged(name: str, before: torch.Tensor, after: torch.Tensor) -> None:
    """Refuse that a call has changed its argument.

    Args:
        name: how the argument is called in the diagnosis.
        before: its values before the call; shape and dtype are compared too.
        after: the argument itself, after the call.
    """
    now = after.detach()
    same = now.shape == before.shape and now.dtype == before.dtype
    if not (same and torch.equal(torch.nan_to_num(now.cpu()), torch.nan_to_num(before.detach().cpu()))):
        raise not_yet("changed-argument", "changed-argument", name=name)


def require_left_alone(name: str, before: torch.Tensor, after: torch.Tensor) -> None:
    """Refuse that a call has changed an unwatched argument, or has made autograd watch it; see `require_unchanged`."""
    require_unchanged(name, before, after)
    if after.requires_grad:
        raise not_yet("changed-argument", "changed-watching", name=name)
