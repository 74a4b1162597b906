"""``autograder feedback``."""

from pathlib import Path

from autograder.command_line import options
from autograder.command_line.display import messages, output
from autograder.command_line.grade import submitted_labs
from autograder.command_line.json_output import print_json
from autograder.command_line.progress import shown


def feedback(
    lab: options.Lab = None,
    form: options.Form = options.Format.TABLE,
    quiet: options.Quiet = False,
    course: options.Course = Path(),
) -> None:
    """Write each student's feedback page from what was graded."""
    with shown("Reading the course", quiet=quiet) as bar:
        from autograder.course import Course  # nbgrader takes a second to import
        from autograder.report.marks import marks_of_lab
        from autograder.report.write import write_feedback

        opened = Course.open(course)
        written: dict[str, list[Path]] = {}
        labs = submitted_labs(opened, lab)
        bar.begin("Writing pages", len(labs))
        for name in labs:
            bar.tell(f"Writing pages of {name}")
            # nbgrader would meet a damaged gradebook once for each student, and show a traceback each time.
            if opened.graded_students(name):
                marks_of_lab(opened.gradebook_url, name)
            written[name] = write_feedback(opened, name)
            bar.advance()
    if form is options.Format.JSON:
        pages = [(name, page) for name, pages in written.items() for page in pages]
        print_json([{"lab": name, "student": page.parts[-3], "page": page} for name, page in pages])
    else:
        for page in (page for pages in written.values() for page in pages):
            output().print(str(page), markup=False, soft_wrap=True)
    if not quiet:
        for name, pages_of_lab in written.items():
            messages().print(
                f"{name}: {len(pages_of_lab)} pages. `nbgrader release_feedback {name}` hands them out.", markup=False
            )
