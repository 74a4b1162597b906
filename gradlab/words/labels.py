"""The fixed words around a diagnosis, and the sentence about the device."""

LABELS = {
    "not-yet": "Not yet",
    "seen": "What the check saw",
    "cause": "Likely cause",
    "look": "Look next",
    "frame": "in {function}, line {line}: {source}",
    "device-cpu": "No CUDA device here: everything runs on the CPU.",
    "tensor": "a tensor",
    "array": "a NumPy array",
    "number": "a number",
    "argument": "argument number {number}",
    "exercise-open": "This exercise is still to be written: replace the line that raises NotImplementedError.",
    "waits-for-function": "This cell waits for an exercise above: `{function}` is still to be written.",
    "waits-for-name": "This cell waits too: it needs `{name}`, and that needs `{function}`, still to be written.",
    "language": "en",
}
