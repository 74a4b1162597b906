"""Modules that libraries import when something is first used, and that take a second.

Each submission that uses it would import them again, in its own time. A zygote that imports them for every lab would
start a second later, and its forks would cost more, for nothing in most labs.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

_LATE: Final[Mapping[str, re.Pattern[str]]] = {
    # When an optimiser is made, or something is compiled.
    "torch._dynamo": re.compile(r"\b(?:optim|compile)\b"),
    # When a derivative is first computed in forward mode.
    "torch._decomp.decompositions_for_jvp": re.compile(r"jvp|jacfwd|hessian|forward_ad"),
}


def late_imports(sources: Iterable[str]) -> list[str]:
    """The modules that code with these texts may have libraries import.

    Args:
        sources: the texts of cells; what they say decides about time alone.
    """
    text = "\n".join(sources)
    return [name for name, sign in _LATE.items() if sign.search(text)]
