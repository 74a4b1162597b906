"""How the judge reads what the student's side answers: as data, and within what the instructor's solution did."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy
import torch

from autograder.wall.codec import Decoder
from autograder.wall.errors import MalformedError
from autograder.wall.generator_steps import leads
from autograder.wall.gradients import Graph, PullBack, attach
from autograder.wall.handles import has_plain_value, is_handle, remote_of
from autograder.wall.instances import RANDOM, SentIterator
from autograder.wall.judge_objects import RemoteObjects
from autograder.wall.kinds import Held, unwrap
from autograder.wall.origins import Origins
from autograder.wall.parts import ATTRIBUTE, AttributeParts, FrameParts, parts_of
from autograder.wall.places import Places
from autograder.wall.profile import Profile, Recorder
from autograder.wall.remote import ClassFacts
from autograder.wall.sent_objects import SentObjects
from autograder.wall.sent_places import PARTS, SHARED, STATE, WHOLE, Change, Place
from autograder.wall.shared_objects import SharedObjects, items_of
from autograder.wall.values import Node, read_array, read_tensor, without_old_memory

_STOP_ITERATION = ("builtins.StopIteration", "builtins.StopAsyncIteration")


@dataclass(frozen=True)
class PendingRequest:
    """What the judge needs to know of a request to read its answer.

    Attributes:
        action: what was asked for.
        origins: how the judge comes by the answer: see `autograder.wall.origins`.
        sent: the mutable objects that were sent.
        inputs: the judge's tensors to which gradients flow back.
        after_a_cell: whether a cell of the submission has run since the last request.
    """

    action: str
    origins: Origins
    sent: SentObjects
    inputs: tuple[torch.Tensor, ...]
    after_a_cell: bool

    @property
    def functions(self) -> Origins:
        """What was called."""
        return tuple(origin.removesuffix("()") for origin in self.origins)


class AnswerReader:
    """Reads answers."""

    def __init__(self, objects: RemoteObjects, profile: Profile | Recorder, pull_back: PullBack) -> None:
        self._objects = objects
        self._profile = profile
        self._pull_back = pull_back
        self.devices: Mapping[str, str] = {}
        """What the student's devices are here: the CPU, where a GPU is the student's alone."""
        self.trusting = False
        """Whether a submission may change all of the judge's arguments, as it could in one process."""
        self.withheld = False
        """Whether it changed one that the solution did not."""
        self.moved = False
        """Whether a name had another value than before, as it never has for the solution."""

    def read(self, reply: dict[str, Any], request: PendingRequest) -> Any:  # noqa: ANN401 - any value
        """The value that an answer holds; what the call changed in its arguments is changed here.

        Raises:
            Exception: the answer is not what an honest student's side sends.
        """
        if "value" not in reply:
            return None
        arguments = self._arguments(reply["after"], reply["graph"], request)
        self._read_leaves(reply["leaves"], request)
        outputs: list[torch.Tensor] = []
        if reply["record"] is not None:
            number = reply["record"]
            if type(number) is not int:
                raise MalformedError("record")
            graph = Graph(number, request.inputs, self._pull_back, self._objects.release)
            outputs = attach(graph, [read_tensor(item) for item in reply["graph"]])
        found: list[object] = []
        places = self._places(reply, request)
        decoder = Decoder(
            self._read_other(request.origins, arguments, outputs, found, places),
            self.devices,
            lambda: self._profile.may_hide_items(request.origins),
        )
        value = self._made_safe(decoder.read(reply["value"]), request)
        if not found and reply.get("error") is None:
            self._profile.record_plain(request.origins)
        self._fill(reply["after"], arguments, request, decoder)
        return value

    def _fill(self, after: Node, arguments: list[Any], request: PendingRequest, decoder: Decoder) -> None:
        """Change what a call has changed: the judge's own objects, and copies of those that mustn't change."""
        objects = request.sent.objects
        own = [number for number, _ in after if arguments[number] is objects[number]]
        parts = {number: parts_of(objects[number]) for number in own}
        items = {number: items_of(objects[number]) for number in own}
        for number, content in after:
            decoder.fill(arguments[number], content)
        copies = {
            id(arguments[number]): objects[number]
            for number, _ in after
            if number not in own and not isinstance(objects[number], Held)
        }
        shared = SharedObjects(request.sent, copies, lambda place: self._may_share(request, place), _copy)
        for number in own:
            shared.settle(objects[number], items[number])
        # What they hold is settled only now: before, a copy in an object's place held what that object holds.
        for number in own:
            if (before := parts[number]) is not None:
                self._settle_parts(objects[number], before, request, number)

    def _may_share(self, request: PendingRequest, place: Place) -> bool:
        """Whether a function may put an object of the test's in a second place: the solution's did."""
        if self._profile.may_change(request.functions, place, {SHARED}):
            return True
        self.withheld = True
        return self.trusting

    def _settle_parts(
        self, value: object, parts: FrameParts | AttributeParts, request: PendingRequest, number: int
    ) -> None:
        """Keep only those changes of a test's own object that the solution made, too."""
        place = request.sent.places[number]
        for part in parts.changed(value):
            # An attribute that was bound anew is changed like one that was changed in place.
            within = request.sent.child(number, part.removeprefix(ATTRIBUTE))
            changes = [(place, f".{part}"), *([] if within is None else [(within, WHOLE)])]
            allowed = [self._profile.may_change(request.functions, place, {one}) for place, one in changes]
            if not any(allowed):
                self.withheld = True
                if not self.trusting:
                    parts.restore(value, part)

    def _made_safe(self, value: object, request: PendingRequest) -> object:
        """A class of arrays in a function's place: it would give memory of the judge's that was never filled."""
        in_place = isinstance(self._profile, Profile) and self._profile.expects_object(request.origins)
        if not in_place or is_handle(value) or not isinstance(value, type):
            return value
        return without_old_memory(value)

    def _places(self, reply: dict[str, Any], request: PendingRequest) -> Places | None:
        """Where in an answer and in changed arguments objects are; None if it doesn't matter."""
        if not self._profile.looks_at_places(request.origins):
            return None
        places = Places()
        places.add(reply["value"])
        for number, content in reply["after"]:
            places.add_content(content, (f"argument {request.sent.places[number].argument}",))
        self._profile.record_places(request.origins, places)
        return places

    def may_reseed(self, functions: Origins) -> bool:
        """Whether a function may set a generator that the test has seeded to a state to which no draws lead."""
        if self._profile.may_reseed(functions):
            return True
        self.withheld = True
        return self.trusting

    def settle_name(self, name: str, now: object, before: object) -> object:
        """The value of one of the student's names that a test has seen before.

        Args:
            name: the name.
            now: its value as the student's side says.
            before: its value when the test saw it first.
        """
        if now is before or self._profile.may_rebind(name):
            return now
        self.withheld = self.moved = True
        return now if self.trusting else before

    def error(self, said: Node, request: PendingRequest) -> Exception:
        """The exception that student code raised: see `autograder.wall.remote_errors`.

        Raises:
            MalformedError: it is no description of an exception.
        """
        if isinstance(said, dict) and said.get("classes") is not None:
            self._objects.classes.learn(said["classes"])
        raised: Exception = self._objects.errors.read(
            said, request.origins, stops_a_loop=lambda facts: self._stops_a_loop(facts, request)
        )
        return raised

    def _stops_a_loop(self, facts: ClassFacts, request: PendingRequest) -> bool:
        """Whether an error would end a loop of the test's, as if all were done, where the solution ended none."""
        if request.action in ("next", "async next") or not any(name in _STOP_ITERATION for name in facts.type_names):
            return False
        return not self._profile.may_stop_iteration(request.origins)

    def _arguments(self, after: Node, graph: Node, request: PendingRequest) -> list[Any]:
        """The arguments to which the answer may refer: the judge's own, or copies of those that mustn't change."""
        arguments = request.sent.objects[:]
        changed: dict[Place, frozenset[str]] = {}
        for number, content in after:
            changes = self._changes(request, number, content, graph)
            changed |= {place: changed.get(place, frozenset()) | parts for place, parts in changes}
            if not all(self._profile.may_change(request.functions, place, parts) for place, parts in changes):
                self.withheld = True
                if not self.trusting:
                    arguments[number] = _copy_to_change(arguments[number], content)
        if isinstance(self._profile, Recorder):
            for place in request.sent.inner_places():
                self._profile.record_kept(request.functions, place, PARTS - changed.get(place, frozenset()))
        return arguments

    @staticmethod
    def _changes(request: PendingRequest, number: Node, content: Node, graph: Node) -> list[Change]:
        if type(number) is not int or not 0 <= number < len(request.sent.objects):
            raise MalformedError("argument")
        value = request.sent.objects[number]
        if type(value) in RANDOM and not leads(value, RANDOM[type(value)].read(content, Decoder(_nothing_else))):
            # It could choose what the test draws next.
            return [(request.sent.places[number], frozenset({WHOLE, STATE}))]
        return request.sent.changes(number, content, graph)

    def _read_leaves(self, leaves: Node, request: PendingRequest) -> None:
        may_change = request.after_a_cell or self._profile.may_change_leaves(request.functions)
        changed = self._objects.read_leaves(leaves, with_values=may_change)
        if changed and not request.after_a_cell:
            self._profile.record_changed_leaves(request.functions)

    def _read_other(
        self,
        origins: Origins,
        arguments: list[Any],
        outputs: list[torch.Tensor],
        found: list[object],
        places: Places | None,
    ) -> Callable[[str, list[Node], Decoder], object]:
        here = origins

        def read(tag: str, parts: list[Node], decoder: Decoder) -> object:
            nonlocal here
            if tag == "argument":
                return unwrap(arguments[parts[0]])
            if tag == "leaf":
                return self._objects.leaves[parts[0]]
            if tag == "graph":
                return decoder.register(parts[0], outputs[parts[1]])
            if tag != "handle":
                raise MalformedError(f"no such tag: {tag[:20]!r}")
            around = own = here
            if places is not None and (place := self._profile.refused_place(origins, places.of(parts))):
                # Of that place in the solution's answer no object is known.
                own = (f"{origins[0]}[{place}]",)
            # Where the solution gave a tuple, a named one is that tuple.
            as_plain = self._profile.takes_plain_value(own, has_plain_value=bool(parts[-1]))
            here = own if as_plain else self._profile.item_origins(own)
            try:
                value = self._objects.read_handle(decoder, own, parts)
            finally:
                here = around
            if as_plain:
                return remote_of(value).snapshot[0] if has_plain_value(value) else value
            found.append(value)
            return value

        return read


def _nothing_else(tag: str, *_: object) -> object:
    raise MalformedError(f"no such tag: {tag[:20]!r}")


def _copy_to_change(value: Any, content: Node) -> Any:  # noqa: ANN401 - anything that was sent
    if type(value) is numpy.ndarray and value.dtype != object:
        # It may have another shape or dtype now.
        return numpy.empty_like(read_array(content))
    return _copy(value)


def _copy(value: Any) -> Any:  # noqa: ANN401 - anything that was sent
    if isinstance(value, SentIterator):
        return value.detached()
    if type(value) in RANDOM:
        return copy.deepcopy(value)
    if isinstance(value, torch.Tensor):
        copied = value.detach().clone()
        return copied.requires_grad_(value.requires_grad) if value.is_leaf else copied
    return copy.copy(value)
