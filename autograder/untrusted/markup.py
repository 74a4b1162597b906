"""Cleans what the cells of a student's notebook show, within bounds: `html_sanitiser` runs in a helper's process."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from autograder.untrusted import html_sanitiser
from autograder.untrusted.helper import Bounds, HelperError, each
from autograder.untrusted.pictures import Attachments, with_readable_pictures
from autograder.untrusted.shown_text import attached_names, markdown

BOUNDS: Final = Bounds(seconds=5, mebibytes=512)
"""What cleaning all texts of a notebook may take, and then each of them alone."""

_PARSED: Final = frozenset(html_sanitiser.CLEANERS) - {"text/plain"}
_MOST_GROWTH, _SMALL = 30, 64 * 1024
_LONGEST: Final = 8 * 1024**2

_NO_TEXT: Final = re.compile(r"[^A-Za-z0-9 ,.()-]")

_Piece = tuple[str, str]
Text = tuple[str, dict[str, dict[str, str]]]
"""A text in Markdown, and the pictures that are attached to it."""


@dataclass(frozen=True)
class Shown:
    """What one cell shows.

    Attributes:
        source: its text, if that is the student's markdown; None for all other cells.
        outputs: its outputs, as nbformat 4 has them.
        attachments: the pictures that came with the text: name → type → base64.
    """

    source: str | None = None
    outputs: tuple[Mapping[str, Any], ...] = ()
    attachments: Attachments = field(default_factory=dict)


@dataclass(frozen=True)
class Cleaned:
    """What is left of what one cell shows.

    Attributes:
        source: its text; None where there was none to clean.
        outputs: its outputs; a note stands where one was left out.
        left_out: what was left out and why, one clause each.
        attachments: the pictures to which the text refers.
    """

    source: str | None = None
    outputs: tuple[dict[str, Any], ...] = ()
    left_out: tuple[str, ...] = ()
    attachments: Attachments | None = None


def clean(cells: Sequence[Shown]) -> list[Cleaned]:
    """Clean what the cells of a notebook show.

    A text that takes more than `BOUNDS`, or grows while it is cleaned, is left out, with a note in its place.
    """
    pieces = list(dict.fromkeys(piece for cell in cells for piece in _pieces(cell)))
    results: list[str | HelperError] = each(BOUNDS, clean_pieces, pieces)
    found = dict(zip(pieces, results, strict=True))
    texts = [_text(cell) for cell in cells if cell.source is not None]
    cleaned: list[Text | HelperError] = each(BOUNDS, clean_texts, texts)
    written = iter(cleaned)
    return [_cleaned(cell, found, None if cell.source is None else next(written)) for cell in cells]


def clean_texts(texts: list[tuple[str, dict[str, dict[str, str]]]]) -> list[tuple[str, dict[str, dict[str, str]]]]:
    """Clean what students wrote in Markdown, and its pictures; this runs in a helper's process."""
    found = []
    for source, attachments in texts:
        readable, pictures = with_readable_pictures(source, attachments)
        names = attached_names(pictures)
        images = html_sanitiser.attachments(pictures, names) or {}
        found.append((markdown(readable, names), images))
    return found


def _text(cell: Shown) -> Text:
    return cell.source or "", {name: dict(bundle) for name, bundle in cell.attachments.items()}


def clean_pieces(pieces: list[tuple[str, str]]) -> list[str]:
    """Clean (type, text) pairs; this runs in a helper's process.

    Raises:
        ValueError: a text has grown so much that it was made for that.
    """
    return [_bounded(kind, text) for kind, text in pieces]


def _bounded(kind: str, text: str) -> str:
    cleaned = html_sanitiser.clean(kind, text)
    # Formatting that is never closed is opened anew in each paragraph: kilobytes become gigabytes.
    if len(cleaned) > min(_LONGEST, _SMALL + _MOST_GROWTH * len(text)):
        raise ValueError(f"it grows from {len(text):,} to {len(cleaned):,} characters when it is cleaned")
    return cleaned


def _pieces(cell: Shown) -> Iterable[_Piece]:
    for output in cell.outputs:
        data = output.get("data")
        if isinstance(data, Mapping):
            yield from ((kind, html_sanitiser.text_of(data[kind])) for kind in _PARSED & data.keys())


def _cleaned(cell: Shown, found: Mapping[_Piece, str | HelperError], text: Text | HelperError | None) -> Cleaned:
    left_out: list[str] = []
    outputs: list[dict[str, Any]] = []
    for output in html_sanitiser.joined(cell.outputs):
        failed: list[str] = []
        outputs += html_sanitiser.outputs([output], partial(_look_up, found, failed))
        outputs += ({"output_type": "stream", "name": "stderr", "text": f"[Left out: {why}.]\n"} for why in failed)
        left_out += failed
    if isinstance(text, HelperError):
        left_out.append(f"its text: {text}")
        # The reason may quote the text.
        text = f"*Left out: {_NO_TEXT.sub(' ', str(text))}.*", {}
    source, attachments = text or (None, {})
    return Cleaned(source, tuple(outputs), tuple(left_out), attachments or None)


def _look_up(found: Mapping[_Piece, str | HelperError], failed: list[str], kind: str, text: str) -> str:
    if kind not in _PARSED or not text:
        return html_sanitiser.clean(kind, text)
    cleaned = found[kind, text]
    if isinstance(cleaned, HelperError):
        failed.append(f"an output of the type {kind}: {cleaned}")
        return ""
    return cleaned
