"""How student code is isolated."""

from enum import StrEnum


class Mode(StrEnum):
    """The choice of ``--sandbox``."""

    BUBBLEWRAP = "bubblewrap"
    """bubblewrap outside, namespaces for each submission inside. The default; fails closed."""
    NONE = "none"
    """Resource limits alone, for machines without namespaces. Student code can read what the user can read."""
