"""The judge's side of the wall: asks, and takes nothing but data for an answer."""

import secrets
from collections.abc import Callable
from typing import Any, NoReturn

import torch

from autograder.wall.acquaintances import Acquaintances, are_names
from autograder.wall.callables import write_function
from autograder.wall.channel import Channel
from autograder.wall.codec import Decoder, Encoder, is_plain_tensor
from autograder.wall.faults import (
    MalformedError,
    MissingNameError,
    NotPlainError,
    OutOfTime,
    Refused,
    StudentGone,
    UnsendableError,
)
from autograder.wall.gradients import Graph, attach
from autograder.wall.handles import CallableHandle, Handle, describe
from autograder.wall.profile import Profile, Recorder
from autograder.wall.values import Node, read_tensor


class Wall:
    """A conversation with one student process.

    Args:
        channel: the connection.
        measure: what a submission may do, or what notes it while the instructor's solution is graded.
        by_name: tells whether the student's side has this very object under that name.
    """

    def __init__(self, channel: Channel, measure: Profile | Recorder, by_name: Callable[[str, object], bool]) -> None:
        self.deadline: float | None = None
        """`time.monotonic` seconds at which the running cell's time is over."""
        self._channel = channel
        self._measure = measure
        self._by_name = by_name
        self._awaited = False
        self._known = Acquaintances(self)

    # What the judge asks for

    def run(self, source: str) -> dict[str, Any]:
        """Run a cell of the submission.

        Returns:
            ``outputs``, ``count`` (the execution count) and ``failed`` (None, or what was raised), all unchecked.
        """
        reply = self._exchange({"do": "run", "source": source})
        return {"outputs": reply.get("outputs"), "count": reply.get("count"), "failed": reply.get("failed")}

    def fetch(self, name: str) -> Any:  # noqa: ANN401 - any value
        """The value of one of the student's names.

        Raises:
            MissingNameError: the student has no such name.
        """
        try:
            return self.ask("fetch", name, origin=name)
        except KeyError:
            raise MissingNameError(f"name {name!r} is not defined") from None

    def assign(self, name: str, value: object) -> None:
        """Bind a name on the student's side."""
        self.ask("assign", name, value, origin=name)

    def delete(self, name: str) -> None:
        """Unbind a name on the student's side."""
        try:
            self.ask("delete", name, origin=name)
        except KeyError:
            raise MissingNameError(f"name {name!r} is not defined") from None

    def ask(self, action: str, *args: Any, origin: str, **kwargs: Any) -> Any:  # noqa: ANN401 - any value
        """Ask for something to be done on the student's side.

        Args:
            action: what: see `autograder.wall.student`.
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
        return self._request(action, args, kwargs, origin, self._leaf_numbers(), ())

    def pull_back(
        self, graph: Graph, cotangents: tuple[torch.Tensor | None, ...], *, create_graph: bool
    ) -> list[torch.Tensor | None]:
        """The vector–Jacobian product of a piece of the student's graph, one gradient for each of its inputs."""
        args = (graph.number, cotangents, create_graph)
        gradients = self._request("pull back", args, {}, "gradient", [], graph.inputs)
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

    def made_up_word(self) -> str:
        """A word that the student's side can't know."""
        return secrets.token_hex(8)

    def release(self, number: int) -> None:
        """Let the student's side forget an object, with the next request."""
        self._known.released.append(number)

    def settle(self, deadline: float) -> bool:
        """After `OutOfTime` and an interrupt: wait for the answer that is still owed.

        Returns:
            Whether the student's side answered, so that it can be asked on.
        """
        if not self._awaited:
            return True
        try:
            self._channel.receive(deadline)
        except (OutOfTime, StudentGone, MalformedError):
            return False
        self._awaited = False
        return True

    # How it is asked

    def _exchange(self, message: dict[str, Any]) -> dict[str, Any]:
        if self._awaited:
            raise StudentGone("it still owes an answer")
        self._awaited = True
        try:
            self._channel.send(message, self.deadline)
            reply = self._channel.receive(self.deadline)
        except MalformedError as error:
            raise StudentGone("what it sent is no message") from error
        except UnsendableError as error:
            self._awaited = False
            raise Refused(f"a test sends the student a value that is too large: {error}") from error
        self._awaited = False
        if not isinstance(reply, dict):
            self._give_up("what it sent is no answer")
        return reply

    def _request(
        self,
        action: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        origin: str,
        leaves: list[int],
        before: tuple[torch.Tensor, ...],
    ) -> Any:  # noqa: ANN401 - any value
        inputs: list[torch.Tensor] = []
        encoder = Encoder(lambda value, own: self._write_beyond(value, own, inputs))
        changed = self._known.changed_leaves()
        message = {
            "do": action,
            "changed": changed,
            "args": [encoder.write(value) for value in args],
            "kwargs": [[name, encoder.write(value)] for name, value in kwargs.items()],
            "leaves": leaves,
            "grad": torch.is_grad_enabled(),
            "released": self._known.released[:],
        }
        self._known.released.clear()
        reply = self._exchange(message)
        inputs += [self._known.leaves[number] for number in leaves]
        try:
            value = self._read_reply(reply, origin, encoder.objects, (*before, *inputs))
        except Exception as error:  # noqa: BLE001 - only what the student's side sent can be wrong here
            self._give_up(f"what it sent is no answer: {error}")
        if reply.get("error") is not None:
            self._raise(reply["error"])
        return value

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
        if type(value) in (Handle, CallableHandle):
            if value._wall is not self:
                raise StudentGone("the process that this object was in has ended")
            return ["yours", value._number]
        if callable(value):
            return write_function(value, encoder, self._by_name)
        raise Refused(f"a test sends the student a {type(value).__name__}, which is not plain data")

    def _leaf_numbers(self) -> list[int]:
        leaves = self._known.leaves.items() if torch.is_grad_enabled() else ()
        return [number for number, leaf in leaves if leaf.requires_grad]

    # How its answers are read

    def _read_reply(self, reply: dict[str, Any], origin: str, sent: list[Any], inputs: tuple[torch.Tensor, ...]) -> Any:  # noqa: ANN401 - any value
        if "value" not in reply:
            return None
        arguments = self._arguments(reply["after"], origin, sent)
        self._known.read_leaves(reply["leaves"])
        graph: list[torch.Tensor] = []
        if reply["record"] is not None:
            number = reply["record"]
            if type(number) is not int:
                raise MalformedError("record")
            graph = attach(Graph(self, number, inputs), [read_tensor(item) for item in reply["graph"]])
        decoder = Decoder(lambda tag, parts, own: self._read_beyond(tag, parts, own, origin, arguments, graph))
        value = decoder.read(reply["value"])
        for number, content in reply["after"]:
            decoder.fill(arguments[number], content)
        return value

    def _arguments(self, after: Node, origin: str, sent: list[Any]) -> list[Any]:
        """The arguments that the answer may refer to: the judge's own, or copies of those that mustn't change."""
        arguments = sent[:]
        function = origin.removesuffix("()")
        if after and isinstance(self._measure, Recorder):
            self._measure.restored.add(function)
        elif after and function not in self._measure.restored:
            for number, _ in after:
                arguments[number] = _copy(sent[number])
        return arguments

    def _read_beyond(
        self,
        tag: str,
        parts: list[Node],
        decoder: Decoder,
        origin: str,
        arguments: list[Any],
        graph: list[torch.Tensor],
    ) -> object:
        if tag == "argument":
            return arguments[parts[0]]
        if tag == "leaf":
            return self._known.leaves[parts[0]]
        if tag == "graph":
            return decoder.register(parts[0], graph[parts[1]])
        if tag == "handle":
            if isinstance(self._measure, Recorder):
                self._measure.handles.add(origin)
            return self._known.read_handle(decoder, origin, parts)
        raise MalformedError(f"no such tag: {tag[:20]!r}")

    def _raise(self, error: Node) -> NoReturn:
        said = error if isinstance(error, dict) else {}
        types, message, frames = said.get("types"), said.get("message"), said.get("traceback")
        if types is None or not (are_names(types) and isinstance(message, str) and isinstance(frames, str)):
            self._give_up("what it sent is no error")
        kind = self._known.error_class(said.get("class"), types)
        try:
            raised = kind(message)
        except TypeError:
            raised = RuntimeError(message)
        raised.student_error = types[0].rpartition(".")[2][:80]  # type: ignore[attr-defined]
        raised.student_frames = frames  # type: ignore[attr-defined]
        raise raised

    def _give_up(self, reason: str) -> NoReturn:
        self._awaited = True
        self._channel.close()
        raise StudentGone(reason)


def _copy(value: Any) -> Any:  # noqa: ANN401 - any mutable plain value
    if isinstance(value, torch.Tensor):
        copied = value.detach().clone()
        return copied.requires_grad_(value.requires_grad) if value.is_leaf else copied
    return value.copy()
