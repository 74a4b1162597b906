"""The student's side of the wall: runs the submission's cells and answers what the judge asks.

It holds no test, no solution and no other submission, and nothing that it sends is trusted. Student code can take over
this process entirely; all that it gains is the right to send data.
"""

import asyncio
import base64
import copy
import inspect
import json
import math
import operator
import signal
import socket
import sys
import warnings
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch

from autograder.wall.channel import Channel
from autograder.wall.digests import digest
from autograder.wall.errors import ConnectionClosedError, MalformedError, UnsendableError
from autograder.wall.first_uses import warm_up
from autograder.wall.handshake import receive_setup
from autograder.wall.ipython_shell import NotebookShell, captured_prints, open_shell, reuse_shell, run_cell
from autograder.wall.library_state import LibraryState
from autograder.wall.process_copy import ProcessCopier
from autograder.wall.read_request import Request, RequestReader
from autograder.wall.seeds import read_states, seed, set_states
from autograder.wall.signatures import describe_code, describe_signature
from autograder.wall.student_actions import compare, leave
from autograder.wall.student_errors import describe_error
from autograder.wall.student_objects import ExportedObjects, plain_base
from autograder.wall.traces import Traces
from autograder.wall.write_answer import AnswerWriter

_MOST_PRINTED = 100_000
_libraries: LibraryState | None = None
_MOST_WARNINGS = 100
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "call": lambda target, /, *args, **kwargs: target(*args, **kwargs),
    "attribute": getattr,
    "set attribute": setattr,
    "delete attribute": delattr,
    "names": lambda target: [name for name in dir(target) if type(name) is str],
    "item": operator.getitem,
    "set item": operator.setitem,
    "delete item": operator.delitem,
    "iterate": iter,
    "reversed": reversed,
    "next": next,
    "length": len,
    "hash": hash,
    "instance": isinstance,
    "subclass": issubclass,
    "text": str,
    "representation": repr,
    "format": format,
    "bool": bool,
    "int": int,
    "float": float,
    "complex": complex,
    "bytes": bytes,
    "index": operator.index,
    "trunc": math.trunc,
    "floor": math.floor,
    "ceil": math.ceil,
    "divmod": divmod,
    "rdivmod": lambda target, other: divmod(other, target),
    "round": round,
    "pow": pow,
    "compare": compare,
    "plain": plain_base,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "enter": lambda target: type(target).__enter__(target),
    "exit": lambda target, error: leave(type(target).__exit__, target, error),
    "signature": describe_signature,
    "source": inspect.getsource,
    "code": describe_code,
    "await": lambda target: asyncio.run(_awaited(target)),
    "async enter": lambda target: asyncio.run(_awaited(type(target).__aenter__(target))),
    "async exit": lambda target, error: asyncio.run(_awaited(leave(type(target).__aexit__, target, error))),
    "async iterate": aiter,
    "async next": lambda target: asyncio.run(_awaited(anext(target))),
}


def prepare() -> None:
    """Do what every student's process needs before it is forked: make its shell, and run cells in it.

    Nothing of a submission is known yet.
    """
    shell = open_shell({}, 0)
    # The shell makes what it needs for a value and for an error only when there is one.
    for source in ("None", "0.0", "1 / 0"):
        run_cell(shell, source)
    shell.reset(new_session=True)
    seed(0)


def use_libraries(names: list[str]) -> None:
    """Use libraries for the first time, before any process with student code is forked: see `first_uses.warm_up`."""
    warm_up(names)


def note_libraries(packages: list[str]) -> None:
    """Note what libraries hold, before any process with student code is forked: see `LibraryState`."""
    global _libraries  # noqa: PLW0603 - set once in the zygote, for all its forks
    _libraries = LibraryState(packages)


def serve(connection: socket.socket) -> None:
    """Answer the judge's requests until it closes the connection. `prepare` was called before.

    The first message sets the seed, the limits and the data files; every further one is a request.
    """
    setup = receive_setup(Channel(connection, 0))
    torch.set_num_threads(1)
    # As in Jupyter: helper modules are imported from the notebook's folder.
    sys.path.insert(0, "")
    shell = reuse_shell(setup.output_bytes)
    copier = None
    if setup.copies is not None:
        copier = ProcessCopier(setup.copies, connection, shell, _libraries or LibraryState())
    traces = Traces() if setup.traces else None
    _Student(Channel(connection, setup.message_bytes, exclusive=True), shell, copier, traces).serve()


