"""How student code is isolated."""

from enum import StrEnum


class Mode(StrEnum):
    """How student code is isolated."""

    BUBBLEWRAP = "bubblewrap"
    """bubblewrap outside, namespaces for each submission inside. Fails closed."""
    LANDLOCK = "landlock"
    """Landlock and a filter of system calls, where namespaces are forbidden. Fails closed."""
    NONE = "none"
    """Resource limits alone. Student code can read what the user can read."""


class Choice(StrEnum):
    """The choice of ``--sandbox`` (`autograder.sandbox.choice.choose`)."""

    AUTO = "auto"
    """bubblewrap where it works, else Landlock where the kernel has it, else grading refuses."""
    BUBBLEWRAP = Mode.BUBBLEWRAP.value
    LANDLOCK = Mode.LANDLOCK.value
    NONE = Mode.NONE.value
