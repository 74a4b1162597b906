"""The benchmark of grading: a tiny run of it, so that it can't rot, and the figures that are made of measurements."""

import re
from pathlib import Path

import pytest
from nbformat import from_dict
from nbformat.v4 import new_code_cell

from benchmarks import grading, report
from benchmarks.accounting import CPU
from benchmarks.classes import MINIMUM, minimum_class, small_class
from benchmarks.graders import AUTOGRADER, FLOOR, NBGRADER, OTTER, Run
from benchmarks.grading import DisagreementError, Sizes, check_scores, compare
from benchmarks.measure import Measurement, Moment
from benchmarks.other_graders import all_or_nothing
from benchmarks.small_lab import NAME
from benchmarks.summary import GraderCost, each_by_kind, each_cpu_seconds, each_seconds, summarise

FULL = {"a-test": 2.0, "b-test": 2.0}


def run_of(points: float | None, cell: str = "a-test") -> Run:
    return Run(1, Measurement(1.0, CPU(1.0, 0.5)), {"ada": {cell: points}})


def figures_of(seconds: float, submissions: int, each: float) -> GraderCost:
    return GraderCost(submissions, seconds, 2 * seconds, each, 2 * each, 1.0, {}, {}, exact=True, others=0.0)


@pytest.mark.slow
def test_a_tiny_class_is_graded_by_the_autograder_and_on_the_floor_with_the_same_scores() -> None:
    told: list[str] = []
    figures = compare(NAME, Sizes(submissions=2, peers=0, repeats=1), None, told.append)
    assert list(figures) == [AUTOGRADER, FLOOR]
    assert len(told) == 2
    ours, floor = figures[AUTOGRADER], figures[FLOOR]
    assert ours.submissions == floor.submissions == 2
    assert 0 < ours.first_seconds <= ours.seconds
    assert ours.cpu_seconds > floor.cpu_seconds > 0
    if ours.exact:
        assert ours.by_kind.keys() == {"coordinator", "judges", "students"}
        assert sum(spent.total for spent in ours.by_kind.values()) == pytest.approx(ours.cpu_seconds)
    lines = grading.chapter(NAME, figures, Sizes(2, 0, 1), ["A note."])
    assert "A note." in lines
    text = "\n".join(lines)
    assert re.search(r"throughput, 100 submissions.*not measured", text)
    assert re.search(r"CPU over the floor.*(met|\*\*not met\*\*)", text)


def test_no_two_students_hand_in_the_same() -> None:
    for lab in (small_class(), minimum_class()):
        notebooks = [str(notebook) for _, notebook in lab.submissions(lab.source, 25)]
        assert len(set(notebooks)) == 25
    assert lab.name == MINIMUM


def test_other_scores_end_the_benchmark() -> None:
    check_scores({AUTOGRADER: run_of(2.0), NBGRADER: run_of(2.0), FLOOR: run_of(2.0)}, FULL)
    check_scores({AUTOGRADER: run_of(None), NBGRADER: run_of(None)}, FULL)
    with pytest.raises(DisagreementError, match=r"ada, a-test: 2\.0 here, 1\.0 there"):
        check_scores({AUTOGRADER: run_of(2.0), NBGRADER: run_of(1.0)}, FULL)
    with pytest.raises(DisagreementError, match="None here"):
        check_scores({AUTOGRADER: run_of(2.0, "b-test"), NBGRADER: run_of(2.0)}, FULL)


def test_of_otter_grader_only_full_marks_are_compared() -> None:
    check_scores({AUTOGRADER: run_of(1.0), OTTER: run_of(0.0)}, FULL)
    with pytest.raises(DisagreementError):
        check_scores({AUTOGRADER: run_of(1.0), OTTER: run_of(2.0)}, FULL)


@pytest.mark.parametrize(("given", "passes"), [("2", True), ("1", False), ("0", False), ("print()", True)])
def test_otter_grader_gives_all_points_or_none(given: str, passes: bool) -> None:
    cell = new_code_cell(f"x = 2\n{given}", metadata={"nbgrader": {"points": 2}})
    source = all_or_nothing(from_dict(cell))
    if passes:
        exec(source, {})
    else:
        with pytest.raises(AssertionError):
            exec(source, {})


def test_one_more_submission_costs_what_lies_between_two_results() -> None:
    early, late = {"judges": CPU(1.0, 0.0)}, {"judges": CPU(1.0, 1.0), "students": CPU(1.0, 0.0)}
    moments = (Moment(5.0, 1, CPU(4.0, 0.0), early), Moment(6.0, 3, CPU(5.0, 1.0), late))
    taken = Measurement(9.0, CPU(9.0, 9.0), results=(5.0, 5.5, 6.0), moments=moments)
    assert each_seconds(taken) == pytest.approx(0.5)
    assert each_cpu_seconds(taken) == pytest.approx(1.0)
    assert each_by_kind(taken) == {"judges": CPU(0.0, 0.5)}


def test_where_work_is_not_steady_is_left_out() -> None:
    results = (0.0, 0.0, *(float(number) for number in range(16)), 90.0, 99.0)
    assert each_seconds(Measurement(99.0, CPU(), results=results)) == pytest.approx(1.0)


def test_medians_over_the_repeats() -> None:
    runs = [
        Run(1, Measurement(seconds, CPU(seconds, 0.0), results=(seconds,), by_kind={"judges": CPU(seconds, 1.0)}), {})
        for seconds in (3.0, 1.0, 20.0)
    ]
    found = summarise(runs)
    assert (found.seconds, found.cpu_seconds, found.first_seconds) == (3.0, 3.0, 3.0)
    assert found.by_kind == {"judges": CPU(3.0, 1.0)}
    assert found.each_by_kind == {}


def test_a_target_is_met_or_not_and_never_guessed() -> None:
    slow = {AUTOGRADER: figures_of(20.0, 100, 0.1), NBGRADER: figures_of(20.0, 4, 5.0)}
    ratio, overhead, first = report.targets(NAME, slow)
    assert (ratio.met, ratio.found) == (False, "25.0 ×")
    assert (overhead.met, overhead.found) == (None, None)
    assert first.met
    fast = slow | {AUTOGRADER: figures_of(10.0, 100, 0.02), FLOOR: figures_of(1.0, 100, 0.01)}
    ratio, overhead, _ = report.targets(NAME, fast)
    assert (ratio.met, overhead.met, overhead.found) == (True, True, "20 ms")
    assert [target.verdict for target in report.targets(NAME, {})] == []


def test_a_chapter_replaces_the_last_one_of_its_name(tmp_path: Path) -> None:
    path = tmp_path / "RESULTS.md"
    report.write_chapter("grading", ["old"], path)
    report.write_chapter("scale", ["kept"], path)
    report.write_chapter("grading", [r"new \1"], path)
    text = path.read_text(encoding="utf-8")
    assert "old" not in text
    assert text.count("kept") == text.count(r"new \1") == 1
    assert text.startswith("# ")
