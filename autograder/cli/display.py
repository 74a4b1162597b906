"""What is printed: results on stdout, as a table or as JSON; everything about the run on stderr."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from tempfile import TemporaryFile
from textwrap import indent
from typing import Any, TextIO

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from autograder.errors import ExpectedError
from autograder.formatting import count, number
from autograder.report.diagnoses import SUBMISSION_WORDS, diagnosis_titles
from autograder.untrusted.student_ids import shown_id
from autograder.verdicts import CellStatus, Result, SubmissionStatus

_WIDE = 160
_STYLES = {
    SubmissionStatus.GRADED: "green",
    SubmissionStatus.QUARANTINED: "yellow",
    SubmissionStatus.BROKEN: "red",
}


def output() -> Console:
    """A console on stdout; its lines are wide in a pipe, so that a table's rows are not broken."""
    return Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else _WIDE)


def messages() -> Console:
    """A console on stderr."""
    return Console(file=sys.stderr, highlight=False, soft_wrap=True)


def show_error(error: ExpectedError) -> None:
    """Say on stderr what was wrong and what to do about it."""
    console = messages()
    console.print(f"[bold red]autograder:[/] {escape(error.problem)}")
    if error.cure:
        console.print(f"  {escape(error.cure)}")


def tell_refused(refused: Mapping[str, str]) -> None:
    """Say on stderr whose submissions are left out, since their folders' names cannot be ids: name → why."""
    for student, problem in refused.items():
        messages().print(
            f"Left out: {shown_id(student)} cannot be a student's id: {problem}. "
            "Rename its folder in submitted/, and remove those in autograded/ and feedback/.",
            markup=False,
        )


def results_table(results: Iterable[Result]) -> Table:
    """One row for each submission: score, status, what was diagnosed, what a person should look at."""
    # Only the rows are kept, not the results: a class may be larger than memory.
    rows = [
        (it.student, it.lab, score(it), it.status, ", ".join(diagnosis_titles(it)), attention(it)) for it in results
    ]
    several = len({lab for _, lab, *_ in rows}) > 1
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 3, 0, 0))
    table.add_column("Student", overflow="fold")
    if several:
        table.add_column("Lab", overflow="fold")
    table.add_column("Score", justify="right", no_wrap=True)
    table.add_column("Status", overflow="fold")
    table.add_column("Diagnoses", overflow="fold")
    table.add_column("For a person", overflow="fold")
    for student, lab, points, status, seen, needed in rows:
        words = Text(SUBMISSION_WORDS[status], style=_STYLES[status])
        table.add_row(Text(student), *([Text(lab)] if several else []), points, words, Text(seen), Text(needed))
    return table


def score(result: Result) -> str:
    """The score of the maximum; a dash where nothing could be graded."""
    if result.status is SubmissionStatus.QUARANTINED and not result.score:
        return "–"
    return f"{number(result.score)} / {number(result.max_score)}"


def attention(result: Result) -> str:
    """Why a person should look at it."""
    questions = sum(cell.status is CellStatus.MANUAL for cell in result.cells)
    return " ".join(
        filter(None, [result.reason, *result.flags, count(questions, "open question") if questions else ""])
    )


def print_json(value: object) -> None:
    """Print a JSON value, in which paths are text, on stdout, with a line end."""
    json.dump(value, sys.stdout, indent=2, default=str, allow_nan=False)
    sys.stdout.write("\n")


@contextmanager
def spooled_json(items: Iterable[Any]) -> Iterator[TextIO]:
    """Write items as a JSON list into a temporary file, so that it is printed whole or not at all, however long it is.

    Yields:
        The file, at its beginning.
    """
    with TemporaryFile("w+", encoding="utf-8") as spool:
        spool.write("[")
        for index, item in enumerate(items):
            spool.write(",\n" if index else "\n")
            spool.write(indent(json.dumps(item, indent=2), "  "))
        spool.write("\n]\n")
        spool.seek(0)
        yield spool
