"""What the student's side keeps for the judge: objects behind handles, leaves that both sides know, and graphs."""

import pathlib
from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy
import torch

from autograder.wall.codec import Encoder
from autograder.wall.values import Node, write_path

PLAIN_BASES = (int, float, complex, str, bytes, tuple, list, dict, set, frozenset, deque, numpy.ndarray, pathlib.Path)
"""Classes whose subclasses cross with a plain value."""
_ITERABLE = (tuple, list, set, frozenset, deque)
_MOST_TYPES = 40


@dataclass(frozen=True)
class RecordedGraph:
    """A piece of the student's graph through which the judge may backpropagate.

    Attributes:
        inputs: the leaves that stand for the judge's tensors.
        outputs: the tensors that the judge got.
    """

    inputs: tuple[torch.Tensor, ...]
    outputs: tuple[torch.Tensor, ...]


class ExportedObjects:
    """Objects of the student's that the judge refers to by number, until it releases them."""

    def __init__(self) -> None:
        self.leaves: dict[int, torch.Tensor] = {}
        """The student's leaves of which the judge has a copy, by their number."""
        self._objects: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        self._records: dict[int, RecordedGraph] = {}
        self._next = 0

    def keep(self, value: object) -> int:
        """Keep an object; the same object has the same number until it is released."""
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = self._new_number()
            self._objects[number] = value
        return number

    def keep_record(self, inputs: tuple[torch.Tensor, ...], outputs: tuple[torch.Tensor, ...]) -> int:
        """Keep the graph between these inputs and outputs."""
        number = self._new_number()
        self._records[number] = RecordedGraph(inputs, outputs)
        return number

    def find(self, number: int) -> Any:  # noqa: ANN401 - any object
        """The object of that number."""
        return self._objects[number]

    def record(self, number: int) -> RecordedGraph:
        """The graph of that number."""
        return self._records[number]

    def release(self, numbers: list[int]) -> None:
        """Forget what the judge no longer holds."""
        for number in numbers:
            self._records.pop(number, None)
            value = self._objects.pop(number, None)
            self._numbers.pop(id(value), None)

    def _new_number(self) -> int:
        self._next += 1
        return self._next


def describe_types(kind: type) -> list[str]:
    """The qualified names of a class and its bases, nearest first."""
    return [f"{base.__module__}.{base.__qualname__}" for base in kind.__mro__[:_MOST_TYPES]]


def describe_handle(value: Any, exported: ExportedObjects, encoder: Encoder) -> Node:  # noqa: ANN401 - any object
    """Write what the judge may know of an object that stays here.

    Returns:
        ``["handle", number, callable, types, types of the class that it is or None, snapshot]``; the snapshot is the
        plain value of an object whose class derives from a plain one (a named tuple), as a list of no or one node.
    """
    own_types = describe_types(value) if isinstance(value, type) else None
    snapshot = [
        write_path(plain) if isinstance(plain, pathlib.Path) else encoder.write(plain) for plain in _plain_base(value)
    ]
    return ["handle", exported.keep(value), callable(value), describe_types(type(value)), own_types, snapshot]


def _plain_base(value: Any) -> list[Any]:  # noqa: ANN401 - any object
    bases: tuple[Any, ...] = PLAIN_BASES
    for base in bases:
        if isinstance(value, base) and type(value) is not base:
            try:
                # The base's own iteration, not the subclass's.
                if base is numpy.ndarray:
                    return [value.view(numpy.ndarray)]
                return [base(base.__iter__(value)) if base in _ITERABLE else base(value)]
            except (TypeError, ValueError):
                return []
    return []
