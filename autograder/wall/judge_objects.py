"""The judge's proxies for objects of the student's: handles, copies of leaves, classes of errors."""

import builtins
import pathlib
import weakref
from collections import Counter
from typing import Any

import torch

from autograder.wall.codec import Decoder, leaf_content
from autograder.wall.errors import ConnectionClosedError, MalformedError
from autograder.wall.handles import Ask, Handle, handle_class, is_handle
from autograder.wall.profile import Profile, Recorder
from autograder.wall.student_objects import PLAIN_BASES
from autograder.wall.values import Node, read_tensor, write_tensor


class RemoteObjects:
    """The judge's proxies for objects of one student process."""

    def __init__(self, ask: Ask, profile: Profile | Recorder) -> None:
        self.leaves: dict[int, torch.Tensor] = {}
        """Copies of the student's leaves, by number: what a test does to them is sent with the next request."""
        self.released: list[int] = []
        """Numbers that the student's side may forget."""
        self._ask = ask
        self._profile = profile
        self._held: Counter[int] = Counter()
        self._handles: weakref.WeakValueDictionary[tuple[int, str], Handle] = weakref.WeakValueDictionary()
        self._errors: dict[int, type[Exception]] = {}
        self._leaf_contents: dict[int, Node] = {}

    def write(self, value: Any) -> Node | None:  # noqa: ANN401 - any value
        """Write a proxy as the number that the student's side knows; None if the value is none.

        Raises:
            ConnectionClosedError: it is the handle of an object of another process, which has ended.
        """
        if is_handle(value):
            # Its numbers mean nothing to a process that replaced its own.
            if value._ask_student is not self._ask:
                raise ConnectionClosedError("the process that this object was in has ended")
            return ["yours", value._number]
        for number, leaf in self.leaves.items():
            if leaf is value:
                return ["leaf", number]
        for number, error in self._errors.items():
            if error is value:
                return ["yours", number]
        return None

    def read_handle(self, decoder: Decoder, origin: str, parts: list[Node]) -> object:
        """The proxy for an object that stays on the student's side; see `student_objects.describe_handle`.

        Raises:
            MalformedError: the student's side sent something else.
        """
        number, can_call, types, own_types, snapshot = parts
        if type(number) is not int or not are_names(types):
            raise MalformedError("handle")
        plain = [decoder.read(item) for item in snapshot[:1]]
        if plain and type(plain[0]) not in PLAIN_BASES and not isinstance(plain[0], pathlib.Path):
            raise MalformedError("snapshot")
        if own_types is not None and are_names(own_types) and builtin_error(own_types) is not None:
            return self._error_class(number, own_types)
        # One object reached in two ways has two handles: what a test may do with it depends on the origin.
        handle = self._handles.get((number, origin))
        if handle is None:
            make = handle_class(types[0], can_call=bool(can_call))
            handle = self._handles[number, origin] = make(self._ask, self._profile, number, origin, tuple(types), plain)
            self._hold(number)
            weakref.finalize(handle, self._release_handle, number)
        return handle

    def error_class(self, number: Node, types: list[str]) -> type[Exception]:
        """The class to raise for an error: the nearest builtin one, or one that stands for a class of the student's.

        A test that names that class in an ``except`` clause asks for it only now, and gets the same one.
        """
        base = builtin_error(types)
        if base is None or types[0].startswith("builtins.") or type(number) is not int:
            return base or RuntimeError
        return self._error_class(number, types)

    def changed_leaves(self) -> list[Node]:
        """What tests did to the copies of leaves since the last call, as ``[number, content]``."""
        changed = []
        for number, leaf in self.leaves.items():
            content = leaf_content(leaf)
            if content != self._leaf_contents[number]:
                self._leaf_contents[number] = content
                changed.append([number, content])
        return changed

    def read_leaves(self, leaves: Node, *, with_values: bool) -> bool:
        """Apply what happened to leaves on the student's side, and make copies of new ones.

        Args:
            leaves: what the student's side sent.
            with_values: whether leaves that are known may have other values now, and not only other gradients.

        Returns:
            Whether a leaf that was known has other values now.

        Raises:
            MalformedError: the student's side sent something else.
        """
        any_changed = False
        for number, content in leaves:
            if type(number) is not int:
                raise MalformedError("leaf")
            leaf = self.leaves.get(number)
            if leaf is None:
                values, _, _, is_parameter = content
                tensor = read_tensor(values)
                leaf = torch.nn.Parameter(tensor) if is_parameter else tensor.requires_grad_()
                self.leaves[number] = leaf
            elif content[0] != write_tensor(leaf):
                any_changed = True
                content = content if with_values else [write_tensor(leaf), *content[1:]]  # noqa: PLW2901
            Decoder(_plain_data_only).fill(leaf, content, by_itself=True)
            self._leaf_contents[number] = leaf_content(leaf)
        return any_changed

    def release(self, number: int) -> None:
        """Let the student's side forget an object or a graph, with the next request."""
        self.released.append(number)

    def _hold(self, number: int) -> None:
        self._held[number] += 1
        if number in self.released:
            self.released.remove(number)

    def _release_handle(self, number: int) -> None:
        self._held[number] -= 1
        if not self._held[number]:
            self.release(number)

    def _error_class(self, number: int, types: list[str]) -> type[Exception]:
        if number not in self._errors:
            base = builtin_error(types) or Exception
            self._errors[number] = type(types[0].rpartition(".")[2], (base,), {})
        return self._errors[number]


def _plain_data_only(tag: str, *_: object) -> object:
    raise MalformedError(f"no such tag: {tag[:20]!r}")


def are_names(names: Node) -> bool:
    """Whether these are names of classes: texts, at least one."""
    return isinstance(names, list) and bool(names) and all(isinstance(name, str) for name in names)


def builtin_error(types: list[str]) -> type[Exception] | None:
    """The first of these classes that is a builtin exception (``Exception`` or below it)."""
    for name in types:
        found = getattr(builtins, name.removeprefix("builtins."), None) if name.startswith("builtins.") else None
        if isinstance(found, type) and issubclass(found, Exception):
            return found
    return None
