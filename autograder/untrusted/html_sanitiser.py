"""Sanitises what a student's notebook shows on an instructor's page: nothing in it runs or loads anything.

nbgrader's pages (formgrader, feedback) put HTML outputs, SVG, markdown and raw cells into the page as they are.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import nh3

from autograder.untrusted.notebooks import BASE64, RASTER_IMAGES

Clean = Callable[[str, str], str]
"""Cleans a text of a type: (type, text) → cleaned text."""

PLOTLY = "application/vnd.plotly.v1+json"

# In HTML a tag begins with "<" and one of these right behind it. Tags without attributes from this list are inert.
_TAG = re.compile(
    r"<(?!/?(?:b|i|em|strong|sub|sup|br|p|u|s|kbd|code|pre|ul|ol|li|table|thead|tbody|tr|th|td|details|summary|hr)"
    r"\s*/?>)(?=[A-Za-z/!?])",
    re.IGNORECASE,
)
# MathJax's commands that make links, styles and ids, or load more commands.
_ACTIVE_TEX = re.compile(r"\\(?=(?:href|url|cssId|class|style|require|unicode|html\w*|data|tooltip|action|toggle)\b)")
_SVG_TAGS = {
    *("svg", "g", "defs", "symbol", "use", "title", "desc", "path", "rect", "circle", "ellipse", "line", "polyline"),
    *("polygon", "text", "tspan", "clipPath", "mask", "linearGradient", "radialGradient", "stop", "marker", "pattern"),
}
_SVG_ATTRIBUTES = {
    *("id", "class", "transform", "d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width"),
    *("height", "xmlns"),
    *("points", "viewBox", "preserveAspectRatio", "version", "fill", "fill-opacity", "fill-rule", "stroke", "opacity"),
    *("stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit"),
    *("text-anchor", "font-family", "font-size", "font-weight", "font-style", "dominant-baseline", "clip-path", "mask"),
    *("clipPathUnits", "gradientUnits", "gradientTransform", "offset", "stop-color", "stop-opacity", "dx", "dy"),
    *("markerWidth", "markerHeight", "refX", "refY", "orient", "patternUnits", "href", "aria-label"),
}
_MOST_MARKUP = 4 * 1024**2


def clean(kind: str, text: str) -> str:
    """Clean the text of an output of one of the types in `CLEANERS`."""
    return CLEANERS[kind](text)


def outputs(untrusted: Iterable[Mapping[str, Any]], clean: Clean = clean) -> list[dict[str, Any]]:
    """Clean nbformat 4 outputs; what is malformed or could run is left out.

    Args:
        untrusted: the outputs.
        clean: cleans a text of a type; what comes out empty is left out.
    """
    return [cleaned for output in untrusted if (cleaned := _output(output, clean)) is not None]


def markdown(source: str) -> str:
    """Clean markdown or a raw cell: all but the simplest tags get a blank after ``<``, so that they show as text.

    Nothing else changes. In code, mathematics and prose the blank does no harm, and no nesting of markdown, mathematics
    and HTML turns it into a tag again.
    """
    return tex(_TAG.sub("< ", source))


def tex(source: str) -> str:
    r"""Clean TeX: a command of MathJax's that links or styles loses its backslash."""
    return _ACTIVE_TEX.sub("", source)


def html(markup: str) -> str:
    """Clean HTML, by nh3's list of what is safe; images only if they are part of it."""
    return nh3.clean(
        markup[:_MOST_MARKUP],
        tags=nh3.ALLOWED_TAGS - {"map", "area"},
        attributes={**nh3.ALLOWED_ATTRIBUTES, "*": {"class", "scope", "colspan", "rowspan", "aria-label", "role"}},
        url_schemes={"http", "https", "mailto", "data"},
        attribute_filter=_html_attribute,
    )


def svg(markup: str) -> str:
    """Clean a drawing: shapes and text stay; scripts, styles, links and external files are removed."""
    return nh3.clean(
        markup[:_MOST_MARKUP],
        tags=_SVG_TAGS,
        clean_content_tags={"script", "style"},
        attributes={"*": _SVG_ATTRIBUTES},
        attribute_filter=_svg_attribute,
        link_rel=None,
    )


def attachments(images: Mapping[str, Mapping[str, str]] | None) -> dict[str, dict[str, str]] | None:
    """Keep raster images; all other attachments are removed."""
    kept = {
        name: {kind: data for kind, data in bundle.items() if kind in RASTER_IMAGES and BASE64.fullmatch(data)}
        for name, bundle in (images or {}).items()
    }
    return {name: bundle for name, bundle in kept.items() if bundle} or None


def _html_attribute(_tag: str, attribute: str, value: str) -> str | None:
    if attribute == "src":
        return value if value.startswith(tuple(f"data:{kind};base64," for kind in RASTER_IMAGES)) else None
    if attribute == "href" and value.strip().lower().startswith("data:"):
        return None
    return value


def _svg_attribute(_tag: str, attribute: str, value: str) -> str | None:
    if attribute == "href":
        return value if value.startswith("#") else None
    if attribute == "xmlns":
        # nbconvert writes drawings into separate images, which need it.
        return value if value == "http://www.w3.org/2000/svg" else None
    return None if "url(" in value.lower().replace("url(#", "") else value


def _output(output: Mapping[str, Any], clean: Clean) -> dict[str, Any] | None:
    match output.get("output_type"):
        case "stream":
            name = "stderr" if output.get("name") == "stderr" else "stdout"
            return {"output_type": "stream", "name": name, "text": text_of(output.get("text"))}
        case "error":
            traceback = output.get("traceback")
            return {
                "output_type": "error",
                "ename": text_of(output.get("ename")),
                "evalue": text_of(output.get("evalue")),
                "traceback": [text_of(line) for line in traceback] if isinstance(traceback, list | tuple) else [],
            }
        case "display_data" | "execute_result" as kind:
            data = output.get("data")
            kept = _bundle(data, clean) if isinstance(data, Mapping) else {}
            if not kept:
                return None
            shown: dict[str, Any] = {"output_type": kind, "data": kept, "metadata": {}}
            if kind == "execute_result":
                count = output.get("execution_count")
                shown["execution_count"] = count if isinstance(count, int) else None
            return shown
    return None


def _bundle(data: Mapping[str, Any], clean: Clean) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for kind in CLEANERS:
        text = text_of(data.get(kind))
        if text and (cleaned := clean(kind, text)):
            kept[kind] = cleaned
    for kind in sorted(RASTER_IMAGES):
        image = text_of(data.get(kind))
        if image and BASE64.fullmatch(image):
            kept[kind] = image
    if isinstance(data.get(PLOTLY), Mapping):
        # Through JSON, so that nothing but plain data can be in it.
        kept[PLOTLY] = json.loads(json.dumps(data[PLOTLY]))
        # Without its script, Plotly's HTML is empty, and a page that prefers HTML would show nothing.
        kept.pop("text/html", None)
    return kept


def text_of(value: object) -> str:
    """The text of an output, of which nothing needs to be of the right type."""
    text = "".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")
    return text.encode("utf-8", "replace").decode("utf-8")


CLEANERS: Mapping[str, Callable[[str], str]] = {
    "text/plain": str,
    "text/latex": tex,
    "text/markdown": markdown,
    "text/html": html,
    "image/svg+xml": svg,
}
"""What an output may hold besides raster images and Plotly's figures: type → what cleans it."""
