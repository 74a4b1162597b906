"""``autograder feedback``."""

from pathlib import Path

from autograder.command_line import options
from autograder.command_line.display import messages, output
from autograder.command_line.grade import submitted_labs


def feedback(lab: options.Lab = None, course: options.Course = Path()) -> None:
    """Write each student's feedback page from what was graded."""
    from autograder.course import Course  # nbgrader takes a second to import
    from autograder.report.write import write_feedback

    opened = Course.open(course)
    for name in submitted_labs(opened, lab):
        pages = write_feedback(opened, name)
        for page in pages:
            output().print(str(page), markup=False, soft_wrap=True)
        messages().print(
            f"{name}: {len(pages)} pages. `nbgrader release_feedback {name}` hands them out.", markup=False
        )
