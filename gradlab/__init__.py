"""What a Gradlab notebook imports: the device, checks that diagnose, figures, graph drawing.

The submodules are imported on first use, so that ``import gradlab`` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradlab import check, figures, graph
    from gradlab.device import device

__all__ = ["check", "device", "figures", "graph"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module attribute can be anything
    """Import a submodule, or find `device`, on first use."""
    if name == "device":
        value: Any = import_module("gradlab.device").device
    elif name in __all__:
        value = import_module(f"gradlab.{name}")
    else:
        raise AttributeError(f"module 'gradlab' has no attribute {name!r}")
    globals()[name] = value
    return value
