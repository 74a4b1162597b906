"""``autograder levels``."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer
from rich.table import Table
from rich.text import Text

from autograder.cells import Lab, LabNotebook
from autograder.cli import completion, options
from autograder.cli.display import messages, output, print_json
from autograder.cli.error_handler import EXPECTED_ERROR
from autograder.cli.progress import shown
from autograder.formatting import count, number
from autograder.grading.terms import Terms
from autograder.judging.skipped_cells import SkipProblem
from autograder.progress import Progress
from autograder.report.levels import explained
from autograder.report.records import as_level_record
from autograder.sandbox.mode import Choice
from autograder.verdicts import Level, TestLevel

if TYPE_CHECKING:
    from autograder.course.course import Course

_WORDS = {Level.WALL: "at the wall", Level.BESIDE: "beside student code", Level.NONE: "nowhere"}
_STYLES = {Level.WALL: "green", Level.BESIDE: "yellow", Level.NONE: "red"}


class LevelFinder(Protocol):
    """What finds out at which level tests run: `autograder.grading.local_executor.LocalExecutor`."""

    def levels(self, notebook: LabNotebook, files: Mapping[str, bytes]) -> tuple[TestLevel, ...]:
        """The level of each test of a notebook, in the notebook's order."""

    def skip_problem(self, notebook: LabNotebook, files: Mapping[str, bytes]) -> SkipProblem | None:
        """Why the cells of a notebook that are tagged to be skipped are run all the same."""


@dataclass(frozen=True)
class ListedTest:
    """A test of a lab.

    Attributes:
        lab: the lab's name.
        notebook: the notebook's name, without ``.ipynb``.
        points: the points that it is worth.
        found: at which level it runs.
    """

    lab: str
    notebook: str
    points: float
    found: TestLevel


def levels(
    labs: Annotated[
        list[str] | None,
        typer.Argument(metavar="LAB", help="Labs; without one, every lab.", autocompletion=completion.labs),
    ] = None,
    sandbox: options.Sandbox = Choice.AUTO,
    cell_seconds: options.CellSeconds = None,
    memory: options.Memory = None,
    form: options.Form = options.Format.TABLE,
    quiet: options.Quiet = False,
    course: options.Course = Path(),
) -> None:
    """Look at labs before a class is graded: where each test runs, why, and how to write it so that it is safer."""
    with shown("Reading the labs", quiet=quiet) as bar:
        from autograder.course.course import Course  # nbgrader takes a second to import
        from autograder.grading.local_executor import LocalExecutor
        from autograder.grading.lock import course_lock

        opened = Course.open(course)
        names = tuple(dict.fromkeys(labs or opened.labs()))
        if not names:
            raise opened.no_labs_error()
        terms = Terms(options.limits(cell_seconds, memory_bytes=memory), options.mode(sandbox))
        with course_lock(opened), LocalExecutor(opened.state, terms) as executor:
            tests = list(tests_of(opened, names, executor, bar))
            notes = list(notes_of(opened, names, executor))
    if form is options.Format.JSON:
        print_json([_record(test) for test in tests])
    else:
        output().print(_table(tests))
    if not quiet:
        for name in names:
            messages().print(_summary(name, [test for test in tests if test.lab == name]), markup=False)
    for note in notes:
        messages().print(note, markup=False)
    if notes or any(test.found.level is Level.NONE for test in tests):
        raise typer.Exit(EXPECTED_ERROR)


def tests_of(course: "Course", labs: Sequence[str], finder: LevelFinder, progress: Progress) -> Iterator[ListedTest]:
    """Find the level of each test of some labs, in order.

    Raises:
        ExpectedError: there is no such lab, or it or the sandbox can't be used.
    """
    from autograder.gradebook.labs import read_lab

    # Read first: a name that is wrong ends the command before minutes of work.
    found: list[Lab] = [read_lab(course, name) for name in labs]
    progress.begin("Running the worked solutions", sum(len(lab.notebooks) for lab in found))
    for lab in found:
        for notebook in lab.notebooks:
            points = {cell.grade_id: cell.points for cell in notebook.source if cell.graded}
            for level in finder.levels(notebook, lab.files):
                yield ListedTest(lab.name, notebook.name, points.get(level.grade_id, 0.0), level)
            progress.advance()


def notes_of(course: "Course", labs: Sequence[str], finder: LevelFinder) -> Iterator[str]:
    """Why cells that are tagged to be skipped are run all the same, one sentence for each notebook.

    Raises:
        ExpectedError: as `tests_of`.
    """
    from autograder.gradebook.labs import read_lab

    for lab in (read_lab(course, name) for name in labs):
        for notebook in lab.notebooks:
            problem = finder.skip_problem(notebook, lab.files)
            if problem is not None:
                yield problem.sentence(notebook)


def _record(test: ListedTest) -> dict[str, Any]:
    return {"lab": test.lab, "notebook": test.notebook, "points": test.points, **as_level_record(test.found)}


def _table(tests: Sequence[ListedTest]) -> Table:
    """One row for each test; the columns of labs and notebooks only where there are several."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 3, 0, 0))
    several_labs = len({test.lab for test in tests}) > 1
    several_notebooks = any(test.notebook != test.lab for test in tests)
    for column, wanted in (("Lab", several_labs), ("Notebook", several_notebooks), ("Test", True)):
        if wanted:
            table.add_column(column, overflow="fold")
    table.add_column("Points", justify="right", no_wrap=True)
    table.add_column("Runs", no_wrap=True)
    table.add_column("Why, and how to write it so that it runs at the wall", overflow="fold")
    for test in tests:
        places = [
            Text(name) for name, wanted in ((test.lab, several_labs), (test.notebook, several_notebooks)) if wanted
        ]
        level = test.found.level
        runs = Text(_WORDS[level], style=_STYLES[level])
        table.add_row(*places, Text(test.found.grade_id), number(test.points), runs, Text(explained(test.found)))
    return table


def _summary(lab: str, tests: Sequence[ListedTest]) -> str:
    amounts = ((level, sum(test.found.level is level for test in tests)) for level in Level)
    listed = ", ".join(f"{amount} {_WORDS[level]}" for level, amount in amounts if amount)
    return f"{lab}: {count(len(tests), 'test')}{f': {listed}' if listed else ''}"
