"""A notebook as it was read, made ready to run."""

from collections.abc import Sequence
from dataclasses import replace

from autograder.cells import Cell, SubmittedNotebook
from autograder.repair import borrowed, forgery
from autograder.repair.merged import separate
from autograder.repair.realign import realign
from autograder.repair.sentences import about
from autograder.untrusted.notebooks import Reading
from autograder.untrusted.submitted_metadata import plain_id


def mend(name: str, reading: Reading, released: Sequence[Cell]) -> SubmittedNotebook:
    """Mend a notebook: take joined cells apart, realign it to the released one, flag what was forged or borrowed.

    Args:
        name: the notebook's name, without ``.ipynb``.
        reading: the notebook as the student handed it in.
        released: the cells as the student got them.
    """
    separated = separate(_identified(reading, released), released)
    notebook = realign(name, separated.cells, released)
    joined = about("The cell {} had been joined with another; they were taken apart.", separated.names)
    return replace(
        notebook,
        repairs=(*reading.repairs, *joined, *notebook.repairs),
        flags=(*forgery.flags(reading.cells, reading.claims, released), *borrowed.flags(notebook.cells, released)),
    )


def _identified(reading: Reading, released: Sequence[Cell]) -> list[Cell]:
    """The cells, with their ids even where all that makes a role of an id was lost."""
    known = {plain_id(cell.grade_id) for cell in released if cell.grade_id is not None}
    return [
        replace(cell, grade_id=claims.grade_id) if claims.grade_id and plain_id(claims.grade_id) in known else cell
        for cell, claims in zip(reading.cells, reading.claims, strict=True)
    ]
