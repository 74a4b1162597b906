"""The benchmark of grading: a tiny run of it, so that it can't rot, and the figures that are made of measurements."""

import re
from pathlib import Path

import pytest
from nbformat import from_dict
from nbformat.v4 import new_code_cell

from benchmarks import grading, report
from benchmarks.accounting import CPU
from benchmarks.classes import CLASSES
from benchmarks.figures import Figures, breakdown, figures_of, keep, kept, labs_table, write_picture
from benchmarks.graders import AUTOGRADER, FLOOR, NBGRADER, NEEDED, OTTER, Run
from benchmarks.grading import DisagreementError, Sizes, check_scores, compare
from benchmarks.measure import Measurement, Moment
from benchmarks.other_graders import all_or_nothing
from benchmarks.small_lab import NAME
from benchmarks.summary import GraderCost, each_by_kind, each_cpu_seconds, each_seconds, summarise

FULL = {"a-test": 2.0, "b-test": 2.0}


def run_of(points: float | None, cell: str = "a-test") -> Run:
    return Run(1, Measurement(1.0, CPU(1.0, 0.5)), {"ada": {cell: points}})


def cost_of(seconds: float, submissions: int, each: float) -> GraderCost:
    kinds = {"judges": CPU(each, each)}
    return GraderCost(submissions, seconds, 2 * seconds, each, 2 * each, 1.0, kinds, kinds, exact=True, others=0.0)


def small(costs: dict[str, GraderCost]) -> Figures:
    return figures_of(NAME, costs)


@pytest.mark.slow
def test_a_tiny_class_is_graded_by_the_autograder_and_on_the_floor_with_the_same_scores() -> None:
    told: list[str] = []
    costs = compare(NAME, Sizes(submissions=2, nbgrader=0, otter=0, repeats=1), None, told.append)
    assert list(costs) == [AUTOGRADER, FLOOR, NEEDED]
    assert len(told) == 3
    ours, floor = costs[AUTOGRADER], costs[FLOOR]
    assert ours.submissions == floor.submissions == 2
    assert 0 < ours.first_seconds <= ours.seconds
    assert ours.cpu_seconds > floor.cpu_seconds > 0
    if ours.exact:
        assert ours.by_kind.keys() == {"coordinator", "judges", "students"}
        assert sum(spent.total for spent in ours.by_kind.values()) == pytest.approx(ours.cpu_seconds)
    lines = grading.chapter([small(costs)], ["A note."])
    assert "A note." in lines
    assert re.search(rf"^\| {NAME} \| \d+ s \| – \| – \| – \|", "\n".join(lines), re.MULTILINE)


@pytest.mark.parametrize("name", CLASSES)
def test_no_two_students_hand_in_the_same_and_each_class_is_always_the_same(name: str) -> None:
    lab = CLASSES[name]()
    notebooks = [str(notebook) for _, notebook in lab.submissions(lab.source, 25)]
    assert len(set(notebooks)) == 25
    assert notebooks == [str(notebook) for _, notebook in CLASSES[name]().submissions(lab.source, 25)]


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


def test_what_is_not_as_it_should_be_is_marked_and_nothing_is_guessed() -> None:
    slow = {AUTOGRADER: cost_of(20.0, 100, 0.1), NBGRADER: cost_of(20.0, 4, 5.0)}
    row = labs_table([small(slow)])[2]
    assert "| **25 ×** | – | 1.0 s |" in row
    floors = {FLOOR: cost_of(1.0, 100, 0.015), NEEDED: cost_of(1.0, 100, 0.01)}
    fast = slow | {AUTOGRADER: cost_of(10.0, 100, 0.02)} | floors
    assert labs_table([small(fast)])[2].endswith("| 50 × | – | 1.0 s | 40 ms | 30 ms | 20 ms | 20 ms |")
    few = fast | {AUTOGRADER: cost_of(10.0, 12, 0.02)}
    assert small(few).times(NBGRADER) is None
    assert breakdown([small(fast)])[2] == f"| {NAME} | 20 + 20 ms |"


def test_figures_are_kept_by_lab_and_drawn_alike_each_time(tmp_path: Path) -> None:
    path, pictures = tmp_path / "figures.json", [tmp_path / "one.svg", tmp_path / "two.svg"]
    costs = {AUTOGRADER: cost_of(10.0, 100, 0.1), NBGRADER: cost_of(20.0, 4, 5.0), OTTER: cost_of(20.0, 2, 6.0)}
    assert kept(path) == []
    keep(small(costs | {NBGRADER: cost_of(30.0, 4, 6.0)}), path)
    keep(figures_of("01_autograd", costs), path)
    keep(small(costs), path)
    found = kept(path)
    assert found == [figures_of("01_autograd", costs), small(costs)]
    for picture in pictures:
        write_picture(found, picture)
    assert pictures[0].read_bytes() == pictures[1].read_bytes()
    assert "50 × nbgrader" in pictures[0].read_text(encoding="utf-8")


def test_a_chapter_replaces_the_last_one_of_its_name(tmp_path: Path) -> None:
    path = tmp_path / "RESULTS.md"
    report.write_chapter("grading", ["old"], path)
    report.write_chapter("scale", ["kept"], path)
    report.write_chapter("grading", [r"new \1"], path)
    text = path.read_text(encoding="utf-8")
    assert "old" not in text
    assert text.count("kept") == text.count(r"new \1") == 1
    assert text.startswith("# ")
