"""The feedback on one student's notebook, as data."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograder.cells import Cell, Role
from autograder.formatting import number
from autograder.report.outputs import Part, parts
from autograder.untrusted.notebooks import cell_from
from autograder.untrusted.pictures import Attachments
from autograder.verdicts import CellStatus, SubmissionStatus

_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(\S.*)$", re.MULTILINE)
_LONGEST_TITLE = 500
_MISCONCEPTION = re.compile(r"\*?\((?P<id>[a-z][a-z0-9-]+)\)\*?\s*$")

_OPEN = frozenset({CellStatus.MANUAL.value, CellStatus.EXCLUDED.value})
"""The statuses whose message says that there are no points yet: it is over once a person has given some."""

GRADED_AGAIN = "Before it was graded again"
"""How the message on an answer begins whose mark was given to an earlier one."""

_Pair = tuple[Cell, Mapping[str, Any]]


@dataclass(frozen=True)
class Piece:
    """One cell of the student's notebook.

    Attributes:
        kind: "code" or "markdown".
        source: the cell's text.
        outputs: its outputs.
        attachments: the pictures that were pasted into it.
    """

    kind: str
    source: str
    outputs: tuple[Part, ...] = ()
    attachments: Attachments | None = None


@dataclass(frozen=True)
class Exercise:
    """One graded cell with the answer that it is about.

    Attributes:
        grade_id: nbgrader's id of the graded cell.
        title: the heading above it.
        status: how it ended.
        points: the points earned; None while a person has yet to give them, or if its test can be run for nobody.
        max_points: the points that it is worth.
        message: what was seen, the likely cause, what to look at.
        misconception: the id of the diagnosis, or None.
        comment: what a person wrote about it.
        answer: the student's cells that it is about.
        check: the public part of the test, empty for cells that a person grades.
        printed: the test's outputs without its verdict.
        earlier: whether the comment is about what stood here before it was graded again.
    """

    grade_id: str
    title: str
    status: CellStatus
    points: float | None
    max_points: float
    message: str = ""
    misconception: str | None = None
    comment: str = ""
    answer: tuple[Piece, ...] = ()
    check: str = ""
    printed: tuple[Part, ...] = ()
    earlier: bool = False


@dataclass(frozen=True)
class Feedback:
    """The feedback on one student's notebook.

    Attributes:
        student: the student's id.
        lab: the lab's name.
        notebook: the notebook's name, without ``.ipynb``.
        title: the notebook's first heading.
        status: how the submission as a whole ended.
        exercises: the graded cells, in order.
        readable: whether this notebook could be read.
        penalty: points taken off for lateness.
        reason: why the submission, or a part of it, could not be graded.
        repairs: what had to be repaired, one sentence each.
        flags: what a person will look at, one sentence each.
        sandboxed: False if it ran with ``--sandbox none``.
        rest: every other code cell, in order.
    """

    student: str
    lab: str
    notebook: str
    title: str
    status: SubmissionStatus
    exercises: tuple[Exercise, ...] = ()
    readable: bool = True
    penalty: float = 0.0
    reason: str = ""
    repairs: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    sandboxed: bool = True
    rest: tuple[Piece, ...] = ()

    @property
    def score(self) -> float:
        """The points so far, after the penalty; never below 0."""
        return max(0.0, sum(exercise.points or 0.0 for exercise in self.exercises) - self.penalty)

    @property
    def max_score(self) -> float:
        """The points that can be earned; those of excluded tests, which nobody can earn, are left out."""
        return sum(exercise.max_points for exercise in self.exercises) - self.excluded

    @property
    def waiting(self) -> float:
        """The points that wait for a person."""
        return sum(exercise.max_points for exercise in self.exercises if exercise.points is None) - self.excluded

    @property
    def excluded(self) -> float:
        """The points of tests that can be run for nobody."""
        excluded = (exercise for exercise in self.exercises if exercise.status is CellStatus.EXCLUDED)
        return sum(exercise.max_points for exercise in excluded if exercise.points is None)


@dataclass(frozen=True)
class Mark:
    """What the gradebook holds for one graded cell.

    Attributes:
        points: the points, with extra credit; None while a person has yet to give them.
        max_points: the points that it is worth.
        by_hand: whether a person gave the points.
        earlier: the points that a person gave to an earlier answer, or before the answer could no longer be read or
            graded: a person looks again. None if there are none.
        comment: what a person wrote.
    """

    points: float | None
    max_points: float
    by_hand: bool = False
    comment: str = ""
    earlier: float | None = None


def without_id(message: str) -> str:
    """A verdict's message without the closing id, which the page shows apart."""
    return _MISCONCEPTION.sub("", message).strip()


