"""The graders that are compared: how each is set up, started and read.

All three get the same exercises, the same hidden tests and the same submissions, and the same time for one cell where
they have such a limit.
"""

import ast
import hashlib
import json
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import MissingEntry
from sqlalchemy.exc import SQLAlchemyError

from benchmarks import other_graders
from benchmarks.attacks.container import Machine
from tests.attacks.attack import Attack, Kind
from tests.small_course import LAB, NOTEBOOK, make_small_course, notebook_of, small_submission
from tests.small_lab import EXERCISES

CELL_SECONDS = 6
"""Wall-clock seconds for one cell: many times what an honest one takes, and few, since many attacks use them up."""
_CELLS = 10
"""Cells that may use up their time, until a grader that has such a limit ends the submission."""
_PATIENT_SECONDS = 600
"""The same while a course is prepared, which imports everything anew and sees no attack."""
_KERNEL = ("ipykernel.kernelapp", "ipykernel_launcher", "numpy", "torch")
"""What a kernel imports for each submission."""
EARLIER = "earlier"
"""A student who was graded before, with full marks, which must not change."""


def wrong_answer(right: str) -> str:
    """An answer that defines what the test needs, and is wrong."""
    return "\n".join(
        f"class {node.name}:\n    def __init__(self, *arguments):\n        self.x = self.y = None"
        if isinstance(node, ast.ClassDef)
        else f"def {node.name}(*arguments):\n    return None"
        for node in ast.parse(right).body
        if isinstance(node, ast.ClassDef | ast.FunctionDef)
    )


HONEST = Attack("no attack: every exercise answered rightly", Kind.OBJECT)
WRONG = Attack(
    "no attack: every exercise answered wrongly",
    Kind.OBJECT,
    {exercise: wrong_answer(answer) for exercise, (answer, _) in EXERCISES.items()},
)
NO_RESULT = "no result"
Points = dict[str, float]


class Grader(ABC):
    """One of the graders.

    Attributes:
        name: what it is called in the tables.
        release: its version.
        machine: what it needs in a container.
        isolates: whether it claims to keep submissions apart.

    Args:
        cell_seconds: wall-clock seconds for one cell, where the grader has such a limit.
    """

    name: str
    release: str
    machine: Machine = Machine()
    isolates: bool = False

    def __init__(self, cell_seconds: int = CELL_SECONDS) -> None:
        self._cell_seconds = cell_seconds

    @property
    def program(self) -> str:
        """Says which program it is; what was observed of another one counts no more."""
        return f"{self.name} {self.release}"

    @abstractmethod
    def prepare(self, folder: Path) -> None:
        """Make the course in a folder, which does not exist yet, with one student who has been graded."""

    def hand_in(self, folder: Path, student: str, content: bytes) -> None:
        """Put a submission into a course."""
        path = folder / "submitted" / student / LAB / f"{NOTEBOOK}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(content)

    def notebook_of(self, attack: Attack) -> bytes:
        """The notebook file of an attack, as this grader's students hand it in."""
        return notebook_of(attack)

    @abstractmethod
    def commands(self, students: Sequence[str]) -> list[list[str]]:
        """The commands that grade students, in this order, one after another, in the course's folder."""

    @abstractmethod
    def collected(self, students: Sequence[str]) -> list[str]:
        """The files with the results."""

    @abstractmethod
    def points(self, folder: Path, student: str) -> Points | None:
        """What a student earned by the collected files: exercise → points; None if there is no result."""

    def remarks(self, folder: Path, student: str) -> str:
        """What the grader reports besides the points."""
        return "" if self.points(folder, student) is not None else NO_RESULT


