"""Results and class reports as plain JSON values, for other programs: a public format, see docs/instructors.md."""

from typing import TYPE_CHECKING, Any

from autograder.report.comparison import Group, Likeness
from autograder.report.diagnoses import diagnosis_titles
from autograder.verdicts import CellVerdict, Result, TestLevel

if TYPE_CHECKING:
    # Every command imports this module when it starts, and the summary imports nbformat.
    from autograder.report.summary import ClassSummary, ExerciseSummary, Mistake, TimeUsed


def as_record(result: Result) -> dict[str, Any]:
    """One submission, as ``autograder grade --format json`` prints it."""
    record = {
        "student": result.student,
        "lab": result.lab,
        "score": result.score,
        "max_score": result.max_score,
        "status": result.status.value,
        "reason": result.reason,
        "seconds": round(result.seconds, 3),
        "sandboxed": result.sandboxed,
        "sandbox": result.sandbox,
        "gpu": result.gpu,
        "repairs": list(result.repairs),
        "flags": list(result.flags),
        "cells": [_cell(cell) for cell in result.cells],
    }
    levels = {"levels": list(map(as_level_record, result.levels))} if result.levels else {}
    return record | levels | ({"notes": list(result.notes)} if result.notes else {})


def as_level_record(level: TestLevel) -> dict[str, Any]:
    """The level of one test of a lab."""
    return {"id": level.grade_id, "level": level.level.value, "reason": level.reason, "cure": level.cure}


def as_class_record(summary: "ClassSummary") -> dict[str, Any]:
    """A class's report on one lab, as ``autograder report --format json`` prints it: nothing is cut short."""
    return {
        "lab": summary.lab,
        "max_score": summary.max_score,
        "mean": summary.mean,
        "median": summary.median,
        "histogram": list(summary.bins),
        "submissions": len(summary.results),
        "graded": len(summary.graded),
        "not_sandboxed": summary.unsandboxed,
        "without_namespaces": summary.without_namespaces,
        "beside_points": summary.levels.beside_points,
        "excluded_points": summary.levels.excluded_points,
        "levels": list(map(as_level_record, summary.levels.listed)),
        "exercises": [_exercise(exercise) for exercise in summary.exercises],
        "hardest": summary.hardest.grade_id if summary.hardest else None,
        "mistakes": [_mistake(mistake) for mistake in summary.mistakes],
        "attention": [
            {"kind": item.kind, "students": list(item.students), "reasons": list(item.reasons)}
            for item in summary.attention
        ],
        # None where the extra `likeness` is not installed: nothing was compared.
        "alike": _likeness(summary.likeness) if summary.likeness else None,
        "time": _time(summary.time) if summary.time else None,
        "students": [
            {
                "student": result.student,
                "score": result.score,
                "status": result.status.value,
                "needs_a_person": result.student in summary.needing_attention,
                "diagnoses": list(diagnosis_titles(result)),
                "repairs": len(result.repairs),
                "seconds": round(result.seconds, 3),
            }
            for result in summary.results
        ],
    }


def _cell(cell: CellVerdict) -> dict[str, Any]:
    return {
        "id": cell.grade_id,
        "points": cell.points,
        "max_points": cell.max_points,
        "status": cell.status.value,
        "message": cell.message,
        "misconception": cell.misconception,
        "level": cell.level.value,
    }


def _exercise(exercise: "ExerciseSummary") -> dict[str, Any]:
    return {
        "id": exercise.grade_id,
        "title": exercise.title,
        "max_points": exercise.max_points,
        "mean": exercise.mean,
        "facility": exercise.facility,
        "discrimination": exercise.discrimination,
        "full": exercise.full,
        "partial": exercise.partial,
        "none": exercise.none,
        "unwritten": exercise.unwritten,
        "waiting": exercise.waiting,
        "excluded": exercise.excluded,
        "statuses": {status.value: amount for status, amount in exercise.counts.items()},
        "commonest": exercise.commonest.key if exercise.commonest else None,
    }


def _mistake(mistake: "Mistake") -> dict[str, Any]:
    return {
        "id": mistake.diagnosis.key,
        "misconception": mistake.diagnosis.named,
        "title": mistake.diagnosis.title,
        "explanation": mistake.diagnosis.explanation,
        "students": list(mistake.students),
        "share": mistake.share,
        "exercises": [
            {"id": each.grade_id, "students": each.students, "first_for": each.first} for each in mistake.occurrences
        ],
    }


def _likeness(likeness: Likeness) -> dict[str, Any]:
    return {
        "compared": likeness.compared,
        "common_above": likeness.limit,
        "groups": [_group(group) for group in likeness.groups],
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "students": list(group.students),
        "pairs": [
            {
                "students": [pair.first, pair.second],
                "likeness": round(pair.likeness, 4),
                "exercises": [
                    {"id": each.exercise, "likeness": round(each.likeness, 4), "same_mistake": each.diagnosis}
                    for each in pair.exercises
                ],
                "remarks": [{"kind": kind, "text": text} for kind, text in pair.remarks],
            }
            for pair in group.pairs
        ],
    }


def _time(time: "TimeUsed") -> dict[str, Any]:
    return {
        "total_seconds": round(time.total, 3),
        "median_seconds": round(time.median, 3),
        "below_for_95_percent": round(time.percentile_95, 3),
        "timed_out": {grade_id: list(students) for grade_id, students in time.timed_out.items()},
    }
