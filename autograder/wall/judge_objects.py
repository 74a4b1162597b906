"""The judge's proxies for objects of the student's: handles, copies of leaves, classes of errors."""

import itertools
import pathlib
import weakref
from collections import Counter
from typing import Any

import torch

from autograder.wall.codec import Decoder, leaf_content
from autograder.wall.errors import ConnectionClosedError, MalformedError
from autograder.wall.handles import is_handle, make_handle, remote_of
from autograder.wall.origins import Origins
from autograder.wall.profile import Profile, Recorder
from autograder.wall.remote import Ask, ClassFacts, Remote
from autograder.wall.remote_classes import NOTEBOOK, FindClass, RemoteClasses
from autograder.wall.remote_errors import RemoteErrors, remote_error
from autograder.wall.student_objects import PLAIN_BASES
from autograder.wall.values import Node, read_tensor, write_tensor

_CONTAINERS = (list, tuple, dict, set, frozenset, str)
_MOST_ORIGINS = 12
"""Origins of one proxy: an object that is reached in more ways has a second one."""


class RemoteObjects:
    """The judge's proxies for objects of one student process.

    Args:
        ask: asks the student's side.
        profile: what a submission may do.
        find_class: what the lesson binds a name to, on both sides.
    """

    def __init__(self, ask: Ask, profile: Profile | Recorder, find_class: FindClass) -> None:
        self.leaves: dict[int, torch.Tensor] = {}
        """Copies of the student's leaves, by number: what a test does to them is sent with the next request."""
        self.released: list[int] = []
        """Numbers that the student's side may forget."""
        self.classes = RemoteClasses(ask, profile, find_class)
        self.errors = RemoteErrors(ask, profile, self.classes, self.hold, self._release_unheld)
        self._ask = ask
        self._profile = profile
        self._held: Counter[int] = Counter()
        self._handles: dict[int, list[weakref.ref[Any]]] = {}
        self._suspects: weakref.WeakValueDictionary[tuple[int, Origins], Any] = weakref.WeakValueDictionary()
        self._alike: dict[tuple[str, str], bool] = {}
        self._leaf_contents: dict[int, Node] = {}

    def write(self, value: Any) -> Node | None:  # noqa: ANN401 - any value
        """Write a proxy as the number that the student's side knows; None if the value is none.

        Raises:
            ConnectionClosedError: it is the handle of an object of another process, which has ended.
        """
        remote = remote_of(value) if is_handle(value) else remote_error(value)
        if remote is not None:
            # Its numbers mean nothing to a process that replaced its own.
            if remote.ask_student != self._ask:
                raise ConnectionClosedError("the process that this object was in has ended")
            return ["yours", remote.number]
        for number, leaf in self.leaves.items():
            if leaf is value:
                return ["leaf", number]
        return None

    def read_handle(self, decoder: Decoder, origins: Origins, parts: list[Node]) -> object:
        """The proxy for an object that stays on the student's side; see `student_objects.describe_handle`.

        Raises:
            MalformedError: the student's side sent something else.
        """
        number, class_number, classes, is_class, snapshot = parts
        self.classes.learn(classes)
        facts = self.classes.facts(class_number)
        if type(number) is not int or type(is_class) is not bool:
            raise MalformedError("handle")
        plain = [decoder.read(item) for item in snapshot[:1]]
        if plain and type(plain[0]) not in PLAIN_BASES and not isinstance(plain[0], pathlib.Path):
            raise MalformedError("snapshot")
        if plain and facts.module == NOTEBOOK and isinstance(plain[0], _CONTAINERS):
            self._profile.record_container(origins)
        itself = self.classes.facts(number) if is_class else None
        if itself is not None and self.errors.is_error(itself):
            return self.errors.error_class(itself)
        expected = self._profile.expects_object(origins)
        if not expected or not self._profile.may_operate(origins, has_plain_value=bool(plain)):
            return self._suspect(number, origins, facts, plain, itself)
        if itself is not None:
            kind = self.classes.live(itself)
            return (
                kind if self._join(remote_of(kind), origins) else self._suspect(number, origins, facts, plain, itself)
            )
        if self.errors.is_error(facts):
            return self.errors.instance(number, origins, facts)
        return self._live(number, origins, facts, plain)

    def _live(self, number: int, origins: Origins, facts: ClassFacts, plain: list[Any]) -> object:
        """The one proxy for an object, or another one if the solution had other things at these origins."""
        living = [handle for reference in self._handles.get(number, []) if (handle := reference()) is not None]
        for handle in living:
            if self._join(remote_of(handle), origins):
                return handle
        remote = Remote(self._ask, self._profile, number, origins, facts, plain)
        handle = make_handle(self.classes.live(facts), remote)
        self._handles[number] = [weakref.ref(one) for one in (*living, handle)]
        self.hold(handle, number)
        return handle

    def _suspect(
        self, number: int, origins: Origins, facts: ClassFacts, plain: list[Any], itself: ClassFacts | None = None
    ) -> object:
        handle = self._suspects.get((number, origins))
        if handle is None:
            remote = Remote(self._ask, self._profile, number, origins, facts, plain, itself)
            handle = self._suspects[number, origins] = make_handle(
                self.classes.suspect(facts, is_class=itself is not None), remote
            )
            if itself is None:
                self.hold(handle, number)
        return handle

    def _join(self, remote: Remote, origins: Origins) -> bool:
        """Note that an object was reached in one more way, if it gains no right by it.

        Returns:
            Whether the solution had the same kinds of values wherever both ways lead further.
        """
        known = set(remote.origins)
        new = tuple(origin for origin in origins if origin not in known)
        if len(known) + len(new) > _MOST_ORIGINS:
            return False
        for pair in itertools.product(new, remote.origins):
            if pair not in self._alike:
                self._alike[pair] = self._profile.are_alike(*pair)
            if not self._alike[pair]:
                return False
        # A message names the first: a student knows a class by its name.
        remote.origins = (*(new if remote.origins[0].startswith("<") else ()), *remote.origins)
        remote.origins += tuple(origin for origin in new if origin not in remote.origins)
        return True

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

    def hold(self, proxy: object, number: int) -> None:
        """Let the student's side keep an object for as long as there is a proxy for it."""
        self._held[number] += 1
        if number in self.released:
            self.released.remove(number)
        weakref.finalize(proxy, self._release_handle, number)

    def _release_unheld(self, number: int) -> None:
        if not self._held[number]:
            self.release(number)

    def _release_handle(self, number: int) -> None:
        self._held[number] -= 1
        if not self._held[number]:
            del self._held[number]
            self._handles.pop(number, None)
            self.release(number)


def _plain_data_only(tag: str, *_: object) -> object:
    raise MalformedError(f"no such tag: {tag[:20]!r}")
