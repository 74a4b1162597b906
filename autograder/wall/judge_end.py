"""The judge's side of the wall: asks, and takes nothing but data for an answer."""

import secrets
import sys
from collections.abc import Callable
from typing import Any

import torch

from autograder.wall.answers import Answers, Question
from autograder.wall.callables import write_function
from autograder.wall.channel import Channel
from autograder.wall.codec import Encoder, is_plain_tensor
from autograder.wall.conversation import Conversation
from autograder.wall.faults import (
    MalformedError,
    MissingNameError,
    NotPlainError,
    Refused,
    StudentGone,
    UnsendableError,
)
from autograder.wall.gradients import Graph
from autograder.wall.handles import Handle, describe, is_handle
from autograder.wall.judge_objects import Acquaintances
from autograder.wall.memory import Memory
from autograder.wall.profile import Profile, Recorder
from autograder.wall.values import Node


class Wall(Conversation):
    """A conversation with one student process.

    Args:
        channel: the connection.
        measure: what a submission may do, or what notes it while the instructor's solution is graded.
        by_name: tells whether the student's side has this very object under that name.
    """

    def __init__(self, channel: Channel, measure: Profile | Recorder, by_name: Callable[[str, object], bool]) -> None:
        super().__init__(channel)
        self._measure = measure
        self._by_name = by_name
        self._cell_ran = False
        self.asked = False
        """Whether the test that runs has asked anything of the student's side."""
        self.place = ""
        """See `begin_test`."""
        self._memory = Memory()
        self._known = Acquaintances(self)
        self.answers = Answers(self, self._known, measure)

    # What the judge asks for

    def run(self, source: str) -> dict[str, Any]:
        """Run a cell of the submission.

        Returns:
            ``outputs``, ``count`` (the execution count) and ``failed`` (None, or what was raised), all unchecked.
        """
        self._cell_ran = True
        reply = self._exchange({"do": "run", "source": source}, self.deadline)
        return {"outputs": reply.get("outputs"), "count": reply.get("count"), "failed": reply.get("failed")}

    def begin_test(self, *, trusting: bool, place: str = "") -> None:
        """A test begins.

        Args:
            trusting: whether the submission may change all of the test's own data, as it could in one process.
            place: the device on which the student's side gets the test's tensors, and as which it reads the CPU;
                empty for the CPU itself.
        """
        self.place = place
        self.fault = None
        self.asked = False
        self._memory.clear()
        self.answers.withheld, self.answers.trusting = False, trusting
        # The second, trusting run of a test is a part of the first.
        self.answers.moved &= trusting

    def fetch(self, name: str) -> Any:  # noqa: ANN401 - any value
        """The value of one of the student's names.

        Raises:
            MissingNameError: the student has no such name.
        """
        try:
            value = self.ask("fetch", name, origin=name)
        except KeyError:
            raise MissingNameError(f"name {name!r} is not defined") from None
        return self.answers.settled(name, value, self._memory.recall(name, value))

    def assign(self, name: str, value: object) -> None:
        """Bind a name on the student's side."""
        self.ask("assign", name, value, origin=name)
        self._memory.note(name, value)

    def delete(self, name: str) -> None:
        """Unbind a name on the student's side."""
        try:
            self.ask("delete", name, origin=name)
            self._memory.forget(name)
        except KeyError:
            raise MissingNameError(f"name {name!r} is not defined") from None

    def ask(self, action: str, *args: Any, origin: str, **kwargs: Any) -> Any:  # noqa: ANN401 - any value
        """Ask for something to be done on the student's side.

        Args:
            action: what: see `autograder.wall.student_end`.
            args: what it is done to, and with.
            origin: how the judge comes by the answer.
            kwargs: keyword arguments of a call.

        Returns:
            The answer: plain data, or handles.

        Raises:
            Exception: what the student's code raised, as the builtin type of that name.
            Refused: an argument can't cross.
            StudentGone: the process has ended or sends no proper messages.
            OutOfTime: no answer by the deadline.
        """
        with self._noting():
            return self._request(action, args, kwargs, origin, self._leaf_numbers(), ())

    def pull_back(
        self, graph: Graph, cotangents: tuple[torch.Tensor | None, ...], *, create_graph: bool
    ) -> list[torch.Tensor | None]:
        """The vector–Jacobian product of a piece of the student's graph, one gradient for each of its inputs."""
        args = (graph.number, cotangents, create_graph)
        with self._noting():
            gradients: list[torch.Tensor | None] = self._request("pull back", args, {}, "gradient", [], graph.inputs)
            if not isinstance(gradients, list) or len(gradients) != len(graph.inputs):
                self._give_up("a gradient that is none")
            for gradient, tensor in zip(gradients, graph.inputs, strict=True):
                if gradient is not None and (not isinstance(gradient, torch.Tensor) or gradient.shape != tensor.shape):
                    self._give_up("a gradient of another shape than its tensor")
        return gradients

    # What the judge does with handles

    def expects(self, handle: Handle) -> bool:
        """Whether the instructor's solution had something else than plain data there, too."""
        return isinstance(self._measure, Recorder) or handle._origin in self._measure.handles

    def expect_handle(self, handle: Handle) -> None:
        """Refuse to treat an object as an answer where plain data is expected.

        Raises:
            NotPlainError: the solution had plain data there.
        """
        if not self.expects(handle):
            place = handle._origin.removesuffix("[]")
            raise NotPlainError(f"`{place}` gave {describe(handle)}, where a plain value is expected")

    def expect_operand(self, handle: Handle) -> None:
        """Refuse to compare or compute with an object where the solution has one with a plain value.

        Raises:
            NotPlainError: the solution had a named tuple there, say, and this is none.
        """
        if isinstance(self._measure, Profile) and not handle._snapshot and handle._origin not in self._measure.bare:
            raise NotPlainError(f"`{handle._origin}` gave {describe(handle)}, which is no plain value")

    def made_up_word(self) -> str:
        """A word that the student's side can't know."""
        return secrets.token_hex(8)

    def release(self, number: int) -> None:
        """Let the student's side forget an object, with the next request."""
        self._known.released.append(number)

    # How it is asked

    def _request(
        self,
        action: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        origin: str,
        leaves: list[int],
        before: tuple[torch.Tensor, ...],
    ) -> Any:  # noqa: ANN401 - any value
        self.asked = True
        inputs: list[torch.Tensor] = []
        encoder = Encoder(lambda value, own: self._write_beyond(value, own, inputs))
        places: list[str] = []

        def write(place: str, value: object) -> Node:
            node = encoder.write(value)
            places.extend([place] * (len(encoder.objects) - len(places)))
            return node

        try:
            message = {
                "do": action,
                "changed": self._known.changed_leaves(),
                "args": [write(str(place), value) for place, value in enumerate(args)],
                "kwargs": [[name, write(name, value)] for name, value in kwargs.items()],
                "leaves": leaves,
                "grad": torch.is_grad_enabled(),
                "place": self.place,
                "released": self._known.released[:],
            }
            self._known.released.clear()
            reply = self._consult(message, origin)
        except UnsendableError as error:
            raise self._too_large(error) from error
        inputs += [self._known.leaves[number] for number in leaves]
        question = Question(action, origin, encoder.objects, places, (*before, *inputs), self._cell_ran)
        self._cell_ran = False
        raised = None
        try:
            value = self.answers.read(reply, question)
            if reply.get("error") is not None:
                raised = self.answers.error(reply["error"], question)
            printed = _read_printed(reply.get("printed"))
        except Exception as error:  # noqa: BLE001 - only what the student's side sent can be wrong here
            self._give_up(f"what it sent is no answer: {error}")
        for stream, text in printed:
            # To where the test's own prints go: it may look at them; nobody else does.
            getattr(sys, stream).write(text)
        if raised is not None:
            raise raised
        return value

    def _too_large(self, error: UnsendableError) -> BaseException:
        if isinstance(self._measure, Recorder):
            return Refused(f"a test sends the student a value that is too large: {error}")
        # The solution's values could be sent: this one is, or comes from, the student's own.
        return NotPlainError(f"a value that your code gave is too large to be handed back to it: {error}")

    def _write_beyond(self, value: Any, encoder: Encoder, inputs: list[torch.Tensor]) -> Node:  # noqa: ANN401
        known = self._known.write(value)
        if known is not None:
            return known
        if isinstance(value, torch.Tensor):
            if not is_plain_tensor(value):
                raise Refused(f"a test sends the student a tensor of layout {value.layout}")
            if type(value) not in (torch.Tensor, torch.nn.Parameter):
                return encoder.write(value.as_subclass(torch.Tensor))
            inputs.append(value)
            return ["input", encoder.number(value), value.is_leaf, encoder.content(value)]
        if is_handle(value):
            if value._wall is not self:
                raise StudentGone("the process that this object was in has ended")
            return ["yours", value._number]
        if callable(value):
            return write_function(value, encoder, self._by_name)
        raise Refused(f"a test sends the student a {type(value).__name__}, which is not plain data")

    def _leaf_numbers(self) -> list[int]:
        leaves = self._known.leaves.items() if torch.is_grad_enabled() else ()
        return [number for number, leaf in leaves if leaf.requires_grad]


def _read_printed(printed: Node) -> list[tuple[str, str]]:
    """What student code printed during a call: pairs of the stream and the text."""
    pieces = [(stream, text) for stream, text in printed or []]
    if not all(stream in ("stdout", "stderr") and isinstance(text, str) for stream, text in pieces):
        raise MalformedError("printed")
    return pieces
