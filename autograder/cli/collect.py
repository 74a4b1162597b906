"""``autograder collect``."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from autograder.cli import completion, options
from autograder.cli.display import messages, output, print_json
from autograder.cli.error_handler import NOT_ALL_GRADED
from autograder.cli.progress import shown
from autograder.collect.records import Collected, Outcome, Refused, Report
from autograder.formatting import count
from autograder.untrusted.files import readable

_MOST_SHOWN = 4


def collect(  # noqa: PLR0913 - a command's options are its parameters
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help="A folder, or a ZIP file from Moodle or Canvas.")],
    lab: Annotated[
        str | None,
        typer.Option(
            "--lab",
            help="The lab; without it, the notebooks' names say which it is.",
            autocompletion=completion.labs,
        ),
    ] = None,
    roster: Annotated[
        Path | None,
        typer.Option("--roster", help="The class list: CSV as nbgrader reads it, or as Moodle or Canvas exports it."),
    ] = None,
    groups: Annotated[
        Path | None,
        typer.Option("--groups", help="Who hands in together: CSV with the columns group and id, or a platform's."),
    ] = None,
    deadline: Annotated[
        str | None,
        typer.Option(
            "--deadline", metavar="TIME", help="When it was due: '2026-11-22 23:59 Europe/Berlin'. UTC without a zone."
        ),
    ] = None,
    form: options.Form = options.Format.TABLE,
    quiet: options.Quiet = False,
    course: options.Course = Path(),
) -> None:
    """Take what a learning platform hands out, and put it where grading looks: submitted/STUDENT/LAB/."""
    with shown("Reading the course", quiet=quiet) as bar:
        from autograder.collect.collect import collect as collect_source  # nbgrader takes a second to import
        from autograder.course.course import Course

        report = collect_source(
            Course.open(course), source, lab=lab, roster=roster, groups=groups, deadline=deadline, progress=bar
        )
    if form is options.Format.JSON:
        print_json(_record(report))
    else:
        output().print(_table(report.collected))
    if not quiet:
        _print_summary(report)
    _print_warnings(report)
    if not report.complete:
        raise typer.Exit(NOT_ALL_GRADED)


def _record(report: Report) -> dict[str, object]:
    return {
        "collected": [
            {
                "student": it.student,
                "lab": it.lab,
                "outcome": it.outcome.value,
                "files": list(it.files),
                "timestamp": f"{it.time:%Y-%m-%d %H:%M:%S} UTC" if it.time else None,
                "late": it.late,
                "other_attempts": it.attempts,
                "left_aside": [left for _, left in it.left_aside],
            }
            for it in report.collected
        ],
        "unmatched": [{"file": it.name, "reason": it.reason, "cure": it.cure} for it in report.unmatched],
        "refused": [{"file": it.name, "reason": it.reason, "cure": it.cure} for it in report.refused],
        "notes": report.notes,
        "columns": dict(report.columns),
    }


def _table(collected: list[Collected]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 3, 0, 0))
    for column in ("Student", "Lab", "Outcome", "Handed in (UTC)", "Files"):
        table.add_column(column, overflow="fold")
    for it in collected:
        time = f"{it.time:%Y-%m-%d %H:%M}" if it.time else "–"
        shown = ", ".join(it.files[:_MOST_SHOWN]) + (" …" if len(it.files) > _MOST_SHOWN else "")
        table.add_row(Text(it.student), Text(it.lab), _outcome(it), time + (" late" if it.late else ""), Text(shown))
    return table


def _outcome(collected: Collected) -> str:
    words = {
        Outcome.COLLECTED: "collected",
        Outcome.REPLACED: "replaced an earlier one",
        Outcome.UNCHANGED: "is there already",
        Outcome.OLDER: "not taken: a newer one is there",
        Outcome.UNCERTAIN: "not taken: another one is there",
    }[collected.outcome]
    others = f" ({count(collected.attempts, 'other attempt')})" if collected.attempts else ""
    return words + others


def _print_summary(report: Report) -> None:
    console = messages()
    if report.columns:
        used = ", ".join(f"{field} = {column}" for field, column in report.columns)
        console.print(f"Columns of the roster: {used}", markup=False)
    for note in report.notes:
        console.print(note, markup=False)
    taken = sum(it.outcome in (Outcome.COLLECTED, Outcome.REPLACED) for it in report.collected)
    console.print(f"{count(taken, 'submission')} collected.", markup=False)


def _print_warnings(report: Report) -> None:
    """What needs action is printed even with --quiet."""
    if any(it.outcome is Outcome.UNCERTAIN for it in report.collected):
        messages().print(
            "Nothing says whether they are newer. If they are, delete the folder in submitted/, and collect again."
        )
    aside = [(it, taken, left) for it in report.collected for taken, left in it.left_aside]
    if aside:
        messages().print("[bold]Left aside, since nothing says which attempt is the latest:[/]")
    for it, taken, left in aside:
        messages().print(f"  {it.student}, {it.lab}: {readable(left)}; taken was {readable(taken)}", markup=False)
    _list("Belongs to nobody; kept in unmatched/:", report.unmatched)
    _list("Not taken:", report.refused)


def _list(title: str, items: list[Refused]) -> None:
    console = messages()
    if items:
        console.print(f"[bold]{title}[/]")
    for it in items:
        console.print(f"  {escape(it.name)}: {escape(it.reason)}.\n    {escape(it.cure)}")
