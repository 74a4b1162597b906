"""``autograder report``."""

import shutil
import sys
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from autograder.cli import options
from autograder.cli.display import messages, output, spooled_json
from autograder.cli.grade import submitted_labs
from autograder.cli.progress import shown


class Form(StrEnum):
    """The form in which a class's results are reported."""

    HTML = "html"
    JSON = "json"


def report(
    lab: options.Lab = None,
    form: Annotated[
        Form, typer.Option("--format", help="A page, or the same data as JSON on stdout for other programs.")
    ] = Form.HTML,
    quiet: options.Quiet = False,
    course: options.Course = Path(),
) -> None:
    """Write the report on the class, one page for each lab: report/LAB.html."""
    from autograder.course.course import Course  # nbgrader takes a second to import
    from autograder.report.comparison import INSTALL, NOT_COMPARED
    from autograder.report.gather import gather, likeness_installed
    from autograder.report.records import as_class_record
    from autograder.report.write import write_report

    opened = Course.open(course)
    labs = submitted_labs(opened, lab)
    with ExitStack() as stack:
        with shown("Reading", quiet=quiet) as bar:
            if form is Form.JSON:
                records = (as_class_record(gather(opened, name, bar)) for name in labs)
                text = stack.enter_context(spooled_json(records))
            else:
                pages = [write_report(opened, name, bar) for name in labs]
        if form is Form.JSON:
            shutil.copyfileobj(text, sys.stdout)
        else:
            for page in pages:
                output().print(str(page), markup=False, soft_wrap=True)
    if not likeness_installed():
        messages().print(f"{NOT_COMPARED} {INSTALL}", markup=False)
