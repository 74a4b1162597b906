"""The judge's side of the wall: asks, and takes nothing but data for an answer."""

import builtins
import secrets
import weakref
from collections import Counter
from collections.abc import Callable
from typing import Any, NoReturn

import torch

from autograder.wall.callables import write_function
from autograder.wall.channel import Channel
from autograder.wall.codec import Decoder, Encoder, is_plain_tensor
from autograder.wall.faults import Malformed, OutOfTime, Refused, StudentGone, Unsendable
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
        self._released: list[int] = []
        self._held: Counter[int] = Counter()
        self._handles: weakref.WeakValueDictionary[tuple[int, str], Handle] = weakref.WeakValueDictionary()
        self._errors: dict[int, type[Exception]] = {}
        self._leaves: dict[int, torch.Tensor] = {}
        self._leaf_contents: dict[int, Node] = {}

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
            NameError: the student has no such name.
        """
        try:
            return self.ask("fetch", name, origin=name)
        except KeyError:
            raise NameError(f"name {name!r} is not defined") from None

    def assign(self, name: str, value: object) -> None:
        """Bind a name on the student's side."""
        self.ask("assign", name, value, origin=name)

    def delete(self, name: str) -> None:
        """Unbind a name on the student's side."""
        try:
            self.ask("delete", name, origin=name)
        except KeyError:
            raise NameError(f"name {name!r} is not defined") from None

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
            TypeError: the solution had plain data there.
        """
        if not self.expects(handle):
            place = handle._origin.removesuffix("[]")
            raise TypeError(f"`{place}` gave {describe(handle)}, where a plain value is expected")

    def made_up_word(self) -> str:
        """A word that the student's side can't know."""
        return secrets.token_hex(8)

    def release(self, number: int) -> None:
        """Let the student's side forget an object, with the next request."""
        self._released.append(number)

    def settle(self, deadline: float) -> bool:
        """After `OutOfTime` and an interrupt: wait for the answer that is still owed.

        Returns:
            Whether the student's side answered, so that it can be asked on.
        """
        if not self._awaited:
            return True
        try:
            self._channel.receive(deadline)
        except (OutOfTime, StudentGone, Malformed):
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
        except Malformed as error:
            raise StudentGone("what it sent is no message") from error
        except Unsendable as error:
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
        changed = self._changed_leaves()
        message = {
            "do": action,
            "changed": changed,
            "args": [encoder.write(value) for value in args],
            "kwargs": [[name, encoder.write(value)] for name, value in kwargs.items()],
            "leaves": leaves,
            "grad": torch.is_grad_enabled(),
            "released": self._released[:],
        }
        self._released.clear()
        reply = self._exchange(message)
        inputs += [self._leaves[number] for number in leaves]
        try:
            value = self._read_reply(reply, origin, encoder.objects, (*before, *inputs))
        except (Malformed, KeyError, TypeError, ValueError) as error:
            self._give_up(f"what it sent is no answer: {error}")
        if reply.get("error") is not None:
            self._raise(reply["error"])
        return value

    def _write_beyond(self, value: Any, encoder: Encoder, inputs: list[torch.Tensor]) -> Node:  # noqa: ANN401
        if isinstance(value, torch.Tensor):
            for number, leaf in self._leaves.items():
                if leaf is value:
                    return ["leaf", number]
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
        for number, error in self._errors.items():
            if value is error:
                return ["yours", number]
        if callable(value):
            return write_function(value, encoder, self._by_name)
        raise Refused(f"a test sends the student a {type(value).__name__}, which is not plain data")

    def _leaf_numbers(self) -> list[int]:
        return [number for number, leaf in self._leaves.items() if leaf.requires_grad] if torch.is_grad_enabled() else []

    def _changed_leaves(self) -> list[Node]:
        changed = []
        for number, leaf in self._leaves.items():
            content = _leaf_content(leaf)
            if content != self._leaf_contents[number]:
                self._leaf_contents[number] = content
                changed.append([number, content])
        return changed

    # How its answers are read

    def _read_reply(
        self, reply: dict[str, Any], origin: str, sent: list[Any], inputs: tuple[torch.Tensor, ...]
    ) -> Any:  # noqa: ANN401 - any value
        if "value" not in reply:
            return None
        arguments = self._arguments(reply["after"], origin, sent)
        self._read_leaves(reply["leaves"])
        graph: list[torch.Tensor] = []
        if reply["record"] is not None:
            number = reply["record"]
            if type(number) is not int:
                raise Malformed("record")
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
        elif after and function not in self._measure.restored:  # type: ignore[union-attr]  # it is a Profile
            for number, _ in after:
                arguments[number] = _copy(sent[number])
        return arguments

    def _read_leaves(self, leaves: Node) -> None:
        for number, content in leaves:
            if type(number) is not int:
                raise Malformed("leaf")
            if number not in self._leaves:
                values, _, _, is_parameter = content
                tensor = read_tensor(values)
                self._leaves[number] = torch.nn.Parameter(tensor) if is_parameter else tensor.requires_grad_()
            Decoder(_no_more).fill(self._leaves[number], content)
            self._leaf_contents[number] = _leaf_content(self._leaves[number])

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
            return self._leaves[parts[0]]
        if tag == "graph":
            return decoder.register(parts[0], graph[parts[1]])
        if tag == "handle":
            return self._read_handle(decoder, origin, *parts)
        raise Malformed(f"no such tag: {tag[:20]!r}")

    def _read_handle(
        self, decoder: Decoder, origin: str, number: int, can_call: bool, types: Node, own_types: Node, snapshot: Node
    ) -> object:
        if type(number) is not int or not _are_names(types):
            raise Malformed("handle")
        plain = [decoder.read(item) for item in snapshot[:1]]
        if isinstance(self._measure, Recorder):
            self._measure.handles.add(origin)
        if own_types is not None and _are_names(own_types) and _builtin_error(own_types) is not None:
            return self._error_class(number, own_types)
        # One object reached in two ways has two handles: what it may be asked depends on the way.
        handle = self._handles.get((number, origin))
        if handle is None:
            make = CallableHandle if can_call else Handle
            handle = self._handles[number, origin] = make(self, number, origin, tuple(types), plain)
            self._hold(number)
            weakref.finalize(handle, self._let_go, number)
        return handle

    def _hold(self, number: int) -> None:
        self._held[number] += 1
        if number in self._released:
            self._released.remove(number)

    def _let_go(self, number: int) -> None:
        self._held[number] -= 1
        if not self._held[number]:
            self.release(number)

    def _error_class(self, number: int, types: list[str]) -> type[Exception]:
        if number not in self._errors:
            base = _builtin_error(types) or Exception
            self._errors[number] = type(types[0].rpartition(".")[2], (base,), {})
        return self._errors[number]

    def _raise(self, error: Node) -> NoReturn:
        try:
            types, message, frames = error["types"], error["message"], error["traceback"]
            if not (_are_names(types) and isinstance(message, str) and isinstance(frames, str)):
                raise Malformed("error")
        except (Malformed, TypeError, KeyError):
            self._give_up("what it sent is no error")
        kind = self._errors.get(error.get("class")) or _builtin_error(types) or RuntimeError
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


def _no_more(tag: str, *_: object) -> object:
    raise Malformed(f"no such tag: {tag[:20]!r}")


def _leaf_content(leaf: torch.Tensor) -> Node:
    return Encoder(lambda value, own: own.write(value.detach())).content(leaf)  # type: ignore[attr-defined]


def _are_names(names: Node) -> bool:
    return isinstance(names, list) and bool(names) and all(isinstance(name, str) for name in names)


def _builtin_error(types: list[str]) -> type[Exception] | None:
    for name in types:
        found = getattr(builtins, name.removeprefix("builtins."), None) if name.startswith("builtins.") else None
        if isinstance(found, type) and issubclass(found, Exception):
            return found
    return None


def _copy(value: Any) -> Any:  # noqa: ANN401 - any mutable plain value
    if isinstance(value, torch.Tensor):
        copied = value.detach().clone()
        return copied.requires_grad_(value.requires_grad) if value.is_leaf else copied
    return value.copy()
