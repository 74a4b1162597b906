"""The corpus: every attack that is known."""

from collections.abc import Iterable

from tests.attacks.attack import Attack, Kind
from tests.attacks.exhaustion import EXHAUSTION
from tests.attacks.formats import FORMATS
from tests.attacks.gradients import GRADIENTS
from tests.attacks.interpreter import INTERPRETER
from tests.attacks.lies import LIES
from tests.attacks.machine import FILES, PROCESSES
from tests.attacks.network import NETWORK
from tests.attacks.objects import OBJECTS
from tests.attacks.process import PROCESS
from tests.attacks.wire import WIRE

ON_THE_WALL = (*OBJECTS, *LIES, *PROCESS, *INTERPRETER, *WIRE, *GRADIENTS, *EXHAUSTION)
"""Attacks on the judge and on the student's own process."""
ON_THE_MACHINE = (*PROCESSES, *FILES, *NETWORK)
"""Attacks on the machine, and on submissions that are graded at the same time or later."""
ATTACKS: tuple[Attack, ...] = (*ON_THE_WALL, *ON_THE_MACHINE, *FORMATS)

ONCE_SUCCEEDED = frozenset(
    {
        "a byte out of band, and no answer",
        "a handle whose class torch has imported: a dictionary",
        "a name that has another value each time it is looked up",
        "a tensor of half a byte's numbers",
        "kernels of torch's registered anew, and its modes never left",
        "the keeper put behind all others, by the priority of its user and of its group, and on one processor",
        "types in the functions' places, which the judge has, too",
    }
)
"""Names of the attacks that an earlier version did not withstand, or in whose like it had a defect."""


def one_of_each_kind(attacks: Iterable[Attack]) -> list[Attack]:
    """The first attack of each kind."""
    first: dict[Kind, Attack] = {}
    for attack in attacks:
        first.setdefault(attack.kind, attack)
    return list(first.values())
