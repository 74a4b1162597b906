"""What a hundred thousand submissions would cost: calculated from what was measured, and marked as such."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from benchmarks import machine
from benchmarks.classes import MINIMUM, tiny_class
from benchmarks.measure import Measurement
from benchmarks.report import table
from benchmarks.summary import each_by_kind, each_cpu_seconds
from benchmarks.workers import WorkerRuns, steady
from benchmarks.writing import Writing

MANY = 100_000
_CORES = 8
_FLEETS = (1, 4, 16, 64)
_UNKNOWN = "not measured"


def chapter(runs: WorkerRuns, command: str) -> list[str]:
    """The measurements, and what 100,000 submissions would cost, as Markdown."""
    cores = len(os.sched_getaffinity(0))
    everything = (*runs.here.values(), *runs.cluster.values(), runs.large)
    return [
        "## More workers, and more machines",
        "",
        *machine.describe(),
        "",
        f"`{command}`: the same {runs.submissions} submissions with more and more workers, in one run: "
        "`autograder grade --workers`, and `autograder grade --dask` with so many Dask workers of one thread, all on "
        "this machine. *Each* is one more submission when all workers are warm. There are "
        f"{cores} hardware threads here: more workers than that can gain nothing, and the cluster shares them with its "
        "coordinator and its scheduler.",
        "",
        *machine.circumstances(max(taken.others for taken in everything if not _is_cluster(taken, runs))),
        *table(["workers", "each: here", "ratio", "each: Dask", "ratio", "all of them: here", "Dask"], _rows(runs)),
        "",
        f"A Dask worker with all that it has started holds {runs.worker_bytes / 1024**2:.0f} MiB (pages that "
        "several processes hold count once), and the coordinator of the largest cluster "
        f"{max(taken.peak_bytes for taken in runs.cluster.values()) / 1024**2:.0f} MiB.",
        "",
        "What the one writer takes, with verdicts that were known before (the PostgreSQL server runs on this machine, "
        "is reached by a socket, and waits for the disk at each transaction, as SQLite does):",
        "",
        *table(["gradebook", "each submission", "at most", "gradebook grows by"], _written(runs.writing)),
        "",
        *_projection(runs),
    ]


def _is_cluster(taken: Measurement, runs: WorkerRuns) -> bool:
    # There, what the workers use counts as other programs'.
    return any(taken is other for other in runs.cluster.values())


def _rows(runs: WorkerRuns) -> list[list[str]]:
    found = []
    first_here, first_there = (steady(it[min(it)]) for it in (runs.here, runs.cluster))
    for count in sorted(runs.here):
        here, there = runs.here[count], runs.cluster[count]
        found.append(
            [
                str(count),
                f"{1000 * steady(here):.0f} ms",
                f"{first_here / steady(here):.2f} ×",
                f"{1000 * steady(there):.0f} ms",
                f"{first_there / steady(there):.2f} ×",
                f"{here.seconds:.1f} s",
                f"{there.seconds:.1f} s",
            ]
        )
    return found


def _written(writing: Mapping[str, Writing]) -> list[list[str]]:
    rows = [
        [
            kind,
            f"{1000 * it.seconds:.1f} ms",
            f"{1 / it.seconds:.0f} in a second",
            f"{it.gradebook_bytes / 1024:.1f} KiB",
        ]
        for kind, it in writing.items()
    ]
    if len(rows) == 1:
        rows.append(["PostgreSQL", "not measured: no server is installed", "", ""])
    return rows


def _projection(runs: WorkerRuns) -> list[str]:
    tiny, large = runs.here[min(runs.here)], runs.large
    coordinator = _each_cpu(runs.cluster[max(runs.cluster)])
    labs = {tiny_class().name: (_each_cpu(tiny), coordinator), MINIMUM: (_each_cpu(large), _coordinators(large))}
    head = ["what", *labs]
    rows = [
        ["CPU, all machines together", *_cells(labs.values(), lambda all_of, _: f"{MANY * all_of / 3600:.1f} h")],
        *([f"wall time, {count} × {_CORES} cores", *_cells(labs.values(), partial(_wall, count))] for count in _FLEETS),
        [
            "cores that one coordinator keeps busy",
            *_cells(labs.values(), lambda all_of, own: f"{all_of / own - 1:.0f}"),
        ],
    ]
    rows.append(["disk: autograded/ and what is kept", *_disk(runs.writing)])
    return [
        f"**Calculated, not measured**: {MANY:,} submissions, from the CPU time of one more in the runs above, "
        "with cores like this machine's threads. The wall time is the longer one of two: the notebooks' on all cores, "
        "and the coordinator's, which reads, looks up, hands over and writes on about one core. Starting the workers "
        "and the network's own time are left out; only a cluster on one machine was tried. Memory does not grow with "
        "the class (see *Classes of thousands*): each worker needs what is said above, and up to the limit of a "
        "submission besides.",
        "",
        *table(head, rows),
    ]


def _cells(labs: Iterable[tuple[float | None, float | None]], text: Callable[[float, float], str]) -> Iterator[str]:
    """A cell of a row for each lab, from the CPU seconds of all processes and of the coordinator."""
    for all_of, own in labs:
        yield _UNKNOWN if all_of is None or own is None else text(all_of, own)


def _each_cpu(taken: Measurement) -> float | None:
    return each_cpu_seconds(taken) if taken.exact else None


def _coordinators(taken: Measurement) -> float | None:
    """CPU seconds of the coordinator alone, where judges and students run here, too."""
    found = each_by_kind(taken).get("coordinator") if taken.exact else None
    return found.total if found is not None else None


def _wall(count: int, all_of: float, own: float) -> str:
    notebooks = (all_of - own) / (count * _CORES)
    limited = " (the coordinator's)" if own > notebooks else ""
    return f"{MANY * max(own, notebooks) / 3600:.1f} h{limited}"


def _disk(writing: Mapping[str, Writing]) -> list[str]:
    first = next(iter(writing.values()))
    return [f"{MANY * first.folder_bytes / 1024**3:.1f} GiB", _UNKNOWN]
