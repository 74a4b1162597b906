"""What a test was told of the student's names, so that it isn't told another thing the next time.

In one process a name keeps its value until some code binds it anew. A submission that answers for itself could give a
test another value at each look-up, or a value of its own for a variable of the test's that has the name of one of its
own. So a name whose value stands still while the solution is graded stands still for a submission, too.
"""

from typing import Any

import torch

from autograder.wall.codec import Encoder
from autograder.wall.faults import UnsendableError
from autograder.wall.handles import is_handle
from autograder.wall.values import Node, write_tensor


class Memory:
    """The student's names as one test has met them."""

    def __init__(self) -> None:
        self._met: dict[str, tuple[object, Node]] = {}

    def clear(self) -> None:
        """Forget everything: another test begins."""
        self._met.clear()

    def note(self, name: str, value: object) -> None:
        """A test has bound a name, or met it for the first time."""
        self._met[name] = (value, _print(value))

    def forget(self, name: str) -> None:
        """A test has unbound a name."""
        self._met.pop(name, None)

    def recall(self, name: str, value: object) -> Any:  # noqa: ANN401 - any value
        """The value that a test has met under a name.

        Args:
            name: the name.
            value: what the student's side says that it is now.

        Returns:
            ``value`` itself if it is the same as before, or the first.
        """
        if name not in self._met:
            self.note(name, value)
        before, print_ = self._met[name]
        return value if before is value or print_ == _print(value) else before


def _print(value: object) -> Node:
    """A value in a form that can be compared."""
    try:
        return Encoder(_beyond).write(value)
    except (UnsendableError, RuntimeError):
        # Torch has dtypes for which it has no copy.
        return ["object", id(value)]


def _beyond(value: object, _: Encoder) -> Node:
    if isinstance(value, torch.Tensor):
        # What was computed from it may have given it a gradient meanwhile.
        return ["tensor", write_tensor(value)]
    return ["handle", value._number] if is_handle(value) else ["object", id(value)]  # type: ignore[attr-defined]
