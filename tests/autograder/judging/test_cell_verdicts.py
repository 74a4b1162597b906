import math
from typing import Any

import pytest

from autograder.cells import Cell, Role
from autograder.judging.cell_verdicts import Circumstances, judge
from autograder.judging.failure_messages import ended_process_cell, timed_out_cell
from autograder.limits import Limits
from autograder.verdicts import CellStatus, CellVerdict
from autograder.wall.errors import (
    ConnectionClosedError,
    DeadlineExceededError,
    MissingNameError,
    NotPlainError,
    UnsupportedValueError,
    WallError,
)
from autograder.wall.ipython_shell import Execution, open_shell, run_cell
from gradlab.check import NotYet, diagnose

PUBLIC = "assert answer == 42, 'not 42'"
TEST = Cell("code", Role.TEST, f"{PUBLIC}\n### BEGIN HIDDEN TESTS\nassert answer % 4 == 2, 'secret'\n### END", "t", 3.0)
RELEASED = Cell("code", Role.TEST, PUBLIC, "t", 3.0)


LIMITS = Limits(cell_seconds=5.0, call_seconds=3.0, memory_bytes=3 * 2**29)
SOLUTION = Cell("code", Role.SOLUTION, "def descend(): ...", "descend")


def verdict(error: BaseException | None = None, value: object = None, **circumstances: Any) -> CellVerdict:
    return judge(TEST, RELEASED, Execution([], error, value, 1), Circumstances(LIMITS, **circumstances))


def unanswered(error: WallError, question: str, waited: float) -> WallError:
    error.question, error.waited = question, waited
    return error


def raised_in_a_cell(source: str, **names: Any) -> BaseException:
    error = run_cell(open_shell(names, 1000), source).error
    assert error is not None
    return error


def test_no_error_is_full_marks() -> None:
    assert verdict() == CellVerdict("t", 3.0, 3.0, CellStatus.PASSED)


@pytest.mark.parametrize(
    ("value", "points", "status"),
    [
        (1.5, 1.5, CellStatus.PARTIAL),
        (0, 0.0, CellStatus.PARTIAL),
        (3, 3.0, CellStatus.PASSED),
        (1000, 3.0, CellStatus.PASSED),
        (-5, 0.0, CellStatus.PARTIAL),
        (math.nan, 0.0, CellStatus.PARTIAL),
        (math.inf, 3.0, CellStatus.PASSED),
        (True, 3.0, CellStatus.PASSED),
        (False, 3.0, CellStatus.PASSED),
        ("1.5", 3.0, CellStatus.PASSED),
        ([1.5], 3.0, CellStatus.PASSED),
    ],
)
def test_a_number_at_the_end_of_a_test_is_partial_credit(value: object, points: float, status: CellStatus) -> None:
    given = verdict(value=value)
    assert (given.points, given.status) == (points, status)


def test_a_diagnosis_reaches_the_student() -> None:
    diagnosis = diagnose(RuntimeError("a leaf Variable that requires grad is being used in an in-place operation."))
    assert diagnosis is not None
    given = verdict(NotYet(diagnosis))
    assert (given.status, given.misconception) == (CellStatus.FAILED, "inplace-on-leaf")
    assert diagnosis.title in given.message


def test_an_error_of_the_students_is_told_with_the_students_lines() -> None:
    error = ValueError("no")
    error.student_error, error.student_frames = "ValueError", "Cell In[2], line 3, in f\n    g()"
    given = verdict(error)
    assert given.status is CellStatus.ERROR
    assert "ValueError: no" in given.message
    assert "line 3, in f" in given.message


def test_an_unwritten_exercise_is_called_so() -> None:
    error = NotImplementedError()
    error.student_error = "NotImplementedError"
    given = verdict(error)
    assert given.status is CellStatus.FAILED
    assert "not written yet" in given.message


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (DeadlineExceededError(), CellStatus.TIMED_OUT, "5 seconds"),
        (ConnectionClosedError("closed"), CellStatus.ERROR, "closed"),
        (MissingNameError("name 'f' is not defined"), CellStatus.FAILED, "'f'"),
        (NotPlainError("`f()` gave a generator, where a plain value is expected"), CellStatus.FAILED, "a generator"),
        (UnsupportedValueError("a lambda"), CellStatus.BROKE, "a lambda"),
        (KeyboardInterrupt(), CellStatus.BROKE, "grader"),
    ],
)
def test_each_fault_has_its_status(error: BaseException, status: CellStatus, words: str) -> None:
    given = verdict(error)
    assert given.status is status
    assert words in given.message
    assert given.points == (None if status is CellStatus.BROKE else 0.0)


