"""``autograder report``."""

from pathlib import Path

from autograder.command_line import options
from autograder.command_line.display import output
from autograder.command_line.grade import submitted_labs


def report(lab: options.Lab = None, course: options.Course = Path()) -> None:
    """Write the report on the class, one page for each lab: report/LAB.html."""
    from autograder.course import Course  # nbgrader takes a second to import
    from autograder.report.write import write_report

    opened = Course.open(course)
    for name in submitted_labs(opened, lab):
        output().print(str(write_report(opened, name)), markup=False, soft_wrap=True)
