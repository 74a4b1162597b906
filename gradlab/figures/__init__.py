"""Interactive pictures of functions and descents, each with a description in words.

Every function takes plain data or a callable and returns a `LabFigure`, a Plotly figure that works without a live
kernel. Plotly is imported with the first figure, so that importing this package costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradlab.figures.accumulation import buckets
    from gradlab.figures.basins import basin_map
    from gradlab.figures.curves import progress
    from gradlab.figures.derivatives import accuracy, chords, tangent
    from gradlab.figures.doublings import paths_and_edges
    from gradlab.figures.figure import LabFigure
    from gradlab.figures.jacobians import push_and_pull
    from gradlab.figures.landscape import contour, curve, surface
    from gradlab.figures.paths import descent_animation, overlaid, trajectories
    from gradlab.figures.races import race
    from gradlab.figures.regions import decision_regions
    from gradlab.figures.value_graphs import slope_graph

__all__ = [
    "LabFigure",
    "accuracy",
    "basin_map",
    "buckets",
    "chords",
    "contour",
    "curve",
    "decision_regions",
    "descent_animation",
    "overlaid",
    "paths_and_edges",
    "progress",
    "push_and_pull",
    "race",
    "slope_graph",
    "surface",
    "tangent",
    "trajectories",
]

_MODULES = {
    "LabFigure": "figure",
    "accuracy": "derivatives",
    "basin_map": "basins",
    "buckets": "accumulation",
    "chords": "derivatives",
    "contour": "landscape",
    "curve": "landscape",
    "decision_regions": "regions",
    "descent_animation": "paths",
    "overlaid": "paths",
    "paths_and_edges": "doublings",
    "progress": "curves",
    "push_and_pull": "jacobians",
    "race": "races",
    "slope_graph": "value_graphs",
    "surface": "landscape",
    "tangent": "derivatives",
    "trajectories": "paths",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module attribute can be anything
    """Import a figure's module on first use."""
    if name not in _MODULES:
        raise AttributeError(f"module 'gradlab.figures' has no attribute {name!r}")
    value = getattr(import_module(f"gradlab.figures.{_MODULES[name]}"), name)
    globals()[name] = value
    return value
