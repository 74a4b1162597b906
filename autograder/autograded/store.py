"""The folder ``autograded/``: graded notebooks in nbgrader's format, for formgrader, feedback and reports."""

import hashlib
import json
import shlex
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from autograder.autograded.nbgrader_format import (
    ShownNotebook,
    graded_notebook,
    read_result,
    shown_notebook,
    submission_metadata,
    ungraded_notebook,
)
from autograder.autograded.student_files import kept_names
from autograder.cells import Lab, SubmittedNotebook
from autograder.course.course import Course
from autograder.course.submissions import working_files
from autograder.errors import described, unwritable
from autograder.verdicts import CellVerdict, NotebookResult, Result, SubmissionStatus

_DAMAGED = "it has been damaged"
_NEW, _OLD = ".autograded-", ".replaced-"


def write(
    course: Course,
    lab: Lab,
    result: Result,
    submitted: Mapping[str, SubmittedNotebook],
    notebooks: Mapping[str, NotebookResult],
    shown: Mapping[str, ShownNotebook] | None = None,
) -> Path:
    """Write the folder of a graded submission, from its realigned and its graded notebooks by name.

    Args:
        course: the course.
        lab: the lab.
        result: the submission's result.
        submitted: its realigned notebooks.
        notebooks: its graded notebooks.
        shown: what the notebooks show, cleaned by `shown_notebooks`; None to clean it now, which may take a while.

    An earlier folder is replaced as a whole. A notebook that was not handed in, or could not be read or graded, is
    written as it was released, with the reason on top.

    Returns:
        The folder.

    Raises:
        ExpectedError: the folder cannot be written.
    """
    folder = course.folder(course.directory.autograded_directory, result.student, lab.name)
    shown = shown_notebooks(lab, submitted, notebooks) if shown is None else shown
    temporary = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(mkdtemp(prefix=_NEW, dir=folder.parent))
        _copy_files(course, lab, result.student, temporary)
        verdicts = _verdicts(lab, result)
        for notebook in lab.notebooks:
            if notebook.name in submitted and notebook.name in notebooks:
                name = notebook.name
                metadata = submission_metadata(result)
                node = graded_notebook(notebook, submitted[name], notebooks[name], shown[name], metadata)
            else:
                node = ungraded_notebook(notebook, result, verdicts.get(notebook.name, ()))
            # With indentation, JSON is written by Python code instead of C code.
            text = json.dumps(node, ensure_ascii=False)
            (temporary / f"{notebook.name}.ipynb").write_text(f"{text}\n", encoding="utf-8")
        temporary.chmod(0o755)
        _replace(folder, temporary)
    except OSError as error:
        raise unwritable(folder, error) from error
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)
    return folder


def shown_notebooks(
    lab: Lab, submitted: Mapping[str, SubmittedNotebook], notebooks: Mapping[str, NotebookResult]
) -> dict[str, ShownNotebook]:
    """Clean what a submission's notebooks show, by name. Any thread may do so."""
    return {
        notebook.name: shown_notebook(notebook, submitted[notebook.name], notebooks[notebook.name])
        for notebook in lab.notebooks
        if notebook.name in submitted and notebook.name in notebooks
    }


def replace_files(course: Course, lab: Lab, student: str) -> None:
    """Write the data files of a submission anew where nbgrader has copied all of them as they were handed in.

    Raises:
        ExpectedError: the folder cannot be written.
    """
    folder = course.folder(course.directory.autograded_directory, student, lab.name)
    notebooks = {f"{notebook.name}.ipynb" for notebook in lab.notebooks}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.name not in notebooks:
                path.unlink()
        _copy_files(course, lab, student, folder)
    except OSError as error:
        raise unwritable(folder, error) from error


def remove_unfinished(course: Course) -> None:
    """Remove what a killed process left unfinished. No other process may be writing.

    Raises:
        ExpectedError: the folder cannot be written.
    """
    parent = course.folder(course.directory.autograded_directory, "*", "*").parent
    for new in parent.parent.glob(f"*/{_NEW}*"):
        shutil.rmtree(new, ignore_errors=True)
    for old in parent.parent.glob(f"*/{_OLD}*"):
        try:
            for folder in old.iterdir():
                # Killed between the two renames: the earlier folder is still the valid one.
                if not (old.parent / folder.name).exists():
                    folder.rename(old.parent / folder.name)
        except OSError as error:
            raise unwritable(old.parent, error) from error
        shutil.rmtree(old, ignore_errors=True)


