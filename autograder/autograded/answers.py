"""Digests of answers: what a person gave belongs to the text that was read."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder.cells import Cell, Role
from autograder.untrusted.notebooks import cell_from

DIGEST = "answer"
"""The name of the digest in the metadata of a graded cell."""


def answer_digests(cells: Sequence[Cell]) -> dict[str, str]:
    """Digests of what the student has written for each graded cell, by grade id.

    To a test belong the solutions above it, back to the next test; to a task the student's cells below it.
    """
    found: dict[str, list[Cell]] = {}
    solutions: list[Cell] = []
    complete = False
    task: list[Cell] | None = None
    for cell in cells:
        if cell.role is Role.FREE:
            if task is not None:
                task.append(cell)
            continue
        task = None
        if cell.role is Role.SOLUTION:
            # Several tests may follow one solution.
            solutions = [] if complete else solutions
            solutions.append(cell)
            complete = False
        if cell.grade_id is None:
            continue
        if cell.role is Role.TEST:
            found[cell.grade_id] = list(solutions)
            complete = True
        elif cell.role is Role.ANSWER:
            found[cell.grade_id] = [cell]
        elif cell.role is Role.TASK:
            task = found[cell.grade_id] = []
    return {grade_id: _digest(texts) for grade_id, texts in found.items()}


def known_digests(notebook: Path) -> dict[str, str] | None:
    """The digests of a notebook in ``autograded/``; None if there is none, or it does not say.

    One that nbgrader graded by itself holds what the student handed in, and is read.
    """
    try:
        node = json.loads(notebook.read_bytes())
        if "gradlab" not in node["metadata"]:
            return answer_digests([cell_from(cell) for cell in node["cells"]])
        found = {
            str(cell["metadata"]["nbgrader"]["grade_id"]): str(verdict[DIGEST])
            for cell in node["cells"]
            if DIGEST in (verdict := cell["metadata"].get("gradlab", {}))
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return found or None


def _digest(cells: Sequence[Cell]) -> str:
    texts = [[cell.kind, cell.source.strip(), _sorted(cell.attachments or {})] for cell in cells]
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()


def _sorted(attachments: Mapping[str, Mapping[str, str]]) -> list[Any]:
    return sorted([name, sorted(bundle.items())] for name, bundle in attachments.items())
