"""``autograder report``."""

import shutil
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from autograder.command_line import options
from autograder.command_line.display import output
from autograder.command_line.grade import submitted_labs
from autograder.command_line.spool import spooled_json


class Form(StrEnum):
    """What is made of a class's results."""

    HTML = "html"
    JSON = "json"


def report(
    lab: options.Lab = None,
    form: Annotated[
        Form, typer.Option("--format", help="A page, or the same data as JSON on stdout for other programs.")
    ] = Form.HTML,
    course: options.Course = Path(),
) -> None:
    """Write the report on the class, one page for each lab: report/LAB.html."""
    from autograder.course import Course  # nbgrader takes a second to import
    from autograder.report.class_record import as_class_record
    from autograder.report.gather import gather
    from autograder.report.write import write_report

    opened = Course.open(course)
    labs = submitted_labs(opened, lab)
    if form is Form.JSON:
        with spooled_json(as_class_record(gather(opened, name)) for name in labs) as text:
            shutil.copyfileobj(text, sys.stdout)
        return
    for name in labs:
        output().print(str(write_report(opened, name)), markup=False, soft_wrap=True)
