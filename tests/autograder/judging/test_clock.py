import time

from autograder.judging.clock import Clock
from autograder.limits import Limits


def test_a_cell_has_its_own_time_until_that_of_the_notebook_ends() -> None:
    before = time.monotonic()
    assert before + 5 <= Clock(Limits(cell_seconds=5, submission_seconds=100)).deadline()
    clock = Clock(Limits(cell_seconds=1000, submission_seconds=100))
    assert clock.deadline() == clock.deadline()
    assert not clock.over


def test_what_took_most_of_the_time_is_told() -> None:
    clock = Clock(Limits(submission_seconds=0.0))
    assert clock.over
    with clock.running("a short cell"):
        pass
    with clock.running("the long cell"):
        end = time.monotonic() + 0.02
        while time.monotonic() < end:
            pass
    assert "most of it went into the long cell" in clock.told()
