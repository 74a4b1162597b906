import os

from autograder.judging.forks import ForkInWaiting, Report, report_of_fork


def test_a_fork_reports_and_leaves_nothing() -> None:
    left: list[int] = []

    def work() -> Report:
        left.append(1)
        return {"process": os.getpid(), "left": left}

    report = report_of_fork(work)
    assert report is not None
    assert report["process"] != os.getpid()
    assert report["left"] == [1]
    assert left == []


def test_a_fork_that_ends_reports_nothing() -> None:
    assert report_of_fork(lambda: os._exit(0)) is None


def test_a_fork_in_waiting_is_as_the_process_was_when_it_was_made() -> None:
    state = {"number": 1}
    fork, unused = ForkInWaiting(lambda: dict(state)), ForkInWaiting(lambda: dict(state))
    state["number"] = 2
    assert fork.report() == {"number": 1}
    unused.dismiss()
