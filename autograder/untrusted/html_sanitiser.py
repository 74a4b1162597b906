"""Sanitises what a student's notebook shows on an instructor's page: nothing in it runs or loads anything.

nbgrader's pages (formgrader, feedback) put HTML outputs, SVG, markdown and raw cells into the page as they are.
"""

import re
import string
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import nh3
from pygments.token import STANDARD_TYPES

from autograder.untrusted import figures
from autograder.untrusted.notebooks import BASE64, RASTER_IMAGES
from autograder.untrusted.shown_text import markdown, plain, tex

Clean = Callable[[str, str], str]
"""Cleans a text of a type: (type, text) → cleaned text."""

PLOTLY = "application/vnd.plotly.v1+json"

_SVG_TAGS = {
    *("svg", "g", "defs", "symbol", "use", "title", "desc", "path", "rect", "circle", "ellipse", "line", "polyline"),
    *("polygon", "text", "tspan", "clipPath", "mask", "linearGradient", "radialGradient", "stop", "marker", "pattern"),
}
_SVG_ATTRIBUTES = {
    *("id", "transform", "d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width"),
    *("height", "xmlns"),
    *("points", "viewBox", "preserveAspectRatio", "version", "fill", "fill-opacity", "fill-rule", "stroke", "opacity"),
    *("stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit"),
    *("text-anchor", "font-family", "font-size", "font-weight", "font-style", "dominant-baseline", "clip-path", "mask"),
    *("clipPathUnits", "gradientUnits", "gradientTransform", "offset", "stop-color", "stop-opacity", "dx", "dy"),
    *("markerWidth", "markerHeight", "refX", "refY", "orient", "patternUnits", "href", "aria-label"),
}
_MOST_MARKUP = 4 * 1024**2
_MOST_ROUNDS = 8
_OUTPUT_TYPES = frozenset(("stream", "error", "display_data", "execute_result"))
_HTML_TAGS = nh3.ALLOWED_TAGS - {"a", "map", "area", "wbr"}
"""Without links. MathJax takes what stands on both sides of a ``<wbr>`` for one command."""
_HTML_ATTRIBUTES = {**nh3.ALLOWED_ATTRIBUTES, "*": {"class", "scope", "colspan", "rowspan", "aria-label", "role"}}
_CLASSES = {"highlight", "dataframe", *STANDARD_TYPES.values()} - {""}
"""Of highlighted code and of tables: with other classes an output could look like a part of the page, or be one."""
# A drawing's attributes are CSS: it can write "url" with escapes, and has other functions that load.
_FUNCTIONS = frozenset(("rgb", "rgba", "hsl", "hsla", "matrix", "translate", "scale", "rotate", "skewX", "skewY"))
_LETTERS = f"{string.ascii_letters}{string.digits}-_"
_REFERENCE = re.compile(r"url\(#[\w.:-]+\)")
_WORDS = ("aria-label",)


def clean(kind: str, text: str) -> str:
    """Clean the text of an output of one of the types in `CLEANERS`."""
    return CLEANERS[kind](text)


def outputs(untrusted: Iterable[Mapping[str, Any]], clean: Clean = clean) -> list[dict[str, Any]]:
    """Clean nbformat 4 outputs; what is malformed or could run is left out.

    Args:
        untrusted: the outputs.
        clean: cleans a text of a type; what comes out empty is left out.
    """
    return [cleaned for output in joined(untrusted) if (cleaned := _output(output, clean)) is not None]


def html(markup: str) -> str:
    """Clean HTML, by nh3's list of what is safe, without links; images only if they are part of it."""
    return _settled(markup[:_MOST_MARKUP], _html)


def svg(markup: str) -> str:
    """Clean a drawing: shapes and text stay; scripts, styles, links and external files are removed."""
    return _settled(markup[:_MOST_MARKUP], _svg)


def attachments(
    images: Mapping[str, Mapping[str, str]] | None, names: Mapping[str, str] | None = None
) -> dict[str, dict[str, str]] | None:
    """Keep raster images, under new names if some are given; all other attachments are removed."""
    kept = {
        (names or {}).get(name, name): {
            kind: data for kind, data in bundle.items() if kind in RASTER_IMAGES and BASE64.fullmatch(data)
        }
        for name, bundle in (images or {}).items()
    }
    return {name: bundle for name, bundle in kept.items() if bundle} or None