def test_a_call_that_does_not_come_back_is_named_with_its_time_and_never_with_its_arguments() -> None:
    given = verdict(unanswered(DeadlineExceededError(), "`descend(…)` had been called", 3.004))
    assert given.status is CellStatus.TIMED_OUT
    assert "`descend(…)` had been called by the test and had not come back after 3 seconds" in given.message


def test_a_test_that_is_too_slow_as_a_whole_names_its_last_call() -> None:
    message = verdict(unanswered(DeadlineExceededError(), "`descend(…)` had been called", 0.51)).message
    assert "not come to an end after 5 seconds" in message
    assert "`descend(…)` had been called last, and had run for 0.5 seconds" in message


def test_a_cell_that_was_stopped_is_what_the_exercise_is_told_of() -> None:
    missing = MissingNameError("name 'descend' is not defined")
    slow = verdict(missing, stop=timed_out_cell(SOLUTION, 5.0))
    assert (slow.status, slow.points) == (CellStatus.TIMED_OUT, 0.0)
    assert "The cell of the exercise 'descend' had not come to an end after 5 seconds" in slow.message
    dead = verdict(missing, stop=ended_process_cell(SOLUTION, "was killed (signal 11, SIGSEGV)"))
    assert dead.status is CellStatus.ERROR
    assert "the cell of the exercise 'descend'" in dead.message
    assert "SIGSEGV" in dead.message
    assert verdict(stop=timed_out_cell(SOLUTION, 5.0)).status is CellStatus.PASSED


def test_a_lesson_that_was_stopped_explains_that_a_name_is_missing_and_nothing_else() -> None:
    stop = timed_out_cell(Cell("code", Role.FREE, "norms = sweep(f)"), 5.0)
    assert verdict(MissingNameError("name 'norms' is not defined"), stop=stop).status is CellStatus.TIMED_OUT
    assert verdict(AssertionError("no"), stop=stop).status is CellStatus.FAILED


def test_the_end_of_the_time_for_the_notebook_is_told_before_all_else() -> None:
    assert verdict(DeadlineExceededError(), over="The time for the whole notebook is over.").message == (
        "The time for the whole notebook is over."
    )


@pytest.mark.parametrize(
    ("kind", "words", "named"),
    [
        ("MemoryError", "", True),
        ("_ArrayMemoryError", "Unable to allocate 3.73 GiB", True),
        ("RuntimeError", "[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried 8 bytes", True),
        ("RuntimeError", "a leaf", False),
    ],
)
def test_the_bound_on_memory_is_named_where_it_was_reached(kind: str, words: str, named: bool) -> None:
    error = RuntimeError(words)
    error.student_error = kind
    assert ("needed more than the 1.5 GiB of memory" in verdict(error).message) is named


def test_an_ended_process_is_told_as_it_ended() -> None:
    ending = "used more than 9 CPU seconds"
    assert ending in verdict(ConnectionClosedError("x"), ending=ending).message


def test_a_public_line_is_quoted() -> None:
    assert PUBLIC in verdict(raised_in_a_cell(TEST.source, answer=7)).message


def test_a_hidden_line_is_not() -> None:
    message = verdict(raised_in_a_cell(TEST.source.replace("== 42", "!= 41"), answer=41 + 2)).message
    assert "hidden test" in message
    assert "secret" not in message
    assert "%" not in message


@pytest.mark.parametrize(
    "test",
    [
        "import pytest\nwith pytest.raises(ValueError):\n    pass",
        "import pytest\npytest.fail('no')",
        "import pytest\npytest.skip('no')",
        "import pytest\npytest.exit('no')",
        "import sys\nsys.exit(1)",
        "import unittest\nunittest.main(argv=['x', 'missing'])",
        "class Own(BaseException): pass\nraise Own",
        "raise GeneratorExit",
    ],
)
def test_a_test_that_stops_with_what_is_no_exception_has_said_no(test: str) -> None:
    given = verdict(raised_in_a_cell(test))
    assert (given.status, given.points) == (CellStatus.FAILED, 0.0)


def test_a_fault_in_the_graders_own_code_is_not_the_students() -> None:
    from autograder.wall.codec import Encoder

    try:
        Encoder(None).write(object())
    except TypeError as error:
        given = verdict(error)
    assert given.status is CellStatus.BROKE
    assert given.points is None
