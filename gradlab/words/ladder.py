"""Every word of the speed ladder: the one file to replace in a translation."""

REASONS = {
    "no-compiler": "torch.compile needs a C++ compiler, and there is none here.",
    "no-headers": "torch.compile needs Python's headers, and they are not here (on Debian and Ubuntu: python3-dev).",
    "no-triton": "It needs Triton, which is not installed here; PyTorch for CUDA on Linux brings it along.",
    "cuda-only": "It needs a CUDA device.",
    "float32-only": "The kernel computes in float32.",
}
TITLES = {
    "loop": "a loop over the starts",
    "together": "one tensor, autograd",
    "formula": "the gradient's formula",
    "compiled": "torch.compile",
    "recorded": "CUDA graph",
    "fused": "one fused kernel",
}
HEADING = "{n:,} starts, {steps} steps each, on {device}"
LIMITS = "At best it copies {copied:.0f} GB and computes {functions:.2g} billion sines and cosines in a second."
COLUMNS = f"{'rung':24}{'time':>11}{'faster':>11}{'GB moved':>10}{'10⁹ sin, cos':>14}{'of the limit':>14}"
LINE = "{title:24}{time:>11}{faster:>11}{bytes:>10.2f}{functions:>14.3f}{share:>13.2g} %"
LEFT_OUT = "Left out: {title}. {reason}"

PROGRAM = "Move many starts downhill in six ways, each faster than the one before."
STARTS = "how many starts (default {default})"
STEPS = "steps of each descent (default {default})"
RATE = "the learning rate (default {default})"
DEVICE = "cpu or cuda; by default the GPU if there is one"
