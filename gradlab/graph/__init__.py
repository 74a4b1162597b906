"""The computational graph of an expression: values going forward, gradients coming back.

`record` turns a computation into plain data, `draw` turns it into an animation that needs neither Graphviz nor a live
kernel. Plotly is imported with the first drawing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradlab.graph.drawing import draw
    from gradlab.graph.recording import Graph, Node, record

__all__ = ["Graph", "Node", "draw", "record"]

_MODULES = {"Graph": "recording", "Node": "recording", "draw": "drawing", "record": "recording"}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module attribute can be anything
    """Import what is asked for on first use."""
    if name not in _MODULES:
        raise AttributeError(f"module 'gradlab.graph' has no attribute {name!r}")
    value = getattr(import_module(f"gradlab.graph.{_MODULES[name]}"), name)
    globals()[name] = value
    return value
