"""The fixed words around a diagnosis, and the sentence about the device."""

LABELS = {
    "not-yet": "Not yet",
    "seen": "What the check saw",
    "cause": "Likely cause",
    "look": "Look next",
    "frame": "in {function}, line {line}: {source}",
    "device-cpu": "No CUDA device here: everything runs on the CPU.",
    "device-none": "There is no CUDA device, or this PyTorch was built without CUDA.",
    "device-old-driver": (
        "There is a GPU, but its driver is too old for this PyTorch: update the driver, or install a PyTorch built for "
        "an older CUDA. PyTorch says: {told}"
    ),
    "device-fails": "There may be a GPU, but PyTorch cannot use it. PyTorch says: {told}",
    "device-tf32": (
        "TF32 is switched on: products of float32 matrices (`@`, linear layers) keep three decimals only, and agree "
        "with the CPU to that. Sines, sums and all that works number by number do not change. "
        'torch.set_float32_matmul_precision("highest") switches it off.'
    ),
    "tensor": "a tensor",
    "array": "a NumPy array",
    "number": "a number",
    "pair": "a pair of results",
    "argument": "argument number {number}",
    "exercise-open": "This exercise is still to be written: replace the line that raises NotImplementedError.",
    "waits-for-function": "This cell waits for an exercise above: `{function}` is still to be written.",
    "waits-for-name": "This cell waits too: it needs `{name}`, and that needs `{function}`, still to be written.",
    "language": "en",
}
