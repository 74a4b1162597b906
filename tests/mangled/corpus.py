"""The corpus: everything that is known to happen to an honest notebook."""

from tests.mangled.accidents import ACCIDENTS
from tests.mangled.editors import EDITORS
from tests.mangled.mangling import Mangling
from tests.mangled.platforms import PLATFORMS
from tests.mangled.tools import TOOLS

CORPUS: tuple[Mangling, ...] = (*EDITORS, *ACCIDENTS, *TOOLS, *PLATFORMS)
