"""Results as plain JSON values, for other programs."""

from typing import Any

from autograder.verdicts import CellVerdict, Result


def as_record(result: Result) -> dict[str, Any]:
    """One submission, as ``autograder grade --format json`` prints it."""
    return {
        "student": result.student,
        "lab": result.lab,
        "score": result.score,
        "max_score": result.max_score,
        "status": result.status.value,
        "reason": result.reason,
        "seconds": round(result.seconds, 3),
        "sandboxed": result.sandboxed,
        "gpu": result.gpu,
        "repairs": list(result.repairs),
        "flags": list(result.flags),
        "cells": [_cell(cell) for cell in result.cells],
    }


def _cell(cell: CellVerdict) -> dict[str, Any]:
    return {
        "id": cell.grade_id,
        "points": cell.points,
        "max_points": cell.max_points,
        "status": cell.status.value,
        "message": cell.message,
        "misconception": cell.misconception,
    }
