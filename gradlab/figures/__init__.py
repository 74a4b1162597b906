"""Interactive pictures of functions and descents, each with a description in words.

Every function takes plain data or a callable and returns a `LabFigure`, a Plotly figure that works without a live
kernel. Plotly is imported with the first figure, so that importing this package costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradlab.figures.animation import descent_animation
    from gradlab.figures.basins import basin_map
    from gradlab.figures.curves import progress
    from gradlab.figures.figure import LabFigure
    from gradlab.figures.landscape import contour, curve, surface
    from gradlab.figures.levels import buckets
    from gradlab.figures.overlays import overlaid
    from gradlab.figures.paths import trajectories
    from gradlab.figures.precision import accuracy
    from gradlab.figures.pushes import push_and_pull
    from gradlab.figures.races import race
    from gradlab.figures.regions import decision_regions
    from gradlab.figures.secants import chords
    from gradlab.figures.slopes import slope_graph
    from gradlab.figures.tangents import tangent

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
    "progress",
    "push_and_pull",
    "race",
    "slope_graph",
    "surface",
    "tangent",
    "trajectories",
]

_HOMES = {
    "LabFigure": "figure",
    "accuracy": "precision",
    "basin_map": "basins",
    "chords": "secants",
    "buckets": "levels",
    "contour": "landscape",
    "curve": "landscape",
    "decision_regions": "regions",
    "descent_animation": "animation",
    "overlaid": "overlays",
    "progress": "curves",
    "push_and_pull": "pushes",
    "race": "races",
    "slope_graph": "slopes",
    "surface": "landscape",
    "tangent": "tangents",
    "trajectories": "paths",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module attribute can be anything
    """Import a figure's module on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'gradlab.figures' has no attribute {name!r}")
    value = getattr(import_module(f"gradlab.figures.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
