"""Texts of students as pages show them: nothing that reads them makes a link or a foreign picture.

JupyterLab, formgrader and our own pages each read Markdown in their own way. So nothing is parsed here: the signs with
which a link, a picture, a tag, a diagram or a command begins are taken apart, wherever they stand. Everything is still
there to be read. Each function is linear in the text, and changes nothing in what it has returned before.
"""

import re
from collections.abc import Mapping
from html import unescape
from html.entities import html5
from urllib.parse import unquote

from autograder.untrusted.tex_commands import ALLOWED, SHORTEST

# Parsers drop these, or take what stands on both sides of them for one word. Escape (\x1b) colours outputs.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]")
_NEW_LINE = re.compile(r"\r\n?")
_ESCAPE = "\x1b"
_COLOUR = r"\[[0-9;]{0,40}m"
_COLOURED, _NO_COLOUR = re.compile(f"{_ESCAPE}{_COLOUR}"), re.compile(f"{_ESCAPE}(?!{_COLOUR})")
# In HTML a tag begins with "<" and one of these right behind it. Tags without attributes from this list are inert.
_TAG = re.compile(
    r"<(?!/?(?:b|i|em|strong|sub|sup|br|p|u|s|kbd|code|pre|ul|ol|li|table|thead|tbody|tr|th|td|details|summary|hr)"
    r"\s{0,9}/?>)(?=[A-Za-z/!?])",
    re.IGNORECASE,
)
# "&#104;" can write a letter of a command, "&bsol;" its backslash.
_REFERENCE = re.compile(r"&(?=(#[xX]?[0-9A-Fa-f]+;?|[A-Za-z][A-Za-z0-9]{1,40};))")
_LONGEST_NUMBER = 10
_SAFE_ASCII = frozenset("<>&\"'")
# A link is "[…](…)" or "[…][…]" with "[…]: …" elsewhere; a picture is the same behind an exclamation mark.
_LINK = re.compile(
    r"(?<!\\)!\[(?P<text>[^\[\]\\\n<>&`$!]{0,200})\]\((?P<address>[\w%./:-]{1,300})\)|\](?=[(:])", re.ASCII
)
_ATTACHMENT = "attachment:"
_PICTURE_FILE = re.compile(r"(?:[\w-]{1,100}/){0,8}[\w-]{1,100}\.(?:png|jpe?g|gif|webp)", re.ASCII)
_SAFE_NAME = re.compile(r"[A-Za-z0-9][\w-]{0,60}(?:\.[a-z]{1,5})?", re.ASCII)
# JupyterLab makes links of these in outputs, and Markdown in its text.
_ADDRESS = re.compile(r"(?<=[A-Za-z0-9+.\-]:)(?=//)|(?<=www)(?=\.)|(?<=data)(?=:\S)", re.IGNORECASE | re.ASCII)
_MAIL = re.compile(r"(?<=[\w.+-])@(?=[\w-]{1,80}\.[\w-])", re.ASCII)
_INVISIBLE = "\N{ZERO WIDTH SPACE}"
# JupyterLab draws a block of code whose language is "mermaid", and diagrams load pictures.
_FENCE = re.compile(r"^([^`~\n]*(?:`{3,}(?=[^`\n]*$)|~{3,}))[ \t]*([^\s`~][^\n]*)", re.MULTILINE)
_KNOWN = "text txt plain python py python3 ipython pycon bash sh console shell json yaml toml latex tex math c cpp java"
_LANGUAGES = frozenset(_KNOWN.split())
# A command's name, or a tag between it and its backslash.
_COMMAND = re.compile(r"(?<=\\)(?:[A-Za-z]+|(?=<))")


def plain(text: str) -> str:
    """An output's text: without control characters but colours, and with addresses that are no links."""
    text = _NO_COLOUR.sub("", _CONTROLS.sub("", _NEW_LINE.sub("\n", text)))
    if _ESCAPE in text:
        uncoloured = _COLOURED.sub("", text)
        # A colour in the middle of an address hides it here and not in JupyterLab.
        text = uncoloured if _ADDRESS.search(uncoloured) else text
    return _ADDRESS.sub(_INVISIBLE, text)


def markdown(source: str, attached: Mapping[str, str] | None = None) -> str:
    """Markdown or a raw cell: links become text, and pictures too unless they are the submission's own.

    Args:
        source: the text.
        attached: the pictures that are attached to the cell: their names in the source → their names afterwards.
    """
    names = {name: name for name in (attached or {}).values()} | dict(attached or {})

    def link(found: re.Match[str]) -> str:
        address = found["address"]
        if address is None:
            return "] "
        if address.startswith(_ATTACHMENT):
            name = names.get(unquote(address.removeprefix(_ATTACHMENT)))
            kept = f"{_ATTACHMENT}{name}" if name else None
        else:
            kept = address if _PICTURE_FILE.fullmatch(address) else None
        return f"![{found['text']}]({kept})" if kept else f"![{found['text']}] ({address})"

    text = _CONTROLS.sub("", _NEW_LINE.sub("\n", source)).replace(_ESCAPE, "")
    text = _TAG.sub("< ", text)
    text = _REFERENCE.sub(_unreferenced, text)
    text = _FENCE.sub(_named_fence, text)
    text = tex(_MAIL.sub(" @", _ADDRESS.sub(_INVISIBLE, text)))
    return _LINK.sub(link, text)


def tex(source: str) -> str:
    r"""TeX: a blank parts the backslash and the name of a command that is not on the list, however many backslashes."""
    return _COMMAND.sub(_listed, source)


def attached_names(attachments: Mapping[str, object] | None) -> dict[str, str]:
    """Names that stand in a link as they are, for the names of attachments."""
    names: dict[str, str] = {}
    for number, name in enumerate(attachments or {}, start=1):
        names[name] = name if _SAFE_NAME.fullmatch(name) else f"attached-{number}"
        if name != names[name] and names[name] in (attachments or {}):
            names[name] += "-renamed"
    return names


def _listed(found: re.Match[str]) -> str:
    name = found[0]
    return name if 0 < len(name) < SHORTEST or name in ALLOWED else f" {name}"


def _unreferenced(found: re.Match[str]) -> str:
    reference = found[1]
    if reference.startswith("#") and len(reference) > _LONGEST_NUMBER:
        return "& "
    written = unescape(f"&{reference}") if reference.startswith("#") else html5.get(reference, "")
    harmless = written and all(letter in _SAFE_ASCII or ord(letter) > 0x9F for letter in written)
    return "&" if harmless or not written else "& "


def _named_fence(found: re.Match[str]) -> str:
    fence, information = found.groups()
    known = information.split()[0].lower() in _LANGUAGES
    return found[0] if known else f"{fence}text {information}"
