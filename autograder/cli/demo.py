"""``autograder demo``: builds, grades and reports on the sample class."""

import filecmp
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

import autograder
from autograder.cli import options
from autograder.cli.build import built
from autograder.cli.display import output, print_json, results_table
from autograder.cli.error_handler import NOT_ALL_GRADED, remember_course
from autograder.cli.grade import grade_labs
from autograder.cli.progress import Bar, shown
from autograder.errors import ExpectedError
from autograder.grading.terms import Terms
from autograder.report.records import as_record
from autograder.sandbox.mode import Choice, Mode
from autograder.verdicts import Result, SubmissionStatus

CELL_SECONDS = 10.0
"""The time limit of a cell: the sample class has a submission that never ends."""

_CONFIGURATION = "nbgrader_config.py"
_SETTINGS = (_CONFIGURATION, "pyproject.toml")
_COPIED = ("course", "source", "release", "solutions")
_MARKER = "DEMONSTRATION.txt"
_SAMPLE = Path("tests", "submissions")


@dataclass(frozen=True)
class Demonstration:
    """What a demonstration made.

    Attributes:
        results: the graded submissions.
        feedback: the students' pages.
        reports: the class reports.
    """

    results: tuple[Result, ...]
    feedback: tuple[Path, ...]
    reports: tuple[Path, ...]


def demo(
    into: Annotated[
        Path, typer.Option("--into", callback=remember_course, help="The folder for the demonstration.")
    ] = Path("demo"),
    sandbox: options.Sandbox = Choice.AUTO,
    workers: options.Workers = None,
    form: options.Form = options.Format.TABLE,
    quiet: options.Quiet = False,
) -> None:
    """Grade a sample class, write its feedback and its report, and say where to look."""
    with shown("Copying the course and the sample class", quiet=quiet) as bar:
        prepare(checkout(), into)
        made = demonstrate(into, mode=options.mode(sandbox), workers=workers or options.processors(), bar=bar)
    if form is options.Format.JSON:
        results = [as_record(result) for result in made.results]
        print_json({"results": results, "feedback": made.feedback, "reports": made.reports})
    else:
        show(into, made)
    if any(result.status is SubmissionStatus.BROKEN for result in made.results):
        raise typer.Exit(NOT_ALL_GRADED)


def show(into: Path, made: Demonstration) -> None:
    """Print the results, and where to look."""
    console = output()
    console.print(results_table(made.results))
    console.print("\nWhere to look:")
    for path, what in files_to_look_at(into, made):
        console.print(f"  {os.path.relpath(path)}\n      {what}", markup=False, soft_wrap=True)


def checkout() -> Path:
    """The checkout that this program runs from.

    Raises:
        ExpectedError: it was installed from a wheel, which holds neither labs nor a sample class.
    """
    root = Path(autograder.__file__).resolve().parents[1]
    if not (root / _SAMPLE).is_dir() or not (root / _CONFIGURATION).is_file():
        raise ExpectedError(
            "The demonstration needs the sample class and the labs, and an installed package holds neither.",
            "Run `make demo` in a checkout of the project's repository.",
        )
    return root


def prepare(root: Path, into: Path) -> None:
    """Copy the course and the sample class; files that are the same already are left alone.

    Raises:
        ExpectedError: the folder holds something else, or cannot be made.
    """
    try:
        if into.exists() and not _is_demonstration(into):
            raise ExpectedError(
                f"{into} holds something else than a demonstration, and nothing there shall be overwritten.",
                "Name an empty folder or a new one with --into.",
            )
        into.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExpectedError(
            f"{into} cannot be made: {error.strerror}.", "Name another folder with --into, in a folder of yours."
        ) from error
    (into / _MARKER).write_text("Made by `autograder demo`. Delete this folder whenever you like.\n", encoding="utf-8")
    for name in _SETTINGS:
        _copy(root / name, into / name)
    for name in _COPIED:
        # What an earlier demonstration built is kept: `_build` finds out whether it is still current.
        if name == "course" or not (into / name).is_dir():
            _copy_folder(root / name, into / name)
    for student in (root / _SAMPLE).iterdir():
        if student.is_dir() and not student.name.startswith((".", "_")):
            _copy_folder(student, into / "submitted" / student.name)


def demonstrate(into: Path, *, mode: Mode, workers: int, bar: Bar) -> Demonstration:
    """Build what is not current, grade, write feedback and report, in a folder that `prepare` has made."""
    from autograder.course.course import Course  # nbgrader takes a second to import
    from autograder.report.write import write_feedback, write_report

    _build(into, mode=mode, bar=bar)
    course = Course.open(into)
    labs = [lab for lab in course.labs() if course.students(lab)]
    terms = Terms(options.limits(CELL_SECONDS), mode, workers)
    results = [result for lab in labs for result in grade_labs(course, [lab], None, terms, bar)]
    bar.begin("Writing feedback and report")
    return Demonstration(
        results=tuple(results),
        feedback=tuple(page for lab in labs for page in write_feedback(course, lab).pages),
        reports=tuple(write_report(course, lab) for lab in labs),
    )


def files_to_look_at(into: Path, made: Demonstration) -> Iterator[tuple[Path, str]]:
    """The files worth a look, each with a line that says what it is."""
    for report in made.reports:
        yield report, "the report on the class: open it in a browser"
    # The page with the most diagnoses shows best what feedback is.
    diagnoses = {result.student: sum(bool(cell.misconception) for cell in result.cells) for result in made.results}
    if made.feedback:
        example = max(made.feedback, key=lambda page: diagnoses.get(page.parts[-3], 0))
        yield example, f"one of {len(made.feedback)} feedback pages"
    yield into / "release", "the labs as students get them"
    yield into / "gradebook.db", "nbgrader's gradebook: in that folder, `nbgrader export` and formgrader read it"


def _build(into: Path, *, mode: Mode, bar: Bar) -> None:
    outdated = [lab.name for lab in built(into, None, check=True, mode=mode, bar=bar).labs if lab.outdated]
    if outdated:
        built(into, outdated, check=False, mode=mode, bar=bar)


def _is_demonstration(folder: Path) -> bool:
    return folder.is_dir() and ((folder / _MARKER).is_file() or not any(folder.iterdir()))


def _copy_folder(source: Path, target: Path) -> None:
    for path in sorted(source.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and ".ipynb_checkpoints" not in path.parts:
            _copy(path, target / path.relative_to(source))


def _copy(source: Path, target: Path) -> None:
    if not target.is_file() or not filecmp.cmp(source, target, shallow=False):
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
