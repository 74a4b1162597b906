"""What the one writer takes for a submission: gradebook, ``autograded/`` and receipt."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from autograder.course.course import Course
from autograder.gradebook.labs import read_lab
from autograder.gradebook.writer import GradebookWriter
from autograder.grading.lab_run import LabRun
from autograder.grading.local_executor import LocalExecutor
from autograder.grading.submission import NotebookGrader
from autograder.grading.terms import Terms
from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from benchmarks.other_graders import environment
from tests import postgresql

SQLITE = "SQLite"
POSTGRESQL = "PostgreSQL"
_DATABASE = "class"


@dataclass(frozen=True)
class Writing:
    """What writing a class took.

    Attributes:
        seconds: wall-clock seconds for each submission.
        gradebook_bytes: bytes of the gradebook for each submission.
        folder_bytes: bytes of autograded/ and of what is kept, on the disk, for each submission.
    """

    seconds: float
    gradebook_bytes: float
    folder_bytes: float


def measure_writing(graded: Path, lab: str, folder: Path) -> dict[str, Writing]:
    """Write a class again, from its verdicts that are kept, into empty gradebooks.

    Args:
        graded: a course that was graded, with its SQLite gradebook.
        lab: the lab.
        folder: where the copies may lie.

    Returns:
        What it took by kind of database; PostgreSQL is left out where no server is installed.
    """
    found = {
        SQLITE: _write(_copy(graded, folder / "sqlite", None), lab, lambda root: (root / "gradebook.db").stat().st_size)
    }
    if postgresql.programs() is not None:
        with postgresql.running(safe=True) as server:
            url = server.make(_DATABASE)
            found[POSTGRESQL] = _write(_copy(graded, folder / "postgresql", url), lab, lambda _: _size(server))
    return found


def _copy(graded: Path, root: Path, url: str | None) -> Path:
    """The course with an empty gradebook that knows the lab, and nothing written."""
    shutil.copytree(graded, root, ignore=shutil.ignore_patterns("autograded", "receipts", "gradebook.db"))
    if url is not None:
        with (root / "nbgrader_config.py").open("a", encoding="utf-8") as file:
            file.write(f"\nc.CourseDirectory.db_url = {url!r}\n")
    (lab,) = (path.name for path in (root / "source").iterdir())
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", lab, "--force"]
    subprocess.run(command, cwd=root, env=environment(), check=True, capture_output=True)
    return root


def _write(root: Path, lab_name: str, size: Callable[[Path], int]) -> Writing:
    course, terms = Course.open(root), Terms(Limits(), Mode.BUBBLEWRAP)
    before, kept = size(root), _disk(root)
    seconds, count = 0.0, 0
    with GradebookWriter(course) as writer, LocalExecutor(course.state, terms) as executor:
        lab = read_lab(course, lab_name)
        writer.require(lab)
        run = LabRun(course, lab, terms, NotebookGrader(course.state, terms, executor), writer)
        for student in course.students(lab_name):
            pending = run.grade(student)
            with _timed() as passed:
                run.write(pending)
            seconds += passed[0]
            count += 1
    return Writing(seconds / count, (size(root) - before) / count, (_disk(root) - kept) / count)


@contextmanager
def _timed() -> Iterator[list[float]]:
    passed = [0.0]
    begun = time.perf_counter()
    yield passed
    passed[0] = time.perf_counter() - begun


def _size(server: postgresql.Server) -> int:
    with server.connect("postgres") as connection:
        found = connection.execute("SELECT pg_database_size(%s)", [_DATABASE]).fetchone()
    assert found is not None
    return int(found[0])


def _disk(root: Path) -> int:
    """Bytes that the files take on the disk, in whole blocks; the gradebook is left out."""
    paths = [path for part in ("autograded", ".autograder") for path in (root / part).rglob("*") if path.is_file()]
    return sum(path.stat().st_blocks * 512 for path in paths)
