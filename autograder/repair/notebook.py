"""All repairs of a submitted notebook before it runs."""

from collections.abc import Sequence
from dataclasses import replace

from autograder.cells import Cell, SubmittedNotebook
from autograder.repair import forged_metadata, library_misuse
from autograder.repair.joined_cells import separate
from autograder.repair.messages import sentences_about
from autograder.repair.realign import realign
from autograder.untrusted.notebooks import ParsedNotebook
from autograder.untrusted.submitted_metadata import normalised_id


def repair_notebook(name: str, parsed: ParsedNotebook, released: Sequence[Cell]) -> SubmittedNotebook:
    """Separate joined cells, realign the notebook to the released one, flag forged metadata and misuse of `gradlab`."""
    separated = separate(_with_grade_ids(parsed, released), released)
    notebook = realign(name, separated.cells, released)
    joined = sentences_about("The cell {} had been joined with another; they were taken apart.", separated.names)
    return replace(
        notebook,
        repairs=(*parsed.repairs, *joined, *notebook.repairs),
        flags=(
            *forged_metadata.flags(parsed.cells, parsed.claims, released),
            *library_misuse.flags(notebook.cells, released),
        ),
    )


def _with_grade_ids(parsed: ParsedNotebook, released: Sequence[Cell]) -> list[Cell]:
    """The cells with their grade ids, also where the metadata that make the role were lost."""
    known = {normalised_id(cell.grade_id) for cell in released if cell.grade_id is not None}
    return [
        replace(cell, grade_id=claims.grade_id) if claims.grade_id and normalised_id(claims.grade_id) in known else cell
        for cell, claims in zip(parsed.cells, parsed.claims, strict=True)
    ]
