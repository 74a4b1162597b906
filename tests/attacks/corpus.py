"""The corpus: every attack that is known."""

from tests.attacks.attack import Attack
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
"""Attacks on the machine and on those who are graded beside or after."""
ATTACKS: tuple[Attack, ...] = (*ON_THE_WALL, *ON_THE_MACHINE, *FORMATS)
