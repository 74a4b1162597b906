"""What the autograder gives, beside what is stored."""

from collections.abc import Mapping

from autograder.verdicts import CellStatus, Level
from tests.foreign.expected import Expected
from tests.foreign.lab_text import ForeignLab
from tests.foreign.ours import Graded

_UNGRADED = (CellStatus.BROKE, CellStatus.EXCLUDED)
_BY_HAND = (CellStatus.MANUAL, CellStatus.UNANSWERED)


def levels_of(graded: Mapping[str, Graded]) -> dict[str, str]:
    """The level of each test, by its name."""
    return {
        verdict.grade_id: str(Level.NONE if verdict.status in _UNGRADED else verdict.level)
        for verdict in graded["solution"].result.verdicts
        if verdict.status not in _BY_HAND
    }


def differences(lab: ForeignLab, stored: Mapping[str, Expected], graded: Mapping[str, Graded]) -> list[str]:
    """Where points are not the right ones, submissions are flagged, or a release is repaired; one sentence each."""
    found = []
    for variant, submission in graded.items():
        for verdict in submission.result.verdicts:
            test = verdict.grade_id
            if test not in stored:
                continue
            correction = lab.corrections.get((test, variant))
            right = (
                stored[test].points.get(variant, stored[test].points["solution"])
                if correction is None
                else correction.points
            )
            if verdict.points != right or verdict.status in _UNGRADED:
                message = " ".join(verdict.message.split())[:300]
                found.append(f"{test}, {variant}: {right:g} there, {verdict.points} here ({verdict.status}): {message}")
        found += [f"{variant}: flag: {flag}" for flag in submission.result.flags]
        found += [f"{variant}: repair: {repair}" for repair in submission.repairs]
    return found
