"""Names for the mutable objects in the arguments of a call, and for what changes in them.

A function that appends to ``data["out"]`` changes that list. It must not also choose what ``data["x"]`` holds, from
which the test computes what it expects: rights to change are given object by object.

The coordinator imports this module, and neither NumPy nor torch.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

WHOLE = ""
GRADIENT = ".grad"
SHAPE = ".shape"
STATE = ".seed"
SHARED = ".shared"
EARLIER = ".earlier"
PARTS = frozenset({WHOLE, EARLIER, GRADIENT, SHAPE, STATE})
"""What changes in an object: its content, items that it held before, its gradient, its shape or dtype, the state of a
generator."""
ANY = "*"
"""A step that stands for any."""


@dataclass(frozen=True)
class Place:
    """Where an object is.

    Attributes:
        argument: the argument: "0", "1", a keyword.
        steps: the steps from the argument to the object: an index, a key, an attribute.
    """

    argument: str
    steps: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "/".join((self.argument, *self.steps))

    def alike(self) -> Iterator[str]:
        """This place, and those that have any step in the place of one of its own."""
        for steps in itertools.product(*((step, ANY) for step in self.steps)):
            yield "/".join((self.argument, *steps))


Change = tuple[Place, frozenset[str]]
"""An object's place, and which parts of it have changed."""
