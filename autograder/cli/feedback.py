"""``autograder feedback``."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from autograder.cli import options
from autograder.cli.display import messages, output, print_json
from autograder.cli.error_handler import NOT_ALL_GRADED
from autograder.cli.grade import submitted_labs
from autograder.cli.progress import shown
from autograder.formatting import count

if TYPE_CHECKING:
    from autograder.course.course import Course

_EXCHANGE_FILES = ("timestamp.txt", "submission_secret.txt")


def feedback(
    lab: options.Lab = None,
    form: options.Form = options.Format.TABLE,
    quiet: options.Quiet = False,
    course: options.Course = Path(),
) -> None:
    """Write each student's feedback page from what was graded."""
    with shown("Reading the course", quiet=quiet) as bar:
        from autograder.course.course import Course  # nbgrader takes a second to import
        from autograder.report.write import write_feedback

        opened = Course.open(course)
        written: dict[str, Sequence[Path]] = {}
        problems: list[str] = []
        labs = submitted_labs(opened, lab)
        bar.begin("Writing pages", len(labs))
        for name in labs:
            bar.describe(f"Writing pages of {name}")
            its = write_feedback(opened, name)
            written[name] = its.pages
            problems += (f"{name}: no page for {student}: {problem.rstrip('.')}." for student, problem in its.problems)
            bar.advance()
    if form is options.Format.JSON:
        pages = [(name, page) for name, pages in written.items() for page in pages]
        print_json([{"lab": name, "student": page.parts[-3], "page": page} for name, page in pages])
    else:
        for page in (page for pages in written.values() for page in pages):
            output().print(str(page), markup=False, soft_wrap=True)
    if not quiet:
        for name, its_pages in written.items():
            messages().print(
                f"{name}: {count(len(its_pages), 'page')}. {_how_to_return(opened, name, its_pages)}", markup=False
            )

    for problem in problems:
        messages().print(problem, markup=False)
    if problems:
        raise typer.Exit(NOT_ALL_GRADED)


def _how_to_return(course: "Course", lab: str, pages: Sequence[Path]) -> str:
    """How to return pages to students: nbgrader's exchange takes only those whose submissions came through it."""
    from autograder.course.exchange import ExchangeFolder

    if not all((page.parent / name).exists() for page in pages for name in _EXCHANGE_FILES):
        return "Hand them out as files."
    problem = ExchangeFolder.of(course).problem()
    if problem is not None:
        return f"`nbgrader release_feedback {lab}` can't hand them out yet: {problem.problem} {problem.cure}"
    return f"`nbgrader release_feedback {lab}` hands them out."
