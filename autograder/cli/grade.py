"""``autograder grade``."""

import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext, redirect_stdout
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.cli import options
from autograder.cli.display import messages, output, results_table, show_error, spooled_json, tell_refused
from autograder.cli.error_handler import NOT_ALL_GRADED
from autograder.cli.progress import Bar, shown
from autograder.errors import ExpectedError
from autograder.grading.terms import Terms
from autograder.report.levels import LabLevels, level_notes
from autograder.report.records import as_record
from autograder.sandbox.mode import Choice, Mode
from autograder.verdicts import Level, Result, SubmissionStatus

if TYPE_CHECKING:
    from autograder.course.course import Course
    from autograder.grading.prestart import Prestart
    from autograder.grading.submission import NotebookExecutor

_MOST_ON_CLUSTER = 256
"""Submissions in progress at once on a cluster, each with a thread here; this machine could not feed more."""


def grade(  # noqa: PLR0913 - a command's options are its parameters
    lab: options.Lab = None,
    student: options.Students = None,
    workers: options.Workers = None,
    dask: options.Dask = None,
    sandbox: options.Sandbox = Choice.AUTO,
    level: options.Weakest = options.WeakestLevel.BESIDE,
    cell_seconds: options.CellSeconds = None,
    call_seconds: options.CallSeconds = None,
    submission_seconds: options.SubmissionSeconds = None,
    memory: options.Memory = None,
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
    seen = _Seen()
    if dask is not None and gpu:
        raise typer.BadParameter("--gpu and --dask can't be combined: leave one of them out.")
    at_once, gpu_bytes = options.gpu_share(gpu, gpu_memory, workers)
    limits = options.limits(cell_seconds, call_seconds, submission_seconds, memory, gpu_bytes)
    if dask is not None:
        at_once = workers or _MOST_ON_CLUSTER
    mode = _sandbox(sandbox, dask)
    terms = Terms(limits, mode, at_once, fresh, Level(level.value))
    with ExitStack() as stack:
        with (
            _prestarted(course, terms, needed=dask is None) as prestart,
            shown("Getting ready", quiet=quiet) as bar,
        ):
            _skip_slow_import()
            from autograder.course.course import Course  # nbgrader takes a second to import

            opened = Course.open(course)
            labs, left_out = labs_in_python(opened, lab)
            graded = grade_labs(opened, labs, student, terms, bar, prestart=prestart, dask=dask)
            results = seen.follow(graded)
            if form is options.Format.JSON:
                text = stack.enter_context(spooled_json(as_record(result) for result in results))
            else:
                table = results_table(results)
        if form is options.Format.JSON:
            shutil.copyfileobj(text, sys.stdout)
        else:
            output().print(table)
    if mode is Mode.LANDLOCK:
        messages().print("Sandbox: landlock, without namespaces. docs/security.md says what it lacks.", markup=False)
    if mode is Mode.NONE:
        messages().print("[bold red]Not sandboxed:[/] student code ran with your own rights (--sandbox none).")
    if gpu:
        messages().print("Graded with the GPU visible: student code could reach its driver (--gpu).")
    for name, levels in seen.levels.items():
        for note in level_notes(name, levels):
            messages().print(note, markup=False)
    for note in seen.notes:
        messages().print(note, markup=False)
    if left_out or seen.statuses - {SubmissionStatus.GRADED}:
        raise typer.Exit(NOT_ALL_GRADED)


def grade_labs(
    course: "Course",
    labs: Sequence[str],
    students: Sequence[str] | None,
    terms: Terms,
    bar: Bar,
    *,
    prestart: "Prestart | None" = None,
    dask: str | None = None,
) -> Iterator[Result]:
    """Grade submissions and show the progress on stderr; until the last one has come, stdout is stderr, too.

    Args:
        course: the course.
        labs: the labs.
        students: the students; None or none for everyone who has submitted.
        terms: the terms of the run.
        bar: shows the progress.
        prestart: processes that were started already, on the same terms.
        dask: the address of a Dask scheduler; None to grade on this machine.

    Yields:
        The results, each when it has been written: a class may be larger than memory.

    Raises:
        ExpectedError: there is nothing to grade, the cluster can't be used, or `grade_class` says so.
    """
    from autograder.grading.lock import course_lock
    from autograder.grading.run import grade_class  # takes seconds to import

    total = sum(len(students or course.students(name)) for name in labs)
    with (
        redirect_stdout(sys.stderr),
        course_lock(course),
        _executor(course, terms, prestart, dask) as (executor, executor_terms),
    ):
        results = grade_class(course, labs, students or None, executor_terms, executor)
        yield from bar.follow("Grading", results, total)


@contextmanager
def _executor(
    course: "Course", terms: Terms, prestart: "Prestart | None", dask: str | None
) -> Iterator[tuple["NotebookExecutor", Terms]]:
    """Where notebooks run, and the terms there."""
    if dask is None:
        from autograder.grading.local_executor import LocalExecutor

        yield LocalExecutor(course.state, terms, prestart=prestart), terms
    elif find_spec("distributed") is None:
        raise ExpectedError(
            "--dask needs the library distributed, which is not installed.", 'Run: pip install "gradlab[cluster]"'
        )
    else:
        from autograder.grading.cluster.executor import open_executor  # takes a second, and few have a cluster

        with open_executor(dask, course.state, terms) as opened:
            yield opened


def _sandbox(wanted: Choice, dask: str | None) -> Mode:
    """The sandbox of this run. What workers of a cluster have, this machine can't tell: they get what is named."""
    if dask is not None and wanted is Choice.AUTO:
        return Mode.BUBBLEWRAP
    return options.mode(wanted)


def _prestarted(course: Path, terms: Terms, *, needed: bool) -> AbstractContextManager["Prestart | None"]:
    """Start the processes that grade, unless there seems to be nothing to do.

    Whether there is, only the course's configuration could tell; a wrong guess costs time and nothing else.
    """
    from autograder.grading.prestart import Prestart  # only this command needs it

    submitted = sum(1 for _ in (course / "submitted").glob("*/*"))
    written = sum(1 for _ in (course / ".autograder" / "receipts").glob("*/*.json"))
    start = needed and submitted and (terms.fresh or written < submitted)
    return closing(Prestart(terms)) if start else nullcontext()


def _skip_slow_import() -> None:
    """Have no library import `rfc3987_syntax`; this must be called before nbformat is imported.

    jsonschema, which nbformat imports, uses it if it is there, to check addresses that no notebook holds. It builds a
    parser when it is imported, which takes as long as importing all of nbgrader.
    """
    if "jsonschema" not in sys.modules:
        sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type] # None is how Python marks it


