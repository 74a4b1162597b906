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
    "language": "en",
}
