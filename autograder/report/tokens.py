"""A student's text as tokens that renaming, other numbers, other strings and another layout do not change."""

import builtins
import io
import keyword
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

LONGEST = 60_000
"""Characters of one exercise that are compared; what comes after is left out."""

_MOST_RESTARTS = 20
_SHORTEST_REMARK, _LONGEST_REMARK = 8, 200
_SHORTEST_NAME = 5
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_WORD = re.compile(r"\w+")
_QUOTES = re.compile(r"""^[A-Za-z]*("{3}|'{3}|"|')(?P<inside>.*?)\1?$""", re.DOTALL)
_KNOWN = frozenset(dir(builtins)) | frozenset(keyword.kwlist)
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_LAYOUT = frozenset({tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER})


@dataclass(frozen=True)
class Token:
    """One token.

    Attributes:
        text: what it counts as: "n" for a name of the student's own, "0" for a number, "s" for a string.
        start: the index of its first character in the text.
        end: the index behind its last character.
    """

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class _Piece:
    """A token as Python has it, with where it begins and ends in the text."""

    kind: int
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Reading:
    """What is compared of a text.

    Attributes:
        tokens: its tokens, comments left out.
        remarks: what the exercise does not dictate: comments, strings and names of the student's own, with their kind.
    """

    tokens: tuple[Token, ...]
    remarks: frozenset[tuple[str, str]]


NOTHING: Final = Reading((), frozenset())
"""The reading of an empty text."""


def read_texts(texts: list[tuple[str, str]]) -> list[Reading]:
    """Read (a cell's kind, its text) pairs; this runs in a helper's process."""
    return [read_text(kind, text) for kind, text in texts]


def read_text(kind: str, text: str) -> Reading:
    """A cell's tokens and remarks, by its kind."""
    return read_code(text) if kind == "code" else read_prose(text)


def read_code(text: str) -> Reading:
    """Read Python; text that is no valid Python is read as far as possible.

    Names that can be chosen freely become "n": all but keywords, builtins, what follows a dot, and the names of the
    arguments in a call.
    """
    tokens: list[Token] = []
    remarks: set[tuple[str, str]] = set()
    pieces = [piece for piece in _pieces(_CONTROL.sub(" ", text[:LONGEST])) if piece.kind not in _LAYOUT]
    code = [piece for piece in pieces if piece.kind != tokenize.COMMENT and piece.text.strip()]
    depth = 0
    for piece, before, after in zip(code, [None, *code], [*code[1:], None], strict=False):
        depth += (piece.text in _OPENING) - (piece.text in _CLOSING)
        fixed = (before is not None and before.text == ".") or (depth > 0 and after is not None and after.text == "=")
        text_of, remark = _counted(piece, fixed=fixed)
        tokens.append(Token(text_of, piece.start, piece.end))
        remarks |= remark
    for piece in pieces:
        if piece.kind == tokenize.COMMENT:
            remarks |= _remark("comment", piece.text.lstrip("#"))
    return Reading(tuple(tokens), frozenset(remarks))


def read_prose(text: str) -> Reading:
    """Read a written answer as words; case and punctuation do not count."""
    words = _WORD.finditer(text[:LONGEST])
    return Reading(tuple(Token(f"w{word[0].casefold()}", *word.span()) for word in words), frozenset())


def _counted(piece: _Piece, *, fixed: bool) -> tuple[str, set[tuple[str, str]]]:
    """The text that a piece counts as, and its remarks."""
    match piece.kind:
        case tokenize.NAME:
            if fixed or piece.text in _KNOWN:
                return piece.text, set()
            long_enough = len(piece.text) >= _SHORTEST_NAME
            return "n", {("name", piece.text[:_LONGEST_REMARK])} if long_enough else set()
        case tokenize.NUMBER:
            return "0", set()
        case tokenize.STRING:
            inside = _QUOTES.match(piece.text)
            return "s", _remark("string", inside["inside"] if inside else piece.text)
        case _:
            return piece.text, set()


def _remark(kind: str, text: str) -> set[tuple[str, str]]:
    plain = " ".join(text.casefold().split()).strip("-=*# ")
    return {(kind, plain[:_LONGEST_REMARK])} if len(plain) >= _SHORTEST_REMARK else set()


def _pieces(text: str) -> Iterator[_Piece]:
    """Split a text into tokens; where Python's tokenizer gives up, it starts again at the next line."""
    lines = text.split("\n")
    offsets = [0, *accumulate(len(line) + 1 for line in lines)]
    first = 0
    for _ in range(_MOST_RESTARTS):
        reader = io.StringIO("\n".join(lines[first:]), newline="\n").readline
        last = first

        def offset(position: tuple[int, int], begun: int = first) -> int:
            row, column = position
            return min(offsets[min(begun + row - 1, len(lines))] + column, len(text))

        try:
            for token in tokenize.generate_tokens(reader):
                last = max(last, first + token.end[0] - 1)
                yield _Piece(token.type, token.string, offset(token.start), offset(token.end))
        except (tokenize.TokenError, SyntaxError):
            first = last + 1
            if first >= len(lines):
                return
        else:
            return
