"""Build labs: text → source → release → worked solution, checked before anything is put in its place."""

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.build.advice import advise
from autograder.build.conversion import RELEASE, SOLUTIONS, SOURCE, open_course, release, solve
from autograder.build.entrance import open_with, read_origin
from autograder.build.execution import execute
from autograder.build.files import contents, differences, read_notebook, replace_folders, write_notebook
from autograder.build.leak import check_leaks
from autograder.build.lesson import Lesson, lab_names, read_lesson
from autograder.build.markers import check_markers, delimiters_of
from autograder.build.trial import try_out
from autograder.course.course import Course
from autograder.errors import ExpectedError
from autograder.gradebook.connection import check_ready
from autograder.grading.lock import exclusive_lock
from autograder.limits import Limits
from autograder.progress import NO_PROGRESS, Progress
from autograder.sandbox.mode import Mode

_STEPS = 3
"""The steps in which a lab is built; one that is compared takes the first of them."""

_UNFINISHED = "build-"
"""How the folders begin in which labs are built."""


@dataclass(frozen=True)
class BuiltLab:
    """One lab that was built, or rebuilt for a comparison.

    Attributes:
        name: the lab's name.
        points: the points that it is worth.
        exercises: how many of its cells carry points.
        advice: what its author should look at, one sentence each.
        outdated: the files under ``source/`` and ``release/`` that are not what the lab's text makes of them,
            relative to the course; empty after a build.
    """

    name: str
    points: float
    exercises: int
    advice: tuple[str, ...] = ()
    outdated: tuple[str, ...] = ()


@dataclass(frozen=True)
class BuildReport:
    """What a build did.

    Attributes:
        labs: the labs, in the order in which they were asked for.
        orphans: folders under ``source/`` and ``release/`` that no lab's text belongs to, when all labs were asked for.
    """

    labs: tuple[BuiltLab, ...]
    orphans: tuple[str, ...] = ()

    @property
    def current(self) -> bool:
        """Whether ``source/`` and ``release/`` are what the texts make of them."""
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

    A lab that is refused leaves every folder and the gradebook as they were; the labs before it are built.

    Args:
        course_root: the course's folder, with ``nbgrader_config.py`` and ``course/``.
        labs: the labs' names; all without.
        check: rebuild ``source/`` and ``release/`` elsewhere, compare, and change nothing.
        mode: the sandbox in which the release and the solution are tried out.
        limits: the limits of a submission.
        progress: is told how many steps are done.

    Returns:
        What was built, or what is out of date.

    Raises:
        ExpectedError: the course or a lab is refused; the message names file, line and cell.
    """
    course = open_course(course_root)
    present = lab_names(course_root)
    lessons = [_read(course, lab) for lab in (present if labs is None else labs)]
    progress.begin("Comparing" if check else "Building", len(lessons) * (1 if check else _STEPS))
    # One for all labs: nbgrader takes longer to make a gradebook than to make a release.
    with tempfile.TemporaryDirectory(prefix="gradlab-") as folder:
        scratch = f"sqlite:///{Path(folder).resolve() / 'scratch.db'}"
        if check:
            orphans = _orphans(course, present) if labs is None else ()
            return BuildReport(tuple(_compare(course, lesson, scratch, progress) for lesson in lessons), orphans)
        # The gradebook learns of a lab when all else is done: minutes later.
        check_ready(course.gradebook_url)
        with exclusive_lock(
            course.state / "building", f"Another autograder is building labs of the course {course.root}."
        ):
            for remains in course.state.glob(f"{_UNFINISHED}*"):
                # A killed program has left it.
                shutil.rmtree(remains, ignore_errors=True)
            most = limits or Limits()
            return BuildReport(tuple(_build(course, lesson, scratch, mode, most, progress) for lesson in lessons))


def _read(course: Course, lab: str) -> Lesson:
    """Read a lab's text, and let it open as the course says."""
    lesson = read_lesson(course.root, lab)
    origin = read_origin(course.root)
    if origin is None:
        return lesson
    released = _place(course, RELEASE, lab) / f"{lab}.ipynb"
    # A folder outside the course lies in no place of its repository that one could know.
    inside = released.is_relative_to(course.root.resolve())
    path = released.relative_to(course.root.resolve()) if inside else Path(RELEASE, lab, released.name)
    return open_with(lesson, origin, path.as_posix())


