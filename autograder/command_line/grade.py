"""``autograder grade``."""

import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext, redirect_stdout
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.command_line import options
from autograder.command_line.display import messages, output, results_table
from autograder.command_line.exits import NOT_ALL_GRADED
from autograder.command_line.progress import followed
from autograder.command_line.spool import spooled_json
from autograder.command_line.thrift import spare_imports
from autograder.errors import ExpectedError
from autograder.limits import Limits
from autograder.report.records import as_record
from autograder.sandbox.mode import Mode
from autograder.verdicts import Result, SubmissionStatus

if TYPE_CHECKING:
    from autograder.course import Course
    from autograder.grading.head_start import HeadStart


class Format(StrEnum):
    """How results are printed."""

    TABLE = "table"
    JSON = "json"


def grade(
    lab: options.Lab = None,
    student: Annotated[list[str] | None, typer.Option("--student", help="One student; may be given again.")] = None,
    workers: options.Workers = None,
    sandbox: options.Sandbox = Mode.BUBBLEWRAP,
    cell_seconds: options.CellSeconds = None,
    call_seconds: options.CallSeconds = None,
    submission_seconds: options.SubmissionSeconds = None,
    memory: Annotated[
        int | None,
        typer.Option("--memory", parser=options.size, metavar="SIZE", help="Memory of a submission: 4G, 512M."),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Run everything again, even what has not changed since the last time.")
    ] = False,
    form: Annotated[Format, typer.Option("--format", help="A table, or JSON for other programs.")] = Format.TABLE,
    quiet: options.Quiet = False,
    course: options.Course = Path(),
) -> None:
    """Grade what was submitted; write autograded/ and the gradebook."""
    statuses: set[SubmissionStatus] = set()
    limits = options.limits(cell_seconds, call_seconds, submission_seconds, memory)
    with _begun(course, sandbox, limits, fresh=fresh) as begun:
        spare_imports()
        from autograder.course import Course  # nbgrader takes a second to import

        results = _noted(
            graded(
                Course.open(course),
                lab,
                student,
                limits=limits,
                mode=sandbox,
                workers=workers or options.processors(),
                quiet=quiet,
                fresh=fresh,
                begun=begun,
            ),
            statuses,
        )
        if form is Format.JSON:
            with spooled_json(as_record(result) for result in results) as text:
                shutil.copyfileobj(text, sys.stdout)
        else:
            output().print(results_table(results))
    if sandbox is Mode.NONE:
        messages().print("[bold red]Not sandboxed:[/] student code ran with your own rights (--sandbox none).")
    if statuses - {SubmissionStatus.GRADED}:
        raise typer.Exit(NOT_ALL_GRADED)


def _begun(course: Path, mode: Mode, limits: Limits, *, fresh: bool) -> AbstractContextManager["HeadStart | None"]:
    """Begin to start the processes that grade, unless there seems to be nothing to do.

    Whether there is, only the course's configuration could tell; a wrong guess costs time and nothing else.
    """
    from autograder.grading.head_start import head_start  # of all commands only this one needs it

    submitted = sum(1 for _ in (course / "submitted").glob("*/*"))
    written = sum(1 for _ in (course / ".autograder" / "receipts").glob("*/*.json"))
    return head_start(mode, limits) if submitted and (fresh or written < submitted) else nullcontext()


def graded(
    course: "Course",
    lab: str | None,
    students: Sequence[str] | None,
    *,
    limits: Limits,
    mode: Mode,
    workers: int,
    quiet: bool,
    fresh: bool = False,
    begun: "HeadStart | None" = None,
) -> Iterator[Result]:
    """Grade submissions and show the progress on stderr; until the last one has come, stdout is stderr, too.

    Yields:
        The results, each when it has been written: a class may be larger than memory.

    Raises:
        ExpectedError: there is nothing to grade, or `grade_class` says so.
    """
    from autograder.grading.run import grade_class  # the engine takes seconds to import
    from autograder.grading.turn import turn

    labs = submitted_labs(course, lab)
    total = sum(len(students or course.students(name)) for name in labs)
    with redirect_stdout(sys.stderr), turn(course):
        results = grade_class(
            course, labs, students or None, limits=limits, mode=mode, workers=workers, fresh=fresh, begun=begun
        )
        yield from followed(results, total, quiet=quiet)


def _noted(results: Iterable[Result], statuses: set[SubmissionStatus]) -> Iterator[Result]:
    for result in results:
        statuses.add(result.status)
        yield result


def submitted_labs(course: "Course", lab: str | None) -> list[str]:
    """The lab that was named, or every lab with submissions.

    Raises:
        ExpectedError: nobody has submitted anything.
    """
    labs = [lab] if lab else [name for name in course.labs() if course.students(name)]
    if not labs:
        raise ExpectedError(
            "Nobody has submitted anything to this course.",
            "Put each notebook at submitted/STUDENT/LAB/LAB.ipynb, or run: autograder collect SOURCE",
        )
    return labs
