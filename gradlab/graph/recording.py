"""Record a computation as a graph: every operation, its value, and the gradient that reaches it.

Autograd keeps which operation came from which (``grad_fn.next_functions``), but not their results. So the computation
runs once under a mode that intercepts every torch function and records its result.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch.autograd.graph import Node as Operation
from torch.overrides import TorchFunctionMode

from gradlab.words import graph as words

NODE_LIMIT = 60


@dataclass(frozen=True)
class Node:
    """One input or one operation.

    Attributes:
        label: an input's name, or the operation in short.
        parents: numbers of the nodes that it is computed from, in order.
        value: its result; None if the operation happened inside another one.
        gradient: the gradient of the graph's result with respect to it; None where none arrives.
        is_input: whether it is a leaf of the graph.
        slopes: its derivative with respect to each parent, where both are single numbers; None where one is not.
    """

    label: str
    parents: tuple[int, ...]
    value: torch.Tensor | None
    gradient: torch.Tensor | None
    is_input: bool
    slopes: tuple[float | None, ...] = ()


@dataclass(frozen=True)
class Graph:
    """A recorded computation.

    Attributes:
        nodes: every node after all those that it is computed from; the last is the result.
        backward_order: numbers of the nodes in the order in which the backward pass reaches them.
    """

    nodes: tuple[Node, ...]
    backward_order: tuple[int, ...]


def record(function: Callable[..., torch.Tensor], *names: str, **inputs: torch.Tensor) -> Graph:
    """Run a computation forward and backward and record both.

    Args:
        function: called with the inputs as positional arguments, in their order; gives a tensor with one element.
        names: what the results of the operations are called, in the order of the forward pass; there may be fewer.
        inputs: floating-point tensors under the names that the graph shows. They are copied first: neither they nor
            their ``.grad`` change, nor does that of any other tensor that the function uses.

    Raises:
        TypeError: the function gives something that is not a tensor.
        ValueError: the result is not one number, does not depend on anything that requires a gradient, or the graph
            is too large to be seen.
    """
    leaves = {name: value.detach().clone().requires_grad_() for name, value in inputs.items()}
    with torch.enable_grad(), _Recorder() as recorder:
        result = function(*leaves.values())
    if not isinstance(result, torch.Tensor):
        raise TypeError(words.NOT_A_TENSOR.format(kind=type(result).__name__))
    if result.grad_fn is None:
        raise ValueError(words.NOT_TRACKED)
    if result.numel() != 1:
        raise ValueError(words.NOT_ONE_NUMBER.format(shape=tuple(result.shape)))
    operations = forward_order(result.grad_fn)
    slopes = {operation: local_slopes(operation, recorder) for operation in operations}
    gradients, arrivals = pull_back(result, operations)
    leaf_names = {id(leaf): name for name, leaf in leaves.items()}
    computed = [operation for operation in operations if leaf_of(operation) is None]
    result_names = dict(zip(computed, names, strict=False))
    numbers = {operation: number for number, operation in enumerate(operations)}
    nodes = tuple(
        Node(
            label=named(describe(operation, recorder, leaf_names), result_names.get(operation)),
            parents=tuple(numbers[parent] for parent in parents(operation)),
            value=value_of(operation, recorder),
            gradient=gradients.get(operation),
            is_input=leaf_of(operation) is not None,
            slopes=slopes[operation],
        )
        for operation in operations
    )
    return Graph(nodes, tuple(numbers[operation] for operation in arrivals))


class _Recorder(TorchFunctionMode):
    """Records what every torch function returned, and its numeric arguments."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[Operation, torch.Tensor] = {}
        self.constants: dict[Operation, tuple[float, ...]] = {}

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401 - a torch function can return anything
        returned = func(*args, **(kwargs or {}))
        for tensor in returned if isinstance(returned, tuple | list) else (returned,):
            # Reading `.grad_fn` is a torch function too; the mode is off while one of them is handled.
            if isinstance(tensor, torch.Tensor) and tensor.grad_fn is not None and tensor.grad_fn not in self.values:
                self.values[tensor.grad_fn] = tensor.detach().clone()
                self.constants[tensor.grad_fn] = tuple(
                    argument
                    for argument in args
                    if isinstance(argument, int | float) and not isinstance(argument, bool)
                )
        return returned


