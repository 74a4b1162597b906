"""A lab's text: the one file that people write, read into nbgrader's instructor notebook."""

import re
from dataclasses import dataclass
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

from autograder.build.identity import set_cell_ids
from autograder.build.place import Place
from autograder.build.roles import complete
from autograder.course.course import did_you_mean
from autograder.course.folder_checks import require_readable
from autograder.errors import ExpectedError

COURSE = "course"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_HEADER = re.compile(r"#\s*%%")
# What jupytext notes about the layout of the text file: no business of a notebook's.
_LAYOUT = ("lines_to_next_cell", "lines_to_end_of_cell_marker", "cell_depth", "title")
_NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


@dataclass(frozen=True)
class Lesson:
    """A lab as its author wrote it.

    Attributes:
        name: the lab's name: the file's, without ``.py``.
        notebook: nbgrader's instructor notebook, complete and without outputs.
        places: where each of its cells stands in the text.
        data: the folder of the lab's data files; it need not exist.
    """

    name: str
    notebook: NotebookNode
    places: tuple[Place, ...]
    data: Path

    def place_of(self, cell_id: str) -> Place:
        """Find where a cell of a built notebook stands in the text; the top of the file for one that is not there."""
        for cell, place in zip(self.notebook.cells, self.places, strict=True):
            if cell.id == cell_id:
                return place
        return Place(f"{COURSE}/{self.name}.py", 1, 1, f"cell {cell_id!r}")


def lab_names(course_root: Path) -> tuple[str, ...]:
    """Name the labs that the course has, in order.

    Raises:
        ExpectedError: it has none.
    """
    require_readable(course_root / COURSE)
    names = tuple(sorted(path.stem for path in (course_root / COURSE).glob("*.py")))
    if not names:
        raise ExpectedError(
            f"There is no lab in {course_root / COURSE}.",
            "Go to the course's folder, name it with --course, or write course/LAB.py.",
        )
    return names


def read_lesson(course_root: Path, lab: str) -> Lesson:
    """Read ``course/LAB.py`` in jupytext's percent format.

    Args:
        course_root: the course's folder.
        lab: the lab's name.

    Returns:
        The lesson.

    Raises:
        ExpectedError: the file is missing or unreadable, or a cell's header is wrong.
    """
    path = course_root / COURSE / f"{lab}.py"
    file = f"{COURSE}/{lab}.py"
    if not _NAME.fullmatch(lab):
        # The name of a file that is there, or one that somebody has typed.
        known = () if path.is_file() else lab_names(course_root)
        cure = "Use letters, digits, hyphens and underscores."
        raise ExpectedError(f"{lab!r} is not a lab's name.", f"{did_you_mean(lab, known)} {cure}" if known else cure)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        cure = did_you_mean(lab, lab_names(course_root))
        raise ExpectedError(f"There is no lab {lab!r}: {file} does not exist.", cure) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ExpectedError(f"{file} cannot be read: {error}.", "Save it as a text file in UTF-8.") from None
    notebook = jupytext.reads(text, fmt="py:percent")
    places = _places(text, file, notebook)
    for cell, place in zip(notebook.cells, places, strict=True):
        _complete_cell(cell, place)
    _check_unique(places, notebook)
    notebook.metadata = nbformat.from_dict(_NOTEBOOK_METADATA)
    set_cell_ids(lab, notebook)
    return Lesson(lab, notebook, places, course_root / COURSE / lab)


def _places(text: str, file: str, notebook: NotebookNode) -> tuple[Place, ...]:
    """Find each cell's header line, since jupytext does not tell."""
    lines = text.splitlines()
    headers = [number for number, line in enumerate(lines, start=1) if _HEADER.match(line)]
    if len(headers) != len(notebook.cells):
        first = headers[0] if headers else 1
        raise ExpectedError(
            f"{file}, line {first}: the text has {len(headers)} cell headers, but {len(notebook.cells)} cells.",
            "Start the file with a cell header (# %%), without front matter, and begin no line of a string with # %%.",
        )
    places = []
    for ordinal, (header, cell) in enumerate(zip(headers, notebook.cells, strict=True), start=1):
        first = header + 1
        while first <= len(lines) and not lines[first - 1].strip("# \t"):
            first += 1
        given = cell.metadata.get("nbgrader")
        grade_id = given.get("grade_id") if isinstance(given, dict) else None
        places.append(Place(file, header, first, f"cell {grade_id!r}" if grade_id else f"cell {ordinal}"))
    return tuple(places)


def _complete_cell(cell: NotebookNode, place: Place) -> None:
    for key in _LAYOUT:
        cell.metadata.pop(key, None)
    if "incorrectly_encoded_metadata" in cell.metadata:
        raise place.refuse("its header cannot be read", 'Write it as JSON: nbgrader={"grade_id": "name", …}.')
    if "nbgrader" in cell.metadata:
        cell.metadata["nbgrader"] = NotebookNode(complete(cell.metadata["nbgrader"], cell.cell_type, place))


def _check_unique(places: tuple[Place, ...], notebook: NotebookNode) -> None:
    seen: dict[str, Place] = {}
    for cell, place in zip(notebook.cells, places, strict=True):
        if "nbgrader" not in cell.metadata:
            continue
        grade_id = cell.metadata.nbgrader.grade_id
        if grade_id in seen:
            raise place.refuse(f"line {seen[grade_id].line} has the same grade id", "Give one of the two another.")
        seen[grade_id] = place
