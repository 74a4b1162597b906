"""What the cells of a worked solution have shown, as HTML that needs neither a kernel nor a network."""

import copy
import html
import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from autograder.build.cell_headers import CellLocation
from autograder.errors import ExpectedError

PLOTLY = "application/vnd.plotly.v1+json"
_SVG = "image/svg+xml"
_PICTURES = {_SVG: "image/svg+xml", "image/png": "image/png", "image/jpeg": "image/jpeg"}
_CAPTION_LINE = 17
"""Pixels of a line of the caption inside a figure, as `gradlab.figures.style` lays it out."""
_TITLE_HEIGHT = 24
# What Python shows of an object without a text: <Figure size 640x480 with 1 Axes>, <PIL.Image … at 0xADDRESS>.
_NO_TEXT = re.compile(r"\s*(?:<[^<>]*(?:\bat 0x\w+|\bsize \d+|\bobject)[^<>]*>|Figure\(.*\))?\s*", re.DOTALL)
_IMAGE_TAG = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_ALTERNATIVE = re.compile(r"\balt\s*=\s*(?:\"[^\"]*\S[^\"]*\"|'[^']*\S[^']*'|[^\s\"'>]+)", re.IGNORECASE)
_MARKDOWN_IMAGE = re.compile(r"!\[\s*\]\(")

Plain = Mapping[str, Any]
"""A figure as plotly.js takes it."""


@dataclass(frozen=True)
class ShownFigure:
    """A figure or a picture of a page.

    Attributes:
        name: its name in the site; the name of the script with its data, for one that plotly.js draws.
        title: its title; empty if it has none.
        markup: the HTML that shows it.
        script: the JavaScript that holds its data; empty for a picture.
    """

    name: str
    title: str
    markup: str
    script: str = ""


def interactive(name: str, figure: Plain, refuse: Callable[[str, str], ExpectedError]) -> ShownFigure:
    """A figure of Plotly's, which the site's own script draws when it comes into view.

    Its title and its description leave the drawing for the page, where they wrap on a narrow screen.

    Args:
        name: the figure's name in the site.
        figure: its ``data``, ``layout`` and ``frames``.
        refuse: makes the error that names the cell, from a problem and its cure.

    Raises:
        ExpectedError: it has no description.
    """
    layout = copy.deepcopy(dict(figure.get("layout", {})))
    description = str((layout.get("meta") or {}).get("description", "")).strip()
    if not description:
        raise refuse(
            "a figure has no text alternative",
            'Draw it with gradlab.figures, or give its layout the meta {"description": "…"}; then build the lab again.',
        )
    layout["annotations"] = [it for it in layout.get("annotations", []) if not _is_caption(it, description, layout)]
    title = str((layout.pop("title", None) or {}).get("text", ""))
    if title:
        _lower(layout, "t", _TITLE_HEIGHT)
    parts = {"data": figure.get("data", []), "layout": layout, "frames": figure.get("frames", [])}
    # "</" would end a script element, should the data ever stand inside a page.
    data = json.dumps(parts, separators=(",", ":"), sort_keys=True).replace("</", "<\\/")
    shown = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(title))
    heading = f'<p class="gradlab-title">{shown}</p>' if title else ""
    markup = (
        f'<figure class="gradlab-figure" id="{name}">{heading}'
        f'<div class="gradlab-plot" data-figure="{name}" style="min-height:{int(layout.get("height", 450))}px"></div>'
        f"<figcaption>{html.escape(description)}</figcaption></figure>"
    )
    return ShownFigure(name, title, markup, f"gradlabFigures[{json.dumps(name)}]={data};\n")


def picture(
    name: str, kind: str, content: str, alternative: str, refuse: Callable[[str, str], ExpectedError]
) -> ShownFigure:
    """A picture that an output holds.

    Args:
        name: the picture's name in the site.
        kind: its MIME type.
        content: SVG, or base64 of another type.
        alternative: its text alternative.
        refuse: makes the error that names the cell.

    Raises:
        ExpectedError: it has no text alternative.
    """
    if _NO_TEXT.fullmatch(alternative):
        raise refuse(
            "a picture has no text alternative",
            "Import gradlab in the lab, which gives Matplotlib's and Graphviz's pictures one, or display the picture "
            'with a "text/plain" that says what is to be seen; then build the lab again.',
        )
    if kind == _SVG:
        content = b64encode(content.encode()).decode("ascii")
    source = f"data:{kind};base64,{''.join(content.split())}"
    words = html.escape(" ".join(alternative.split()), quote=True)
    markup = (
        f'<figure class="gradlab-figure gradlab-picture" id="{name}">'
        f'<img src="{source}" alt="{words}" class="dark-light"></figure>'
    )
    return ShownFigure(name, "", markup)


def show(cell: NotebookNode, location: CellLocation, prefix: str) -> tuple[list[NotebookNode], list[ShownFigure]]:
    """Turn a cell's outputs into such that a static page shows.

    Args:
        cell: a cell that was run.
        location: where it is in the lab's text, for errors.
        prefix: what the names of its figures begin with.

    Returns:
        The outputs, with figures as HTML; the figures alone.

    Raises:
        ExpectedError: a figure or a picture has no text alternative.
    """
    outputs: list[NotebookNode] = []
    figures: list[ShownFigure] = []
    for output in cell.outputs:
        data = output.get("data", {})
        name = f"{prefix}-{len(figures) + 1}"
        kind = next((kind for kind in _PICTURES if kind in data), None)
        if PLOTLY in data:
            figures.append(interactive(name, data[PLOTLY], location.refuse))
        elif kind is not None:
            figures.append(picture(name, kind, data[kind], str(data.get("text/plain", "")), location.refuse))
        else:
            if "text/html" in data:
                check_images(data["text/html"], location.refuse)
            outputs.append(output)
            continue
        shown = {"output_type": "display_data", "metadata": {}, "data": {"text/html": figures[-1].markup}}
        outputs.append(NotebookNode(shown))
    return outputs, figures


def check_images(text: str, refuse: Callable[[str, str], ExpectedError]) -> None:
    """Check that each image in a text of HTML or Markdown has a text alternative.

    Raises:
        ExpectedError: one has none.
    """
    bare = [tag for tag in _IMAGE_TAG.findall(text) if not _ALTERNATIVE.search(tag)]
    if bare or _MARKDOWN_IMAGE.search(text):
        raise refuse(
            "an image has no text alternative", 'Say what is to be seen: ![…](file.png), or <img alt="…" src="…">.'
        )


def _is_caption(annotation: Plain, description: str, layout: dict[str, Any]) -> bool:
    """Whether an annotation is the description below the plot; if so, the layout loses the room for it."""
    text = str(annotation.get("text", ""))
    if text.replace("<br>", " ") != description:
        return False
    _lower(layout, "b", _CAPTION_LINE * (text.count("<br>") + 1))
    return True


def _lower(layout: dict[str, Any], side: str, pixels: int) -> None:
    """Make a figure lower by taking pixels from one of its margins, as far as it has them."""
    margin = layout.get("margin", {})
    taken = min(pixels, int(margin.get(side, 0)))
    if taken and "height" in layout:
        layout["margin"] = {**margin, side: margin[side] - taken}
        layout["height"] -= taken
