"""The messages of `gradlab.notebook.computation_errors`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ErrorWords:
    """An error in words.

    Attributes:
        title: the error in a few words, without a full stop.
        seen: what happened, in sentences.
        way_on: what to do now, in sentences.
    """

    title: str
    seen: str
    way_on: str


PARTS = {"seen": "What happened", "way-on": "A way on", "language": "en"}

COMPUTATION_ERRORS = {
    "count": ErrorWords(
        "A whole number is needed",
        "{name} is {number}.",
        "Give a whole number of at least {least}. It need not be a power of two.",
    ),
    "rate": ErrorWords(
        "A learning rate is needed",
        "The learning rate is {rate}, with which no step has a length.",
        "Give a finite number above 0, such as 0.1.",
    ),
    "no-device": ErrorWords(
        "There is no such device",
        "Neither a processor nor a GPU of this machine is called {device!r}.",
        "Use 'cpu', or 'cuda' where there is a GPU.",
    ),
    "no-gpu": ErrorWords(
        "There is no GPU to compute on",
        "{reason}",
        "Compute on the CPU, device='cpu', with fewer starts: 256 × 256 take a few seconds.",
    ),
    "memory": ErrorWords(
        "The memory does not suffice",
        "{device} has no room left.",
        "Take fewer starts. Tensors that are still named in the notebook keep their memory: restarting the kernel "
        "frees it. A computation on device='cpu' has the machine's main memory.",
    ),
    "memory-side": ErrorWords(
        "The memory does not suffice",
        "{device} has no room left for {side} × {side} starts.",
        "Try {smaller} × {smaller}, which need a quarter of it. Tensors that are still named in the notebook keep "
        "their memory: restarting the kernel frees it. Or compute on device='cpu', which has the machine's memory.",
    ),
    "lost": ErrorWords(
        "The GPU does not answer any more",
        "While {device} computed, it failed: {told}",
        "Nothing can be computed on it in this process: restart the kernel. If it fails again, choose device='cpu'.",
    ),
    "compiler": ErrorWords(
        "There is no compiler for this",
        "The code of this rung could not be built: {told}",
        "Leave this rung out, or install a compiler and Python's headers (on Debian and Ubuntu: g++, python3-dev).",
    ),
    "left-out": ErrorWords(
        "This rung cannot be climbed here",
        "{reason}",
        "Use another rung: gradlab.ladder.climb() leaves out what this machine lacks.",
    ),
}
