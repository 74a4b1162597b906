"""The judge's side of the wall: sends requests, and accepts nothing but data as answers."""

import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import torch
from torch.overrides import _get_current_function_mode_stack

from autograder.wall.callables import write_function
from autograder.wall.channel import Channel
from autograder.wall.codec import Encoder, is_plain_tensor
from autograder.wall.errors import (
    ConnectionClosedError,
    MalformedError,
    MissingNameError,
    UnsendableError,
    UnsupportedValueError,
)
from autograder.wall.given import GivenObjects, hold
from autograder.wall.gradients import Cotangents, Graph
from autograder.wall.handles import is_handle, remote_of
from autograder.wall.judge_objects import RemoteObjects
from autograder.wall.origins import Origins
from autograder.wall.profile import Profile, Recorder
from autograder.wall.read_answer import AnswerReader, PendingRequest
from autograder.wall.remote_classes import FindClass
from autograder.wall.request_reply import RequestReply
from autograder.wall.seeds import draw_leads, read_states, set_states
from autograder.wall.sent_objects import locate
from autograder.wall.values import Node, write_tensor


@dataclass(frozen=True)
class Given:
    """A name that a test has bound, and that the student's side must see.

    Attributes:
        name: the name.
        value: its value.
        bound: whether it is bound; False if the test has deleted it.
        text: public source text that binds it as well; empty if there is none.
        by_text: whether it is bound by this text, and not by its value.
    """

    name: str
    value: object
    bound: bool = True
    text: str = ""
    by_text: bool = False


