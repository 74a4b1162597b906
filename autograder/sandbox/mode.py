"""How far student code is walled in."""

from enum import StrEnum


class Mode(StrEnum):
    """The choice behind ``--sandbox``."""

    BUBBLEWRAP = "bubblewrap"
    """bubblewrap outside, namespaces for each submission inside. The default; fails closed."""
    NONE = "none"
    """Resource limits alone, for machines without namespaces. Student code can read what the user can read."""