def _build(course: Course, lesson: Lesson, scratch: str, mode: Mode, limits: Limits, progress: Progress) -> BuiltLab:
    # On the course's own file system, so that finished folders can be moved into place.
    with tempfile.TemporaryDirectory(dir=course.state, prefix=_UNFINISHED) as temporary:
        folder = Path(temporary)
        files = _release(folder, lesson, course, scratch, progress)
        released = read_notebook(_notebook(folder, RELEASE, lesson))
        progress.describe(f"{lesson.name}: grading the release and the solution")
        state = folder / "grading"
        state.mkdir()
        try_out(lesson, released, files, state, mode, limits)
        progress.advance()
        progress.describe(f"{lesson.name}: running the worked solution")
        solution = solve(folder, lesson.name, course.application.config, scratch)
        notebook = read_notebook(solution)
        execute(lesson, notebook, _run_folder(folder, lesson))
        write_notebook(notebook, solution)
        # All is well: now the real gradebook learns about the lab. It can still refuse, and then nothing has moved.
        release(folder, lesson.name, course.application.config, course.gradebook_url)
        aside = folder / "aside"
        aside.mkdir()
        steps = (SOURCE, RELEASE, SOLUTIONS)
        replace_folders(((folder / step / lesson.name, _place(course, step, lesson.name)) for step in steps), aside)
    progress.advance()
    return _describe(lesson)


def _compare(course: Course, lesson: Lesson, scratch: str, progress: Progress) -> BuiltLab:
    with tempfile.TemporaryDirectory(prefix="gradlab-") as temporary:
        folder = Path(temporary).resolve()
        _release(folder, lesson, course, scratch, progress)
        outdated = tuple(
            (place / name).relative_to(course.root).as_posix()
            for step in (SOURCE, RELEASE)
            for place in (_place(course, step, lesson.name),)
            for name in differences(folder / step / lesson.name, place)
        )
    return _describe(lesson, outdated)


def _release(folder: Path, lesson: Lesson, course: Course, gradebook: str, progress: Progress) -> dict[str, bytes]:
    """Make the instructor's and the released notebook; return the data files that go with them."""
    progress.describe(f"{lesson.name}: making the notebooks")
    config = course.application.config
    delimiters = delimiters_of(config)
    check_markers(lesson, delimiters)
    if lesson.data.is_dir():
        shutil.copytree(lesson.data, folder / SOURCE / lesson.name)
    strays = sorted(lesson.data.glob("*.ipynb"))
    if strays:
        raise ExpectedError(
            f"course/{lesson.name}/ holds a notebook, {strays[0].name}, but a lab has one: its text's.",
            "Move that file into a folder of its own below, or write it as a lab.",
        )
    write_notebook(lesson.notebook, _notebook(folder, SOURCE, lesson))
    path = release(folder, lesson.name, config, gradebook)
    files = contents(path.parent)
    del files[path.name]
    check_leaks(lesson, read_notebook(path), files, delimiters)
    progress.advance()
    return files


def _run_folder(folder: Path, lesson: Lesson) -> Path:
    """Copy the solution's folder, so that a file which a cell writes does not end up in the course."""
    return Path(shutil.copytree(folder / SOLUTIONS / lesson.name, folder / "run"))


def _describe(lesson: Lesson, outdated: tuple[str, ...] = ()) -> BuiltLab:
    points = [
        cell.metadata.nbgrader.points for cell in lesson.notebook.cells if "points" in cell.metadata.get("nbgrader", {})
    ]
    return BuiltLab(lesson.name, float(sum(points)), len(points), advise(lesson), outdated)


def _orphans(course: Course, labs: Sequence[str]) -> tuple[str, ...]:
    parents = [_place(course, step, "lab").parent for step in (SOURCE, RELEASE)]
    folders = [folder for parent in parents if parent.is_dir() for folder in sorted(parent.iterdir())]
    orphans = [folder for folder in folders if folder.is_dir() and folder.name not in labs]
    return tuple(folder.relative_to(course.root).as_posix() for folder in orphans)


def _place(course: Course, step: str, lab: str) -> Path:
    """Find where a step's folder of a lab belongs in the course."""
    directory = course.directory
    # Where the course names no folder for solutions it is the one of this course's layout, not nbgrader's "solution".
    configured = course.application.config.get("CourseDirectory", {})
    names = {
        SOURCE: directory.source_directory,
        RELEASE: directory.release_directory,
        SOLUTIONS: configured.get("solution_directory", SOLUTIONS),
    }
    return course.folder(names[step], ".", lab).resolve()


def _notebook(folder: Path, step: str, lesson: Lesson) -> Path:
    return folder / step / lesson.name / f"{lesson.name}.ipynb"
