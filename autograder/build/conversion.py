"""Run nbgrader's converters: from the instructor's notebook to the released one and to the worked solution."""

import logging
from pathlib import Path

from nbgrader.converters import GenerateAssignment, GenerateSolution
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearOutput, IncludeHeaderFooter, LockCells
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config

from autograder.build.files import read_notebook, write_notebook
from autograder.course.course import CONFIGURATION, Course
from autograder.errors import ExpectedError
from autograder.gradebook.connection import alembic_on_path, writing
from autograder.gradebook.errors import explain

SOURCE, RELEASE, SOLUTIONS = "source", "release", "solutions"
_ERRORS_OF_A_SUBMITTED_LAB = ("Cannot add or remove cells", "Cannot modify existing assignment")


def open_course(course_root: Path) -> Course:
    """Open a course to build its labs.

    Raises:
        ExpectedError: there is none, its configuration cannot be run, or it adds a header or a footer.
    """
    course = Course.open(course_root)
    added = IncludeHeaderFooter(parent=course.application)
    if added.header or added.footer:
        raise ExpectedError(
            f"{course.root / CONFIGURATION} adds a header or a footer, but a lab's text is the whole lab.",
            "Remove c.IncludeHeaderFooter from it, and write those cells into course/LAB.py.",
        )
    return course


def release(folder: Path, lab: str, config: Config, gradebook: str) -> Path:
    """Run ``nbgrader generate_assignment``.

    Args:
        folder: a folder with ``source/LAB/``; ``release/LAB/`` in it is written or replaced.
        lab: the lab's name.
        config: the course's configuration.
        gradebook: database URL of the gradebook to which the lab is added.

    Returns:
        The released notebook.

    Raises:
        ExpectedError: nbgrader refuses, mostly because cells were added or removed after students handed in.
    """
    converter = GenerateAssignment(coursedir=_course(folder, lab, config, gradebook), config=config, log=_logger())
    _convert(converter, lab)
    return _normalise(folder / RELEASE / lab / f"{lab}.ipynb")


def solve(folder: Path, lab: str, config: Config, gradebook: str) -> Path:
    """Run ``nbgrader generate_solution``, without hidden tests and mark schemes, and without executing.

    Returns:
        The worked solution.

    Raises:
        ExpectedError: nbgrader refuses.
    """
    converter = GenerateSolution(coursedir=_course(folder, lab, config, gradebook), config=config, log=_logger())
    # nbgrader's default list keeps hidden tests, and runs cells with errors allowed.
    converter.preprocessors = [IncludeHeaderFooter, LockCells, ClearHiddenTests, ClearOutput, ClearMarkScheme]
    _convert(converter, lab)
    return _normalise(folder / SOLUTIONS / lab / f"{lab}.ipynb")


def _course(folder: Path, lab: str, config: Config, gradebook: str) -> CourseDirectory:
    return CourseDirectory(
        config=config,
        root=str(folder),
        assignment_id=lab,
        source_directory=SOURCE,
        release_directory=RELEASE,
        solution_directory=SOLUTIONS,
        db_url=gradebook,
    )


def _convert(converter: BaseConverter, lab: str) -> None:
    converter.force = True
    collected = _ErrorMessages()
    converter.log.addHandler(collected)
    try:
        with alembic_on_path():
            # Checked first: nbgrader reports an error of the database as one of the lab.
            with writing(converter.coursedir.db_url, converter.coursedir.course_id) as gradebook:
                list(gradebook.assignments)
            converter.start()
    except SQLAlchemyError as error:
        raise explain(converter.coursedir.db_url, error) from error
    except NbGraderException as error:
        messages = "\n".join(collected.messages)
        if any(error_text in messages for error_text in _ERRORS_OF_A_SUBMITTED_LAB):
            raise ExpectedError(
                f"The gradebook holds submissions to {lab!r}, so no graded, solution or locked cell may come or go.",
                "Restore the cells (grade ids), or give the changed lab a new name; "
                "or delete its submissions first: nbgrader db assignment remove LAB.",
            ) from error
        cause = collected.cause or str(error)
        raise ExpectedError(f"nbgrader refuses course/{lab}.py: {cause}", "Mend the cell that it names.") from error
    finally:
        converter.log.removeHandler(collected)


def _normalise(path: Path) -> Path:
    """Rewrite a notebook that nbgrader wrote, with the same bytes every time."""
    write_notebook(read_notebook(path), path)
    return path


def _logger() -> logging.Logger:
    """Make a logger that does not print: errors become an ExpectedError."""
    logger = logging.Logger("autograder.build.nbgrader", level=logging.ERROR)
    logger.propagate = False
    return logger


class _ErrorMessages(logging.Handler):
    """Keeps error messages."""

    def __init__(self) -> None:
        super().__init__(level=logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one message."""
        self.messages.append(record.getMessage())

    @property
    def cause(self) -> str:
        """The last line of the first traceback; empty where there is none."""
        traces = [message for message in self.messages if message.startswith("Traceback")]
        return traces[0].strip().splitlines()[-1] if traces else ""
