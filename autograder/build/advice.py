"""Hints for authors: what may be a mistake in a lab, but need not be."""

import ast

from nbformat import NotebookNode

from autograder.build.lab_text import LabText
from autograder.cells import Role
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
        names = _bound(cell)
        if not any(not names or any(name in test for name in names) for test in tests):
            advice.append(
                f"{location.file}, line {location.line}, {location.cell}: no test below it mentions what it defines."
            )
    return tuple(advice)


def _bound(cell: NotebookNode) -> set[str]:
    """Collect the names that a cell binds at its top level; none if it is not plain Python."""
    try:
        tree = ast.parse(cell.source)
    except SyntaxError:
        return set()
    names: set[str] = set()
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(statement.name)
        elif not isinstance(statement, ast.Import | ast.ImportFrom):
            names |= {
                node.id
                for node in ast.walk(statement)
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            }
    return names
