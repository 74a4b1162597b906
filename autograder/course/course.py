"""A course on disk: a folder with an nbgrader_config.py. The gradebook is `autograder.gradebook`'s."""

import glob
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from traceback import extract_tb

from nbformat import NotebookNode
from nbgrader.apps.baseapp import NbGrader
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import find_all_files
from rapidfuzz import process
from traitlets import TraitError

from autograder.cells import Cell, Lab, LabNotebook, Role
from autograder.course import release
from autograder.course.folder_checks import (
    check_course_path,
    check_distinct,
    check_lab_name,
    check_name,
    require_readable,
)
from autograder.course.gradebook_url import locate
from autograder.course.instructor_cells import instructor_cell, with_tags
from autograder.errors import ExpectedError
from autograder.untrusted.files import Quarantine, read_bytes
from autograder.untrusted.notebooks import cell_from, other_language
from autograder.untrusted.student_ids import shown_id, unsafe_id
from autograder.untrusted.times import read_time

CONFIGURATION = "nbgrader_config.py"
TIMESTAMP = "timestamp.txt"
_LONGEST_TIMESTAMP = 200

GeneratedTests = Callable[[str, str, Sequence[str]], Mapping[str, str]]
"""Gives the text of tests that nbgrader generates: (lab, notebook, grade ids) → grade id → text."""


class _Application(NbGrader):  # type: ignore[misc] # nbgrader has no types
    """nbgrader's application without a command, for its configuration."""

    name = "nbgrader"
    # The configuration is the course's, not the working folder's.
    load_cwd_config = False
    raise_config_file_errors = True


