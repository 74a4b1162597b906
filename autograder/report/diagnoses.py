"""What a verdict found out about an answer, with or without a name in the course's list: one answer for all readers."""

from dataclasses import dataclass
from functools import cache

from autograder.report.wording import CELL_WORDS, count, misconception_title
from autograder.verdicts import CellStatus, CellVerdict, Result, SubmissionStatus
from gradlab.words import FINDINGS, LABELS, MISCONCEPTIONS, Explanation

UNWRITTEN = "not-written"
"""The finding on an answer that was left as it was handed out: it says nothing about what a student thinks."""

_UNNAMED = (CellStatus.ERROR, CellStatus.TIMED_OUT)


@dataclass(frozen=True)
class Diagnosis:
    """One kind of mistake.

    Attributes:
        key: what it is counted by: a misconception's id, a finding's key in `gradlab.words`, or a cell's status.
        title: the mistake in a few words.
        explanation: the likely cause in plain words; empty where the course has none.
        look: what to look at next; empty where the course has none.
        named: whether it stands in the course's list of misconceptions, and `key` is its id there.
    """

    key: str
    title: str
    explanation: str = ""
    look: str = ""
    named: bool = False


def diagnosis_of(verdict: CellVerdict) -> Diagnosis | None:
    """Find the kind of mistake that a verdict tells of.

    A misconception goes by its id. What has no id is recognised by its words, which `gradlab.words` holds; a course
    without gradlab's checks has none, and then only an error or a time-out is a kind of its own.

    Args:
        verdict: the verdict on one graded cell.

    Returns:
        The diagnosis; None if the answer is right, waits for a person, or failed for a reason that nobody can name.
    """
    if verdict.misconception:
        known = MISCONCEPTIONS.get(verdict.misconception)
        return Diagnosis(
            verdict.misconception,
            misconception_title(verdict.misconception),
            known.cause if known else "",
            known.look if known else "",
            named=True,
        )
    if verdict.status is CellStatus.FAILED:
        return _by_words(verdict.message)
    if verdict.status in _UNNAMED:
        return Diagnosis(verdict.status.value, CELL_WORDS[verdict.status])
    return None


def seen(verdict: CellVerdict) -> CellStatus:
    """A cell's status as the class report shows it: an answer that nobody wrote is not the same as a wrong one."""
    diagnosis = diagnosis_of(verdict)
    return CellStatus.UNANSWERED if diagnosis is not None and diagnosis.key == UNWRITTEN else verdict.status


def told(result: Result) -> tuple[str, ...]:
    """What was diagnosed in a submission, each once, in the order of the notebook.

    What has no name in the course is told with its cell: an error, a time-out, a test that broke. Exercises that were
    left as they were handed out come last, as a number.
    """
    if result.status is SubmissionStatus.QUARANTINED:
        return ()
    found: list[str] = []
    unwritten = 0
    for cell in result.cells:
        diagnosis = diagnosis_of(cell)
        if cell.status in (*_UNNAMED, CellStatus.BROKE) and not cell.misconception:
            found.append(f"{cell.status.value}: {cell.grade_id}")
        elif diagnosis is not None and diagnosis.key == UNWRITTEN:
            unwritten += 1
        elif diagnosis is not None:
            found.append(diagnosis.title)
    left = [f"{count(unwritten, 'exercise')} not written"] if unwritten else []
    return tuple(dict.fromkeys([*found, *left]))


def _by_words(message: str) -> Diagnosis | None:
    lead = f"{LABELS['not-yet']}: "
    if not message.startswith(lead):
        return None
    rest = message[len(lead) :]
    for title, keys in _titles():
        if rest.startswith(f"{title}. "):
            # One title may belong to several findings: their other words tell them apart.
            key = max(keys, key=lambda key: (FINDINGS[key].cause in rest) + (FINDINGS[key].look in rest))
            return _finding(key, FINDINGS[key])
    return None


def _finding(key: str, text: Explanation) -> Diagnosis:
    return Diagnosis(key, text.title[:1].upper() + text.title[1:], text.cause, text.look)


@cache
def _titles() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The findings' keys by title, the longest title first: one may begin like another."""
    titles: dict[str, list[str]] = {}
    for key, text in FINDINGS.items():
        titles.setdefault(text.title, []).append(key)
    return tuple((title, tuple(keys)) for title, keys in sorted(titles.items(), key=lambda item: -len(item[0])))
