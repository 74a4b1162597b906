"""Hints for authors: what may be a mistake in a lab, but need not be."""

from autograder.build.lab_text import LabText
from autograder.cells import Role
from autograder.python_names import bound_names
from autograder.untrusted.notebooks import role_of


def advise(lab_text: LabText) -> tuple[str, ...]:
    """Find solution cells that no test below them mentions; one sentence for each."""
    advice = []
    cells = lab_text.notebook.cells
    for index, (cell, location) in enumerate(zip(cells, lab_text.locations, strict=True)):
        if role_of(cell.metadata.get("nbgrader", {})) is not Role.SOLUTION:
            continue
        tests = [
            below.source for below in cells[index + 1 :] if role_of(below.metadata.get("nbgrader", {})) is Role.TEST
        ]
        names = bound_names(cell.source)
        if not any(not names or any(name in test for name in names) for test in tests):
            advice.append(
                f"{location.file}, line {location.line}, {location.cell}: no test below it mentions what it defines."
            )
    return tuple(advice)
