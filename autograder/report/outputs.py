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
from autograder.untrusted.pictures import Attachments, with_readable_pictures

LONGEST_TEXT = 20_000
"""Characters of one text output, or of one cell, that a page shows."""
LONGEST_PROSE = 10_000
"""Characters of an answer in words that is rendered as markdown; a longer one is shown as it was typed."""
MOST_PICTURES = 16 * 1024**2
"""Characters of all pictures in one answer in words; a picture may be shown several times."""
LONGEST_LINE = 300
"""Characters of the longest line of code that is highlighted."""

_PLACE = re.compile(r'src="data:image/png;base64,(\d{1,5})"')
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


def markdown(text: str, attachments: Attachments | None = None) -> Markup:
    """Markdown as cleaned HTML, with its attached pictures; its headings rank below those of the page.

    What the renderer refuses is shown as it was typed.
    """
    source, pictures = with_readable_pictures(text, attachments)
    if len(source) > LONGEST_PROSE:
        return unrendered(text)
    renderer = _WithPictures(pictures)
    try:
        rendered = MarkdownWithMath(renderer=renderer).render(source)
    except Exception:  # noqa: BLE001 - a student wrote it: it costs this piece, never the page
        return unrendered(text)
    cleaned = renderer.filled(str(clean(rendered)))
    return Markup(_HEADING.sub(r"<\1h5>", cleaned))  # noqa: S704 - it is clean


class _WithPictures(IPythonRenderer):  # type: ignore[misc] # nbconvert has no types
    """Puts attached pictures into a page, after it was cleaned: cleaning has a bound that one picture may exceed."""

    def __init__(self, pictures: Attachments) -> None:
        super().__init__(escape=False, exclude_anchor_links=True)
        self._pictures = pictures
        self._names: list[str] = []

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """A picture's tag; that of an attached one has a number in place of its content."""
        if url.startswith("attachment:"):
            self._names.append(url.removeprefix("attachment:"))
            url = f"data:image/png;base64,{len(self._names) - 1}"
        return str(super().image(text, url, title))

    def filled(self, html: str) -> str:
        """Clean HTML with the pictures in their places."""
        left = MOST_PICTURES

        def picture(found: re.Match[str]) -> str:
            nonlocal left
            name = self._names[int(found[1])] if int(found[1]) < len(self._names) else ""
            for kind, content in self._pictures.get(name, {}).items():
                data = "".join(content.split())
                if kind in RASTER_IMAGES and BASE64.fullmatch(data) and len(data) <= left:
                    left -= len(data)
                    return f'src="data:{kind};base64,{data}"'
            return ""

        return _PLACE.sub(picture, html)


def code(text: str) -> Markup:
    """Python with its syntax highlighted, escaped; a keyboard can scroll it."""
    if len(text) > LONGEST_TEXT or any(len(line) > LONGEST_LINE for line in text.splitlines()):
        return unrendered(text)
    try:
        marked = str(Highlight2HTML(pygments_lexer="python3")(text)).replace("<pre>", '<pre tabindex="0">', 1)
    except Exception:  # noqa: BLE001 - as for markdown
        return unrendered(text)
    return Markup(marked)  # noqa: S704 - Pygments escapes the text


def unrendered(text: str) -> Markup:
    """A text as it was typed: the time to render grows with the square of a line's length, and delays the class."""
    return Markup('<pre tabindex="0">{}</pre>').format(_plain(text))


def parts(outputs: Iterable[Mapping[str, Any]]) -> tuple[Part, ...]:
    """Turn nbformat 4 outputs into parts, in order; what a page cannot show safely becomes a note or nothing."""
    found = [part for output in outputs for part in _shown(output)]
    return tuple(part for part in found if part.content)


def _shown(output: Mapping[str, Any]) -> list[Part]:
    try:
        return _parts_of(output)
    except Exception:  # noqa: BLE001 - as for markdown
        return [Part("note", "This output can't be shown here.")]


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
