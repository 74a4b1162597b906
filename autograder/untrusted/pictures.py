"""Pictures in a written answer, in the one form that nbconvert's renderer shows: ``![text](attachment:NAME)``.

Editors paste pictures in other forms too: as a data URI (Colab), as an HTML tag with a width, under a name with blanks.
And a tool may have dropped a picture to which the text refers; the renderer then raises, which costs the whole page.
"""

import re
from collections.abc import Mapping
from html import unescape
from urllib.parse import unquote

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

Attachments = Mapping[str, Mapping[str, str]]
"""nbformat's attachments: name → MIME type → base64."""

_LONGEST_RENDERED = 10_000
_KINDS = {"png": "png", "jpeg": "jpeg", "jpg": "jpeg", "gif": "gif", "webp": "webp"}
_REFERENCE = "attachment:"
# No part of these patterns can match where another one ends: the time grows with the length of the text alone.
_DATA = re.compile(r"data:image/(png|jpe?g|gif|webp);base64,([A-Za-z0-9+/=]+)", re.IGNORECASE)
_TAG = re.compile(r"<img\b[^<>]*>", re.IGNORECASE)
_TAG_SOURCE = re.compile(r"""\bsrc\s*=\s*(?:"attachment:([^"<>]*)"|'attachment:([^'<>]*)'|attachment:([^\s"'<>]+))""")
_TAG_TEXT = re.compile(r"""\balt\s*=\s*(?:"([^"<>\[\]]*)"|'([^'<>\[\]]*)')""")
_IMAGE = re.compile(
    r"!\[([^\[\]\n]*)\]\([ \t]*"
    r"(?:<attachment:([^<>\n]*)>|attachment:([^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*))(?:[ \t][^()\n]*)?\)"
)
_OTHER_REFERENCE = re.compile(r"attachment:([^\s()<>\"'\]]*)")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9._-]+")


def with_readable_pictures(source: str, attachments: Attachments | None) -> tuple[str, dict[str, Mapping[str, str]]]:
    """Write each reference to a picture in a form that a renderer of markdown can show.

    A picture that is not there is replaced by a note. A text that the renderer refuses all the same is indented, so
    that it is shown as it was typed.

    Args:
        source: a student's text.
        attachments: the pictures that came with it.

    Returns:
        The text, and its pictures.
    """
    pictures = dict(attachments or {})
    if "attachment" not in (plain := unescape(source)) and "data:image/" not in plain:
        return source, pictures
    return _Pictures(pictures).readable(source), pictures


class _Pictures:
    """Rewrites one text, and adds what it needs to its pictures."""

    def __init__(self, pictures: dict[str, Mapping[str, str]]) -> None:
        self._pictures = pictures
        self._renamed: dict[str, str] = {}

    def readable(self, source: str) -> str:
        text = _DATA.sub(self._attached, source)
        text = _TAG.sub(_as_markdown, text)
        text = _IMAGE.sub(self._image, text)
        text = _OTHER_REFERENCE.sub(self._reference, text)
        return text if self._is_rendered(text) else "".join(f"    {line}" for line in source.splitlines(keepends=True))

    def _is_rendered(self, text: str) -> bool:
        if len(text) > _LONGEST_RENDERED:
            # It would take long to render. What is left are references that are spelled in an unusual way.
            return "attachment\\" not in text and unescape(text).count("attachment") == text.count("attachment")
        try:
            MarkdownWithMath(renderer=IPythonRenderer(escape=False, attachments=self._known())).render(text)
        except Exception:  # noqa: BLE001 - whatever a renderer raises, the student's words are shown
            return False
        return True

    def _known(self) -> dict[str, dict[str, str]]:
        # The renderer would put each picture into each of its places.
        return {name: dict.fromkeys(bundle, "") for name, bundle in self._pictures.items()}

    def _attached(self, found: re.Match[str]) -> str:
        kind = _KINDS[found[1].lower()]
        name = self._new_name(kind)
        self._pictures[name] = {f"image/{kind}": found[2]}
        return f"{_REFERENCE}{name}"

    def _new_name(self, kind: str) -> str:
        number = len(self._pictures) + 1
        while (name := f"picture-{number}.{kind}") in self._pictures:
            number += 1
        return name

    def _image(self, found: re.Match[str]) -> str:
        reference = found[2] if found[2] is not None else found[3]
        name = self._name(reference)
        return f"![{found[1]}]({_REFERENCE}{name})" if name is not None else _missing(reference)

    def _reference(self, found: re.Match[str]) -> str:
        name = self._name(found[1])
        return f"{_REFERENCE}{name}" if name is not None else f"missing-attachment-{found[1]}"

    def _name(self, reference: str) -> str | None:
        """The name under which a picture is kept from now on; None if it is not there."""
        known = next((it for it in (reference, unquote(reference)) if it in self._pictures), None)
        if known is None or _PLAIN_NAME.fullmatch(known):
            return known
        if known not in self._renamed:
            kind = next(iter(self._pictures[known])).rpartition("/")[2]
            name = self._new_name(kind)
            self._pictures[name] = self._pictures[known]
            self._renamed[known] = name
        return self._renamed[known]


def _as_markdown(tag: re.Match[str]) -> str:
    """An HTML tag of an attached picture as markdown; other tags stay."""
    found = _TAG_SOURCE.search(tag[0])
    if found is None:
        return tag[0]
    described = _TAG_TEXT.search(tag[0])
    text = (described[1] or described[2] or "") if described else ""
    return f"![{text}](<{_REFERENCE}{found[1] or found[2] or found[3] or ''}>)"


def _missing(reference: str) -> str:
    name = re.sub(r"[^\w .-]", "", unquote(reference))[:100]
    return f"*(The picture {name} is missing in this notebook.)*"