def _settled(markup: str, clean: Callable[[str], str]) -> str:
    """Clean until nothing changes: a tag that was taken away may have hidden another way to read the rest."""
    for _ in range(_MOST_ROUNDS):
        cleaned = clean(markup)
        if cleaned == markup:
            return cleaned
        markup = cleaned
    return ""


def _html(markup: str) -> str:
    return tex(
        nh3.clean(
            markup,
            tags=_HTML_TAGS,
            attributes=_HTML_ATTRIBUTES,
            attribute_filter=_html_attribute,
            url_schemes={"data"},
            link_rel=None,
        )
    )


def _svg(markup: str) -> str:
    return tex(
        nh3.clean(
            markup,
            tags=_SVG_TAGS,
            clean_content_tags={"script", "style"},
            attributes={"*": _SVG_ATTRIBUTES},
            attribute_filter=_svg_attribute,
            link_rel=None,
        )
    )


def _html_attribute(_tag: str, attribute: str, value: str) -> str | None:
    if attribute in ("src", "href", "cite"):
        return value if value.startswith(tuple(f"data:{kind};base64," for kind in RASTER_IMAGES)) else None
    if attribute == "class":
        return " ".join(name for name in value.split() if name in _CLASSES) or None
    return value


def _svg_attribute(_tag: str, attribute: str, value: str) -> str | None:
    if attribute == "href":
        return value if value.startswith("#") else None
    if attribute == "xmlns":
        # nbconvert writes drawings into separate images, which need it.
        return value if value == "http://www.w3.org/2000/svg" else None
    return value if attribute in _WORDS or _REFERENCE.fullmatch(value) or _draws(value) else None


def _draws(value: str) -> bool:
    """Whether a value calls no function of CSS but those of colours and places."""
    called = (before[len(before.rstrip(_LETTERS)) :] for before in value.split("(")[:-1])
    return "\\" not in value and _FUNCTIONS.issuperset(called)


def joined(outputs: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The outputs, with the text of a stream in one piece, as JupyterLab shows it."""
    found: list[Mapping[str, Any]] = []
    pieces: list[str] = []
    for output in outputs:
        before = found[-1] if found else {}
        if output.get("output_type") == "stream" == before.get("output_type") and _stream(output) == _stream(before):
            pieces.append(text_of(output.get("text")))
        elif output.get("output_type") in _OUTPUT_TYPES:
            _finish(found, pieces)
            pieces = [text_of(output.get("text"))]
            found.append(output)
    _finish(found, pieces)
    return found


def _finish(outputs: list[Mapping[str, Any]], pieces: list[str]) -> None:
    if len(pieces) > 1:
        outputs[-1] = {**outputs[-1], "text": "".join(pieces)}


def _stream(output: Mapping[str, Any]) -> str:
    return "stderr" if output.get("name") == "stderr" else "stdout"


def _output(output: Mapping[str, Any], clean: Clean) -> dict[str, Any] | None:
    match output.get("output_type"):
        case "stream":
            return {"output_type": "stream", "name": _stream(output), "text": plain(text_of(output.get("text")))}
        case "error":
            traceback = output.get("traceback")
            lines = traceback if isinstance(traceback, list | tuple) else []
            return {
                "output_type": "error",
                "ename": plain(text_of(output.get("ename"))),
                "evalue": plain(text_of(output.get("evalue"))),
                "traceback": [plain(text_of(line)) for line in lines],
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
        kept[PLOTLY] = figures.cleaned(data[PLOTLY])
        # Without its script, Plotly's HTML is empty, and a page that prefers HTML would show nothing.
        kept.pop("text/html", None)
    return kept


def text_of(value: object) -> str:
    """The text of an output, of which nothing needs to be of the right type."""
    text = "".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")
    return text.encode("utf-8", "replace").decode("utf-8")


CLEANERS: Mapping[str, Callable[[str], str]] = {
    "text/plain": plain,
    "text/latex": tex,
    "text/markdown": markdown,
    "text/html": html,
    "image/svg+xml": svg,
}
"""What an output may hold besides raster images and Plotly's figures: type → what cleans it."""
