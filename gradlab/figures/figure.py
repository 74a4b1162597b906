"""A Plotly figure that describes itself in words and shows itself everywhere without a live kernel."""

import html
import itertools
import json
from typing import Any

import plotly.graph_objects
import plotly.io

_ELEMENT_NUMBERS = itertools.count(1)
CONFIGURATION = {"displaylogo": False, "responsive": False, "modeBarButtonsToRemove": ["select2d", "lasso2d"]}


class LabFigure(plotly.graph_objects.Figure):  # type: ignore[misc] # Plotly has no types
    """A figure with a description.

    Plotly's own display either puts all of plotly.js into the notebook or leaves static pages empty. This one gives
    JupyterLab Plotly's data, pages and Colab a small piece of HTML, and terminals and screen readers the description.
    """

    # IPython prefers this method where it exists, and Plotly's goes through its global renderer.
    _ipython_display_ = None

    @property
    def description(self) -> str:
        """The figure in words."""
        meta = self.layout.meta
        return str(meta["description"]) if meta else ""

    def arrange(self, **layout: Any) -> "LabFigure":  # noqa: ANN401 - Plotly has no types
        """Update the layout and return this very figure, as ``update_layout`` does, but typed."""
        self.update_layout(**layout)
        return self

    def _repr_mimebundle_(self, *_: object, **__: object) -> dict[str, Any]:
        element = f"gradlab-figure-{next(_ELEMENT_NUMBERS)}"
        drawing = plotly.io.to_html(
            self, config=CONFIGURATION, include_plotlyjs="cdn", full_html=False, auto_play=False, div_id=element
        )
        label = html.escape(self.description, quote=True)
        return {
            "text/plain": self.description,
            "text/html": f'<div role="figure" aria-label="{label}">{drawing}</div>',
            "application/vnd.plotly.v1+json": {**json.loads(self.to_json()), "config": CONFIGURATION},
        }
