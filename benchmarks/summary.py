"""Sums up measurements: cost of a start, cost of each submission, medians over the repeats."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.accounting import CPU
from benchmarks.graders import Run, Scores
from benchmarks.measure import Measurement, Moment

_ENOUGH = 20
"""From so many results on, the first and the last tenth are left out, in which not all workers have work."""


@dataclass(frozen=True)
class GraderCost:
    """What one grader took for one lab; medians over the repeats.

    Attributes:
        submissions: how many it graded in each repeat.
        seconds: wall-clock seconds for all of them, start and end included.
        cpu_seconds: CPU seconds of all its processes for all of them, start and end included.
        each_seconds: wall-clock seconds for one more submission.
        each_cpu_seconds: CPU seconds for one more submission.
        first_seconds: seconds from the start until the first submission's result was there.
        by_kind: CPU seconds by kind of process for all of them.
        each_by_kind: CPU seconds by kind of process for one more submission.
        exact: False if the CPU time is the whole machine's.
        others: the share of the machine's CPU time that other programs used meanwhile, from 0 to 1.
    """

    submissions: int
    seconds: float
    cpu_seconds: float
    each_seconds: float
    each_cpu_seconds: float
    first_seconds: float
    by_kind: Mapping[str, CPU]
    each_by_kind: Mapping[str, CPU]
    exact: bool
    others: float

    def seconds_for(self, count: int) -> float:
        """Wall-clock seconds for a class of that size, with one start; calculated where it was not measured."""
        return self.seconds + (count - self.submissions) * self.each_seconds


def summarise(runs: Sequence[Run]) -> GraderCost:
    """Take the medians of several runs of the same grader on the same class."""
    taken = [run.measurement for run in runs]

    def middle(value: Callable[[Measurement], float]) -> float:
        return median(value(measurement) for measurement in taken)

    return GraderCost(
        submissions=runs[0].submissions,
        seconds=middle(lambda m: m.seconds),
        cpu_seconds=middle(lambda m: m.cpu.total),
        each_seconds=middle(each_seconds),
        each_cpu_seconds=middle(each_cpu_seconds),
        first_seconds=middle(lambda m: min(m.results, default=m.seconds)),
        by_kind=_medians([m.by_kind for m in taken]),
        each_by_kind=_medians([each_by_kind(m) for m in taken]),
        exact=all(m.exact for m in taken),
        others=middle(lambda m: m.others),
    )


def each_seconds(measurement: Measurement) -> float:
    """Wall-clock seconds between one result and the next, when the start is over."""
    count = len(measurement.results)
    if count < 2:
        return measurement.seconds / max(count, 1)
    first, last = _steady(count)
    return (measurement.results[last - 1] - measurement.results[first - 1]) / (last - first)


def each_cpu_seconds(measurement: Measurement) -> float:
    """CPU seconds between one result and the next, when the start is over; all of them where it has no start."""
    steady = _steady_moments(measurement)
    if steady is None:
        return measurement.cpu.total / max(len(measurement.results), 1)
    begin, end = steady
    return (end.cpu - begin.cpu).total / (end.results - begin.results)


def each_by_kind(measurement: Measurement) -> dict[str, CPU]:
    """The same by kind of process; empty where there is nothing between two results."""
    steady = _steady_moments(measurement)
    if steady is None:
        return {}
    begin, end = steady
    share = 1 / (end.results - begin.results)
    spent = {kind: cpu - begin.by_kind[kind] for kind, cpu in end.by_kind.items() if kind in begin.by_kind}
    return {kind: CPU(cpu.user * share, cpu.system * share) for kind, cpu in spent.items()}


def _steady_moments(measurement: Measurement) -> tuple[Moment, Moment] | None:
    count = len(measurement.results)
    if count < 2 or not measurement.moments:
        return None
    first, last = _steady(count)
    begin = next(moment for moment in measurement.moments if moment.results >= first)
    end = next(moment for moment in measurement.moments if moment.results >= last)
    return (begin, end) if end.results > begin.results else None


def _medians(found: Sequence[Mapping[str, CPU]]) -> dict[str, CPU]:
    """The medians of user and of system time, for kinds that are everywhere."""
    kinds = [kind for kind in found[0] if all(kind in one for one in found)]
    return {
        kind: CPU(median(one[kind].user for one in found), median(one[kind].system for one in found)) for kind in kinds
    }


def _steady(count: int) -> tuple[int, int]:
    """The first and the last result, counted from 1, between which work is steady."""
    margin = count // 10 if count >= _ENOUGH else 0
    return 1 + margin, count - margin


def differences(ours: Scores, theirs: Scores, *, full_marks_only: Mapping[str, float] | None = None) -> list[str]:
    """Where two graders disagree, one line for each cell.

    Args:
        ours: one's scores.
        theirs: the other's, for some or all of the same students; cells that it doesn't know are left out.
        full_marks_only: cells' full points: then only "all of them, or not" is compared, since a grader that
            knows no partial credit can't say more.
    """
    found = []
    for student, cells in theirs.items():
        for cell, points in cells.items():
            mine = ours[student].get(cell)
            if full_marks_only is None:
                same = mine == points
            else:
                same = (mine == full_marks_only[cell]) == (points == full_marks_only[cell])
            if not same:
                found.append(f"{student}, {cell}: {mine} here, {points} there")
    return found
