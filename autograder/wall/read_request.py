"""How the student's side reads a request: the judge's plain data, tensors, and functions as source text."""

import builtins
import functools
import importlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from autograder.wall.codec import Decoder, Encoder
from autograder.wall.errors import MalformedError
from autograder.wall.instances import RANDOM_TAGS, make_iterator
from autograder.wall.kinds import Held, unwrap
from autograder.wall.student_objects import ExportedObjects
from autograder.wall.values import LIBRARY_NAMES, Node


@dataclass(frozen=True)
class Request:
    """What the judge asks for.

    Attributes:
        args: the positional arguments, the object that is acted upon first.
        kwargs: the keyword arguments.
        inputs: leaves that stand for the judge's tensors that require grad, in the judge's order.
        objects: every mutable object among the arguments, by its number; what can't change is held (`kinds.Held`).
        before: what each of them held when it came.
        grad_enabled: whether the judge was recording a graph.
        modes: modes of torch that the judge has entered.
    """

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    inputs: tuple[torch.Tensor, ...]
    objects: tuple[Any, ...]
    before: tuple[Node, ...]
    grad_enabled: bool
    modes: tuple[Any, ...]


class RequestReader:
    """Reads requests."""

    def __init__(self, exported: ExportedObjects, namespace: dict[str, Any]) -> None:
        self._exported = exported
        self._namespace = namespace
        self.replaced: dict[str, Any] = {}
        """What names of the lesson stood for before a test bound or deleted them: the judge may still mean that."""

    def read(self, message: dict[str, Any]) -> Request:
        """Read a request; first release what the judge no longer holds, and apply what it did to shared leaves."""
        self._exported.release(message["released"])
        inputs: list[torch.Tensor] = []
        devices = {"cpu": message["device"]} if message["device"] else {}
        decoder = Decoder(functools.partial(self._read_other, inputs), devices)
        for number, content in message["changed"]:
            # Each shared leaf is written on its own, with numbers of its own.
            own = Decoder(functools.partial(self._read_other, inputs))
            own.fill(self._exported.leaves[number], content, by_itself=True)
        args = tuple(decoder.read(item) for item in message["args"])
        kwargs = {name: decoder.read(item) for name, item in message["kwargs"]}
        inputs += [self._exported.leaves[number] for number in message["leaves"]]
        objects = tuple(decoder.objects)
        # Student code may have put something else in the place of a mode's class.
        modes = tuple(mode for node in message["modes"] if isinstance(mode := self.read_value(node), TorchFunctionMode))
        return Request(args, kwargs, tuple(inputs), objects, contents(objects), message["grad"], modes)

    def read_value(self, node: Node) -> Any:  # noqa: ANN401 - any value
        """Read a value that belongs to no request."""
        return Decoder(functools.partial(self._read_other, [])).read(node)

    def _read_other(self, inputs: list[torch.Tensor], tag: str, parts: list[Node], decoder: Decoder) -> object:
        if tag == "yours":
            return self._exported.find(parts[0])
        if tag == "leaf":
            return self._exported.leaves[parts[0]]
        if tag == "input":
            return _read_input(inputs, decoder, *parts)
        if tag == "name":
            return self.replaced[parts[0]] if parts[0] in self.replaced else self._namespace[parts[0]]
        if tag == "imported":
            return functools.reduce(getattr, parts[1].split("."), importlib.import_module(parts[0]))
        if tag == "module":
            return importlib.import_module(parts[0])
        if tag in _GIVEN:
            return _GIVEN[tag](decoder, *parts)
        if tag in RANDOM_TAGS:
            return decoder.register(parts[0], RANDOM_TAGS[tag].read(parts[1], decoder))
        if tag == "partial":
            function, args, kwargs = (decoder.read(part) for part in parts)
            return functools.partial(function, *args, **kwargs)
        if tag == "made":
            return decoder.read(parts[0])(*decoder.read(parts[1]))
        if tag == "method":
            return getattr(decoder.read(parts[0]), parts[1])
        if tag == "source":
            return _compile(parts[0], parts[1], {name: decoder.read(item) for name, item in parts[2]})
        raise MalformedError(f"no such tag: {tag!r}")


def contents(objects: tuple[Any, ...]) -> tuple[Node, ...]:
    """What each of the arguments holds now, in a form that can be compared."""
    encoder = Encoder(lambda value, _: ["other", id(value)], argument_nodes(objects))
    return tuple(encoder.content(item) for item in objects)


def argument_nodes(objects: tuple[Any, ...]) -> dict[int, Node]:
    """How an answer says that a value is one of the arguments, by ``id``."""
    return {id(unwrap(item)): ["argument", number] for number, item in enumerate(objects)}


def _read_given(decoder: Decoder, node: Node, number: int) -> object:
    value = decoder.read(node)
    decoder.register(number, Held(value))
    return value


def _read_object(decoder: Decoder, number: int, class_node: Node, immutable: Node, content: Node) -> object:
    decoder.reserve(number)
    kind = decoder.read(class_node)
    if immutable is not None:
        base = vars(builtins)[immutable[0]]
        made = base.__new__(kind, decoder.read(immutable[1]))
    else:
        base = next((base for base in (OrderedDict, dict, list, set) if issubclass(kind, base)), object)
        made = base.__new__(kind)
    decoder.objects[number] = made
    return decoder.filled(made, content)


def _read_reduced(decoder: Decoder, maker: Node, args: Node, state_node: Node) -> Any:  # noqa: ANN401 - any object
    made = decoder.read(maker)(*decoder.read(args))
    state = decoder.read(state_node)
    if state is None:
        return made
    if hasattr(made, "__setstate__"):
        made.__setstate__(state)
        return made
    attributes, slots = state if isinstance(state, tuple) else (state, None)
    vars(made).update(attributes or {})
    for name, item in (slots or {}).items():
        object.__setattr__(made, name, item)
    return made


def _read_iterator(decoder: Decoder, number: int, items: Node, complete: bool) -> object:
    # Its number comes before those of its items.
    decoder.reserve(number)
    made = decoder.objects[number] = make_iterator(decoder.read_items(items), complete=complete)
    return made


_GIVEN: dict[str, Callable[..., object]] = {
    "given": _read_given,
    "object": _read_object,
    "reduced": _read_reduced,
    "iterator": _read_iterator,
    "member": lambda decoder, kind, name: decoder.read(kind)[name],
    "method": lambda decoder, owner, name: getattr(decoder.read(owner), name),
}


def _read_input(
    inputs: list[torch.Tensor], decoder: Decoder, number: int, is_leaf: bool, content: Node
) -> torch.Tensor:
    values, _, grad, is_parameter = content
    leaf = decoder.tensor(values)
    leaf = torch.nn.Parameter(leaf) if is_parameter else leaf.requires_grad_()
    inputs.append(leaf)
    # A tensor that wasn't a leaf in the test must not be one here: student code may look, or change it in place.
    tensor: torch.Tensor = decoder.register(number, leaf if is_leaf else leaf.view_as(leaf))
    if is_leaf:
        leaf.grad = decoder.read(grad)
    return tensor


def _compile(name: str, source: str, names: dict[str, Any]) -> Callable[..., Any]:
    namespace = {"__builtins__": builtins, "__name__": "__main__", **LIBRARY_NAMES, **names}
    exec(compile(source, "<test>", "exec"), namespace)  # noqa: S102 - the judge's own source, in the sandbox
    function: Callable[..., Any] = namespace[name]
    return function
