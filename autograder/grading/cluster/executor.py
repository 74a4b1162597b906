"""A bench whose notebooks run on the machines of a cluster."""

import threading
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from distributed import Future

from autograder.cells import LabNotebook, SubmittedNotebook
from autograder.errors import ExpectedError
from autograder.grading.cluster.client import Cluster, WorkerLostError
from autograder.grading.cluster.messages import Lesson, pack_case, pack_lesson, unpack_answer
from autograder.grading.verdict_cache import Lookup
from autograder.judging.case import Case, complete
from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.verdicts import NotebookResult

_ATTEMPTS: Final = 3
_MOST_LESSONS: Final = 4


class RemoteBench:
    """Grades notebooks on a cluster; the course's secret and the cache stay here. Several threads may use it at once.

    Args:
        state: the folder in which the autograder keeps what belongs to a course (its secret, its cache).
        limits: what a submission may use.
        mode: how student code is walled in, on the workers' machines.
        cluster: the cluster.
        fresh: whether verdicts that were given before are put aside, and everything runs again.
    """

    def __init__(self, state: Path, limits: Limits, mode: Mode, cluster: Cluster, *, fresh: bool = False) -> None:
        self._lookup = Lookup(state, limits, mode, fresh=fresh)
        self._limits = limits
        self._mode = mode
        self._cluster = cluster
        self._lock = threading.Lock()
        self._lessons: dict[str, tuple[Lesson, Future]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End what is being graded, here and at the workers."""
        self._cluster.end()

    def grade(
        self,
        notebook: LabNotebook,
        submitted: SubmittedNotebook,
        files: Mapping[str, bytes],
        student: str,
        lab: str,
        working_files: Mapping[str, bytes] | None = None,
    ) -> NotebookResult:
        """Grade one notebook of one student; see `autograder.grading.local_executor.Bench.grade`.

        Raises:
            ExpectedError: a worker refuses, all workers or the scheduler are gone, or grading was stopped.
        """
        judge = partial(self._judge, notebook, files)
        return self._lookup.grade(notebook, submitted, files, student, lab, working_files, judge)

    def _judge(self, notebook: LabNotebook, files: Mapping[str, bytes], case: Case) -> NotebookResult:
        lesson, held = self._lesson(notebook, files)
        parcel = pack_case(case, lesson)
        for attempt in range(_ATTEMPTS):
            # A worker that was lost takes along everything that ran there. Who was there by chance is cleared alone.
            with self._cluster.places.lent(alone=attempt > 0) as address:
                try:
                    answer = unpack_answer(self._cluster.ask(address, held, lesson.key, parcel))
                except WorkerLostError:
                    continue
            if answer.result is None:
                raise ExpectedError(
                    f"The Dask worker {answer.worker} ({address}) can't be used. {answer.problem}", answer.cure
                )
            return answer.result
        reason = f"the machine's worker was lost while this notebook ran, {_ATTEMPTS} times in a row"
        return NotebookResult(case.submitted.name, complete(case.submitted, {}, reason), ("the grader itself failed",))

    def _lesson(self, notebook: LabNotebook, files: Mapping[str, bytes]) -> tuple[Lesson, Future]:
        with self._lock:
            key = self._lookup.lesson(notebook, files)
            if key not in self._lessons:
                secret = self._lookup.solution_secret(notebook.name)
                lesson = Lesson(key, notebook, files, self._limits, self._mode, secret)
                self._lessons[key] = lesson, self._cluster.hold(pack_lesson(lesson))
                for old in list(self._lessons)[:-_MOST_LESSONS]:
                    del self._lessons[old]
            return self._lessons[key]
