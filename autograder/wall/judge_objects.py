"""What the judge knows of the student's objects: handles, copies of leaves, classes of errors."""

import builtins
import weakref
from collections import Counter
from typing import TYPE_CHECKING, Any

import torch

from autograder.wall.codec import Decoder, Encoder
from autograder.wall.faults import MalformedError
from autograder.wall.handles import Handle, handle_class
from autograder.wall.student_objects import PLAIN_BASES
from autograder.wall.values import Node, read_tensor, write_tensor

if TYPE_CHECKING:
    from autograder.wall.judge_end import Wall


class Acquaintances:
    """The judge's stand-ins for objects of one student process.

    Args:
        wall: the conversation that they belong to.
    """

    def __init__(self, wall: "Wall") -> None:
        self.leaves: dict[int, torch.Tensor] = {}
        """Copies of the student's leaves, by number: what a test does to them is told with the next request."""
        self.released: list[int] = []
        """Numbers that the student's side may forget."""
        self._wall = wall
        self._held: Counter[int] = Counter()
        self._handles: weakref.WeakValueDictionary[tuple[int, str], Handle] = weakref.WeakValueDictionary()
        self._errors: dict[int, type[Exception]] = {}
        self._leaf_contents: dict[int, Node] = {}

    def write(self, value: object) -> Node | None:
        """Write a stand-in as the number that the student's side knows; None if the value is none of them."""
        for number, leaf in self.leaves.items():
            if leaf is value:
                return ["leaf", number]
        for number, error in self._errors.items():
            if error is value:
                return ["yours", number]
        return None

    def read_handle(self, decoder: Decoder, origin: str, parts: list[Node]) -> object:
        """The stand-in for an object that stays on the student's side; see `belongings.describe_handle`.

        Raises:
            MalformedError: the student's side sent something else.
        """
        number, can_call, types, own_types, snapshot = parts
        if type(number) is not int or not are_names(types):
            raise MalformedError("handle")
        plain = [decoder.read(item) for item in snapshot[:1]]
        if plain and type(plain[0]) not in PLAIN_BASES:
            raise MalformedError("snapshot")
        if own_types is not None and are_names(own_types) and builtin_error(own_types) is not None:
            return self._error_class(number, own_types)
        # One object reached in two ways has two handles: what it may be asked depends on the way.
        handle = self._handles.get((number, origin))
        if handle is None:
            make = handle_class(types[0], can_call=bool(can_call))
            handle = self._handles[number, origin] = make(self._wall, number, origin, tuple(types), plain)
            self._hold(number)
            weakref.finalize(handle, self._let_go, number)
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
        """What tests did to the copies of leaves since this was last asked, as ``[number, content]``."""
        changed = []
        for number, leaf in self.leaves.items():
            content = _leaf_content(leaf)
            if content != self._leaf_contents[number]:
                self._leaf_contents[number] = content
                changed.append([number, content])
        return changed

    def read_leaves(self, leaves: Node, *, with_values: bool) -> bool:
        """Take over what happened to leaves on the student's side, and make copies of new ones.

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
            Decoder(nothing_beyond).fill(leaf, content, alone=True)
            self._leaf_contents[number] = _leaf_content(leaf)
        return any_changed

    def _hold(self, number: int) -> None:
        self._held[number] += 1
        if number in self.released:
            self.released.remove(number)

    def _let_go(self, number: int) -> None:
        self._held[number] -= 1
        if not self._held[number]:
            self.released.append(number)

    def _error_class(self, number: int, types: list[str]) -> type[Exception]:
        if number not in self._errors:
            base = builtin_error(types) or Exception
            self._errors[number] = type(types[0].rpartition(".")[2], (base,), {})
        return self._errors[number]


def nothing_beyond(tag: str, *_: object) -> object:
    """For a `Decoder` that reads plain data alone."""
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


def _leaf_content(leaf: torch.Tensor) -> Node:
    return Encoder(_write_detached).content(leaf)


def _write_detached(value: Any, encoder: Encoder) -> Node:  # noqa: ANN401 - a gradient with a graph of its own
    return encoder.write(value.detach())
