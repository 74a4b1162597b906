"""The verdict on a grade cell, with its message to the student, from what the cell raised or returned.

The message never holds a hidden test: a line of a test is quoted only if it is in the released notebook, too.
"""

import ast
import builtins
import math
import numbers
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from autograder.cells import Cell, Role
from autograder.judging.failed_cells import FailuresAbove
from autograder.judging.failure_messages import (
    NOT_WRITTEN,
    StoppedCell,
    explain_ended_process,
    explain_resources,
    explain_timeout,
)
from autograder.judging.tests_beside import BesideReport
from autograder.limits import Limits
from autograder.python_names import statements, used_names
from autograder.verdicts import CellStatus, CellVerdict, Level
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
_LONGEST_WORD = 100
_PROXIES = frozenset({"handles.py", "remote.py", "remote_classes.py", "remote_errors.py"})
_FRAME_PARTS = 3
_HIDDEN = "A hidden test of this exercise found a case in which your answer is not right."
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
        failures: the cells above that an error of their own has stopped.
        rehearsal: whether it is the instructor's own solution: the message is then for the instructor.
    """

    limits: Limits
    ending: str = ""
    over: str = ""
    stop: StoppedCell | None = None
    failures: FailuresAbove = field(default_factory=FailuresAbove)
    rehearsal: bool = False


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
    if circumstances.rehearsal:
        released = test
    status, message, misconception = _explain(execution.error, released, circumstances)
    points = None if status is CellStatus.BROKE else 0.0
    return CellVerdict(test.grade_id or "", points, test.points, status, _readable(message), misconception)


def judge_beside(
    test: Cell, released: Cell, report: BesideReport, circumstances: Circumstances, *, public: bool
) -> CellVerdict:
    """The verdict on a grade cell that has run beside student code.

    Args:
        test: the instructor's cell.
        released: the same cell as the student has it.
        report: what the process said in which it ran.
        circumstances: see `Circumstances`.
        public: whether the process has met no text that the student does not have.
    """
    if report.error is None:
        points = report.points if _ends_with_value(test.source) else None
        return replace(_passed(test, points), level=Level.BESIDE)
    if circumstances.rehearsal:
        released, public = test, True
    status, message = _explain_beside(report.error, test, released, circumstances, public=public)
    return CellVerdict(test.grade_id or "", 0.0, test.points, status, _readable(message), level=Level.BESIDE)


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
    interrupted = isinstance(error, KeyboardInterrupt) and not _is_raised_by_test(error)
    if isinstance(error, WallError) or interrupted or _is_ours(error):
        return CellStatus.BROKE, f"The grader itself failed: {type(error).__name__}: {error}", None
    if isinstance(error, NotYet):
        return CellStatus.FAILED, str(error), error.diagnosis.misconception
    failures = circumstances.failures
    if hasattr(error, "student_error"):
        status, message, misconception = _explain_student_error(error, circumstances.limits)
        # A function that lacks what another cell would have defined.
        cause = failures.of_error(str(error)) if isinstance(error, NameError) else None
        return status, message if cause is None else f"{message}\n{cause.message}", misconception
    if isinstance(error, MissingNameError) and (failed := failures.of_name(error.name or "")) is not None:
        return failed.status, failed.message, None
    # A test that looks for a missing name says in its own words that it is not there.
    cause = failures.answer
    message = _explain_test(error, released)
    return CellStatus.FAILED, message if cause is None else f"{message}\n{cause.message}", None


def _explain_student_error(error: BaseException, limits: Limits) -> tuple[CellStatus, str, str | None]:
    kind: str = getattr(error, "student_error", "")
    frames: str = getattr(error, "student_frames", "")
    if kind == "NotImplementedError":
        return CellStatus.FAILED, NOT_WRITTEN, None
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
        return _HIDDEN
    message = _message_of(error)
    raised = f"{type(error).__name__}: {message}" if message else type(error).__name__
    return f"The test stopped at this line:\n    {line}\n{raised}"


def is_public(test: Cell, released: Cell) -> bool:
    """Whether the student has all lines of a test."""
    return _lines(test.source) == _lines(released.source)


def _ends_with_value(source: str) -> bool:
    """Whether a cell may have a last value, which is then its points."""
    body = statements(source)
    # A line for a shell or a magic is no statement before it is translated.
    return not body or isinstance(body[-1], ast.Expr)


def _explain_beside(
    error: Mapping[str, Any], test: Cell, released: Cell, circumstances: Circumstances, *, public: bool
) -> tuple[CellStatus, str]:
    """What a copy of the student's process said of an error; it may have said anything.

    Of a test with a hidden part no text is shown that the copy has sent: it could hold that part.
    """
    types, message, lines, frames = (error.get(name) for name in ("types", "message", "lines", "frames"))
    names = [name for name in types if isinstance(name, str)] if isinstance(types, list) else []
    kind = names[0].rpartition(".")[2] if names else "an error"
    failed = "builtins.AssertionError" in names or kind == "Failed"
    known = kind if public or (names[:1] == [f"builtins.{kind}"] and hasattr(builtins, kind)) else "an error"
    text = message if public and isinstance(message, str) else ""
    if kind == "NotImplementedError":
        return CellStatus.FAILED, NOT_WRITTEN
    if explanation := explain_resources(kind, text, circumstances.limits):
        return CellStatus.ERROR, f"Your code {explanation}"
    if kind == "NameError":
        # Which name it is, the test's own text says: what the copy sends could tell more.
        wanted = sorted(used_names(test.source), key=test.source.find)
        found = map(circumstances.failures.of_name, wanted)
        if (cause := next(filter(None, found), None)) is not None:
            return cause.status, cause.message
    own = isinstance(frames, list) and bool(frames) and not failed
    status = CellStatus.ERROR if own else CellStatus.FAILED
    number = lines[0] if isinstance(lines, list) and lines and type(lines[0]) is int else 0
    line = dict(enumerate(test.source.splitlines(), 1)).get(number, "").strip()
    if not line or line not in _lines(released.source):
        if public:
            return status, f"The test stopped with {known}: {text}"
        return status, f"In a hidden test of this exercise your code raised {known}." if own else _HIDDEN
    raised = f"{known}: {text}" if text else known
    return status, f"The test stopped at this line:\n    {line}\n{raised}{_places(frames) if public and own else ''}"


def _lines(source: str) -> list[str]:
    return [line.strip() for line in source.splitlines() if line.strip()]


def _places(frames: Any) -> str:  # noqa: ANN401 - whatever was sent
    found = [frame for frame in frames if isinstance(frame, list) and len(frame) == _FRAME_PARTS]
    return "".join(f"\nCell In[{_word(cell)}], line {_word(line)}, in {_word(name)}" for cell, line, name in found)


def _word(part: Any) -> str:  # noqa: ANN401 - whatever was sent
    return str(part)[:_LONGEST_WORD] if isinstance(part, str | int) else "?"


def _is_ours(error: BaseException) -> bool:
    """Whether an error is a defect of the autograder, and not the student's: it was raised in our own code.

    An error need not be an ``Exception``: that of a `pytest.raises` in which nothing is raised isn't, and sys.exit's.
    """
    if isinstance(error, _EXPECTED) or hasattr(error, "student_error"):
        return False
    frames = traceback.extract_tb(error.__traceback__)
    if not frames or not Path(frames[-1].filename).is_relative_to(_PACKAGE):
        return False
    # Python itself raises these where an object lacks what a test asks of it: a proxy has no more than its object.
    return not (isinstance(error, TypeError | AttributeError) and Path(frames[-1].filename).name in _PROXIES)


def _is_raised_by_test(error: BaseException) -> bool:
    """Whether a statement of the test raised an error, and no signal did."""
    frames = traceback.extract_tb(error.__traceback__)
    return (
        bool(frames) and frames[-1].filename.startswith(_CELL) and (frames[-1].line or "").strip().startswith("raise")
    )


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