@dataclass
class _Seen:
    """What the results have shown that have passed by.

    Attributes:
        statuses: how submissions have ended.
        levels: at which level each lab's tests ran.
        notes: what the instructor should know of the labs themselves, each once.
    """

    statuses: set[SubmissionStatus] = field(default_factory=set)
    levels: dict[str, LabLevels] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)

    def follow(self, results: Iterable[Result]) -> Iterator[Result]:
        """Pass results on as they come."""
        for result in results:
            self.statuses.add(result.status)
            self.notes |= dict.fromkeys(result.notes)
            self.levels[result.lab] = self.levels.get(result.lab, LabLevels()).including(result)
            yield result


def labs_in_python(course: "Course", lab: str | None) -> tuple[list[str], bool]:
    """The labs to grade, and whether labs or students were left out: what is not Python is told once for each lab.

    Raises:
        ExpectedError: none can be graded, the lab that was named can't, or `submitted_labs` says so.
    """
    labs, errors = [], []
    for name in submitted_labs(course, lab):
        try:
            course.require_python(name)
            labs.append(name)
        except ExpectedError as error:
            errors.append(error)
    if not labs:
        raise errors[0]
    for refused in errors:
        show_error(refused)
    return labs, bool(errors or course.refused_ids(labs))


def submitted_labs(course: "Course", lab: str | None) -> list[str]:
    """The lab that was named, or every lab with submissions; says which folders are left out for their names.

    Raises:
        ExpectedError: the course has no lab, or nobody has submitted anything.
    """
    names = course.labs() if lab is None else [lab]
    if not names:
        raise course.no_labs_error()
    tell_refused(course.refused_ids(names))
    if lab is not None:
        return names
    labs = [name for name in names if course.students(name)]
    if not labs:
        raise ExpectedError(
            "Nobody has submitted anything to this course.",
            "Put each notebook at submitted/STUDENT/LAB/LAB.ipynb, or run: autograder collect SOURCE",
        )
    return labs
