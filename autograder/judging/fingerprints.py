"""What the values of names hold, in a form that shows whether a cell has changed them in place."""

from collections.abc import Mapping
from types import FunctionType, ModuleType
from typing import Any

import numpy
import torch

from autograder.wall.codec import Encoder
from autograder.wall.faults import UnsendableError
from autograder.wall.values import Node, write_tensor

_LARGEST_WATCHED = 10_000_000
# Python makes these when somebody looks at a class.
_MADE_BY_LOOKING = frozenset({"__annotations__", "__abstractmethods__", "__parameters__", "__signature__", "_abc_impl"})


def fingerprints(names: Mapping[str, Any]) -> dict[str, Node]:
    """What the values of names hold now. What can't be looked into is left out, and so are modules."""
    found = {}
    for name, value in names.items():
        try:
            print_ = _fingerprint(value)
        except (UnsendableError, RuntimeError, RecursionError):
            continue
        if print_ is not None:
            found[name] = print_
    return found


def changed_since(before: Mapping[str, Node], names: Mapping[str, Any]) -> frozenset[str]:
    """The names whose values hold something else than they did when `before` was taken."""
    now = fingerprints(names)
    return frozenset(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))


def _fingerprint(value: Any) -> Node:  # noqa: ANN401 - any value
    if isinstance(value, (list, dict, set, bytearray)):
        return _write(value)
    if isinstance(value, (numpy.ndarray, torch.Tensor)):
        return _write(value) if value.nbytes < _LARGEST_WATCHED else None
    if isinstance(value, torch.nn.Module):
        state = {name: tensor for name, tensor in value.state_dict().items() if isinstance(tensor, torch.Tensor)}
        small = sum(tensor.nbytes for tensor in state.values()) < _LARGEST_WATCHED
        return [value.training, _write(state)] if small else None
    if isinstance(value, (type, FunctionType)):
        # Those of libraries change for reasons of their own.
        own = value.__module__ == "__main__"
        return {name: id(item) for name, item in vars(value).items() if name not in _MADE_BY_LOOKING} if own else None
    if type(value).__module__ == "__main__" and not isinstance(value, ModuleType) and hasattr(value, "__dict__"):
        return _write(vars(value))
    return None


def _write(value: object) -> Node:
    return Encoder(_beyond).write(value)


def _beyond(value: object, _: Encoder) -> Node:
    if isinstance(value, torch.Tensor) and value.layout is torch.strided and value.nbytes < _LARGEST_WATCHED:
        return ["tensor", write_tensor(value)]
    return ["other", id(value)]
