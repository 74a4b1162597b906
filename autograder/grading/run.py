"""Grades a class: submissions in parallel, results in order, one writer."""

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from autograder.cells import Lab
from autograder.course.course import Course
from autograder.gradebook.labs import read_lab, record_lab
from autograder.gradebook.writer import GradebookWriter
from autograder.grading import interrupts
from autograder.grading.cache_keys import key_of_lab
from autograder.grading.lab_run import Desk, Found
from autograder.grading.local_executor import Bench
from autograder.grading.prestart import HeadStart
from autograder.grading.receipts import Receipts
from autograder.grading.secret import open_secret
from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.verdicts import Result

if TYPE_CHECKING:
    from autograder.grading.cluster.client import Cluster
    from autograder.grading.cluster.executor import RemoteBench

_AHEAD = 4
"""Submissions under way for each worker: the writer never waits, and memory doesn't grow with the class."""


def grade_class(
    course: Course,
    labs: Sequence[str],
    students: Sequence[str] | None,
    *,
    limits: Limits,
    mode: Mode,
    workers: int,
    fresh: bool = False,
    begun: HeadStart | None = None,
    cluster: "Cluster | None" = None,
) -> Iterator[Result]:
    """Grade submissions; write ``autograded/`` and the gradebook.

    A submission that has not changed since it was written, and whose lab has not, is left alone.

    Args:
        course: the course.
        labs: the labs to grade.
        students: the students to grade; None for everyone who has submitted.
        limits: what a submission may use.
        mode: how student code is walled in.
        workers: how many submissions run at once.
        fresh: whether all run and are written again, even those that have not changed.
        begun: processes that were started already, with the same limits and the same mode.
        cluster: machines on which notebooks run instead of this one. All else is done here.

    Yields:
        The results, by lab and student, each when it and those before it have been written.

    Raises:
        ExpectedError: a lab or a student is unknown, or the sandbox or the gradebook can't be used.
    """
    names = [(name, _students(course, name, students)) for name in labs]
    with (
        GradebookWriter(course) as writer,
        ThreadPoolExecutor(workers, thread_name_prefix="grading") as pool,
        # Closed first: after an interrupt no worker waits for a student any longer.
        _bench(course, limits, mode, fresh=fresh, begun=begun, cluster=cluster) as bench,
    ):
        receipts = Receipts(course.state / "receipts")
        queue = _Queue()
        try:
            for name, found in names:
                lab = _recorded(course, writer, name)
                key = key_of_lab(lab, limits, mode, course.settings, open_secret(course.state))
                desk = Desk(course, lab, key, bench, mode, writer, receipts, fresh, limits.gpu_bytes > 0)
                for student in found:
                    queue.add(desk, pool.submit(desk.find, student))
                    yield from queue.settle(_AHEAD * workers)
            yield from queue.settle(0)
        finally:
            queue.cancel()


def _bench(
    course: Course, limits: Limits, mode: Mode, *, fresh: bool, begun: HeadStart | None, cluster: "Cluster | None"
) -> "Bench | RemoteBench":
    if cluster is None:
        return Bench(course.state, limits, mode, fresh=fresh, begun=begun)
    # Whoever grades on one machine needs no library for more of them.
    from autograder.grading.cluster.executor import RemoteBench

    return RemoteBench(course.state, limits, mode, cluster, fresh=fresh)


def _recorded(course: Course, writer: GradebookWriter, name: str) -> Lab:
    """Read a lab, and see to it that the gradebook knows it."""
    if course.generates_tests(name):
        record_lab(course, name)
    lab = read_lab(course, name)
    if not writer.knows(lab):
        record_lab(course, name)
        writer.require(lab)
    return lab


class _Queue:
    """Submissions under way: written as they come, handed on in order."""

    def __init__(self) -> None:
        self._under_way: dict[Future[Found], tuple[int, Desk]] = {}
        self._written: dict[int, Result] = {}
        self._added = 0
        self._handed_on = 0

    def add(self, desk: Desk, future: Future[Found]) -> None:
        """Add a submission."""
        self._under_way[future] = self._added, desk
        self._added += 1

    def settle(self, most: int) -> Iterator[Result]:
        """Write submissions until at most so many are under way; hand on what is next in order."""
        while len(self._under_way) > most:
            interrupts.check()
            for future in wait(self._under_way, interrupts.LISTEN_SECONDS, FIRST_COMPLETED).done:
                place, desk = self._under_way.pop(future)
                self._written[place] = desk.settle(future.result())
            while self._handed_on in self._written:
                yield self._written.pop(self._handed_on)
                self._handed_on += 1

    def cancel(self) -> None:
        """Give up what has not begun."""
        for future in self._under_way:
            future.cancel()


def _students(course: Course, lab: str, students: Sequence[str] | None) -> list[str]:
    submitted = course.students(lab)
    if students is None:
        if not submitted and lab in course.labs():
            raise course.no_submissions_error(lab)
        return submitted
    for student in set(students) - set(submitted):
        course.submission_folder(student, lab)
    return list(students)
