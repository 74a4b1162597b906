"""How the judge reads what the student's side says: as data, and within what the instructor's solution did."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from autograder.wall.codec import Decoder
from autograder.wall.faults import MalformedError
from autograder.wall.gradients import Graph, attach
from autograder.wall.handles import has_plain_value
from autograder.wall.judge_objects import Acquaintances, are_names
from autograder.wall.profile import Profile, Recorder
from autograder.wall.values import Node, read_tensor, write_tensor

if TYPE_CHECKING:
    from autograder.wall.judge_end import Wall

_LONGEST_WORDS = 10_000
_ENDS = ("builtins.StopIteration", "builtins.StopAsyncIteration")


@dataclass(frozen=True)
class Question:
    """What an answer answers.

    Attributes:
        action: what was asked for.
        origin: how the judge comes by the answer.
        sent: every mutable object that was sent, by its number.
        places: the argument that each of them was in: "0", "1", a keyword.
        inputs: the judge's tensors through which it may pull back.
        after_a_cell: whether a cell of the submission has run since the last question.
    """

    action: str
    origin: str
    sent: list[Any]
    places: list[str]
    inputs: tuple[torch.Tensor, ...]
    after_a_cell: bool

    @property
    def function(self) -> str:
        """What was called."""
        return self.origin.removesuffix("()")


class Answers:
    """Reads answers.

    Args:
        wall: the conversation that they are part of.
        known: what the judge knows of the student's objects.
        measure: what a submission may do, or what notes it while the instructor's solution is graded.
    """

    def __init__(self, wall: "Wall", known: Acquaintances, measure: Profile | Recorder) -> None:
        self._wall = wall
        self._known = known
        self._measure = measure
        self.devices: Mapping[str, str] = {}
        """What the student's devices are here: the CPU, where a GPU is the student's alone."""
        self.trusting = False
        """Whether a submission may change all of the judge's arguments, as it could in one process."""
        self.withheld = False
        """Whether it changed one that the solution did not."""
        self.moved = False
        """Whether a name had another value all of a sudden, as it never has for the solution."""

    def read(self, reply: dict[str, Any], question: Question) -> Any:  # noqa: ANN401 - any value
        """The value that an answer holds; what the call changed in its arguments is changed here.

        Raises:
            Exception: the answer is not what an honest student's side sends.
        """
        if "value" not in reply:
            return None
        arguments = self._arguments(reply["after"], question)
        self._read_leaves(reply["leaves"], question)
        graph: list[torch.Tensor] = []
        if reply["record"] is not None:
            number = reply["record"]
            if type(number) is not int:
                raise MalformedError("record")
            graph = attach(Graph(self._wall, number, question.inputs), [read_tensor(item) for item in reply["graph"]])
        decoder = Decoder(self._beyond(question.origin, arguments, graph), self.devices)
        value = decoder.read(reply["value"])
        for number, content in reply["after"]:
            decoder.fill(arguments[number], content)
        return value

    def settled(self, name: str, now: object, before: object) -> object:
        """The value of one of the student's names, of which a test has seen another before.

        Args:
            name: the name.
            now: what the student's side says that it is.
            before: what the test has met under that name.
        """
        if now is before:
            return now
        if isinstance(self._measure, Recorder):
            self._measure.moving.add(name)
        elif name not in self._measure.moving:
            self.withheld = self.moved = True
            return now if self.trusting else before
        return now

    def error(self, said: Node, question: Question) -> Exception:
        """The exception that student code raised, as the builtin type of that name.

        Raises:
            MalformedError: it is no description of an exception.
        """
        parts = said if isinstance(said, dict) else {}
        types, message, frames = parts.get("types"), parts.get("message"), parts.get("traceback")
        if types is None or not (are_names(types) and isinstance(message, str) and isinstance(frames, str)):
            raise MalformedError("error")
        message = message[:_LONGEST_WORDS]
        kind = (
            RuntimeError if self._ends_a_loop(types, question) else self._known.error_class(parts.get("class"), types)
        )
        try:
            raised = kind(message)
        except TypeError:
            raised = RuntimeError(message)
        raised.student_error = types[0].rpartition(".")[2][:80]  # type: ignore[attr-defined]
        raised.student_frames = frames[:_LONGEST_WORDS]  # type: ignore[attr-defined]
        return raised

    def _ends_a_loop(self, types: list[str], question: Question) -> bool:
        """Whether an error would end a loop of the test's, as if all were done, where the solution ended none."""
        if question.action == "next" or not any(name in _ENDS for name in types):
            return False
        if isinstance(self._measure, Recorder):
            self._measure.stops.add(question.origin)
        return not isinstance(self._measure, Recorder) and question.origin not in self._measure.stops

    def _arguments(self, after: Node, question: Question) -> list[Any]:
        """The arguments that the answer may refer to: the judge's own, or copies of those that mustn't change."""
        arguments = question.sent[:]
        for number, content in after:
            changes = _changes(question, number, content)
            if isinstance(self._measure, Recorder):
                self._measure.restored |= changes | {f"{change.removesuffix('.grad')}.grad" for change in changes}
            elif not changes <= self._measure.restored:
                self.withheld = True
                if not self.trusting:
                    arguments[number] = _copy(question.sent[number])
        return arguments

    def _read_leaves(self, leaves: Node, question: Question) -> None:
        key = f"{question.function} leaves"
        recorder = self._measure if isinstance(self._measure, Recorder) else None
        free = question.after_a_cell or recorder is not None or key in self._measure.restored
        changed = self._known.read_leaves(leaves, with_values=free)
        if changed and recorder is not None and not question.after_a_cell:
            recorder.restored.add(key)

    def _beyond(
        self, origin: str, arguments: list[Any], graph: list[torch.Tensor]
    ) -> Callable[[str, list[Node], Decoder], object]:
        def read(tag: str, parts: list[Node], decoder: Decoder) -> object:
            if tag == "argument":
                return arguments[parts[0]]
            if tag == "leaf":
                return self._known.leaves[parts[0]]
            if tag == "graph":
                return decoder.register(parts[0], graph[parts[1]])
            if tag == "handle":
                return self._noted(self._known.read_handle(decoder, origin, parts), origin)
            raise MalformedError(f"no such tag: {tag[:20]!r}")

        return read

    def _noted(self, value: object, origin: str) -> object:
        if not isinstance(self._measure, Recorder):
            # Where the solution gave a tuple, a named one is that tuple.
            as_plain = has_plain_value(value) and origin not in self._measure.handles
            return value._snapshot[0] if as_plain else value  # type: ignore[attr-defined]
        self._measure.handles.add(origin)
        if not has_plain_value(value):
            self._measure.bare.add(origin)
        return value


def _changes(question: Question, number: Node, content: Node) -> set[str]:
    """The names of a change: of which function, of which of its arguments, and of what of it."""
    if type(number) is not int or not 0 <= number < len(question.sent):
        raise MalformedError("argument")
    value = question.sent[number]
    name = f"{question.function} {question.places[number]}"
    if not isinstance(value, torch.Tensor):
        return {name}
    before = write_tensor(value)
    if content[:2] == [before, value.requires_grad]:
        return {f"{name}.grad"}
    # An empty tensor is close to every other; so a test of the values alone would find nothing wrong with it.
    return {name} if content[0][:2] == before[:2] else {name, f"{name}.shape"}


def _copy(value: Any) -> Any:  # noqa: ANN401 - any mutable plain value
    if isinstance(value, torch.Tensor):
        copied = value.detach().clone()
        return copied.requires_grad_(value.requires_grad) if value.is_leaf else copied
    return value.copy()
