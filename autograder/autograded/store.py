"""The folder ``autograded/``: graded notebooks in nbgrader's format, for formgrader, for feedback, for reports."""

import hashlib
import json
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from autograder.autograded.nbgrader_format import about, graded_notebook, ungraded_notebook
from autograder.cells import Lab, SubmittedNotebook
from autograder.course.course import Course
from autograder.course.submissions import working_files
from autograder.errors import ExpectedError, unwritable
from autograder.verdicts import CellStatus, CellVerdict, NotebookResult, Result, SubmissionStatus

_NEW, _OLD = ".autograded-", ".replaced-"
# Files that a browser would run if the page of a grader served them.
_ACTIVE_FILES = frozenset({".html", ".htm", ".xhtml", ".svg", ".xml", ".js", ".mjs"})


def write(
    course: Course,
    lab: Lab,
    result: Result,
    submitted: Mapping[str, SubmittedNotebook],
    notebooks: Mapping[str, NotebookResult],
) -> Path:
    """Write the folder of a graded submission, replacing an earlier one as a whole.

    A notebook that was not handed in, or could not be read or graded, is written as it was released, with the reason
    on top.

    Args:
        course: the course.
        lab: the lab.
        result: the submission's result.
        submitted: its realigned notebooks, by name.
        notebooks: its graded notebooks, by name.

    Returns:
        The folder.

    Raises:
        ExpectedError: the folder cannot be written.
    """
    folder = course.folder(course.directory.autograded_directory, result.student, lab.name)
    temporary = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(mkdtemp(prefix=_NEW, dir=folder.parent))
        _copy_files(course, lab, result, temporary)
        verdicts = _verdicts(lab, result)
        for notebook in lab.notebooks:
            if notebook.name in submitted and notebook.name in notebooks:
                name = notebook.name
                node = graded_notebook(notebook, submitted[name], notebooks[name], about(result))
            else:
                node = ungraded_notebook(notebook, result, verdicts.get(notebook.name, ()))
            # Without indentation: with it, JSON is written by Python instead of by C.
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


def clear_remains(course: Course) -> None:
    """Clear away what a process that was killed has left half done; no other may be at work.

    Raises:
        ExpectedError: the folder cannot be written.
    """
    parent = course.folder(course.directory.autograded_directory, "*", "*").parent
    for new in parent.parent.glob(f"*/{_NEW}*"):
        shutil.rmtree(new, ignore_errors=True)
    for old in parent.parent.glob(f"*/{_OLD}*"):
        try:
            for folder in old.iterdir():
                # Killed between the two renames: the earlier one is still the one that counts.
                if not (old.parent / folder.name).exists():
                    folder.rename(old.parent / folder.name)
        except OSError as error:
            raise unwritable(old.parent, error) from error
        shutil.rmtree(old, ignore_errors=True)


def digest(course: Course, lab: str, student: str) -> str:
    """A digest of what lies in a submission's folder: the names, sizes and times of change of its files."""
    folder = course.folder(course.directory.autograded_directory, student, lab)
    found = sorted(
        (path.relative_to(folder).as_posix(), status.st_size, status.st_mtime_ns)
        for path in folder.rglob("*")
        if stat.S_ISREG((status := path.lstat()).st_mode)
    )
    return hashlib.sha256(repr(found).encode("utf-8", "surrogateescape")).hexdigest()


def read_results(course: Course, lab: str) -> list[Result]:
    """Read the results of a lab back from ``autograded/``, by student.

    Submissions that nbgrader graded without the wall are left out: their files hold no verdicts of ours.

    Raises:
        ExpectedError: there is no such lab, or a file has been damaged.
    """
    return [result for result, _ in read_graded(course, lab)]


def read_graded(
    course: Course, lab: str, students: Iterable[str] | None = None
) -> Iterator[tuple[Result, tuple[Mapping[str, Any], ...]]]:
    """Read results with their notebooks, one submission at a time: a class may be larger than memory.

    Args:
        course: the course.
        lab: the lab.
        students: the students to read; all, by name, if left out.

    Yields:
        A result and the cells of its notebooks, as nbformat 4 has them; their ids and roles are the lab's.

    Raises:
        ExpectedError: as `read_results`.
    """
    names = [notebook.name for notebook in course.lab(lab).notebooks]
    for student in course.graded_students(lab) if students is None else students:
        graded = _read_graded(course, lab, student, names)
        if graded is not None:
            yield graded


def _read_graded(
    course: Course, lab: str, student: str, names: Iterable[str]
) -> tuple[Result, tuple[Mapping[str, Any], ...]] | None:
    folder = course.folder(course.directory.autograded_directory, student, lab)
    whole: Result | None = None
    verdicts: list[CellVerdict] = []
    cells: list[Mapping[str, Any]] = []
    for path in (folder / f"{name}.ipynb" for name in names):
        if not path.is_file():
            continue
        try:
            node = json.loads(path.read_text(encoding="utf-8"))
            if "gradlab" in node["metadata"]:
                whole = whole or _read_result(student, lab, node["metadata"]["gradlab"])
                verdicts.extend(_read_verdicts(node))
                cells.extend(node["cells"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ExpectedError(
                f"{path}: it has been damaged ({type(error).__name__}: {error}).",
                f"Grade it again: autograder grade {lab} --student {student}",
            ) from error
    return None if whole is None else (replace(whole, cells=tuple(verdicts)), tuple(cells))


def _read_result(student: str, lab: str, whole: Mapping[str, Any]) -> Result:
    """A result without its verdicts, which stand at the cells."""
    return Result(
        student=student,
        lab=lab,
        status=SubmissionStatus(whole["status"]),
        reason=whole["reason"],
        repairs=tuple(whole["repairs"]),
        flags=tuple(whole["flags"]),
        seconds=whole["seconds"],
        sandboxed=whole["sandboxed"],
        # Written since GPUs can be used.
        gpu=whole.get("gpu", False),
    )


def _read_verdicts(node: Mapping[str, Any]) -> Iterable[CellVerdict]:
    for cell in node["cells"]:
        verdict = cell["metadata"].get("gradlab")
        if verdict is not None:
            yield CellVerdict(
                grade_id=cell["metadata"]["nbgrader"]["grade_id"],
                points=verdict["points"],
                max_points=verdict["max_points"],
                status=CellStatus(verdict["status"]),
                message=verdict["message"],
                misconception=verdict["misconception"],
            )


def _verdicts(lab: Lab, result: Result) -> dict[str, Sequence[CellVerdict]]:
    """A result's verdicts by notebook: they stand in the lab's order, and an id is unique in its notebook only."""
    found: dict[str, Sequence[CellVerdict]] = {}
    rest = list(result.cells)
    for notebook in lab.notebooks:
        ids = [cell.grade_id for cell in notebook.released if cell.graded]
        if [verdict.grade_id for verdict in rest[: len(ids)]] == ids:
            found[notebook.name], rest = rest[: len(ids)], rest[len(ids) :]
    return found


def _copy_files(course: Course, lab: Lab, result: Result, target: Path) -> None:
    """Copy the data files: the lab's own, and those of the student's that no browser would run."""
    folder = course.folder(course.directory.submitted_directory, result.student, lab.name)
    for name, content in working_files(course, lab, folder).items():
        if name in lab.files or Path(name).suffix.lower() not in _ACTIVE_FILES:
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def _replace(folder: Path, new: Path) -> None:
    """Put a new folder in an old one's place, so that at every moment one of them is whole on the disk."""
    if not folder.exists():
        new.rename(folder)
        return
    old = Path(mkdtemp(prefix=_OLD, dir=folder.parent))
    folder.rename(old / folder.name)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
