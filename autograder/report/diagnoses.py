"""What a verdict says about an answer, in words: the statuses and diagnoses of every page and table."""

import re
from dataclasses import dataclass
from functools import cache

from autograder.formatting import count
from autograder.verdicts import CellStatus, CellVerdict, Result, SubmissionStatus
from gradlab.words import FINDINGS, LABELS, MISCONCEPTIONS

CELL_WORDS = {
    CellStatus.PASSED: "Right",
    CellStatus.PARTIAL: "Partly right",
    CellStatus.FAILED: "Not yet",
    CellStatus.ERROR: "Stopped by an error",
    CellStatus.TIMED_OUT: "Did not finish",
    CellStatus.MANUAL: "To be read by a person",
    CellStatus.UNANSWERED: "Not answered",
    CellStatus.EXCLUDED: "Not graded",
    CellStatus.BROKE: "Could not be graded",
}

SUBMISSION_WORDS = {
    SubmissionStatus.GRADED: "graded",
    SubmissionStatus.QUARANTINED: "could not be read",
    SubmissionStatus.BROKEN: "the grader broke",
}

UNWRITTEN = "not-written"
"""The finding on an answer that was left as it was handed out: it says nothing about what a student thinks."""

_STOPPED = re.compile(r"^The cell[^\n]* stopped: (?P<kind>\w{1,100})(?:: (?P<text>[^\n]*))?")
"""The message about a cell of the student's that an error stopped: see `autograder.judging.failed_cells`."""
_MODULE = re.compile(r"No module named '(?P<name>[\w.]{1,100})'")
_UNREADABLE = ("SyntaxError", "IndentationError", "TabError")
_UNNAMED = (CellStatus.ERROR, CellStatus.TIMED_OUT)


@dataclass(frozen=True)
class Diagnosis:
    """One kind of mistake.

    Attributes:
        key: what it is counted by: a misconception's id, a finding's key in `gradlab.words`, or a cell's status.
        title: the mistake in a few words.
        explanation: the likely cause in plain words; empty where the course has none.
        look: what to look at next; empty where the course has none.
        named: whether it is in the course's list of misconceptions, with `key` as its id.
    """

    key: str
    title: str
    explanation: str = ""
    look: str = ""
    named: bool = False


def diagnosis_of(verdict: CellVerdict) -> Diagnosis | None:
    """Find the kind of mistake that a verdict reports.

    A misconception is identified by its id. A finding has no id and is recognised by its words, which `gradlab.words`
    holds; a course without gradlab's checks has none, and then only an error or a time-out is a kind of its own.

    Returns:
        The diagnosis; None if the answer is right, waits for a person, or failed for a reason without a diagnosis.
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
    if verdict.status is CellStatus.ERROR and (stopped := _STOPPED.search(verdict.message)):
        return _of_stopped_cell(stopped["kind"], stopped["text"] or "")
    if verdict.status in _UNNAMED:
        return Diagnosis(verdict.status.value, CELL_WORDS[verdict.status])
    return None


def _of_stopped_cell(kind: str, text: str) -> Diagnosis:
    """Count the causes for which a cell stopped: what is missing where it is graded is the instructor's to mend."""
    module = _MODULE.search(text) if kind == "ModuleNotFoundError" else None
    if module is not None:
        return Diagnosis(
            f"no-module-{module['name']}",
            f"No module named {module['name']!r}",
            "The answer's cell stopped at an import: the package is not installed where it is graded, or a file of the "
            "student's own was not handed in.",
            "If the course uses the package, install it where you grade, and grade again.",
        )
    if kind == "FileNotFoundError":
        return Diagnosis("no-file", "A file is missing", "The answer's cell stopped at a file that was not handed in.")
    if kind in _UNREADABLE:
        return Diagnosis("unreadable-cell", "Python cannot read the cell", "Nothing in such a cell has run.")
    if kind in ("EOFError", "StdinNotImplementedError"):
        return Diagnosis("asks-for-input", "The cell asks for input", "Nobody can answer it while it is graded.")
    return Diagnosis("stopped-cell", "The answer's own cell stops with an error")


def shown_status(verdict: CellVerdict) -> CellStatus:
    """A cell's status as the class report shows it: an unwritten answer is not the same as a wrong one."""
    diagnosis = diagnosis_of(verdict)
    return CellStatus.UNANSWERED if diagnosis is not None and diagnosis.key == UNWRITTEN else verdict.status


def diagnosis_titles(result: Result) -> tuple[str, ...]:
    """What was diagnosed in a submission, each once, in the order of the notebook.

    An error, a time-out or a test that broke is listed with its cell. Exercises that were left as they were handed out
    come last, as a number.
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


def misconception_title(identifier: str) -> str:
    """The title of a misconception in the course's words; the id in plain letters where the course has none."""
    known = MISCONCEPTIONS.get(identifier)
    title = known.title if known else identifier.replace("-", " ")
    return title[:1].upper() + title[1:]


def _by_words(message: str) -> Diagnosis | None:
    lead = f"{LABELS['not-yet']}: "
    if not message.startswith(lead):
        return None
    rest = message[len(lead) :]
    for title, keys in _titles():
        if rest.startswith(f"{title}. "):
            # One title may belong to several findings: their other words tell them apart.
            key = max(keys, key=lambda key: (FINDINGS[key].cause in rest) + (FINDINGS[key].look in rest))
            return Diagnosis(key, title[:1].upper() + title[1:], FINDINGS[key].cause, FINDINGS[key].look)
    return None


@cache
def _titles() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The findings' keys by title, the longest title first: one may begin like another."""
    titles: dict[str, list[str]] = {}
    for key, text in FINDINGS.items():
        titles.setdefault(text.title, []).append(key)
    return tuple((title, tuple(keys)) for title, keys in sorted(titles.items(), key=lambda item: -len(item[0])))