class _Student:
    def __init__(
        self, channel: Channel, shell: NotebookShell, copier: ProcessCopier | None, traces: Traces | None
    ) -> None:
        self._traces = traces
        self._channel = channel
        self._copier = copier
        self._shell = shell
        self._exported = ExportedObjects()
        self._request_reader = RequestReader(self._exported, shell.user_ns)
        self._answer_writer = AnswerWriter(self._exported)
        self._busy = False

    def serve(self) -> None:
        signal.signal(signal.SIGINT, self._interrupted)
        while True:
            try:
                self._reply(self._channel.receive())
            except (ConnectionClosedError, MalformedError):
                return

    def _interrupted(self, *_: object) -> None:
        # Between two requests there is nothing to interrupt, and the loop must go on.
        if self._busy:
            raise KeyboardInterrupt

    def _reply(self, message: dict[str, Any]) -> None:
        # A cell's reply describes no class; and the judge reads none in the reply to a request that it interrupted.
        described = message["do"] != "run"
        try:
            try:
                self._busy = True
                answer = self._answer(message)
            finally:
                self._busy = False
        except BaseException as error:  # noqa: BLE001 - whatever student code raises is an answer
            answer = {"error": describe_error(error, self._exported)}
            described &= not isinstance(error, KeyboardInterrupt)
        try:
            self._channel.send(answer | {"number": message["number"]})
        except (UnsendableError, ValueError, TypeError, OverflowError) as error:
            self._exported.note_unsent()
            too_large = describe_error(_too_large(error), self._exported)
            self._channel.send({"error": too_large, "number": message["number"]})
        if described:
            self._exported.note_sent()
        else:
            self._exported.note_unsent()

    def _answer(self, message: dict[str, Any]) -> dict[str, Any]:
        if given := message.get("given"):
            self._take(given)
        if message["do"] == "finish" and self._traces is not None:
            self._traces.look_between_cells()
            return {"traces": self._traces.told()}
        if message["do"] in ("finish", "give"):
            return {}
        if message["do"] == "copy" and self._copier is not None:
            return {"copied": self._copier.copy()}
        if message["do"] == "become copy" and self._copier is not None:
            self._copier.become_copy()
        return self._run(message) if message["do"] == "run" else self._ask(message)

    def _take(self, given: list[Any]) -> None:
        """Bind the names that a test has bound. What can't be had here stays unbound."""
        namespace, replaced = self._shell.user_ns, self._request_reader.replaced
        with captured_prints(_MOST_PRINTED):
            for name, form, content in given:
                if name in namespace:
                    replaced.setdefault(name, namespace[name])
                try:
                    if form == "value":
                        namespace[name] = self._request_reader.read_value(content)
                    elif form == "text":
                        exec(compile(content, "<test>", "exec"), namespace)  # noqa: S102 - released text of a test
                    else:
                        namespace.pop(name, None)
                except Exception:  # noqa: BLE001, S112 - a name that a test needs is missed by the test
                    continue

    def _run(self, message: dict[str, Any]) -> dict[str, Any]:
        if self._traces is not None:
            self._traces.look_between_cells()
        execution = run_cell(self._shell, message["source"])
        failed = None if execution.error is None else describe_error(execution.error)
        outputs, earlier = json.loads(
            json.dumps([execution.outputs, execution.earlier], default=_as_text, skipkeys=True)
        )
        answer = {"outputs": outputs, "count": execution.execution_count, "failed": failed, "earlier": earlier}
        if self._traces is not None:
            self._traces.error(execution.error)
            answer |= {"drew": self._traces.look(), "traces": self._traces.told()}
        return answer

    def _ask(self, message: dict[str, Any]) -> dict[str, Any]:
        request = self._request_reader.read(message)
        self._answer_writer.note_leaves([number for number, _ in message["changed"]])
        inputs, error, value = request.inputs, None, None
        states = message["states"]
        if states and self._traces is not None:
            self._traces.look_between_cells()
        set_states(states)
        warned: list[Warning] = []
        with captured_prints(_MOST_PRINTED) as printed, torch.set_grad_enabled(request.grad_enabled):
            try:
                with _noted_warnings(warned, note=message["warnings"]):
                    if message["do"] == "pull back":
                        record = self._exported.record(request.args[0])
                        inputs = record.inputs + request.inputs
                        value = _pull_back(record.inputs, record.outputs, *request.args[1:])
                    else:
                        with ExitStack() as entered:
                            for mode in request.modes:
                                entered.enter_context(mode)
                            value = self._act(message["do"], request)
            except Exception as raised:  # noqa: BLE001 - what the call changed goes back with the error
                # Of a name that is not there the judge hears by itself.
                if self._traces is not None and message["do"] not in ("fetch", "delete"):
                    self._traces.error(raised)
                error = describe_error(raised, self._exported)
            try:
                answer: dict[str, Any] = self._answer_writer.write(value, request, inputs)
            except UnsendableError as too_large:
                self._exported.note_unsent()
                return {"error": describe_error(_too_large(too_large), self._exported)}
        if states:
            answer["states"] = read_states(states)
            if self._traces is not None:
                self._traces.accept(states)
        if warned:
            answer["warnings"] = [describe_error(warning, self._exported) for warning in warned]
        return answer | {"error": error, "printed": [[piece["name"], piece["text"]] for piece in printed.items]}

    def _act(self, action: str, request: Request) -> Any:  # noqa: ANN401 - any value
        namespace = self._shell.user_ns
        if action == "fetch":
            return namespace[request.args[0]]
        if action == "assign":
            return namespace.__setitem__(*request.args)
        if action == "delete":
            return namespace.__delitem__(*request.args)
        if action == "global names":
            return [name for name in namespace if isinstance(name, str) and not name.startswith("_")]
        if action == "digests":
            return [digest(namespace[name]) if name in namespace else "" for name in request.args[0]]
        if action == "operate":
            return getattr(operator, request.args[0])(*request.args[1:])
        return _FUNCTIONS[action](*request.args, **request.kwargs)