class Wall(RequestReply):
    """The connection to one student process.

    Args:
        channel: the connection.
        profile: what a submission may do; a recorder while the instructor's solution is graded.
        student_has: whether the student's side has this very object under that name.
        find_class: what the lesson binds a name to, on both sides; None if it binds it to nothing.
    """

    def __init__(
        self,
        channel: Channel,
        profile: Profile | Recorder,
        student_has: Callable[[str, object], bool],
        find_class: FindClass = lambda _: None,
    ) -> None:
        super().__init__(channel)
        self._profile = profile
        self._student_has = student_has
        self._cell_ran = False
        self.asked = False
        """Whether the test that runs has sent a request."""
        self.missing: set[str] = set()
        """Names that tests have asked for and that the student's notebook has not bound."""
        self.device = ""
        """See `begin_test`."""
        self.collect: Callable[[], list[Given]] = list
        """What the test has bound since the last call, for the student's side."""
        self.seeded: set[str] = set()
        """The generators that the running test has seeded: see `autograder.wall.seeds`."""
        self._filters = warnings.filters, list(warnings.filters)
        self._seen_names = SeenNames()
        self._remote = RemoteObjects(self.ask, profile, find_class)
        self._handed_over = GivenObjects(student_has)
        self.answers = AnswerReader(self._remote, profile, self.pull_back)

    # What the judge asks for

    def copy(self) -> bool:
        """Have the process make a copy of itself, for which a connection was passed to it.

        Returns:
            Whether it could.
        """
        return self._exchange({"do": "copy"}, self.deadline).get("copied") is True

    def become_copy(self) -> None:
        """Have the process become such a copy itself. It answers no request after this one."""
        self._send({"do": "become copy"}, self.deadline)

    def run(self, source: str) -> dict[str, Any]:
        """Run a cell of the submission.

        Returns:
            ``outputs``, ``count`` (the execution count), ``failed`` (None, or what was raised), ``earlier`` (the
            numbers and outputs of earlier cells that it has updated), ``drew`` (whether it drew random numbers) and
            ``traces`` (see `autograder.wall.traces`), all unchecked.
        """
        self._cell_ran = True
        reply = self._exchange({"do": "run", "source": source, "given": self._given()}, self.deadline)
        return {name: reply.get(name) for name in ("outputs", "count", "failed", "earlier", "drew", "traces")}

    def names(self) -> frozenset[str]:
        """The names that the student's notebook has bound; what it says is no more than that.

        Raises:
            WallError: there is no answer.
        """
        names = self.ask("global names", (), {}, ("names",))
        return frozenset(name for name in names if isinstance(name, str)) if isinstance(names, list) else frozenset()

    def digests(self, names: list[str]) -> list[str]:
        """The digests of the values of some names on the student's side; see `autograder.wall.digests`.

        Raises:
            WallError: there is no answer.
        """
        digests = self.ask("digests", (names,), {}, ("names of the lesson",))
        if not isinstance(digests, list) or len(digests) != len(names):
            self._reject("digests that are none")
        return [digest if isinstance(digest, str) else "" for digest in digests]

    def give(self, given: list[Given]) -> None:
        """Bind names on the student's side; what can't be bound there is left out."""
        written = [node for item in given if (node := self._write_given(item)) is not None]
        if written:
            self._exchange({"do": "give", "given": written}, self.deadline)

    def begin_test(self, *, trusting: bool, device: str = "") -> None:
        """Forget what the last test saw.

        Args:
            trusting: whether the submission may change all of the test's own data, as it could in one process.
            device: the device on which the student's side gets the test's tensors, and as which it reads the CPU;
                empty for the CPU itself.
        """
        self.device = device
        self.fault = None
        self.asked = False
        self.seeded.clear()
        self._filters = warnings.filters, list(warnings.filters)
        self._seen_names.clear()
        self._handed_over.clear()
        self.answers.withheld, self.answers.trusting = False, trusting
        # The second, trusting run of a test is a part of the first.
        self.answers.moved &= trusting

    def fetch(self, name: str) -> Any:  # noqa: ANN401 - any value
        """The value of one of the student's names.

        Raises:
            MissingNameError: the student has no such name.
        """
        try:
            value = self.ask("fetch", (name,), {}, (name,))
        except KeyError:
            self.missing.add(name)
            raise MissingNameError(f"name {name!r} is not defined", name=name) from None
        return self.answers.settle_name(name, value, self._seen_names.recall(name, value))

    def assign(self, name: str, value: object) -> None:
        """Bind a name on the student's side."""
        self.ask("assign", (name, value), {}, (name,))
        self._seen_names.note(name, value)

    def delete(self, name: str) -> None:
        """Unbind a name on the student's side."""
        try:
            self.ask("delete", (name,), {}, (name,))
            self._seen_names.forget(name)
        except KeyError:
            raise MissingNameError(f"name {name!r} is not defined", name=name) from None

    def ask(self, action: str, args: tuple[Any, ...], kwargs: dict[str, Any], origins: Origins) -> Any:  # noqa: ANN401
        """Ask for something to be done on the student's side.

        Args:
            action: what: see `autograder.wall.student_end`.
            args: what it is done to, and with.
            kwargs: keyword arguments of a call.
            origins: how the judge comes by the answer.

        Returns:
            The answer: plain data, or handles.

        Raises:
            Exception: what the student's code raised, as the builtin type of that name.
            UnsupportedValueError: an argument can't cross.
            ConnectionClosedError: the process has ended or sends no proper messages.
            DeadlineExceededError: no answer by the deadline.
        """
        with self._keeping_fault():
            return self._request(action, args, kwargs, origins, self._leaf_numbers(), ())

    def pull_back(self, graph: Graph, cotangents: Cotangents, create_graph: bool) -> list[torch.Tensor | None]:
        """The vector–Jacobian product of a piece of the student's graph, one gradient for each of its inputs.

        Raises:
            Exception: what torch or a hook of the student's raised there.
            ProtocolError: the student's side sent something other than such gradients.
        """
        args = (graph.number, cotangents, create_graph)
        with self._keeping_fault():
            gradients: list[torch.Tensor | None] = self._request("pull back", args, {}, ("gradient",), [], graph.inputs)
            if not isinstance(gradients, list) or len(gradients) != len(graph.inputs):
                self._reject("a gradient that is none")
            for gradient, tensor in zip(gradients, graph.inputs, strict=True):
                if gradient is not None and (not isinstance(gradient, torch.Tensor) or gradient.shape != tensor.shape):
                    self._reject("a gradient of another shape than its tensor")
        return gradients

    # How it asks

    def _request(
        self,
        action: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        origins: Origins,
        leaves: list[int],
        before: tuple[torch.Tensor, ...],
    ) -> Any:  # noqa: ANN401 - any value
        self.asked = True
        inputs: list[torch.Tensor] = []
        encoder = Encoder(lambda value, own: self._write_other(value, own, inputs))
        arguments: list[str] = []

        def write(argument: str, value: object) -> Node:
            node = encoder.write(value)
            arguments.extend([argument] * (len(encoder.objects) - len(arguments)))
            return node

        try:
            # First of all, since the items of an iterator may be the answers to other requests.
            written = [write(str(index), value) for index, value in enumerate(args)]
            named = [[name, write(name, value)] for name, value in kwargs.items()]
            message = {
                "do": action,
                "changed": self._remote.changed_leaves(),
                "args": written,
                "kwargs": named,
                "leaves": leaves,
                "grad": torch.is_grad_enabled(),
                "modes": self._write_modes(),
                "device": self.device,
                "given": self._given(),
                "released": self._remote.released[:],
            }
            self._remote.released.clear()
            functions = tuple(origin.removesuffix("()") for origin in origins)
            states = read_states(self.seeded) if self.seeded and self._profile.may_draw(functions) else {}
            more = {"states": states, "warnings": self._test_watches_warnings()}
            reply = self._exchange_for_test(message | more, origins[0])
        except UnsendableError as error:
            raise self._profile.too_large(error) from error
        inputs += [self._remote.leaves[number] for number in leaves]
        values = {**{str(index): value for index, value in enumerate(args)}, **kwargs}
        sent = locate(encoder.objects, values, arguments)
        request = PendingRequest(action, origins, sent, (*before, *inputs), self._cell_ran)
        self._cell_ran = False
        raised = None
        try:
            value = self.answers.read(reply, request)
            if reply.get("error") is not None:
                raised = self.answers.error(reply["error"], request)
            printed = _read_printed(reply.get("printed"))
            warned = [self.answers.error(said, request) for said in reply.get("warnings") or []]
            if states and reply.get("states") != states:
                drawn = {name: reply["states"][name] for name in states}
                set_states(drawn)
                self._profile.record_draw(functions)
                if not draw_leads(states, drawn) and not self.answers.may_reseed(functions):
                    set_states(states)
        except Exception as error:  # noqa: BLE001 - only what the student's side sent can be wrong here
            self._reject(f"what it sent is no answer: {error}")
        for stream, text in printed:
            # To where the test's own prints go, which the test may capture.
            getattr(sys, stream).write(text)
        for warning in warned:
            _warn(warning)
        if raised is not None:
            raise raised
        return value

    def _test_watches_warnings(self) -> bool:
        """Whether the test has changed what becomes of warnings, as ``pytest.warns`` does."""
        before, content = self._filters
        return warnings.filters is not before or list(warnings.filters) != content

    def _given(self) -> list[Node]:
        return [node for item in self.collect() if (node := self._write_given(item)) is not None]

    def _write_modes(self) -> list[Node]:
        """The modes of torch that the test has entered; one that can't be made there is in force here only."""
        written = []
        for mode in _get_current_function_mode_stack():  # type: ignore[no-untyped-call]
            try:
                written.append(Encoder(lambda value, own: self._write_other(value, own, [])).write(mode))
            except (UnsupportedValueError, UnsendableError):
                continue
        return written

    def _write_given(self, given: Given) -> Node | None:
        if not given.bound:
            return [given.name, "unbound", None]
        if not given.by_text:
            try:
                if isinstance(given.value, ModuleType):
                    return [given.name, "value", ["module", given.value.__name__]]
                encoder = Encoder(lambda value, own: self._write_other(value, own, []))
                return [given.name, "value", encoder.write(given.value)]
            except (UnsupportedValueError, UnsendableError, ConnectionClosedError, RuntimeError):
                # A test that needs it there fails for the solution, too; and its text may do.
                pass
        return [given.name, "text", given.text] if given.text else None

    def _write_other(self, value: Any, encoder: Encoder, inputs: list[torch.Tensor]) -> Node:  # noqa: ANN401
        known = self._remote.write(value)
        if known is not None:
            return known
        if isinstance(value, torch.Tensor):
            if not is_plain_tensor(value):
                raise UnsupportedValueError(f"a test sends the student a tensor of layout {value.layout}")
            if type(value) not in (torch.Tensor, torch.nn.Parameter):
                return encoder.write(value.as_subclass(torch.Tensor))
            inputs.append(value)
            return ["input", encoder.number(value), value.is_leaf, encoder.content(value)]
        given = self._handed_over.write(value, encoder)
        if given is not None:
            return given
        if callable(value):
            return hold(value, write_function(value, encoder, self._student_has), encoder)
        raise UnsupportedValueError(f"a test sends the student a {type(value).__name__}, which is not plain data")

    def _leaf_numbers(self) -> list[int]:
        leaves = self._remote.leaves.items() if torch.is_grad_enabled() else ()
        return [number for number, leaf in leaves if leaf.requires_grad]


