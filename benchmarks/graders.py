"""The graders: the autograder, nbgrader, otter-grader, and the floors, which are the least that grading can cost."""

import json
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.cells import SKIP
from benchmarks import other_graders
from benchmarks.accounting import CPU
from benchmarks.classes import ClassLab
from benchmarks.measure import Measurement, files_written, measure

Scores = Mapping[str, Mapping[str, float | None]]
"""Student → id of the cell → points; None where a person must grade."""

AUTOGRADER = "autograder grade"
NBGRADER = "nbgrader autograde"
OTTER = "otter run"
FLOOR = "floor"
NEEDED = "needed floor"
"""The floor without the cells that grading skips."""

WALLED = "walled"
"""A course as the autograder has it."""
PLAIN = "plain"
"""A course as nbgrader has it by default."""


class FailedError(Exception):
    """A grader failed; the message holds the end of its output."""


@dataclass(frozen=True)
class Run:
    """A class, graded once.

    Attributes:
        submissions: how many were graded.
        measurement: the time and memory that it took.
        scores: the scores.
    """

    submissions: int
    measurement: Measurement
    scores: Scores


class Setup:
    """A lab set up for all graders, once; each run then begins with nothing graded and nothing cached.

    Args:
        folder: an existing folder to work in.
        lab: the lab.
        otter: the ``otter`` command; None without otter-grader.
    """

    def __init__(self, folder: Path, lab: ClassLab, otter: Path | None = None) -> None:
        self.lab = lab
        self._folder = folder
        self._otter = otter
        self._runs = 0
        self._released = other_graders.make_nbgrader_course(folder / WALLED, lab.name, lab.source, other_graders.OURS)
        if otter is not None:
            self._assignment = other_graders.make_otter_assignment(folder / "assignment", lab.source, otter)

    def graders(self) -> dict[str, Callable[[int], Run]]:
        """The graders: each grades the first so many students of the class."""
        found: dict[str, Callable[[int], Run]] = {AUTOGRADER: self.autograder, NBGRADER: self.nbgrader}
        if self._otter is not None:
            found[OTTER] = self.otter
        return found | {FLOOR: self.floor, NEEDED: self.needed_floor}

    def submissions(self, count: int) -> Mapping[str, NotebookNode]:
        """What the first `count` students hand in."""
        return dict(self.lab.submissions(self._released, count))

    def autograder(self, count: int) -> Run:
        """Run ``autograder grade``: a cold start with an empty cache.

        Raises:
            FailedError: it failed, or a submission was not graded.
        """
        course = self._course(WALLED, count)
        taken = grade(course, self.lab.name)
        records = json.loads(taken.output)
        if len(records) != count or any(record["status"] != "graded" for record in records):
            raise FailedError(f"autograder: {[(r['student'], r['status'], r['reason']) for r in records]}")
        scores = {r["student"]: {cell["id"]: cell["points"] for cell in r["cells"]} for r in records}
        shutil.rmtree(course)
        return Run(count, taken, scores)

    def nbgrader(self, count: int) -> Run:
        """Run ``nbgrader autograde`` with its own `Execute`.

        Raises:
            FailedError: it failed.
        """
        course = self._course(PLAIN, count)
        written = files_written(course, f"autograded/*/{self.lab.name}/{self.lab.name}.ipynb")
        taken = measure(other_graders.nbgrader_command(self.lab.name), course, other_graders.environment(), written)
        if taken.status:
            raise FailedError(f"nbgrader: {taken.errors[-2000:]}")
        scores = {
            student: other_graders.nbgrader_scores(course, self.lab.name, student)
            for student in self.submissions(count)
        }
        shutil.rmtree(course)
        return Run(count, taken, scores)

    def otter(self, count: int) -> Run:
        """Run ``otter run``, once for each submission, as its documentation has it.

        Raises:
            FailedError: it failed.
        """
        assert self._otter is not None
        folder = self._new_folder()
        taken: list[Measurement] = []
        scores = {}
        for student, notebook in self.submissions(count).items():
            results, path = folder / student, folder / f"{student}.ipynb"
            results.mkdir()
            nbformat.write(other_graders.for_otter(notebook), path)
            command = other_graders.otter_command(self._otter, self._assignment, path, results)
            taken.append(measure(command, results, other_graders.otter_variables(self._otter)))
            if taken[-1].status:
                raise FailedError(f"otter: {taken[-1].errors[-2000:]}")
            scores[student] = other_graders.otter_scores(results)
        shutil.rmtree(folder)
        return Run(count, _one_after_the_other(taken), scores)

    def floor(self, count: int) -> Run:
        """Run the same cells in one warm process.

        Raises:
            FailedError: it failed.
        """
        return self._in_one_process(self.submissions(count))

    def needed_floor(self, count: int) -> Run:
        """The same without the cells that grading skips, in notebooks as they were handed out."""
        submissions = self.submissions(count)
        for notebook in submissions.values():
            notebook.cells = [cell for cell in notebook.cells if SKIP not in cell.metadata.get("tags", ())]
        return self._in_one_process(submissions)

    def _in_one_process(self, submissions: Mapping[str, NotebookNode]) -> Run:
        folder = self._new_folder()
        order = folder / "order.json"
        order.write_text(json.dumps({"source": self.lab.source, "submissions": list(submissions.values())}))
        command = [sys.executable, "-m", "benchmarks.floor", str(order)]
        taken = measure(command, folder, other_graders.environment() | {"PYTHONPATH": str(other_graders.ROOT)})
        if taken.status:
            raise FailedError(f"floor: {taken.errors[-2000:]}")
        done = json.loads(taken.output)
        shutil.rmtree(folder)
        # The clock runs for the cells alone: not for the start, nor for the run that warms up.
        parts = [Measurement(run["seconds"], CPU(run["cpu_seconds"]), others=taken.others) for run in done]
        scores = {student: run["scores"] for student, run in zip(submissions, done, strict=True)}
        return Run(len(submissions), _one_after_the_other(parts), scores)

    def _course(self, kind: str, count: int) -> Path:
        course = self._new_folder() / kind
        template = self._folder / kind
        if not template.is_dir():
            other_graders.make_nbgrader_course(template, self.lab.name, self.lab.source)
        shutil.copytree(template, course)
        other_graders.hand_in(course, self.lab.name, self.lab.submissions(self._released, count))
        return course

    def _new_folder(self) -> Path:
        self._runs += 1
        folder = self._folder / f"run-{self._runs}"
        folder.mkdir()
        return folder


def grade(course: Path, lab: str, *options: str, watched: bool = True) -> Measurement:
    """Run ``autograder grade`` in a course.

    Args:
        course: the course's folder.
        lab: the lab's name.
        options: further options.
        watched: whether to note when each result was written, which costs too much for thousands of them.

    Raises:
        FailedError: it failed.
    """
    command = [str(Path(sys.executable).with_name("autograder")), "grade", lab, *options]
    command += ["--format", "json", "--quiet"]
    written = files_written(course, f"autograded/*/{lab}/{lab}.ipynb")
    taken = measure(command, course, other_graders.environment(), written if watched else dict)
    if taken.status:
        raise FailedError(f"autograder: {taken.errors[-2000:] or taken.output[-2000:]}")
    return taken


def _one_after_the_other(parts: list[Measurement]) -> Measurement:
    seconds, results = 0.0, []
    for part in parts:
        seconds += part.seconds
        results.append(seconds)
    return Measurement(
        seconds=seconds,
        cpu=sum((part.cpu for part in parts), CPU()),
        results=tuple(results),
        exact=all(part.exact for part in parts),
        others=max(part.others for part in parts),
    )
