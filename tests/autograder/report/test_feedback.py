from typing import Any

import pytest

from autograder.cells import Cell, Role
from autograder.report.feedback import Feedback, Mark, graded_status, read, titles, without_id
from autograder.verdicts import CellStatus, SubmissionStatus


def markdown(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": source, "metadata": {}}


def code(source: str, grade_id: str = "", *, grade: bool = False, **verdict: object) -> dict[str, Any]:
    place = {"grade_id": grade_id, "grade": grade, "solution": not grade, "locked": grade, "points": 2}
    metadata = {"nbgrader": place} if grade_id else {}
    text = {"output_type": "stream", "name": "stdout", "text": f"from {grade_id}"}
    outputs = [text, {"output_type": "error", "ename": "NotYet", "evalue": "raw", "traceback": ["raw"]}]
    return {
        "cell_type": "code",
        "source": source,
        "metadata": {**metadata, "gradlab": verdict} if verdict else metadata,
        "outputs": outputs,
    }


def feedback_of(*cells: dict[str, Any], marks: dict[str, Mark] | None = None, **about: object) -> Feedback:
    notebook = {"cells": list(cells), "metadata": {"gradlab": about} if about else {}}
    return read(notebook, marks or {}, student="amy", lab="lab", name="lab", penalty=0.5)


def test_an_exercise_holds_the_answers_above_it_and_no_others() -> None:
    feedback = feedback_of(
        markdown("# Title\n\n## Exercise 1"),
        code("a = 1", "a"),
        code("b = 2", "b"),
        code("own = 3"),
        code("check(a)", "a-test", grade=True, status="failed", points=0.0, max_points=2.0, message="Not yet: x."),
        markdown("## Exercise 2"),
        code("c = 4", "c"),
        code("check(c)", "c-test", grade=True, status="passed", points=2.0, max_points=2.0, message=""),
    )
    first, second = feedback.exercises
    assert feedback.title == "Title"
    assert [piece.source for piece in first.answer] == ["a = 1", "b = 2"]
    assert [piece.source for piece in second.answer] == ["c = 4"]
    assert [piece.source for piece in feedback.rest] == ["own = 3"]
    assert (first.title, second.title) == ("Exercise 1", "Exercise 2")
    assert [part.content for part in first.printed] == ["from a-test"]
    assert (feedback.score, feedback.max_score, feedback.waiting) == (1.5, 4.0, 0.0)


def test_without_our_verdict_a_tests_output_is_not_vouched_for() -> None:
    feedback = feedback_of(code("check(a)", "a-test", grade=True), marks={"a-test": Mark(1.0, 2.0)})
    (exercise,) = feedback.exercises
    assert exercise.printed == ()
    assert (exercise.status, exercise.points) == (CellStatus.PARTIAL, 1.0)


def test_the_gradebook_has_the_last_word_on_points() -> None:
    verdict = {"status": "failed", "points": 0.0, "max_points": 2.0, "message": "m", "misconception": None}
    test = code("check(a)", "a-test", grade=True, **verdict)
    by_machine = feedback_of(test, marks={"a-test": Mark(0.0, 2.0)}).exercises[0]
    by_hand = feedback_of(test, marks={"a-test": Mark(2.0, 2.0, by_hand=True, comment="Fair.")}).exercises[0]
    assert (by_machine.status, by_machine.points) == (CellStatus.FAILED, 0.0)
    assert (by_hand.status, by_hand.points, by_hand.comment) == (CellStatus.PASSED, 2.0, "Fair.")


@pytest.mark.parametrize("status", ["manual", "excluded"])
def test_who_has_points_from_a_person_is_not_told_to_wait(status: str) -> None:
    test = code("check(a)", "a-test", grade=True, status=status, points=None, max_points=2.0, message="Wait.")
    waiting = feedback_of(test, marks={"a-test": Mark(None, 2.0)})
    given = feedback_of(test, marks={"a-test": Mark(2.0, 2.0, by_hand=True)})
    assert (waiting.exercises[0].message, given.exercises[0].message) == ("Wait.", "")
    assert (given.max_score, given.excluded, given.waiting) == (2.0, 0.0, 0.0)
    assert (waiting.waiting, waiting.excluded) == ((2.0, 0.0) if status == "manual" else (0.0, 2.0))


def test_an_unreadable_notebook_shows_the_reason_and_nothing_that_stands_in_for_it() -> None:
    feedback = feedback_of(
        code("check(a)", "a-test", grade=True, status="failed"), code("x"), status="quarantined", reason="No JSON."
    )
    assert feedback.status is SubmissionStatus.QUARANTINED
    assert feedback.reason == "No JSON."
    assert (feedback.exercises, feedback.rest) == ((), ())


def test_the_other_notebook_of_a_submission_that_is_partly_unreadable_shows_its_exercises() -> None:
    ran = {**code("check(a)", "a-test", grade=True, status="passed", points=2.0, max_points=2.0), "execution_count": 1}
    feedback = feedback_of(ran, status="quarantined", reason="other: no JSON.")
    assert feedback.readable
    assert feedback.score == 1.5


def test_a_penalty_never_takes_more_than_there_is() -> None:
    assert feedback_of(code("c", "a-test", grade=True), marks={"a-test": Mark(0.0, 2.0)}).score == 0.0


@pytest.mark.parametrize(
    ("status", "mark", "expected"),
    [
        (CellStatus.MANUAL, Mark(None, 4), CellStatus.MANUAL),
        (CellStatus.MANUAL, Mark(4, 4, by_hand=True), CellStatus.PASSED),
        (CellStatus.MANUAL, Mark(0, 4, by_hand=True), CellStatus.FAILED),
        (CellStatus.TIMED_OUT, Mark(0, 4), CellStatus.TIMED_OUT),
        (CellStatus.BROKE, Mark(None, 4), CellStatus.BROKE),
        (CellStatus.EXCLUDED, Mark(None, 4), CellStatus.EXCLUDED),
        (CellStatus.EXCLUDED, Mark(2, 4, by_hand=True), CellStatus.PARTIAL),
        (CellStatus.ERROR, Mark(1, 4, by_hand=True), CellStatus.PARTIAL),
    ],
)
def test_a_persons_word_settles_the_status(status: CellStatus, mark: Mark, expected: CellStatus) -> None:
    assert graded_status(status, mark) is expected


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("Not yet: a. b. *(missing-zero-grad)*", "Not yet: a. b."),
        ("Not yet: a. (missing-zero-grad)\n", "Not yet: a."),
        ("Not yet: f(x) (a thing)", "Not yet: f(x) (a thing)"),
        ("", ""),
    ],
)
def test_the_id_is_taken_off_a_message(message: str, shown: str) -> None:
    assert without_id(message) == shown


def test_a_graded_cell_is_called_after_the_heading_above_it() -> None:
    cells = [
        Cell("code", Role.TEST, "", "first"),
        Cell("markdown", Role.FREE, "# Lab\n\ntext\n\n### Exercise 1 ###\n"),
        Cell("code", Role.FREE, "# a comment"),
        Cell("code", Role.TEST, "", "one"),
        Cell("markdown", Role.FREE, "no heading"),
        Cell("markdown", Role.ANSWER, "# The student's own", "two"),
        Cell("markdown", Role.TASK, "## Task\n\n## More", "three"),
    ]
    assert titles(cells) == {
        "first": "first",
        "one": "Exercise 1 (1 of 2)",
        "two": "Exercise 1 (2 of 2)",
        "three": "Task",
    }


@pytest.mark.parametrize("line", ["# a" + " " * 200_000 + "b", "#" + " " * 200_000, "# " * 100_000 + "b"])
def test_a_heading_of_blanks_does_not_hold_up_the_class(line: str) -> None:
    """A pattern that looks for the marks at a heading's end can take days over it."""
    (title,) = titles([Cell("markdown", Role.FREE, line), Cell("code", Role.TEST, "", "one", 1.0)]).values()
    assert title in ("one", line[2:502])
