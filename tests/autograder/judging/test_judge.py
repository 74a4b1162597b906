import time

from autograder.judging.judge import TimeBudget
from autograder.limits import Limits


def test_a_cell_has_its_own_time_until_that_of_the_notebook_ends() -> None:
    before = time.monotonic()
    assert before + 5 <= TimeBudget(Limits(cell_seconds=5, submission_seconds=100)).deadline()
    budget = TimeBudget(Limits(cell_seconds=1000, submission_seconds=100))
    assert budget.deadline() == budget.deadline()
    assert not budget.over


def test_what_took_most_of_the_time_is_told() -> None:
    budget = TimeBudget(Limits(submission_seconds=0.0))
    assert budget.over
    with budget.running("a short cell"):
        pass
    with budget.running("the long cell"):
        end = time.monotonic() + 0.02
        while time.monotonic() < end:
            pass
    assert "most of it went into the long cell" in budget.used_up()