class Course:
    """A course as nbgrader's configuration describes it.

    Attributes:
        root: the course's folder.
        application: nbgrader's application with the course's configuration; the parent of nbgrader's own parts.
        directory: nbgrader's map of the course's folders.
    """

    def __init__(self, root: Path, application: NbGrader) -> None:
        self.root = root
        self.application = application
        self.directory: CourseDirectory = application.coursedir

    @classmethod
    def open(cls, path: Path) -> "Course":
        """Read the configuration of the course in the folder `path`.

        Raises:
            ExpectedError: there is no course, or its configuration cannot be read.
        """
        root = path.resolve()
        if not (root / CONFIGURATION).is_file():
            raise ExpectedError(
                f"{path} is not a course: it has no {CONFIGURATION}.",
                "Go to the course's folder, or name it with --course.",
            )
        check_course_path(root)
        application = _Application(log_level="ERROR")
        try:
            application.initialize([], root=str(root))
        except (Exception, SystemExit) as error:
            raise _unreadable(root / CONFIGURATION, error) from error
        application.coursedir.root = str(root)
        return cls(root, application)

    @property
    def course_id(self) -> str:
        """The course's id in nbgrader; nbgrader's default where none is configured."""
        return str(self.directory.course_id) or "default_course"

    @property
    def gradebook_url(self) -> str:
        """SQLAlchemy's URL of the gradebook; a relative SQLite file lies in the course's folder.

        Raises:
            ExpectedError: it is no such URL, or its driver is not installed.
        """
        return locate(self.directory.db_url, self.root)

    @property
    def state(self) -> Path:
        """The folder in which the autograder keeps what belongs to the course: its secret, its cache."""
        return self.root / ".autograder"

    @property
    def settings(self) -> bytes:
        """The content of the course's configuration file."""
        return (self.root / CONFIGURATION).read_bytes()

    @cached_property
    def replaceable_files(self) -> Mapping[str, Sequence[str]]:
        """Data files that are a student's to replace, by lab (``Autograde.exclude_overwriting``)."""
        found: Mapping[str, Sequence[str]] = Autograde(
            coursedir=self.directory, parent=self.application
        ).exclude_overwriting
        return found

    def labs(self) -> list[str]:
        """The names of the labs in the source folder, sorted.

        Raises:
            ExpectedError: a lab, or one of its notebooks, has a name that a later step does not take.
        """
        where = self.root / self.directory.source_directory
        names: list[str] = []
        for name, folder in self._matches(self.directory.source_directory):
            notebooks = sorted(path.stem for path in _notebooks(folder))
            if not notebooks:
                continue
            check_lab_name(name, "lab", where)
            for notebook in notebooks:
                check_lab_name(notebook, "notebook", folder)
            check_distinct(notebooks, "notebook", folder)
            names.append(name)
        check_distinct(sorted(names), "lab", where)
        return sorted(names)

    def no_labs_error(self) -> ExpectedError:
        """The message for a course that has no lab."""
        return ExpectedError(
            f"There is no lab in {self.root / self.directory.source_directory}.",
            "Put each lab's notebooks in a folder of its own there, or write course/LAB.py and run: autograder build",
        )

    def notebook_names(self, lab: str) -> list[str]:
        """The names of a lab's notebooks, without ``.ipynb``, sorted.

        Raises:
            ExpectedError: there is no such lab.
        """
        return [path.stem for path in self.source_notebooks(lab)]

    def source_notebooks(self, lab: str) -> list[Path]:
        """The instructor's notebook files of a lab, sorted.

        Raises:
            ExpectedError: there is no such lab.
        """
        return sorted(_notebooks(self.source_folder(lab)))

    def require_python(self, lab: str) -> None:
        """See that a lab's notebooks are written in Python.

        Raises:
            ExpectedError: there is no such lab, or one of its notebooks is for another kernel.
        """
        for path in self.source_notebooks(lab):
            language = other_language(release.read_instructors(path).metadata)
            if language is not None:
                raise ExpectedError(
                    f"The lab {lab!r} can't be graded here: its notebook {path.name} is written in {language!r}, "
                    "not in Python.",
                    f"Grade it with nbgrader itself: nbgrader autograde {lab}",
                )

    def lab(self, name: str, generated_tests: GeneratedTests, has_submissions: Callable[[], bool] = bool) -> Lab:
        """Read a lab: the instructor's cells, the released cells, the data files.

        Args:
            name: the lab's name.
            generated_tests: gives the tests that nbgrader generates; `autograder.gradebook.labs.read_lab` reads them
                from the gradebook.
            has_submissions: whether submissions were graded. nbgrader then refuses to release a notebook that has got
                further cells, so it is taken as it would be released.

        Raises:
            ExpectedError: there is no such lab, or one of its notebooks is broken or older than its source.
        """
        folder = self.source_folder(name)
        notebooks = tuple(
            self._notebook(name, path, generated_tests, has_submissions) for path in self.source_notebooks(name)
        )
        paths = map(Path, sorted(find_all_files(str(folder), [*self.directory.ignore, "*.ipynb"])))
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
        return Lab(name=name, notebooks=notebooks, files=files)

    def generates_tests(self, lab: str) -> bool:
        """Whether nbgrader writes tests of a lab, or may do so, when the lab is recorded."""
        texts = (path.read_text(encoding="utf-8") for path in self.source_notebooks(lab))
        return any(release.may_be_generated(text, self.application) for text in texts)

    def students(self, lab: str) -> list[str]:
        """The ids of the students who have submitted a lab, sorted; those that are refused are left out."""
        return [student for student in self._submitted(lab) if not unsafe_id(student)]

    def graded_students(self, lab: str) -> list[str]:
        """The ids of the students with a folder of a lab in ``autograded/``, sorted, without those that are refused."""
        return [student for student in self._graded(lab) if not unsafe_id(student)]

    def refused_ids(self, labs: Iterable[str]) -> dict[str, str]:
        """The names of folders of some labs, submitted or graded, that cannot be a student's id → why."""
        names = (student for lab in labs for student in (*self._submitted(lab), *self._graded(lab)))
        found = {student: unsafe_id(student) for student in names}
        return {student: problem for student, problem in found.items() if problem}

    def submission_folder(self, student: str, lab: str) -> Path:
        """Find the folder of a submission.

        Raises:
            ExpectedError: the student has not submitted this lab.
        """
        submitted = self.students(lab)
        folder = self.folder(self.directory.submitted_directory, student, lab)
        if student in submitted:
            return folder
        if problem := self.refused_ids([lab]).get(student):
            raise ExpectedError(f"{shown_id(student)} cannot be a student's id: {problem}.", "Rename that folder.")
        if not submitted:
            raise self.no_submissions_error(lab)
        raise ExpectedError(
            f"There is no submission of {lab!r} by {student!r}: {folder} is missing.", did_you_mean(student, submitted)
        )

    def no_submissions_error(self, lab: str) -> ExpectedError:
        """The message for a lab without submissions."""
        where = self.folder(self.directory.submitted_directory, "STUDENT", lab)
        cure = f"Put each notebook into {where}, or run: autograder collect SOURCE"
        return ExpectedError(f"Nobody has submitted the lab {lab!r}.", cure)

    def submitted_at(self, student: str, lab: str) -> datetime | None:
        """When a submission was handed in (UTC, without a zone), by its timestamp.txt; None where it has none.

        Raises:
            ExpectedError: timestamp.txt holds no date.
        """
        path = self.folder(self.directory.submitted_directory, student, lab) / TIMESTAMP
        try:
            # A student may have written it, and made it as large as a disk.
            text = read_bytes(path, _LONGEST_TIMESTAMP).decode().strip() if path.is_file() else ""
            return read_time(text) if text else None
        except (ValueError, OSError, Quarantine) as error:
            raise ExpectedError(
                f"{path}: it holds no date ({error}).", "Write one like 2026-11-22 14:05 UTC."
            ) from None

    def folder(self, step: str, student: str, lab: str) -> Path:
        """The folder of one nbgrader step, such as ``directory.autograded_directory``, whether it exists or not."""
        return Path(self.directory.format_path(step, student, lab))

    def source_folder(self, name: str) -> Path:
        """The folder with the instructor's files of a lab.

        Raises:
            ExpectedError: there is no such lab.
        """
        labs = self.labs()
        if name not in labs:
            if not labs:
                raise self.no_labs_error()
            where = self.root / self.directory.source_directory
            raise ExpectedError(f"There is no lab {name!r} in {where}.", did_you_mean(name, labs))
        return self.folder(self.directory.source_directory, ".", name)

    def _submitted(self, lab: str) -> list[str]:
        excluded = set(self.directory.student_id_exclude.split(","))
        found = self._matches(self.directory.submitted_directory, lab=lab)
        return sorted({student for student, _ in found} - excluded)

    def _graded(self, lab: str) -> list[str]:
        return sorted({student for student, _ in self._matches(self.directory.autograded_directory, lab=lab)})

    def _matches(self, step: str, lab: str | None = None) -> Iterator[tuple[str, Path]]:
        """Pairs of a lab (or, for one lab, of a student) and its folder, found as nbgrader finds them."""
        require_readable(self.root / step, deep=True)
        one = "(?P<name>[^/]+)"
        if lab is None:
            pattern = self.directory.format_path(step, ".", "*")
            named = self.directory.format_path(step, ".", one, escape=True)
        else:
            pattern = self.directory.format_path(step, "*", glob.escape(lab))
            named = self.directory.format_path(step, one, re.escape(lab), escape=True)
        for found in glob.glob(pattern):  # noqa: PTH207 - the pattern is absolute
            match = re.fullmatch(named, found)
            if match and Path(found).is_dir():
                if lab is None:
                    check_name(match["name"], self.root / step)
                yield match["name"], Path(found)

    def _notebook(
        self, lab: str, path: Path, generated_tests: GeneratedTests, has_submissions: Callable[[], bool]
    ) -> LabNotebook:
        where = f"{lab}/{path.name}"
        source = release.include_header_and_footer(release.read_instructors(path), self.application)
        generated = {
            cell.metadata.get("nbgrader", {}).get("grade_id", ""): cell
            for cell in source.cells
            if release.is_generated(cell.source, self.application)
        }
        if generated:
            for grade_id, text in generated_tests(lab, path.stem, list(generated)).items():
                generated[grade_id].source = text
        public = self.folder(self.directory.release_directory, ".", lab) / path.name
        if public.is_file():
            student = release.read_instructors(public)
        else:
            student = release.released(deepcopy(source), self.application, where)
        own = tuple(_instructor_cells(source, where))
        notebook = LabNotebook(path.stem, own, with_tags(map(cell_from, student.cells), own))
        if _has_further_cells(notebook) and has_submissions():
            student = release.released(deepcopy(source), self.application, where)
            notebook = replace(notebook, released=with_tags(map(cell_from, student.cells), own))
        if _skeleton(notebook.source) != _skeleton(notebook.released):
            raise ExpectedError(
                f"{public} is not the release of {path}: their nbgrader cells differ.",
                f"Run: nbgrader generate_assignment {lab} --force",
            )
        return notebook


