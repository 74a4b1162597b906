"""What a stream's text shows in the end, where it moves the cursor: progress bars write one line again and again.

Takes a time that grows with the text's length, however the cursor moves.
"""

import re

_CONTROL = re.compile(r"(\n|\r|\x08|\x1b\[[0-9;?]{0,30}[@-~])")
_COLOUR = re.compile(r"\x1b\[[0-9;]{0,30}m")
_LARGEST_MOVE = 1_000


def moves_cursor(text: str) -> bool:
    """Whether a text holds more than lines and colours."""
    return "\r" in text or "\b" in text or ("\x1b[" in text and "\x1b[" in _COLOUR.sub("", text))


def shown_text(text: str) -> str:
    """A text as a notebook shows it: what was written over is gone. Colours go with it."""
    if not moves_cursor(text):
        return text
    screen = _Screen()
    for piece in _CONTROL.split(text):
        if piece:
            screen.write(piece)
    return screen.text()


class _Screen:
    def __init__(self) -> None:
        self._lines: list[list[str]] = [[]]
        self._row = 0
        self._column = 0

    def write(self, piece: str) -> None:
        match piece:
            case "\n":
                self._row += 1
                self._column = 0
                if self._row == len(self._lines):
                    self._lines.append([])
            case "\r":
                self._column = 0
            case "\b":
                self._column = max(self._column - 1, 0)
            case _ if piece.startswith("\x1b["):
                self._move(piece[2:-1], piece[-1])
            case _:
                line = self._lines[self._row]
                line.extend(" " * (self._column - len(line)))
                line[self._column : self._column + len(piece)] = piece
                self._column += len(piece)

    def _move(self, numbers: str, command: str) -> None:
        first = numbers.partition(";")[0]
        given = int(first) if first.isdigit() else 0
        steps = min(max(given, 1), _LARGEST_MOVE)
        line = self._lines[self._row]
        match command:
            case "A":
                self._row = max(self._row - steps, 0)
            case "B":
                self._row = min(self._row + steps, len(self._lines) - 1)
            case "C":
                self._column = min(self._column + steps, len(line) + _LARGEST_MOVE)
            case "D":
                self._column = max(self._column - steps, 0)
            case "G":
                self._column = steps - 1
            case "K" if given == 0:
                del line[self._column :]
            case "K" if given == 1:
                end = min(self._column + 1, len(line))
                line[:end] = " " * end
            case "K":
                line.clear()
            case "J" if given in (2, 3):
                self._lines, self._row = [[]], 0

    def text(self) -> str:
        return "\n".join("".join(line) for line in self._lines)
