"""The sandbox in which attacks are tried: the strongest one, or another that the environment names.

`tests.attacks.test_without_namespaces` has the tests of this folder run again so, in a process tree of its own.
"""

import os
from typing import Final

from autograder.sandbox.mode import Mode

VARIABLE: Final = "GRADLAB_TEST_SANDBOX"
MODE: Final = Mode(os.environ.get(VARIABLE, Mode.BUBBLEWRAP.value))