def _notebooks(folder: Path) -> Iterator[Path]:
    for path in folder.glob("*.ipynb"):
        if path.is_file():
            check_name(path.name, folder)
            yield path


def _instructor_cells(notebook: NotebookNode, where: str) -> Iterator[Cell]:
    for number, node in enumerate(notebook.cells, start=1):
        try:
            yield instructor_cell(node)
        except ExpectedError as error:
            grade_id = node.metadata.get("nbgrader", {}).get("grade_id")
            cell = f"cell {grade_id!r}" if grade_id else f"cell {number}"
            raise ExpectedError(f"{where}, {cell}: {error.problem}.", error.cure) from None


def _skeleton(cells: tuple[Cell, ...]) -> list[Cell]:
    return [
        replace(cell, source="", cell_id=None, checksum=None, attachments=None, wall_only=False, skipped=False)
        for cell in cells
        if cell.role is not Role.FREE
    ]


def _has_further_cells(notebook: LabNotebook) -> bool:
    """Whether the instructor's notebook has cells that the released one lacks, and all that the released one has."""
    source, there = ({cell.grade_id for cell in _skeleton(cells)} for cells in (notebook.source, notebook.released))
    return set() < there < source


def did_you_mean(name: str, existing: Sequence[str]) -> str:
    """A cure for an unknown name: the most similar name, or a list of all."""
    nearest = process.extractOne(name, existing, score_cutoff=60)
    if nearest:
        return f"Did you mean {nearest[0]!r}?"
    return f"There are: {', '.join(existing[:20])}{' …' if len(existing) > 20 else ''}."


def _unreadable(path: Path, error: BaseException) -> ExpectedError:
    """The message for a configuration file that cannot be read, by what reading it raised."""
    # traitlets ends the program at a setting that is of the wrong type.
    cause = error.__context__ if isinstance(error, SystemExit) else None
    if isinstance(cause, TraitError):
        return ExpectedError(f"{path} cannot be read: {cause}", "Mend that setting.")
    lines = [frame.lineno for frame in extract_tb(error.__traceback__) if frame.filename == str(path)]
    line = f"line {lines[-1]}: " if lines else ""
    return ExpectedError(
        f"{path} cannot be read: {line}{type(error).__name__}: {error}.", "Mend the line it names, or remove it."
    )
