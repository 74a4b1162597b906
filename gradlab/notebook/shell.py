"""IPython's shell, if the code runs in a notebook's kernel."""

import sys
from typing import Any


def kernel_shell() -> Any:  # noqa: ANN401 - IPython has no types
    """IPython's shell in a kernel; None outside a kernel. IPython is not imported for this."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell if getattr(shell, "kernel", None) is not None else None
