"""Measures grading with more and more workers, on this machine and on a Dask cluster."""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import other_graders
from benchmarks.classes import MINIMUM, ClassLab, course_class, tiny_class
from benchmarks.graders import FailedError, grade
from benchmarks.measure import Measurement, files_written, measure
from benchmarks.other_graders import environment
from benchmarks.report import tell
from benchmarks.writing import Writing, measure_writing
from tests.dask_cluster import cluster

COUNTS = (1, 2, 4)


@dataclass(frozen=True)
class WorkerRuns:
    """What was measured.

    Attributes:
        submissions: how many were graded in each run.
        here: workers of ``autograder grade --workers`` → what it took.
        cluster: Dask workers of one thread each → what the coordinator took.
        large: a few submissions to the course's own lab, on this machine.
        large_submissions: how many.
        worker_bytes: memory of a Dask worker with all that it has started, in the midst of a run.
        writing: what writing a submission takes, by kind of database.
    """

    submissions: int
    here: Mapping[int, Measurement]
    cluster: Mapping[int, Measurement]
    large: Measurement
    large_submissions: int
    worker_bytes: int
    writing: Mapping[str, Writing]


def measure_workers(submissions: int, large_submissions: int, counts: tuple[int, ...]) -> WorkerRuns:
    """Grade the same class with more and more workers, here and on a cluster of this machine's.

    Args:
        submissions: how many to the tiny lab.
        large_submissions: how many to the course's own lab.
        counts: how many workers.

    Raises:
        FailedError: a submission was not graded.
    """
    here: dict[int, Measurement] = {}
    there: dict[int, Measurement] = {}
    memory = _Memory()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        lab = tiny_class()
        waiting = _course(folder / "waiting", lab, submissions)
        for count in counts:
            here[count] = _graded(waiting, folder / f"here-{count}", lab.name, submissions, "--workers", str(count))
            tell(f"{count} here: {1000 * steady(here[count]):.0f} ms for each")
        for count in counts:
            logs = folder / f"logs-{count}"
            logs.mkdir()
            with cluster(logs, count) as started:
                memory.watch(started.workers[0].pid if count == 1 else 0)
                course = folder / f"cluster-{count}"
                there[count] = _graded(waiting, course, lab.name, submissions, "--dask", started.address, memory=memory)
            tell(f"{count} on a cluster: {1000 * steady(there[count]):.0f} ms for each")
        writing = measure_writing(folder / f"here-{counts[0]}", lab.name, folder)
        tell(f"writing: {', '.join(f'{kind} {1000 * it.seconds:.1f} ms' for kind, it in writing.items())}")
        minimum = course_class(MINIMUM)
        course = _course(folder / "minimum", minimum, large_submissions)
        large = _graded(course, folder / "large", minimum.name, large_submissions)
        tell(f"{minimum.name}: {large.seconds:.0f} s")
    return WorkerRuns(submissions, here, there, large, large_submissions, memory.bytes, writing)


def steady(taken: Measurement) -> float:
    """Seconds for one more submission once all workers have started, until the first of them runs out of work."""
    results = taken.results
    first, last = int(0.4 * len(results)), max(int(0.95 * len(results)) - 1, 1)
    if last <= first:
        return taken.seconds / max(len(results), 1)
    return (results[last] - results[first]) / (last - first)


@dataclass
class _Memory:
    """Takes the memory of a process and all that it has started, once, when half of the class is graded."""

    process: int = 0
    bytes: int = 0
    _taken: set[int] = field(default_factory=set)

    def watch(self, process: int) -> None:
        self.process = process

    def look(self, done: int, of: int) -> None:
        if self.process and done >= of / 2 and self.process not in self._taken:
            self._taken.add(self.process)
            self.bytes = sum(map(_proportional, _family(self.process)))


def _family(process: int) -> list[int]:
    children = [
        int(word)
        for path in Path("/proc", str(process), "task").glob("*/children")
        for word in path.read_text(encoding="ascii").split()
    ]
    return [process, *(member for child in children for member in _family(child))]


def _proportional(process: int) -> int:
    """A process's share of the memory that it holds (several hold the same pages), in bytes; 0 if it has ended."""
    try:
        lines = Path("/proc", str(process), "smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _course(folder: Path, lab: ClassLab, submissions: int) -> Path:
    released = other_graders.make_nbgrader_course(folder, lab.name, lab.source, other_graders.OURS)
    other_graders.hand_in(folder, lab.name, lab.submissions(released, submissions))
    return folder


def _graded(
    waiting: Path, course: Path, lab: str, submissions: int, *options: str, memory: _Memory | None = None
) -> Measurement:
    shutil.copytree(waiting, course)
    if memory is None:
        taken = grade(course, lab, *options)
    else:
        written = files_written(course, f"autograded/*/{lab}/{lab}.ipynb")

        def look() -> Mapping[str, float]:
            found = written()
            memory.look(len(found), submissions)
            return found

        command = ["autograder", "grade", lab, *options, "--format", "json", "--quiet"]
        taken = measure(command, course, environment(), look)
    if taken.status or len(taken.results) != submissions:
        raise FailedError(f"{len(taken.results)} of {submissions} were graded: {taken.errors[-2000:]}")
    return taken
