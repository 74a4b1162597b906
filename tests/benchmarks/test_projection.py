"""What is calculated of the measurements of more workers: right, and marked as calculated."""

from benchmarks.accounting import CPU
from benchmarks.measure import Measurement, Moment
from benchmarks.projection import chapter
from benchmarks.workers import WorkerRuns, steady
from benchmarks.writing import Writing


def run(each: float, cpu: float, own: float, *, exact: bool = True) -> Measurement:
    """A run of 100 submissions: wall-clock and CPU seconds of each, and the coordinator's share."""
    moments = tuple(
        Moment(each * n, n, CPU(cpu * n), {"coordinator": CPU(own * n), "judges": CPU((cpu - own) * n)})
        for n in range(1, 101)
    )
    results = tuple(each * n for n in range(1, 101))
    return Measurement(100 * each, CPU(100 * cpu), results=results, moments=moments, exact=exact)


def machines(*, exact: bool = True) -> WorkerRuns:
    return WorkerRuns(
        submissions=100,
        here={1: run(0.1, 0.1, 0.01), 2: run(0.05, 0.1, 0.01)},
        cluster={1: run(0.1, 0.01, 0.01, exact=exact), 2: run(0.08, 0.01, 0.01, exact=exact)},
        large=run(0.5, 1.01, 0.01, exact=exact),
        large_submissions=100,
        worker_bytes=512 * 1024**2,
        writing={"SQLite": Writing(0.004, 1024.0, 2**20)},
    )


def test_the_steady_part_of_a_run_counts_and_not_its_start() -> None:
    late = (50.0, *(60.0 + n for n in range(40)))
    assert steady(Measurement(100.0, CPU(), results=late)) == 1.0


def test_ratios_are_of_one_worker_s_time() -> None:
    lines = chapter(machines(), "command")
    assert "| 2 | 50 ms | 2.00 × | 80 ms | 1.25 × | 5.0 s | 8.0 s |" in lines
    assert "| PostgreSQL | not measured: no server is installed |  |  |" in lines


def test_a_hundred_thousand_cost_what_one_costs_until_the_coordinator_is_the_limit() -> None:
    lines = chapter(machines(), "command")
    assert any(line.startswith("**Calculated, not measured**") for line in lines)
    assert "| CPU, all machines together | 2.8 h | 28.1 h |" in lines
    assert "| wall time, 1 × 8 cores | 0.3 h | 3.5 h |" in lines
    assert "| wall time, 64 × 8 cores | 0.3 h (the coordinator's) | 0.3 h (the coordinator's) |" in lines
    assert "| cores that one coordinator keeps busy | 9 | 100 |" in lines


def test_what_could_not_be_measured_is_not_calculated() -> None:
    lines = chapter(machines(exact=False), "command")
    assert "| CPU, all machines together | not measured | not measured |" in lines
