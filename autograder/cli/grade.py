"""``autograder grade``."""

import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext, redirect_stdout
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.cli import options
from autograder.cli.display import messages, output, results_table, spooled_json
from autograder.cli.error_handler import NOT_ALL_GRADED
from autograder.cli.progress import Bar, shown
from autograder.cli.thrift import spare_imports
from autograder.errors import ExpectedError
from autograder.limits import Limits
from autograder.report.records import as_record
from autograder.sandbox.mode import Mode
from autograder.verdicts import Result, SubmissionStatus

if TYPE_CHECKING:
    from autograder.course.course import Course
    from autograder.grading.cluster.client import Cluster
    from autograder.grading.prestart import HeadStart

_MOST_ON_CLUSTER = 256
"""Submissions under way at once on a cluster, each with a thread here; this machine could not feed more."""


def grade(
    lab: options.Lab = None,
    student: options.Students = None,
    workers: options.Workers = None,
    dask: options.Dask = None,
    sandbox: options.Sandbox = Mode.BUBBLEWRAP,
    cell_seconds: options.CellSeconds = None,
    call_seconds: options.CallSeconds = None,
    submission_seconds: options.SubmissionSeconds = None,
    memory: Annotated[
        int | None,
        typer.Option("--memory", parser=options.size, metavar="SIZE", help="Memory of a submission: 4G, 512M."),
    ] = None,
    gpu: options.Gpu = False,
    gpu_memory: Annotated[
        int | None,
        typer.Option("--gpu-memory", parser=options.size, metavar="SIZE", help="GPU memory of a submission."),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Run everything again, even what has not changed since the last time.")
    ] = False,
    form: options.Form = options.Format.TABLE,
    quiet: options.Quiet = False,
    course: options.Course = Path(),
) -> None:
    """Grade what was submitted; write autograded/ and the gradebook."""
    statuses: set[SubmissionStatus] = set()
    if dask is not None and gpu:
        raise typer.BadParameter("--gpu and --dask can't be combined: leave one of them out.")
    at_once, gpu_bytes = options.gpu_share(gpu, gpu_memory, workers)
    limits = options.limits(cell_seconds, call_seconds, submission_seconds, memory, gpu_bytes)
    with ExitStack() as stack:
        with (
            _begun(course, sandbox, limits, needed=dask is None, fresh=fresh) as begun,
            shown("Getting ready", quiet=quiet) as bar,
        ):
            spare_imports()
            from autograder.course.course import Course  # nbgrader takes a second to import

            results = _noted(
                graded(
                    Course.open(course),
                    lab,
                    student,
                    limits=limits,
                    mode=sandbox,
                    workers=at_once if dask is None else workers or _MOST_ON_CLUSTER,
                    bar=bar,
                    fresh=fresh,
                    begun=begun,
                    dask=dask,
                ),
                statuses,
            )
            if form is options.Format.JSON:
                text = stack.enter_context(spooled_json(as_record(result) for result in results))
            else:
                table = results_table(results)
        if form is options.Format.JSON:
            shutil.copyfileobj(text, sys.stdout)
        else:
            output().print(table)
    if sandbox is Mode.NONE:
        messages().print("[bold red]Not sandboxed:[/] student code ran with your own rights (--sandbox none).")
    if gpu:
        messages().print("Graded with the GPU visible: student code could reach its driver (--gpu).")
    if statuses - {SubmissionStatus.GRADED}:
        raise typer.Exit(NOT_ALL_GRADED)


def _begun(
    course: Path, mode: Mode, limits: Limits, *, needed: bool, fresh: bool
) -> AbstractContextManager["HeadStart | None"]:
    """Begin to start the processes that grade, unless there seems to be nothing to do.

    Whether there is, only the course's configuration could tell; a wrong guess costs time and nothing else.
    """
    from autograder.grading.prestart import head_start  # of all commands only this one needs it

    submitted = sum(1 for _ in (course / "submitted").glob("*/*"))
    written = sum(1 for _ in (course / ".autograder" / "receipts").glob("*/*.json"))
    return head_start(mode, limits) if needed and submitted and (fresh or written < submitted) else nullcontext()


def _cluster(address: str | None) -> AbstractContextManager["Cluster | None"]:
    if address is None:
        return nullcontext()
    if find_spec("distributed") is None:
        raise ExpectedError(
            "--dask needs the library distributed, which is not installed.", 'Run: pip install "gradlab[cluster]"'
        )
    from autograder.grading.cluster.client import connect  # it takes a second, and few have a cluster

    return connect(address)


def graded(
    course: "Course",
    lab: str | None,
    students: Sequence[str] | None,
    *,
    limits: Limits,
    mode: Mode,
    workers: int,
    bar: Bar,
    fresh: bool = False,
    begun: "HeadStart | None" = None,
    dask: str | None = None,
) -> Iterator[Result]:
    """Grade submissions and show the progress on stderr; until the last one has come, stdout is stderr, too.

    Yields:
        The results, each when it has been written: a class may be larger than memory.

    Raises:
        ExpectedError: there is nothing to grade, the cluster can't be had, or `grade_class` says so.
    """
    from autograder.grading.lock import turn
    from autograder.grading.run import grade_class  # the engine takes seconds to import

    labs = submitted_labs(course, lab)
    total = sum(len(students or course.students(name)) for name in labs)
    with redirect_stdout(sys.stderr), turn(course), _cluster(dask) as cluster:
        results = grade_class(
            course,
            labs,
            students or None,
            limits=limits,
            mode=mode,
            workers=workers if cluster is None else min(workers, 2 * cluster.threads),
            fresh=fresh,
            begun=begun,
            cluster=cluster,
        )
        yield from bar.follow("Grading", results, total)


def _noted(results: Iterable[Result], statuses: set[SubmissionStatus]) -> Iterator[Result]:
    for result in results:
        statuses.add(result.status)
        yield result


def submitted_labs(course: "Course", lab: str | None) -> list[str]:
    """The lab that was named, or every lab with submissions.

    Raises:
        ExpectedError: the course has no lab, or nobody has submitted anything.
    """
    if lab is not None:
        return [lab]
    names = course.labs()
    if not names:
        raise course.without_labs()
    labs = [name for name in names if course.students(name)]
    if not labs:
        raise ExpectedError(
            "Nobody has submitted anything to this course.",
            "Put each notebook at submitted/STUDENT/LAB/LAB.ipynb, or run: autograder collect SOURCE",
        )
    return labs