def local_slopes(operation: Operation, recorder: _Recorder) -> tuple[float | None, ...]:
    """The derivative of an operation with respect to each of its parents, where both are single numbers.

    Must be asked before a backward pass, which frees what the graph has saved.
    """
    value = value_of(operation, recorder)
    unknown = (None,) * len(parents(operation))
    if leaf_of(operation) is not None or value is None or value.numel() != 1:
        return unknown
    with torch.no_grad():
        pulled = operation(torch.ones_like(value))  # type: ignore[operator] # torch's stubs do not know that it is callable
    pieces = pulled if isinstance(pulled, tuple) else (pulled,)
    known = [
        float(piece) if isinstance(piece, torch.Tensor) and piece.numel() == 1 else None
        for piece, (parent, _) in zip(pieces, operation.next_functions, strict=False)
        if parent is not None
    ]
    return tuple(known) if len(known) == len(unknown) else unknown


def named(label: str, name: str | None) -> str:
    """An operation's label with the name of its result: "p = ×"."""
    return label if name is None else words.NAMED.format(name=name, operation=label)


def parents(operation: Operation) -> list[Operation]:
    """The operations that this one is computed from."""
    return [parent for parent, _ in operation.next_functions if parent is not None]


def forward_order(last: Operation) -> list[Operation]:
    """Every operation that leads to the last one, each after its parents.

    Raises:
        ValueError: there are more than `NODE_LIMIT`.
    """
    order: list[Operation] = []
    done: set[Operation] = set()
    pending = [(last, False)]
    while pending:
        operation, parents_done = pending.pop()
        if operation in done:
            continue
        if parents_done:
            done.add(operation)
            order.append(operation)
            if len(order) > NODE_LIMIT:
                raise ValueError(words.TOO_LARGE.format(limit=NODE_LIMIT))
        else:
            pending.append((operation, True))
            pending += [(parent, False) for parent in reversed(parents(operation))]
    return order


def pull_back(
    result: torch.Tensor, operations: list[Operation]
) -> tuple[dict[Operation, torch.Tensor], list[Operation]]:
    """The gradient that reaches each operation, and the order in which they arrive.

    `torch.autograd.grad` rather than ``backward()``: no ``.grad`` changes.
    """
    gradients: dict[Operation, torch.Tensor] = {}
    arrivals: list[Operation] = []

    def listen(operation: Operation) -> None:
        def note(arriving: tuple[torch.Tensor | None, ...]) -> None:
            known = [gradient for gradient in arriving if gradient is not None]
            if known and operation not in gradients:
                # An operation with several results has one gradient for each; they are shown side by side.
                together = known[0] if len(arriving) == 1 else torch.stack(known)
                gradients[operation] = together.detach().clone()
                arrivals.append(operation)

        operation.register_prehook(note)

    leaves = {operation: leaf for operation in operations if (leaf := leaf_of(operation)) is not None}
    for operation in operations:
        if operation not in leaves:
            listen(operation)
    found = torch.autograd.grad(result, list(leaves.values()), torch.ones_like(result), allow_unused=True)
    for operation, gradient in zip(leaves, found, strict=True):
        if gradient is not None:
            gradients[operation] = gradient.detach().clone()
            arrivals.append(operation)
    return gradients, arrivals


def leaf_of(operation: Operation) -> torch.Tensor | None:
    """The leaf whose gradient this operation accumulates; None for every other operation."""
    leaf: torch.Tensor | None = getattr(operation, "variable", None)
    return leaf


def value_of(operation: Operation, recorder: _Recorder) -> torch.Tensor | None:
    """The result of an operation or the value of a leaf."""
    leaf = leaf_of(operation)
    return recorder.values.get(operation) if leaf is None else leaf.detach().clone()


def describe(operation: Operation, recorder: _Recorder, names: dict[int, str]) -> str:
    """A leaf's name, or the operation with the one constant that it was given: "÷ 2"."""
    leaf = leaf_of(operation)
    if leaf is not None:
        return names.get(id(leaf), words.UNKNOWN)
    name = re.sub(r"Backward\d*$", "", operation.name())
    label = words.OPERATIONS.get(name, name.lower())
    constants = recorder.constants.get(operation, ())
    if len(constants) != 1 or len(parents(operation)) != 1:
        return label
    constant = f"{constants[0]:g}"
    if operation.name() == "PowBackward0":
        return words.POWER.format(exponent=constant.translate(words.RAISED))
    return f"{label} {constant}"
