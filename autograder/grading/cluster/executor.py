"""Judges notebooks on the machines of a Dask cluster: the one interface of this package."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final, Self

from distributed import Future

from autograder.cells import LabNotebook
from autograder.errors import ExpectedError
from autograder.grading.cache_keys import notebook_key
from autograder.grading.cluster.client import Cluster, WorkerLostError, connect
from autograder.grading.cluster.messages import Answer, NotebookContext, pack, pack_case, unpack
from autograder.grading.secret import derived_secret, open_secret
from autograder.grading.terms import Terms
from autograder.judging.case import Case, complete
from autograder.verdicts import NotebookResult

_ATTEMPTS: Final = 3
_MOST_CONTEXTS: Final = 4


@contextmanager
def open_executor(address: str, state: Path, terms: Terms) -> Iterator[tuple["ClusterExecutor", Terms]]:
    """Reach a cluster.

    Args:
        address: the scheduler's, as ``dask scheduler`` prints it: tcp://HOST:8786.
        state: the folder in which the autograder keeps what belongs to a course.
        terms: the terms of the run; as many workers as this machine can feed.

    Yields:
        An executor, and the terms with no more workers than keep the cluster busy.

    Raises:
        ExpectedError: the cluster can't be reached, has no workers, or one of them has other programs.
    """
    with connect(address) as cluster:
        yield ClusterExecutor(state, terms, cluster), replace(terms, workers=min(terms.workers, 2 * cluster.threads))


class ClusterExecutor:
    """Judges notebooks on a cluster; see `autograder.grading.submission.NotebookExecutor`.

    Args:
        state: the folder in which the autograder keeps what belongs to a course; its secret stays on this machine.
        terms: the terms of the run, of which limits, mode and level matter here: they hold on the workers' machines.
        cluster: the cluster.
    """

    def __init__(self, state: Path, terms: Terms, cluster: Cluster) -> None:
        self._state = state
        self._terms = terms
        self._cluster = cluster
        self._lock = threading.Lock()
        self._contexts: list[tuple[NotebookContext, Future]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End what is being judged, here and at the workers."""
        self._cluster.end()

    def judge(self, notebook: LabNotebook, files: Mapping[str, bytes], case: Case) -> NotebookResult:
        """Judge one notebook; see `autograder.grading.submission.NotebookExecutor`.

        Raises:
            ExpectedError: a worker refuses, all workers or the scheduler are gone, or grading was stopped.
        """
        context, held = self._context(notebook, files)
        message = pack_case(case, context)
        for attempt in range(_ATTEMPTS):
            # A worker that is lost interrupts everything that runs there. After a loss a notebook runs alone on its
            # worker, so that only a notebook that ends its worker itself is lost again.
            with self._cluster.slots.borrow(alone=attempt > 0) as address:
                try:
                    answer = unpack(Answer, self._cluster.judge(address, held, context.key, message))
                except WorkerLostError:
                    continue
            if answer.result is None:
                raise ExpectedError(
                    f"The Dask worker {answer.worker} ({address}) can't be used. {answer.problem}", answer.cure
                )
            return answer.result
        reason = f"the machine's worker was lost while this notebook ran, {_ATTEMPTS} times in a row"
        return NotebookResult(case.submitted.name, complete(case.submitted, {}, reason), ("the grader itself failed",))

    def _context(self, notebook: LabNotebook, files: Mapping[str, bytes]) -> tuple[NotebookContext, Future]:
        """What the cluster holds of a notebook; it is sent once."""
        with self._lock:
            for context, held in self._contexts:
                if context.notebook is notebook and context.files is files:
                    return context, held
            key = notebook_key(notebook, files, self._terms)
            secret = derived_secret(open_secret(self._state), notebook.name)
            terms = self._terms
            context = NotebookContext(key, notebook, files, terms.limits, terms.mode, terms.level, secret)
            held = self._cluster.hold(pack(context))
            self._contexts = [*self._contexts, (context, held)][-_MOST_CONTEXTS:]
            return context, held