class Nbgrader(Grader):
    """``nbgrader autograde`` with its defaults, on a course that ``nbgrader generate_assignment`` has made."""

    name = "nbgrader"
    release = version("nbgrader")
    machine = Machine(imported=("nbgrader", "nbgrader.apps", *_KERNEL))
    _grade = (sys.executable, "-m", "nbgrader", "autograde", LAB)

    def prepare(self, folder: Path) -> None:
        """Make the course and grade the earlier student."""
        make_released_course(folder, self._cell_seconds)
        self.hand_in(folder, EARLIER, self.notebook_of(HONEST))
        quietly([*self._grade, f"--Execute.timeout={_PATIENT_SECONDS}"], folder)

    def commands(self, students: Sequence[str]) -> list[list[str]]:  # noqa: ARG002 - one command for all
        """One command: it skips students who have been graded."""
        return [list(self._grade)]

    def collected(self, students: Sequence[str]) -> list[str]:  # noqa: ARG002 - one file for all
        """The gradebook."""
        return ["gradebook.db"]

    def points(self, folder: Path, student: str) -> Points | None:
        """From the gradebook."""
        return gradebook_points(folder, student)


class Gradlab(Grader):
    """``autograder grade`` on the very same course."""

    name = "Gradlab"
    release = version("gradlab")
    isolates = True
    _main = "from autograder.cli import main; main()"

    @property
    def program(self) -> str:
        """Its version, and its code, which changes more often."""
        digest = hashlib.sha256()
        for path in sorted((other_graders.ROOT / "autograder").rglob("*.py")):
            digest.update(path.read_bytes())
        return f"{super().program} {digest.hexdigest()}"

    def prepare(self, folder: Path) -> None:
        """Make the course and grade the earlier student."""
        make_released_course(folder, self._cell_seconds)
        self.hand_in(folder, EARLIER, self.notebook_of(HONEST))
        quietly(self._grade([EARLIER], _PATIENT_SECONDS), folder)

    def _grade(self, students: Sequence[str], cell_seconds: int) -> list[str]:
        command = [sys.executable, "-c", self._main, "grade", LAB, "--quiet", "--format", "json", "--workers", "1"]
        command += ["--cell-seconds", str(cell_seconds), "--submission-seconds", str(_CELLS * cell_seconds)]
        for student in students:
            command += ["--student", student]
        return command

    def commands(self, students: Sequence[str]) -> list[list[str]]:
        """One command; what it prints goes into a file."""
        return [["sh", "-c", 'exec "$@" > results.json', "sh", *self._grade(students, self._cell_seconds)]]

    def collected(self, students: Sequence[str]) -> list[str]:  # noqa: ARG002 - one file for all
        """The gradebook, and what was printed."""
        return ["gradebook.db", "results.json"]

    def points(self, folder: Path, student: str) -> Points | None:
        """From the gradebook."""
        return gradebook_points(folder, student)

    def remarks(self, folder: Path, student: str) -> str:
        """Flags, repairs, and the reason of a quarantine."""
        try:
            results: list[dict[str, Any]] = json.loads((folder / "results.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return NO_RESULT
        found = [result for result in results if result["student"] == student]
        return "; ".join(word for r in found for word in [*r["flags"], *r["repairs"], r["reason"]] if word)


class Otter(Grader):
    """``otter run``: otter-grader without Docker, each submission in a command of its own. It has no limit for a cell.

    Raises:
        UnavailableError: it can't be installed.
    """

    name = "otter-grader"
    release = other_graders.OTTER.rpartition("=")[2]

    def __init__(self, cell_seconds: int = CELL_SECONDS) -> None:
        super().__init__(cell_seconds)
        self._command = other_graders.otter_environment()
        self.machine = Machine(self._command.with_name("python"), imported=("otter", "otter.cli", *_KERNEL))

    def prepare(self, folder: Path) -> None:
        """Make the assignment and grade the earlier student."""
        course = folder.with_name(f"{folder.name}-source")
        make_course(course)
        source = nbformat.read(course / "source" / LAB / f"{NOTEBOOK}.ipynb", as_version=4)
        other_graders.make_otter_assignment(folder, source, self._command)
        self.hand_in(folder, EARLIER, self.notebook_of(HONEST))
        for command in self.commands([EARLIER]):
            quietly(command, folder, other_graders.otter_variables(self._command))

    def hand_in(self, folder: Path, student: str, content: bytes) -> None:
        """Put a submission beside the others, and make a folder for its results."""
        (folder / "results" / student).mkdir(parents=True)
        (folder / "submitted").mkdir(exist_ok=True)
        (folder / "submitted" / f"{student}.ipynb").write_bytes(content)

    def notebook_of(self, attack: Attack) -> bytes:
        """The same cells, with otter's metadata; what an attack does to the file is done to that."""
        honest = nbformat.from_dict(small_submission(attack.answers))
        made: dict[str, Any] | bytes = json.loads(nbformat.writes(other_graders.for_otter(honest)))
        if attack.tamper is not None and isinstance(made, dict):
            made = attack.tamper(made)
        return made if isinstance(made, bytes) else json.dumps(made).encode("utf-8", "surrogatepass")

    def commands(self, students: Sequence[str]) -> list[list[str]]:
        """One command for each submission."""
        given, results = Path("submitted"), Path("results")
        assignment = Path("autograder.zip")
        commands = (
            other_graders.otter_command(self._command, assignment, given / f"{student}.ipynb", results / student)
            for student in students
        )
        return [[str(self.machine.python), "-m", "otter", *arguments] for _, *arguments in commands]

    def collected(self, students: Sequence[str]) -> list[str]:
        """What ``otter run`` writes."""
        return [f"results/{student}/results.json" for student in (*students, EARLIER)]

    def points(self, folder: Path, student: str) -> Points | None:
        """From results.json."""
        try:
            return exercises_of(other_graders.otter_scores(folder / "results" / student))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None


def graders(names: Sequence[str]) -> Iterator[Grader]:
    """Yield the graders of these names; one that can't be had on this machine is named on stderr, and left out."""
    kinds: dict[str, Callable[[], Grader]] = {"gradlab": Gradlab, "nbgrader": Nbgrader, "otter": Otter}
    for name in names:
        try:
            yield kinds[name]()
        except other_graders.UnavailableError as error:
            print(f"{name} is skipped: {error}", file=sys.stderr)


def make_course(folder: Path) -> None:
    """Make the small lab's course, as an instructor has it before anything was released."""
    # To SQLite, a file without content is a database without tables.
    blank = folder.with_name(f"{folder.name}-blank.db")
    blank.touch()
    make_small_course(folder, blank)


def make_released_course(folder: Path, cell_seconds: int) -> None:
    """Make the small lab's course, and let nbgrader release the lab."""
    make_course(folder)
    with (folder / "nbgrader_config.py").open("a", encoding="utf-8") as configuration:
        configuration.write(f"c.Execute.timeout = {cell_seconds}\n")
    quietly([sys.executable, "-m", "nbgrader", "generate_assignment", LAB], folder)


def gradebook_points(folder: Path, student: str) -> Points | None:
    """What nbgrader's gradebook says: exercise → points; None where a student is not in it."""
    try:
        scores = other_graders.nbgrader_scores(folder, LAB, student)
    except (MissingEntry, SQLAlchemyError):
        return None
    if all(score is None for score in scores.values()):
        # It was entered, and then nothing came of it.
        return None
    return exercises_of({name: score or 0.0 for name, score in scores.items()})


def exercises_of(scores: Mapping[str, float]) -> Points:
    """Exercise → points, from the points of its test cells."""
    return {name: scores[f"{name}-test"] for name in EXERCISES if f"{name}-test" in scores}


def quietly(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> None:
    """Run a trusted command, outside of any container.

    Raises:
        RuntimeError: it failed; the message is what it printed.
    """
    variables = dict(environment or other_graders.environment()) | {
        "PYTHONPATH": str(other_graders.ROOT),
        "JUPYTER_NO_CONFIG": "1",
    }
    done = subprocess.run(list(command), cwd=folder, env=variables, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stdout[-1500:]}{done.stderr[-3000:]}")
