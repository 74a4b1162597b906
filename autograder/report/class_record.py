"""A class's report as plain JSON values, for other programs."""

from typing import Any

from autograder.report.diagnoses import Diagnosis, told
from autograder.report.exercises import ExerciseSummary
from autograder.report.likeness.groups import Group
from autograder.report.mistakes import Mistake
from autograder.report.summary import ClassSummary, TimeUsed


def as_class_record(summary: ClassSummary) -> dict[str, Any]:
    """A class's report on one lab, as ``autograder report --format json`` prints it: nothing is cut short."""
    return {
        "lab": summary.lab,
        "max_score": summary.max_score,
        "mean": summary.mean,
        "median": summary.median,
        "histogram": list(summary.bins),
        "submissions": len(summary.results),
        "graded": len(summary.graded),
        "not_sandboxed": summary.outside,
        "exercises": [_exercise(exercise) for exercise in summary.exercises],
        "hardest": summary.hardest.grade_id if summary.hardest else None,
        "mistakes": [_mistake(mistake) for mistake in summary.mistakes],
        "attention": [
            {"kind": item.kind, "students": list(item.students), "reasons": list(item.reasons)}
            for item in summary.attention
        ],
        "alike": {
            "compared": summary.likeness.compared,
            "common_above": summary.likeness.limit,
            "groups": [_group(group) for group in summary.likeness.groups],
        },
        "time": _time(summary.time) if summary.time else None,
        "students": [
            {
                "student": result.student,
                "score": result.score,
                "status": result.status.value,
                "needs_a_person": result.student in summary.in_need,
                "diagnoses": list(told(result)),
                "repairs": len(result.repairs),
                "seconds": round(result.seconds, 3),
            }
            for result in summary.results
        ],
    }


def _exercise(exercise: ExerciseSummary) -> dict[str, Any]:
    return {
        "id": exercise.grade_id,
        "title": exercise.title,
        "max_points": exercise.max_points,
        "mean": exercise.mean,
        "facility": exercise.share,
        "discrimination": exercise.discrimination,
        "full": exercise.full,
        "partial": exercise.partial,
        "none": exercise.none,
        "unwritten": exercise.unwritten,
        "waiting": exercise.waiting,
        "statuses": {status.value: amount for status, amount in exercise.counts.items()},
        "commonest": exercise.commonest.key if exercise.commonest else None,
    }


def _mistake(mistake: Mistake) -> dict[str, Any]:
    return {
        **_diagnosis(mistake.diagnosis),
        "students": list(mistake.students),
        "share": mistake.share,
        "exercises": [
            {"id": place.grade_id, "students": place.students, "first_for": place.first} for place in mistake.places
        ],
    }


def _diagnosis(diagnosis: Diagnosis) -> dict[str, Any]:
    return {
        "id": diagnosis.key,
        "misconception": diagnosis.named,
        "title": diagnosis.title,
        "explanation": diagnosis.explanation,
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


def _time(time: TimeUsed) -> dict[str, Any]:
    return {
        "total_seconds": round(time.total, 3),
        "median_seconds": round(time.median, 3),
        "below_for_95_percent": round(time.long, 3),
        "timed_out": {grade_id: list(students) for grade_id, students in time.timed_out.items()},
    }