@contextmanager
def _noted_warnings(warned: list[Warning], *, note: bool) -> Iterator[None]:
    """Note what student code warns of, for a test that looks at it."""
    if not note:
        yield
        return
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        try:
            yield
        finally:
            warned += [item.message for item in seen[:_MOST_WARNINGS] if isinstance(item.message, Warning)]


async def _awaited(target: Awaitable[Any]) -> Any:  # noqa: ANN401 - any value
    return await target


def _as_text(value: object) -> str:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)


def _too_large(error: Exception) -> ValueError:
    return ValueError(f"this value is too large or too deeply nested to be graded: {error}")


def _pull_back(
    inputs: tuple[torch.Tensor, ...],
    outputs: tuple[torch.Tensor, ...],
    cotangents: tuple[torch.Tensor | None, ...],
    create_graph: bool,
) -> list[torch.Tensor | None]:
    """The vector–Jacobian product, with respect to the judge's tensors; the student's own leaves accumulate theirs."""
    pairs = [(output, v) for output, v in zip(outputs, cotangents, strict=True) if v is not None]
    own = [leaf for leaf in _leaves_of(outputs) if all(leaf is not item for item in inputs)]
    gradients = torch.autograd.grad(
        [output for output, _ in pairs],
        [*inputs, *own],
        [v.to(output.device) for output, v in pairs],
        retain_graph=True,
        create_graph=create_graph,
        allow_unused=True,
    )
    for leaf, gradient in zip(own, gradients[len(inputs) :], strict=True):
        if gradient is not None:
            leaf.grad = gradient if leaf.grad is None else leaf.grad + gradient
    return list(gradients[: len(inputs)])


def _leaves_of(outputs: tuple[torch.Tensor, ...]) -> list[torch.Tensor]:
    leaves, seen, ahead = [], set(), [output.grad_fn for output in outputs]
    while ahead:
        node = ahead.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        if hasattr(node, "variable"):
            leaves.append(node.variable)
        ahead += [following for following, _ in node.next_functions]
    return leaves
