"""Build labs: text → source → release → worked solution, all checked before the course's folders are replaced."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from autograder.build.advice import advise
from autograder.build.colab_cells import add_colab_cells, read_origin
from autograder.build.conversion import RELEASE, SOLUTIONS, SOURCE, open_course, release, solve
from autograder.build.execution import execute
from autograder.build.files import contents, differences, read_notebook, replace_folders, write_notebook
from autograder.build.hidden_regions import check_leaks, check_markers, delimiters_of
from autograder.build.lab_text import LabText, lab_names, read_lab_text
from autograder.build.trial import try_out
from autograder.course.course import Course
from autograder.errors import ExpectedError
from autograder.gradebook.connection import check_ready
from autograder.grading.local_executor import measures
from autograder.grading.lock import exclusive_lock
from autograder.limits import Limits
from autograder.progress import NO_PROGRESS, Progress
from autograder.sandbox.mode import Mode

_BUILD_STEPS, _COMPARE_STEPS = 3, 1
"""The steps of each lab, for the progress."""
_TEMPORARY = "build-"
"""The prefix of the folders in which labs are built."""


@dataclass(frozen=True)
class BuiltLab:
    """A lab that was built, or rebuilt for a comparison.

    Attributes:
        name: the lab's name.
        points: the points that it is worth.
        exercises: the number of its cells with points.
        advice: hints for its author, one sentence each: tests that a build found not to run at the wall, and more.
        outdated: the files under ``source/`` and ``release/`` that differ from what a build makes, relative to the
            course; empty after a build.
    """

    name: str
    points: float
    exercises: int
    advice: tuple[str, ...] = ()
    outdated: tuple[str, ...] = ()


@dataclass(frozen=True)
class BuildReport:
    """The result of a build or a comparison.

    Attributes:
        labs: the labs, in the order of the request.
        orphans: folders under ``source/`` and ``release/`` without a lab's text, if all labs were compared.
    """

    labs: tuple[BuiltLab, ...]
    orphans: tuple[str, ...] = ()

    @property
    def current(self) -> bool:
        """Whether ``source/`` and ``release/`` are what a build makes."""
        return not self.orphans and not any(lab.outdated for lab in self.labs)


def build(
    course_root: Path,
    labs: Sequence[str] | None = None,
    *,
    check: bool = False,
    mode: Mode = Mode.BUBBLEWRAP,
    limits: Limits | None = None,
    progress: Progress = NO_PROGRESS,
) -> BuildReport:
    """Build labs, or check that they are built.

    If a lab is refused, its folders and the gradebook stay as they were; the labs before it are built.

    Args:
        course_root: the course's folder, with ``nbgrader_config.py`` and ``course/``.
        labs: the labs' names; all without.
        check: build ``source/`` and ``release/`` in a temporary folder, compare, and change nothing.
        mode: the sandbox in which the release and the solution are graded.
        limits: the limits of a submission.
        progress: receives how far the work is.

    Returns:
        What was built, or what is out of date.

    Raises:
        ExpectedError: the course or a lab is refused; the message names file, line and cell.
    """
    course = open_course(course_root)
    present = lab_names(course_root)
    texts = [read_with_colab_cells(course, lab) for lab in (present if labs is None else labs)]
    steps = _COMPARE_STEPS if check else _BUILD_STEPS
    progress.begin("Comparing" if check else "Building", steps * len(texts))
    # One gradebook for all labs: nbgrader takes longer to make it than to make a release.
    with tempfile.TemporaryDirectory(prefix="gradlab-") as folder:
        scratch = f"sqlite:///{Path(folder).resolve() / 'scratch.db'}"
        if check:
            orphans = _orphans(course, present) if labs is None else ()
            return BuildReport(tuple(_compare(course, text, scratch, progress) for text in texts), orphans)
        # Checked now, since a lab is added to the gradebook only at its end, after minutes.
        check_ready(course.gradebook_url)
        with exclusive_lock(
            course.state / "building", f"Another autograder is building labs of the course {course.root}."
        ):
            for left_over in course.state.glob(f"{_TEMPORARY}*"):
                # From a killed program: the lock says that no other one runs.
                shutil.rmtree(left_over, ignore_errors=True)
            bounds = limits or Limits()
            return BuildReport(tuple(_build(course, text, scratch, mode, bounds, progress) for text in texts))


def read_with_colab_cells(course: Course, lab: str) -> LabText:
    """Read a lab's text, and add the cells for Colab if the course's pyproject.toml configures them."""
    lab_text = read_lab_text(course.root, lab)
    origin = read_origin(course.root)
    if origin is None:
        return lab_text
    released = _course_folder(course, RELEASE, lab) / f"{lab}.ipynb"
    # The path in the repository of a folder outside the course is unknown: assume the usual one.
    inside = released.is_relative_to(course.root.resolve())
    path = released.relative_to(course.root.resolve()) if inside else Path(RELEASE, lab, released.name)
    return add_colab_cells(lab_text, origin, path.as_posix())


def _build(course: Course, lab_text: LabText, scratch: str, mode: Mode, limits: Limits, progress: Progress) -> BuiltLab:
    # On the course's file system, so that finished folders can be moved.
    with tempfile.TemporaryDirectory(dir=course.state, prefix=_TEMPORARY) as temporary:
        folder = Path(temporary)
        files = _release(folder, lab_text, course, scratch, progress)
        released = read_notebook(_notebook(folder, RELEASE, lab_text))
        with _step(progress, f"{lab_text.name}: grading the release and the solution"):
            state = folder / "grading"
            state.mkdir()
            beside = try_out(lab_text, released, files, state, mode, limits)
        with _step(progress, f"{lab_text.name}: running the worked solution"):
            solution = solve(folder, lab_text.name, course.application.config, scratch)
            notebook = read_notebook(solution)
            # In a copy, so that files which cells write do not get into the course.
            execute(lab_text, notebook, Path(shutil.copytree(solution.parent, folder / "run")))
            write_notebook(notebook, solution)
            # Add the lab to the real gradebook last. It can still refuse, and then no folder has moved.
            release(folder, lab_text.name, course.application.config, course.gradebook_url)
            aside = folder / "aside"
            aside.mkdir()
            folders = (
                (folder / step / lab_text.name, _course_folder(course, step, lab_text.name))
                for step in (SOURCE, RELEASE, SOLUTIONS)
            )
            replace_folders(folders, aside)
            # The first run that grades the lab would find out the same.
            measures(course.state).take_over(measures(state))
    return _describe(lab_text, warnings=beside)


def _compare(course: Course, lab_text: LabText, scratch: str, progress: Progress) -> BuiltLab:
    with tempfile.TemporaryDirectory(prefix="gradlab-") as temporary:
        folder = Path(temporary).resolve()
        _release(folder, lab_text, course, scratch, progress)
        outdated = tuple(
            (present / name).relative_to(course.root).as_posix()
            for step in (SOURCE, RELEASE)
            for present in (_course_folder(course, step, lab_text.name),)
            for name in differences(folder / step / lab_text.name, present)
        )
    return _describe(lab_text, outdated)


def _release(folder: Path, lab_text: LabText, course: Course, gradebook: str, progress: Progress) -> dict[str, bytes]:
    """Make the instructor's and the released notebook in `folder`; return the lab's data files, path → content."""
    with _step(progress, f"{lab_text.name}: making the notebooks"):
        config = course.application.config
        delimiters = delimiters_of(config)
        check_markers(lab_text, delimiters)
        if lab_text.data.is_dir():
            shutil.copytree(lab_text.data, folder / SOURCE / lab_text.name)
        notebooks = sorted(lab_text.data.glob("*.ipynb"))
        if notebooks:
            raise ExpectedError(
                f"course/{lab_text.name}/ holds a notebook, {notebooks[0].name}, but a lab has one: its text's.",
                "Move that file into a folder of its own below, or write it as a lab.",
            )
        write_notebook(lab_text.notebook, _notebook(folder, SOURCE, lab_text))
        path = release(folder, lab_text.name, config, gradebook)
        files = contents(path.parent)
        del files[path.name]
        check_leaks(lab_text, read_notebook(path), files, delimiters)
    return files


@contextmanager
def _step(progress: Progress, what: str) -> Iterator[None]:
    progress.describe(what)
    yield
    progress.advance()


def _describe(lab_text: LabText, outdated: tuple[str, ...] = (), warnings: tuple[str, ...] = ()) -> BuiltLab:
    cells = lab_text.notebook.cells
    points = [cell.metadata.nbgrader.points for cell in cells if "points" in cell.metadata.get("nbgrader", {})]
    return BuiltLab(lab_text.name, float(sum(points)), len(points), (*warnings, *advise(lab_text)), outdated)


def _orphans(course: Course, labs: Sequence[str]) -> tuple[str, ...]:
    parents = [_course_folder(course, step, "lab").parent for step in (SOURCE, RELEASE)]
    folders = [folder for parent in parents if parent.is_dir() for folder in sorted(parent.iterdir())]
    orphans = [folder for folder in folders if folder.is_dir() and folder.name not in labs]
    return tuple(folder.relative_to(course.root).as_posix() for folder in orphans)


def _course_folder(course: Course, step: str, lab: str) -> Path:
    """The folder of a lab in the course for a step of the build."""
    directory = course.directory
    # Without a configured folder for solutions it is "solutions", not nbgrader's "solution".
    configured = course.application.config.get("CourseDirectory", {})
    names = {
        SOURCE: directory.source_directory,
        RELEASE: directory.release_directory,
        SOLUTIONS: configured.get("solution_directory", SOLUTIONS),
    }
    return course.folder(names[step], ".", lab).resolve()


def _notebook(folder: Path, step: str, lab_text: LabText) -> Path:
    return folder / step / lab_text.name / f"{lab_text.name}.ipynb"
