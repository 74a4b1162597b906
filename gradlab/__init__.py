"""What a Gradlab notebook imports: the device, checks that diagnose, figures, graph drawing, and how fast it can go.

The submodules are imported on first use, so that ``import gradlab`` costs next to nothing.
"""

from importlib import import_module
from typing import Any

from gradlab.notebook import dark_theme, text_alternatives, waiting_cells
from gradlab.notebook.devices import device

__all__ = ["basins", "check", "device", "figures", "graph", "ladder"]
__version__ = "0.1.0"

waiting_cells.install()
text_alternatives.install()
dark_theme.install()


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module
    """Import a submodule on first use."""
    if name not in __all__:
        raise AttributeError(f"module 'gradlab' has no attribute {name!r}")
    return import_module(f"gradlab.{name}")