def digest(course: Course, lab: str, student: str) -> str:
    """A digest of a submission's folder: the names, sizes and times of change of its files."""
    folder = course.folder(course.directory.autograded_directory, student, lab)
    found = sorted(
        (path.relative_to(folder).as_posix(), status.st_size, status.st_mtime_ns)
        for path in folder.rglob("*")
        if stat.S_ISREG((status := path.lstat()).st_mode)
    )
    return hashlib.sha256(repr(found).encode("utf-8", "surrogateescape")).hexdigest()


def read_results(course: Course, lab: str) -> list[Result]:
    """Read the results of a lab back from ``autograded/``, by student.

    Submissions that nbgrader graded without the autograder are left out: their files hold no verdicts. One of whose
    files is damaged counts as broken.

    Raises:
        ExpectedError: there is no such lab.
    """
    return [result for result, _ in read_graded(course, lab)]


def is_damaged(result: Result) -> bool:
    """Whether a result that was read back says that a file in ``autograded/`` has been damaged, and how to mend it."""
    return result.status is SubmissionStatus.BROKEN and _DAMAGED in result.reason


def read_graded(
    course: Course, lab: str, students: Iterable[str] | None = None
) -> Iterator[tuple[Result, tuple[Mapping[str, Any], ...]]]:
    """Read results with their notebooks, one submission at a time: those of a class may not fit into memory.

    Args:
        course: the course.
        lab: the lab.
        students: the students to read; all, by name, if left out.

    Yields:
        A result and the cells of its notebooks, as nbformat 4 has them; their ids and roles are the lab's.

    Raises:
        ExpectedError: as `read_results`.
    """
    names = course.notebook_names(lab)
    for student in course.graded_students(lab) if students is None else students:
        graded = _read_graded(course, lab, student, names)
        if graded is not None:
            yield graded


def _read_graded(
    course: Course, lab: str, student: str, names: Iterable[str]
) -> tuple[Result, tuple[Mapping[str, Any], ...]] | None:
    folder = course.folder(course.directory.autograded_directory, student, lab)
    results: list[Result] = []
    cells: list[Mapping[str, Any]] = []
    for path in (folder / f"{name}.ipynb" for name in names):
        if not path.is_file():
            continue
        try:
            node = json.loads(path.read_text(encoding="utf-8"))
            if "gradlab" in node["metadata"]:
                results.append(read_result(student, lab, node))
                cells.extend(node["cells"])
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, MemoryError) as error:
            reason = (
                f"{path}: {_DAMAGED} ({described(error)}). "
                f"Grade it again: autograder grade {lab} --student {shlex.quote(student)}"
            )
            return Result(student, lab, SubmissionStatus.BROKEN, reason=reason), ()
    verdicts = tuple(verdict for result in results for verdict in result.cells)
    return (replace(results[0], cells=verdicts), tuple(cells)) if results else None


def _verdicts(lab: Lab, result: Result) -> dict[str, Sequence[CellVerdict]]:
    """A result's verdicts by notebook: they have the lab's order, and an id is unique in its notebook only."""
    found: dict[str, Sequence[CellVerdict]] = {}
    rest = list(result.cells)
    for notebook in lab.notebooks:
        ids = [cell.grade_id for cell in notebook.released if cell.graded]
        if [verdict.grade_id for verdict in rest[: len(ids)]] == ids:
            found[notebook.name], rest = rest[: len(ids)], rest[len(ids) :]
    return found


def _copy_files(course: Course, lab: Lab, student: str, target: Path) -> None:
    """Copy the data files: the lab's own as they are, and the student's under names that are no page's."""
    folder = course.folder(course.directory.submitted_directory, student, lab.name)
    files = working_files(course, lab, folder)
    own = {name: content for name, content in files.items() if lab.files.get(name) != content}
    notebooks = [f"{notebook.name}.ipynb" for notebook in lab.notebooks]
    names = kept_names(own, [*(files.keys() - own.keys()), *notebooks])
    for name, content in files.items():
        path = target / names.get(name, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _replace(folder: Path, new: Path) -> None:
    """Replace a folder by a new one, so that at every moment one of them is complete on the disk."""
    if not folder.exists():
        new.rename(folder)
        return
    old = Path(mkdtemp(prefix=_OLD, dir=folder.parent))
    folder.rename(old / folder.name)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
