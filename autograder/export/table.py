"""Tables as CSV, in which no text is a formula to a spreadsheet."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from autograder.errors import ExpectedError
from autograder.formatting import number

# East Asian keyboards write other forms of the signs, and spreadsheets with such settings read them like the others.
_SIGNS = tuple("=+-@\N{MINUS SIGN}＝＋－＠﹦﹢﹣﹫⁼⁺⁻₌₊₋")
# A spreadsheet splits the file at the separator of its own settings, which need not be the comma. Quotation marks then
# stand within a cell, where they hold nothing together, line ends included.
_SEPARATOR = re.compile("([,;|\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029，；｜、])")
_BLANKS = "".join(map(chr, (*range(0x21), 0x85, 0xA0, *range(0x2000, 0x2010), 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF)))
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?", re.ASCII)


class System(StrEnum):
    """The program that reads the file."""

    CSV = "csv"
    MOODLE = "moodle"
    CANVAS = "canvas"


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        header: the names of the columns.
        rows: the rows, as long as the header.
        notes: what an instructor should know before the file is imported, one sentence each.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: tuple[str, ...] = ()


def without_formula(text: str) -> str:
    """The text with an apostrophe wherever a cell could begin that a spreadsheet would run. Numbers stay numbers."""
    if _NUMBER.fullmatch(text):
        return text
    guarded = "".join(f"'{part}" if _runs(part) else part for part in _SEPARATOR.split(text))
    return f"'{guarded}" if guarded.startswith(("\t", "\r")) else guarded


def _runs(part: str) -> bool:
    return part.lstrip(f'{_BLANKS}"').startswith(_SIGNS)


def as_csv(table: Table) -> str:
    """The table as CSV (RFC 4180), without formulas."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    for row in (table.header, *table.rows):
        cells = [without_formula(text) for text in row]
        if len(cells) > 1 and _runs(cells[0]):
            # To a spreadsheet with another separator the line begins with this number, and goes on with what follows.
            cells[0] = f"'{cells[0]}"
        writer.writerow(cells)
    return file.getvalue()


def write(path: Path, table: Table) -> None:
    """Write a table into a file, whole or not at all; a pipe or a device is written to directly.

    Raises:
        ExpectedError: the file cannot be written.
    """
    # A pipe or a device must not be replaced by a file.
    special = path.exists() and not path.is_file()
    unfinished = path if special else path.with_name(f"{path.name}.unfinished")
    try:
        unfinished.write_text(as_csv(table), encoding="utf-8", newline="")
        if not special:
            unfinished.replace(path)
    except OSError as error:
        raise ExpectedError(
            f"{path} cannot be written: {error.strerror}.", "Name another file with --output, in a folder of yours."
        ) from error


def points(amount: float | None) -> str:
    """Points as text, with a decimal point and at most two decimals; empty for None."""
    return "" if amount is None else number(amount)


def paragraphs(lines: Iterable[str]) -> str:
    """Sentences as one text."""
    return " ".join(line.strip() for line in lines if line.strip())