def _warn(warning: Exception) -> None:
    """Warn of what student code has warned of; the test may have made errors of warnings."""
    try:
        # No constructor is called: it may be a library's, or the student's own.
        warnings.warn(warning if isinstance(warning, Warning) else UserWarning(str(warning)), stacklevel=3)
    except Warning as raised:
        raised.student_error = type(raised).__name__  # type: ignore[attr-defined]
        raised.student_frames = ""  # type: ignore[attr-defined]
        raise


def _read_printed(printed: Node) -> list[tuple[str, str]]:
    """What student code printed during a call: pairs of the stream and the text."""
    pieces = [(stream, text) for stream, text in printed or []]
    if not all(stream in ("stdout", "stderr") and isinstance(text, str) for stream, text in pieces):
        raise MalformedError("printed")
    return pieces


class SeenNames:
    """The student's names with the values that one test has seen, so that each keeps its value for that test.

    In one process a name keeps its value until some code binds it anew. A submission that answers for itself could give
    a test another value at each look-up, or a value of its own for a variable of the test's that has the name of one of
    its own. So a name whose value does not change while the solution is graded does not change for a submission.
    """

    def __init__(self) -> None:
        self._seen: dict[str, tuple[object, Node]] = {}

    def clear(self) -> None:
        """Forget everything: another test begins."""
        self._seen.clear()

    def note(self, name: str, value: object) -> None:
        """A test has bound a name, or seen it for the first time."""
        self._seen[name] = (value, _comparable(value))

    def forget(self, name: str) -> None:
        """A test has unbound a name."""
        self._seen.pop(name, None)

    def recall(self, name: str, value: object) -> Any:  # noqa: ANN401 - any value
        """The value that a test has seen under a name.

        Returns:
            ``value`` itself if it is the first or equals the one before; else the one before.
        """
        if name not in self._seen:
            self.note(name, value)
        before, content = self._seen[name]
        return value if before is value or content == _comparable(value) else before


def _comparable(value: object) -> Node:
    try:
        return Encoder(_write_identity).write(value)
    except (UnsendableError, RuntimeError):
        # Torch has dtypes for which it has no copy.
        return ["object", id(value)]


def _write_identity(value: object, _: Encoder) -> Node:
    if isinstance(value, torch.Tensor):
        # What was computed from it may have given it a gradient since then.
        return ["tensor", write_tensor(value)]
    return ["handle", remote_of(value).number] if is_handle(value) else ["object", id(value)]
