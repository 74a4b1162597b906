"""What one attack is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Tamper = Callable[[dict[str, Any]], dict[str, Any] | bytes]
"""From a notebook as nbformat's JSON to another one, or to the bytes of a file."""


class Kind(StrEnum):
    """What an attack attacks, or with what."""

    OBJECT = "lying object"
    """An answer that says what it is asked to say."""
    LIBRARY = "patched library"
    """Builtins, torch, NumPy or gradlab replaced in the student's process."""
    SHELL = "notebook shell"
    """IPython's transformers, events, hooks and magics."""
    INTERPRETER = "interpreter"
    """Import hooks, frames, the garbage collector, ctypes, atexit, /proc."""
    ERROR = "forged error"
    """An exception that reads as something else."""
    ARGUMENT = "changed argument"
    """The test's own objects changed, or kept."""
    GRADIENT = "gradient"
    """Graphs and gradients that are none."""
    TIMING = "timing and order"
    """Answers that depend on the number of calls, on the caller or on the clock; late and early messages."""
    MESSAGE = "forged message"
    """Something that the student's side never says."""
    WIRE = "malformed message"
    """Bytes that are no message."""
    HANG = "endless method"
    """Something that never returns."""
    EXHAUSTION = "exhaustion"
    """Giant values; all memory, all disk, all output."""
    PROCESS = "processes"
    """Fork bombs, detached processes, signals to others."""
    FILE = "files"
    """Links, devices, the interpreter, the environment."""
    NETWORK = "network"
    """Every route to another machine or another submission."""
    FORMAT = "format"
    """The notebook file itself."""


@dataclass(frozen=True)
class Attack:
    """A dishonest submission to the small lab (`tests.small_lab`).

    Attributes:
        name: what is tried.
        kind: the class that it belongs to.
        answers: id of the exercise → what stands in its cell. None of these exercises may earn a point.
        spoils: whether the other exercises, which are answered rightly, may suffer from it.
        tamper: what is done to the notebook file in which these answers stand, or None.
        flagged: what one of the result's flags must say; empty where nothing of the attack can be seen.
    """

    name: str
    kind: Kind
    answers: Mapping[str, str] = field(default_factory=dict)
    spoils: bool = False
    tamper: Tamper | None = None
    flagged: str = ""


def attack(name: str, kind: Kind, *, spoils: bool = False, flagged: str = "", **answers: str) -> Attack:
    """Make an attack from the cells in which it stands."""
    return Attack(name, kind, answers, spoils, flagged=flagged)