def read(
    notebook: Mapping[str, Any],
    marks: Mapping[str, Mark],
    *,
    student: str,
    lab: str,
    name: str,
    penalty: float = 0.0,
    comments: Mapping[str, str] | None = None,
) -> Feedback:
    """Gather the feedback from an autograded notebook.

    Args:
        notebook: the notebook, as nbformat has it, **without hidden tests and mark schemes**; ``gradlab`` in its
            metadata and its cells' is what grading wrote.
        marks: what the gradebook holds, by grade id.
        student: the student's id.
        lab: the lab's name.
        name: the notebook's name.
        penalty: points taken off for lateness.
        comments: what people wrote about answers that have no mark of their own, by grade id.

    Returns:
        The feedback. A test cell's output is shown only if the judge wrote it (``gradlab`` metadata).
    """
    own = _verdict(notebook)
    pairs = [(cell_from(node), node) for node in notebook["cells"]]
    status = SubmissionStatus(own.get("status", SubmissionStatus.GRADED))
    # A notebook that could not be read is replaced by the released one, never run: none of it is the student's.
    ran = any(node.get("execution_count") is not None for node in notebook["cells"])
    readable = ran or status is not SubmissionStatus.QUARANTINED
    shown = pairs if readable else []
    return Feedback(
        student=student,
        lab=lab,
        notebook=name,
        title=next(_headings(cell for cell, _ in pairs), name),
        status=status,
        readable=readable,
        exercises=tuple(_exercises(shown, marks, comments or {})),
        penalty=penalty,
        reason=str(own.get("reason", "")),
        repairs=tuple(str(repair) for repair in own.get("repairs", ())),
        flags=tuple(str(flag) for flag in own.get("flags", ())),
        sandboxed=bool(own.get("sandboxed", True)),
        rest=tuple(_piece(cell, node) for cell, node in shown if cell.kind == "code" and cell.role is Role.FREE),
    )


def titles(cells: Iterable[Cell]) -> dict[str, str]:
    """The heading above each graded cell, by grade id; a question that begins with a heading keeps that.

    Cells below the same heading are numbered.
    """
    heading, found = "", {}
    for cell in cells:
        headings = list(_headings([cell])) if cell.role is not Role.ANSWER else []
        if headings:
            heading = headings[0] if cell.role is Role.TASK else headings[-1]
        if cell.graded and cell.grade_id:
            found[cell.grade_id] = heading or cell.grade_id
    count, places = Counter(found.values()), Counter[str]()
    for grade_id, title in found.items():
        places[title] += 1
        if count[title] > 1:
            found[grade_id] = f"{title} ({places[title]} of {count[title]})"
    return found


def graded_status(status: CellStatus, mark: Mark) -> CellStatus:
    """A cell's status, a person's mark included."""
    if mark.earlier is not None and status not in (CellStatus.EXCLUDED, CellStatus.BROKE):
        return CellStatus.MANUAL
    return _status(mark) if mark.by_hand or status is CellStatus.MANUAL else status


def changed_since(mark: Mark) -> str:
    """What a person is told of an answer whose mark was given to an earlier one; empty for others."""
    if mark.earlier is None:
        return ""
    return (
        f"{GRADED_AGAIN}, a person gave {number(mark.earlier)} of {number(mark.max_points)} points to what stood here "
        "then. A person looks once more; until then these points do not count."
    )


def _exercises(pairs: Sequence[_Pair], marks: Mapping[str, Mark], comments: Mapping[str, str]) -> Iterator[Exercise]:
    names = titles(cell for cell, _ in pairs)
    answer: list[Piece] = []
    written: list[str] = []
    for cell, node in pairs:
        if cell.role in (Role.SOLUTION, Role.ANSWER):
            answer.append(_piece(cell, node))
            written.append(comments.get(cell.grade_id or "", ""))
        if cell.graded and cell.grade_id:
            exercise = _exercise(cell, node, names[cell.grade_id], marks.get(cell.grade_id), tuple(answer))
            # nbgrader keeps a comment on an answer with it, and the points with its test.
            said = "\n\n".join(filter(None, (*written, exercise.comment)))
            yield replace(exercise, comment=said)
            answer, written = [], []


def _exercise(
    cell: Cell, node: Mapping[str, Any], title: str, recorded: Mark | None, answer: tuple[Piece, ...]
) -> Exercise:
    verdict = _verdict(node)
    mark = recorded or Mark(verdict.get("points"), float(verdict.get("max_points", cell.points)))
    message, misconception = str(verdict.get("message", "")), verdict.get("misconception")
    if mark.by_hand and verdict.get("status") in _OPEN:
        message = ""
    if mark.earlier is not None:
        message, misconception = changed_since(mark), None
    tested = cell.role is Role.TEST
    printed = parts(node.get("outputs", ())) if tested and verdict else ()
    return Exercise(
        grade_id=cell.grade_id or "",
        title=title,
        status=graded_status(CellStatus(verdict["status"]), mark) if "status" in verdict else _status(mark),
        points=mark.points,
        max_points=mark.max_points,
        message=without_id(message) if misconception else message,
        misconception=misconception,
        comment=mark.comment,
        earlier=mark.earlier is not None,
        answer=answer,
        check=cell.source.strip() if tested else "",
        printed=tuple(part for part in printed if part.kind != "error"),
    )


def _status(mark: Mark) -> CellStatus:
    if mark.points is None:
        return CellStatus.MANUAL
    if mark.points >= mark.max_points:
        return CellStatus.PASSED
    return CellStatus.PARTIAL if mark.points > 0 else CellStatus.FAILED


def _headings(cells: Iterable[Cell]) -> Iterator[str]:
    sources = (cell.source for cell in cells if cell.kind == "markdown")
    found = (heading for source in sources for heading in _HEADING.findall(source))
    # Closing marks of a heading are cut off here: a pattern for them would backtrack at every blank.
    return ((heading.rstrip().rstrip("#").rstrip() or heading)[:_LONGEST_TITLE] for heading in found)


def _piece(cell: Cell, node: Mapping[str, Any]) -> Piece:
    return Piece(cell.kind, cell.source.rstrip(), parts(node.get("outputs", ())), cell.attachments)


def _verdict(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """What grading wrote into a notebook's or a cell's metadata; empty where plain nbgrader graded."""
    metadata = node.get("metadata")
    verdict = metadata.get("gradlab") if isinstance(metadata, Mapping) else None
    return verdict if isinstance(verdict, Mapping) else {}
