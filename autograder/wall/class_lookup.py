"""As what the student's objects count when a test asks for their class."""

import builtins
import sys
import types
from collections.abc import Iterable

import torch

_LIKE_OURS = {
    "builtins.function": types.FunctionType,
    "builtins.method": types.MethodType,
    "builtins.generator": types.GeneratorType,
    "builtins.type": type,
}


def nearest_class(names: Iterable[str], *, plain: bool) -> type | None:
    """The first of these classes that the judge has too.

    Args:
        names: the qualified names of an object's class and its bases, as the student's side tells them.
        plain: whether the object crossed with a plain value, and so counts as one of its builtin class.

    Returns:
        The class; None if there is none but ``object``.
    """
    for name in names:
        known = _LIKE_OURS.get(name) or _library_class(name)
        if known is None and plain:
            known = getattr(builtins, name.removeprefix("builtins."), None)
        if isinstance(known, type) and known is not object:
            return known
    return None


def _library_class(name: str) -> type | None:
    if not name.startswith(("torch.nn.", "torch.optim.")):
        return None
    module, _, qualified = name.rpartition(".")
    found = getattr(sys.modules.get(module), qualified, None)
    # What such a module has imported is not its own: torch.nn.modules.container has a dict.
    if not isinstance(found, type) or found.__module__ != module:
        return None
    return None if issubclass(found, torch.Tensor) else found
