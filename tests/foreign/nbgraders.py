"""Labs of courses of others, graded by nbgrader itself."""

import os
import sys
import warnings
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SAWarning
from traitlets.config import Config

from autograder.gradebook.connection import alembic_on_path
from tests.foreign.lab_text import ForeignLab
from tests.foreign.ours import make_course

Points = dict[str, dict[str, float]]
"""Test → variant → points."""


def grade_with_nbgrader(folder: Path, lab: ForeignLab) -> Points:
    """What ``nbgrader generate_assignment`` and ``nbgrader autograde`` give each variant of a lab.

    Args:
        folder: an empty folder for the course.
        lab: the lab.
    """
    root = make_course(folder / "course", lab)
    # The kernel is started by the name "python".
    os.environ["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    with alembic_on_path(), warnings.catch_warnings():
        # nbgrader adds a submission to a gradebook before it adds its parts.
        warnings.simplefilter("ignore", SAWarning)
        (root / "gradebook.db").write_bytes(_blank_gradebook())
        # A busy machine must change no points.
        config = Config({"Execute": {"timeout": 600, "iopub_timeout": 600}})
        api = NbGraderAPI(CourseDirectory(config=config, root=str(root)), config=config)
        _check(api.generate_assignment(lab.name))
        released = nbformat.read(root / "release" / lab.name / f"{lab.name}.ipynb", as_version=4)
        for variant in lab.variants:
            submitted = root / "submitted" / variant / lab.name
            submitted.mkdir(parents=True)
            nbformat.write(lab.submission(released, variant), submitted / f"{lab.name}.ipynb")
            _check(api.autograde(lab.name, variant))
        points: Points = {test: {} for test in lab.tests}
        with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
            for submission in gradebook.assignment_submissions(lab.name):
                for grade in submission.notebooks[0].grades:
                    if grade.name in points:
                        points[grade.name][submission.student.id] = float(grade.auto_score or 0.0)
    return {test: {variant: points[test][variant] for variant in lab.variants} for test in lab.tests}


@cache
def _blank_gradebook() -> bytes:
    """A gradebook without entries. Each is made by alembic, which takes seconds."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "gradebook.db"
        with Gradebook(f"sqlite:///{path}", "default_course"):
            return path.read_bytes()


def _check(answer: dict[str, object]) -> None:
    assert answer["success"], f"{answer.get('error')}\n{answer.get('log')}"
