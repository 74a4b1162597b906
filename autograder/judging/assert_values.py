"""What an instructor is told of a test that the worked solution fails: the line, and the values in it.

The values are noted while the test runs: to compute them again could give others.
"""

import ast
import builtins
import reprlib
import sys
import traceback
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

_CELL = "<ipython-input-"
_NOTE = "__gradlab_note__"
_MOST_VALUES = 8
_LONGEST_LINE = 200
_REPR = reprlib.Repr()
_REPR.maxstring = _REPR.maxother = 200
_REPR.maxlist = _REPR.maxtuple = _REPR.maxdict = 20


@dataclass(frozen=True)
class _Part:
    """A part of an assertion: its line in its cell, its text."""

    line: int
    text: str


@dataclass(frozen=True)
class _Noted:
    """A value that was noted last: the file that Python calls its cell, and the value as text."""

    file: str
    value: str


class AssertValues(ast.NodeTransformer):
    """Has assertions note the values that they compare. It is one of a shell's ``ast_transformers``."""

    def __init__(self) -> None:
        self._parts: dict[int, _Part] = {}
        self._noted: dict[int, _Noted] = {}
        setattr(builtins, _NOTE, self._note)

    def describe(self, error: BaseException) -> str:
        """An error with the line of the cell at which it was raised, and the values in that line."""
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(_CELL)]
        if not frames:
            return describe_error(error)
        # Other cells have lines of the same number.
        here = {key: noted for key, noted in self._noted.items() if noted.file == frames[-1].filename}
        parts = [(self._parts[key], noted.value) for key, noted in sorted(here.items())]
        shown = [(part.text, value) for part, value in parts if part.line == frames[-1].lineno]
        values = "; ".join(f"{text} is {value}" for text, value in shown[:_MOST_VALUES] if text != value)
        return describe_error(error) + (f"; {values}" if values else "")

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        """Wrap what is worth showing."""
        self.generic_visit(node)
        node.test = self._wrapped(node.test, node.lineno, whole=False)
        return node

    def _wrapped(self, node: ast.expr, line: int, *, whole: bool) -> ast.expr:
        match node:
            case ast.Constant() | ast.Starred() | ast.Lambda():
                return node
            case ast.BoolOp():
                node.values = [self._wrapped(value, line, whole=False) for value in node.values]
                return node
            case ast.UnaryOp(op=ast.Not()):
                node.operand = self._wrapped(node.operand, line, whole=False)
                return node
            case ast.Compare() if not whole:
                node.left = self._wrapped(node.left, line, whole=True)
                node.comparators = [self._wrapped(value, line, whole=True) for value in node.comparators]
                return node
            case ast.Call() if not whole:
                node.args = [self._wrapped(value, line, whole=True) for value in node.args]
                return node
        key = len(self._parts)
        self._parts[key] = _Part(line, ast.unparse(node)[:_LONGEST_LINE])
        noted = ast.Call(ast.Name(_NOTE, ast.Load()), [ast.Constant(key), node], [])
        return ast.fix_missing_locations(ast.copy_location(noted, node))

    def _note(self, key: int, value: object) -> object:
        self._noted.pop(key, None)
        # A class's __repr__ may raise anything.
        with suppress(Exception):
            self._noted[key] = _Noted(sys._getframe(1).f_code.co_filename, _REPR.repr(value))
        return value


def describe_error(error: BaseException) -> str:
    """An error with the line of the cell at which it was raised."""
    text = ": ".join(filter(None, (type(error).__name__, _text(error))))
    return "; ".join([text, *_line(error)])


def _line(error: BaseException) -> Iterator[str]:
    if isinstance(error, SyntaxError):
        if error.lineno:
            yield f"line {error.lineno}: `{str(error.text or '').strip()[:_LONGEST_LINE]}`"
        return
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(_CELL)]
    for frame in frames[-1:]:
        yield f"line {frame.lineno}: `{(frame.line or '').strip()[:_LONGEST_LINE]}`"


def _text(error: BaseException) -> str:
    try:
        return str(error.msg if isinstance(error, SyntaxError) else error)
    except Exception:  # noqa: BLE001 - a class's __str__ may raise anything
        return ""
