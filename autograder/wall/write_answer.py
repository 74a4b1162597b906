"""How the student's side writes a reply: values, graphs, what the call changed."""

from typing import Any

import msgpack
import torch

from autograder.wall.codec import Encoder, is_plain_tensor, leaf_content
from autograder.wall.read_request import Request, argument_nodes, contents
from autograder.wall.student_objects import ExportedObjects, describe_handle
from autograder.wall.values import Node, write_tensor


def _same(node: Node, other: Node) -> bool:
    """Whether two nodes say the same; a number that is none (NaN) says what another one says."""
    return bool(node == other) or _packed(node) == _packed(other)


def _packed(node: Node) -> bytes:
    packed: bytes = msgpack.packb(node, unicode_errors="surrogatepass")
    return packed


class AnswerWriter:
    """Writes replies."""

    def __init__(self, exported: ExportedObjects) -> None:
        self._exported = exported
        self._leaves_sent: dict[int, Node] = {}

    def write(self, value: object, request: Request, inputs: tuple[torch.Tensor, ...]) -> dict[str, Node]:
        """Write the answer to a request.

        Args:
            value: the answer.
            request: what was asked.
            inputs: the leaves with respect to which the judge may backpropagate.

        Returns:
            ``value``: the node; ``graph``: the values of the non-leaf tensors in it; ``record``: the number of the
            graph that they belong to; ``after``: the arguments that the call changed; ``leaves``: the shared leaves
            that changed.

        Raises:
            UnsendableError: the answer is too large or nested too deeply.
        """
        outputs: list[torch.Tensor] = []
        encoder = Encoder(
            lambda item, own: self._write_other(item, own, outputs),
            argument_nodes(request.objects),
        )
        node = encoder.write(value)
        after = [[number, encoder.content(request.objects[number])] for number in self._changed(request)]
        record = self._exported.keep_record(inputs, tuple(outputs)) if outputs else None
        graph = [write_tensor(output) for output in outputs]
        return {"value": node, "graph": graph, "record": record, "after": after, "leaves": self._changed_leaves()}

    @staticmethod
    def _changed(request: Request) -> list[int]:
        now = contents(request.objects)
        return [number for number, before in enumerate(request.before) if not _same(now[number], before)]

    def note_leaves(self, numbers: list[int]) -> None:
        """Note that the judge has these shared leaves as they are: it has just sent them."""
        for number in numbers:
            self._leaves_sent[number] = leaf_content(self._exported.leaves[number])

    def _changed_leaves(self) -> list[Node]:
        changed = []
        for number, leaf in self._exported.leaves.items():
            content = leaf_content(leaf)
            if self._leaves_sent.get(number) != content:
                self._leaves_sent[number] = content
                changed.append([number, content])
        return changed

    def _write_other(self, value: Any, encoder: Encoder, outputs: list[torch.Tensor]) -> Node:  # noqa: ANN401
        if not isinstance(value, torch.Tensor) or not is_plain_tensor(value):
            return describe_handle(value, self._exported, encoder)
        if type(value) not in (torch.Tensor, torch.nn.Parameter):
            return encoder.write(value.as_subclass(torch.Tensor))
        if value.is_leaf:
            number = self._exported.keep(value)
            self._exported.leaves[number] = value
            self._leaves_sent.setdefault(number, None)
            return ["leaf", number]
        outputs.append(value)
        return ["graph", encoder.number(value), len(outputs) - 1]
