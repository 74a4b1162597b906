"""The corpus: every attack that is known."""

from tests.attacks.attack import Attack
from tests.attacks.exhaustion import EXHAUSTION
from tests.attacks.formats import FORMATS
from tests.attacks.objects import OBJECTS
from tests.attacks.process import PROCESS
from tests.attacks.wire import WIRE

ATTACKS: tuple[Attack, ...] = (*OBJECTS, *PROCESS, *WIRE, *EXHAUSTION, *FORMATS)
