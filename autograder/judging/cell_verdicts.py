"""The verdict on a grade cell, with its message to the student, from what the cell raised or returned.

The message never holds a hidden test: a line of a test is quoted only if it is in the released notebook, too.
"""

import math
import numbers
import traceback
from dataclasses import dataclass
from pathlib import Path

from autograder.cells import Cell, Role
from autograder.judging.failure_messages import StoppedCell, explain_ended_process, explain_resources, explain_timeout
from autograder.limits import Limits
from autograder.verdicts import CellStatus, CellVerdict
from autograder.wall.errors import (
    ConnectionClosedError,
    DeadlineExceededError,
    MissingAttributeError,
    MissingNameError,
    NotPlainError,
    UnsupportedValueError,
    WallError,
)
from autograder.wall.handles import is_handle
from autograder.wall.ipython_shell import Execution
from gradlab.check import NotYet, diagnose

_CELL = "<ipython-input-"
_PACKAGE = Path(__file__).resolve().parents[1]
_LONGEST_MESSAGE = 20_000
# RecursionError and MemoryError come from values of the student's that are too deep or too large.
_EXPECTED = (MissingNameError, MissingAttributeError, NotPlainError, NotYet, RecursionError, MemoryError)


@dataclass(frozen=True)
class Circumstances:
    """What a verdict depends on besides the error.

    Attributes:
        limits: what the submission may use.
        ending: how the student's process ended, if it did.
        over: the message that the time for the whole notebook is used up, if it is.
        stop: the cell of this exercise that was stopped, if one was: it did not define what the test needs.
    """

    limits: Limits
    ending: str = ""
    over: str = ""
    stop: StoppedCell | None = None


def judge(test: Cell, released: Cell, execution: Execution, circumstances: Circumstances) -> CellVerdict:
    """The verdict on a grade cell that has run.

    Args:
        test: the instructor's cell.
        released: the same cell as the student has it.
        execution: what running it gave.
        circumstances: see `Circumstances`.
    """
    if execution.error is None:
        return _passed(test, execution.value)
    status, message, misconception = _explain(execution.error, released, circumstances)
    points = None if status is CellStatus.BROKE else 0.0
    return CellVerdict(test.grade_id or "", points, test.points, status, _readable(message), misconception)


def manual_verdict(cell: Cell, unanswered: frozenset[str]) -> CellVerdict:
    """The verdict on a cell that a person grades, or that was left as it was.

    Args:
        cell: the cell.
        unanswered: the grade ids of those that were left.
    """
    grade_id = cell.grade_id or ""
    if grade_id in unanswered and cell.role is Role.ANSWER:
        message = "This question was left as it was."
        return CellVerdict(grade_id, 0.0, cell.points, CellStatus.UNANSWERED, message)
    return CellVerdict(grade_id, None, cell.points, CellStatus.MANUAL, "A person will read this answer.")


def _passed(test: Cell, value: object) -> CellVerdict:
    grade_id = test.grade_id or ""
    # An object of the student's may say that it is a number, and which one.
    if is_handle(value) or not isinstance(value, numbers.Real) or isinstance(value, bool):
        return CellVerdict(grade_id, test.points, test.points, CellStatus.PASSED)
    # nbgrader's partial credit: the last value of the cell is the number of points. An invalid number of points (nan,
    # -1, more than there are) must never earn more than the nearest valid one.
    try:
        given = float(value)
    except (ArithmeticError, ValueError, TypeError):
        given = math.nan
    points = 0.0 if math.isnan(given) else min(max(given, 0.0), test.points)
    if points == test.points:
        return CellVerdict(grade_id, points, test.points, CellStatus.PASSED)
    message = f"This answer earns {points:g} of {test.points:g} points."
    return CellVerdict(grade_id, points, test.points, CellStatus.PARTIAL, message)


def _explain(error: BaseException, released: Cell, circumstances: Circumstances) -> tuple[CellStatus, str, str | None]:
    if circumstances.stop is not None and (circumstances.stop.in_answer or isinstance(error, MissingNameError)):
        return circumstances.stop.status, circumstances.stop.message, None
    if isinstance(error, DeadlineExceededError):
        return CellStatus.TIMED_OUT, circumstances.over or explain_timeout(error, circumstances.limits), None
    if isinstance(error, ConnectionClosedError):
        return CellStatus.ERROR, explain_ended_process(error, circumstances.ending), None
    if isinstance(error, UnsupportedValueError):
        return CellStatus.BROKE, f"The test itself cannot be run: {error}", None
    if not isinstance(error, Exception) or _is_ours(error):
        return CellStatus.BROKE, f"The grader itself failed: {type(error).__name__}: {error}", None
    if isinstance(error, NotYet):
        return CellStatus.FAILED, str(error), error.diagnosis.misconception
    if hasattr(error, "student_error"):
        return _explain_student_error(error, circumstances.limits)
    return CellStatus.FAILED, _explain_test(error, released), None


def _explain_student_error(error: BaseException, limits: Limits) -> tuple[CellStatus, str, str | None]:
    kind: str = getattr(error, "student_error", "")
    frames: str = getattr(error, "student_frames", "")
    if kind == "NotImplementedError":
        message = "This exercise is not written yet: your code stops at `raise NotImplementedError()`."
        return CellStatus.FAILED, message, None
    diagnosis = diagnose(error)
    explanation = explain_resources(kind, str(error), limits)
    reason = f"Your code {explanation}\n" if explanation else ""
    raised = f"{reason}Your code raised {kind}: {error}" + (f"\n{frames}" if frames else "")
    if diagnosis is None:
        return CellStatus.ERROR, raised, None
    return CellStatus.ERROR, f"{NotYet(diagnosis)}\n{raised}", diagnosis.misconception


def _explain_test(error: BaseException, released: Cell) -> str:
    line = _public_line(error, released)
    if isinstance(error, MissingNameError):
        return f"The test needs a name that your notebook doesn't define: {error}."
    if isinstance(error, NotPlainError):
        return f"Your answer is not of the kind that the test can look at: {error}."
    if line is None:
        return "A hidden test of this exercise found a case in which your answer is not right."
    message = _message_of(error)
    raised = f"{type(error).__name__}: {message}" if message else type(error).__name__
    return f"The test stopped at this line:\n    {line}\n{raised}"


def _is_ours(error: Exception) -> bool:
    """Whether an error is a defect of the autograder, and not the student's: it was raised in our own code."""
    if isinstance(error, _EXPECTED) or hasattr(error, "student_error"):
        return False
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and Path(frames[-1].filename).is_relative_to(_PACKAGE)


def _public_line(error: BaseException, released: Cell) -> str | None:
    """The line of the test at which it stopped, if the student has that line too."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(_CELL)]
    if not frames or not frames[0].line:
        return None
    public = {line.strip() for line in released.source.splitlines()}
    # The cell's own line is shown, not that of a helper that it calls, and both must be public.
    return frames[0].line if all((frame.line or "").strip() in public for frame in frames) else None


def _message_of(error: BaseException) -> str:
    """An error's message; to format it may format objects of the student's."""
    try:
        return str(error).strip()
    except (Exception, WallError):  # noqa: BLE001 - to format such an object sends a request to the student's side
        return ""


def _readable(message: str) -> str:
    """A message that can be stored in a file or a database: student code may have put anything into it."""
    text = message[:_LONGEST_MESSAGE].encode("utf-8", "replace").decode()
    return "".join(
        letter if letter.isprintable() or letter in "\n\t" else "\N{REPLACEMENT CHARACTER}" for letter in text
    )
