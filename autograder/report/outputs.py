"""A cell's outputs as parts of a page that runs no code."""

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from nbconvert.filters.ansi import strip_ansi
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.untrusted import html_sanitiser
from autograder.untrusted.notebooks import BASE64, RASTER_IMAGES

LONGEST_TEXT = 20_000
"""Characters of one text output, or of one cell, that a page shows."""
LONGEST_PROSE = 10_000
"""Characters of an answer in words that is rendered as markdown; a longer one is shown as it was typed."""
LONGEST_LINE = 300
"""Characters of the longest line of code that is highlighted."""

_HEADING = re.compile(r"<(/?)h[1-6]>")


@dataclass(frozen=True)
class Part:
    """One output.

    Attributes:
        kind: "text", "error", "image", "html" or "note".
        content: the text, or an image's data URI, or cleaned HTML (a `Markup`).
        description: an image's alternative text.
    """

    kind: str
    content: str
    description: str = ""


def clean(html: str) -> Markup:
    """HTML without anything that runs, loads or restyles the page."""
    return Markup(html_sanitiser.html(html))  # noqa: S704 - that is what cleaning is for


def markdown(text: str) -> Markup:
    """Markdown as cleaned HTML; its headings rank below those of the page."""
    if len(text) > LONGEST_PROSE:
        return unrendered(text)
    rendered = MarkdownWithMath(renderer=IPythonRenderer(escape=False, exclude_anchor_links=True)).render(text)
    return Markup(_HEADING.sub(r"<\1h5>", str(clean(rendered))))  # noqa: S704 - it is clean


def code(text: str) -> Markup:
    """Python with its syntax highlighted, escaped; a keyboard can scroll it."""
    if len(text) > LONGEST_TEXT or any(len(line) > LONGEST_LINE for line in text.splitlines()):
        return unrendered(text)
    marked = str(Highlight2HTML(pygments_lexer="python3")(text)).replace("<pre>", '<pre tabindex="0">', 1)
    return Markup(marked)  # noqa: S704 - Pygments escapes the text


def unrendered(text: str) -> Markup:
    """A text as it was typed: the time to render grows with the square of a line's length, and delays the class."""
    return Markup('<pre tabindex="0">{}</pre>').format(_plain(text))


def parts(outputs: Iterable[Mapping[str, Any]]) -> tuple[Part, ...]:
    """Turn nbformat 4 outputs into parts, in order; what a page cannot show safely becomes a note or nothing."""
    found = [part for output in outputs for part in _parts_of(output)]
    return tuple(part for part in found if part.content)


def _parts_of(output: Mapping[str, Any]) -> list[Part]:
    match output.get("output_type"):
        case "stream":
            return [Part("text", _plain(output.get("text", "")))]
        case "error":
            return [Part("error", _traceback(output))]
        case "display_data" | "execute_result":
            return [_richest(output.get("data", {}))]
        case _:
            return []


def _richest(data: Mapping[str, Any]) -> Part:
    described = _plain(data.get("text/plain", ""))
    for kind in sorted(RASTER_IMAGES):
        content = _joined(data.get(kind, ""))
        if content and BASE64.fullmatch(content):
            return Part("image", f"data:{kind};base64,{''.join(content.split())}", described)
    if "image/svg+xml" in data:
        drawing = b64encode(_joined(data["image/svg+xml"]).encode()).decode()
        return Part("image", f"data:image/svg+xml;base64,{drawing}", described)
    if html_sanitiser.PLOTLY in data:
        return Part("note", _described_figure(data[html_sanitiser.PLOTLY]))
    if "text/html" in data:
        cleaned = clean(_joined(data["text/html"]))
        if cleaned.striptags():
            return Part("html", cleaned)
    return Part("text", described)


def _described_figure(figure: object) -> str:
    """The text that replaces an interactive figure on a page that runs no script."""
    layout = figure.get("layout") if isinstance(figure, Mapping) else None
    meta = layout.get("meta") if isinstance(layout, Mapping) else None
    description = meta.get("description") if isinstance(meta, Mapping) else meta
    words = _plain(description) if isinstance(description, str) else ""
    return f"An interactive figure, to be seen in the notebook. {words}".strip()


def _traceback(output: Mapping[str, Any]) -> str:
    lines = output.get("traceback") or ()
    text = "\n".join(str(line) for line in lines) or f"{output.get('ename', '')}: {output.get('evalue', '')}"
    return _plain(text)


def _joined(text: object) -> str:
    return "".join(str(line) for line in text) if isinstance(text, list | tuple) else str(text)


def _plain(text: object) -> str:
    plain = str(strip_ansi(_joined(text))).rstrip()
    if len(plain) <= LONGEST_TEXT:
        return plain
    return f"{plain[:LONGEST_TEXT]}\n… ({len(plain) - LONGEST_TEXT:,} more characters)"
