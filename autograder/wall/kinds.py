"""What is said of a class whose values cross the wall, beside the small values and the containers of the codec."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from autograder.wall.errors import MalformedError

Node = Any
"""What MessagePack carries: None, bool, int, float, str, bytes, or a list that begins with a tag."""


class Writer(Protocol):
    """Writes the values in a value: `autograder.wall.codec.Encoder`."""

    def write(self, value: object) -> Node:
        """Write a value."""

    def write_items(self, items: list[Any]) -> list[Node]:
        """Write many values."""


class Reader(Protocol):
    """Reads the values in a value: `autograder.wall.codec.Decoder`."""

    def read(self, node: Node) -> Any:  # noqa: ANN401 - any value
        """Read a value."""

    def read_items(self, nodes: Node) -> list[Any]:
        """Read many values."""

    def may_hide_items(self) -> bool:
        """Whether an array may hide some of its items (a mask) here."""


@dataclass(frozen=True)
class Kind:
    """How values of one class cross.

    Attributes:
        tag: what their nodes begin with.
        write: writes what a value holds.
        read: makes a value of it. It sees what a hostile process wrote, and checks every type.
        become: for a class whose objects can change: gives an object what another one of its class holds, which is not
            used after that. None: they can't.
        accepts: whether a value of the class can be written; asked before.
    """

    tag: str
    write: Callable[[Any, Writer], Node]
    read: Callable[[Node, Reader], Any]
    become: Callable[[Any, Any], None] | None = None
    accepts: Callable[[Any], bool] = lambda _: True


Kinds = Mapping[type, Kind]


def expect(condition: object, what: str) -> None:
    """Refuse what a hostile process wrote.

    Raises:
        MalformedError: the condition does not hold.
    """
    if not condition:
        raise MalformedError(what)


def is_private(name: object) -> bool:
    """Whether a name is one that Python's protocols look up on objects (``__array_interface__``).

    NumPy would read any memory that an attribute of this name points at.
    """
    return isinstance(name, str) and name.startswith("__")


class Held:
    """What stands in a message's list of objects for a value that can't be filled with content.

    Args:
        value: the value.
    """

    def __init__(self, value: object) -> None:
        self.value = value


def unwrap(item: Any) -> Any:  # noqa: ANN401 - any object of a message
    """The value itself."""
    return item.value if isinstance(item, Held) else item
