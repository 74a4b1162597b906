"""A Plotly figure that describes itself in words and shows itself everywhere without a live kernel."""

import base64
import html
import itertools
from typing import Any

import numpy as np
import plotly.graph_objects
import plotly.io

from gradlab.notebook.dark_theme import STYLE

_ELEMENT_NUMBERS = itertools.count(1)
CONFIGURATION = {"displaylogo": False, "responsive": False, "modeBarButtonsToRemove": ["select2d", "lasso2d"]}

Plain = dict[str, Any]
"""A part of a figure as plotly.js takes it: a trace, a layout, a frame."""


def _library() -> str:
    """The tags with which Plotly's own pages load plotly.js, sealed with the hash of all its megabytes."""
    empty = plotly.io.to_html({"data": []}, include_plotlyjs="cdn", full_html=False, validate=False)
    before_the_element: str = empty.partition('<div id="')[0]
    return before_the_element.partition(">")[2].strip()


# Made on import: a process that is forked to run a notebook finds it done.
_LIBRARY = _library()


class LabFigure(plotly.graph_objects.Figure):  # type: ignore[misc] # Plotly has no types
    """A figure with a description.

    Plotly's own display either puts all of plotly.js into the notebook or leaves static pages empty. This one gives
    JupyterLab Plotly's data, pages and Colab a small piece of HTML, and terminals and screen readers the description.

    Plotly takes longer to turn a drawing into objects of its own than a lab takes to compute it, and a figure that is
    only shown needs none of them. So they are made when one of them is first asked for.

    Args:
        drawing: ``data``, ``layout`` and, for an animation, ``frames``, made of dictionaries, lists and, as a trace's
            coordinates, arrays of float32 or of small integers.
    """

    # IPython prefers this method where it exists, and Plotly's goes through its global renderer.
    _ipython_display_ = None

    def __init__(self, drawing: Plain) -> None:
        self._drawing = drawing

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever Plotly's figure holds
        """Let Plotly make its objects when the first of its attributes is missed."""
        # IPython asks every object for many ways to be shown.
        if "_drawing" not in vars(self) or name.startswith(("__", "_repr_", "_ipython_")):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        drawing = self._drawing
        del self._drawing
        super().__init__(drawing)
        return getattr(self, name)

    @property
    def description(self) -> str:
        """The figure in words."""
        drawing = vars(self).get("_drawing")
        meta = drawing["layout"].get("meta") if drawing else self.layout.meta
        return str(meta["description"]) if meta else ""

    def _plain(self) -> Plain:
        """The figure as plotly.js takes it."""
        drawing = vars(self).get("_drawing")
        if drawing is None:
            made: Plain = self.to_dict()
            return made
        traces = [{name: _packed(value) for name, value in trace.items()} for trace in drawing["data"]]
        animated = {"frames": drawing["frames"]} if drawing.get("frames") else {}
        return {"data": traces, "layout": drawing["layout"], **animated}

    def _repr_mimebundle_(self, *_: object, **__: object) -> dict[str, Any]:
        element = f"gradlab-figure-{next(_ELEMENT_NUMBERS)}"
        plain = self._plain()
        drawing = plotly.io.to_html(
            plain,
            config=CONFIGURATION,
            include_plotlyjs=False,
            full_html=False,
            auto_play=False,
            validate=False,
            div_id=element,
        )
        description = self.description
        label = html.escape(description, quote=True)
        return {
            "text/plain": description,
            "text/html": f'<div role="figure" aria-label="{label}">{STYLE}{_LIBRARY}{drawing}</div>',
            "application/vnd.plotly.v1+json": {**plain, "config": CONFIGURATION},
        }


def _packed(value: Any) -> Any:  # noqa: ANN401 - whatever a trace holds
    """An array as plotly.js reads it, in little-endian base64; everything else as it is."""
    if not isinstance(value, np.ndarray):
        return value
    little = value.astype(value.dtype.newbyteorder("<"))
    return {
        "dtype": f"{value.dtype.kind}{value.dtype.itemsize}",
        "bdata": base64.b64encode(little.tobytes()).decode("ascii"),
        "shape": ", ".join(map(str, value.shape)),
    }
