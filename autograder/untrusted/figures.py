"""Plotly's figures as data: JupyterLab draws them, so nothing in one may load, link or draw a map."""

import re
from collections.abc import Mapping
from typing import Any

from autograder.untrusted.shown_text import markdown

# Traces that draw what they are given. Maps fetch tiles and outlines, and the trace "image" takes an address.
_DRAWING = """
scatter scattergl scatter3d scatterpolar scatterpolargl scatterternary splom bar barpolar heatmap contour
histogram histogram2d histogram2dcontour box violin strip pie sunburst treemap icicle funnel funnelarea waterfall
surface mesh3d cone streamtube volume isosurface table parcoords parcats sankey indicator candlestick ohlc carpet
contourcarpet scattercarpet
"""
_TRACES = frozenset(_DRAWING.split())
# Types of what is no trace: axes, shapes, menus, error bars.
_OTHERS = "- linear log date category multicategory rect circle line path buttons dropdown data percent sqrt constant"
_TYPES = _TRACES | frozenset(_OTHERS.split())
# Pictures and maps of a layout, of its template, of frames and, as "images[0].source", of what a button changes.
_LOADING = re.compile(r"(?:^|\W)(?:images|(?:mapbox|map|geo)\d*|geojson)(?:$|\W)", re.IGNORECASE)
_ARGUMENTS = ("args", "args2")
_ADDRESSES = ("source", "src", "href", "url", "geojson")
_SETTINGS = frozenset(("displayModeBar", "responsive", "scrollZoom", "staticPlot", "doubleClick"))
_BUTTONS = "modeBarButtonsToRemove"
_PLAIN = re.compile(r"[\w \t\n.,;'#%()=+\-*/^|>{}\u0080-\uffff]*")
# A template puts texts together: "<" may be the one, and the rest of a tag another.
_OPEN = re.compile(r"<(?!\s|/?(?:b|i|em|sub|sup|br)\s?/?>)", re.IGNORECASE)
_HOVER_BOX = re.compile(r"(</?extra>)")
_PARTS = ("data", "layout", "frames")


def cleaned(figure: Mapping[str, Any]) -> dict[str, Any]:
    """A figure without what would load something; a trace of another type becomes a scatter plot. It is plain JSON."""
    kept = {name: _value(figure[name]) for name in _PARTS if name in figure}
    config = figure.get("config")
    kept["config"] = _config(config if isinstance(config, Mapping) else {})
    return kept


def _config(config: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in config.items() if name in _SETTINGS and _is_plain(value)}
    buttons = config.get(_BUTTONS)
    if isinstance(buttons, list) and all(isinstance(name, str) and name.isalnum() for name in buttons):
        kept[_BUTTONS] = list(buttons)
    # The logo is a link.
    return {**kept, "displaylogo": False}


def _is_plain(value: object) -> bool:
    return isinstance(value, bool) or value in ("reset", "autosize", "reset+autosize")


def _value(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return {_text(str(name)): _value(item) for name, item in value.items() if not _loads(str(name), item)}
    if isinstance(value, list | tuple):
        return [item if isinstance(item, int | float) else _value(item) for item in value]
    return value if isinstance(value, bool | int | float) else None


def _text(text: str) -> str:
    # Base64 of arrays, and nearly every other text, is let through as it is.
    if _PLAIN.fullmatch(text) and "//" not in text and "www" not in text:
        return text
    parts = _HOVER_BOX.split(text)
    return "".join(part if _HOVER_BOX.fullmatch(part) else _OPEN.sub("< ", markdown(part)) for part in parts)


def _loads(name: str, value: object) -> bool:
    """Whether a field would load something: by its name, or as the type of a trace that does."""
    if _LOADING.search(name):
        return True
    last = name.rpartition(".")[2]
    texts = [it for it in (value if isinstance(value, list) else [value]) if isinstance(it, str)]
    if last in _ARGUMENTS:
        # A button may name the field and then its value.
        return any(_LOADING.search(text) or text.rpartition(".")[2] in (*_ADDRESSES, "type") for text in texts)
    return bool(texts) and (last in _ADDRESSES or (last == "type" and not _TYPES.issuperset(texts)))
