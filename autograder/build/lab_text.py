"""A lab's text, the file that its author writes, read into nbgrader's instructor notebook."""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

from autograder.build.cell_headers import CellLocation, complete_metadata
from autograder.course.course import did_you_mean
from autograder.course.folder_checks import check_distinct, check_lab_name, require_readable
from autograder.course.instructor_cells import instructor_cell
from autograder.errors import ExpectedError

COURSE = "course"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_HEADER = re.compile(r"#\s*%%")
# What jupytext notes about the layout of the text file. It does not belong into a notebook.
_LAYOUT = ("lines_to_next_cell", "lines_to_end_of_cell_marker", "cell_depth", "title")
_NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


@dataclass(frozen=True)
class LabText:
    """A lab as its author wrote it.

    Attributes:
        name: the lab's name: the file's, without ``.py``.
        notebook: nbgrader's instructor notebook, complete and without outputs.
        locations: where each of its cells is in the text.
        data: the folder of the lab's data files; it need not exist.
    """

    name: str
    notebook: NotebookNode
    locations: tuple[CellLocation, ...]
    data: Path

    @property
    def located_cells(self) -> list[tuple[NotebookNode, CellLocation]]:
        """The cells, each with its location."""
        return list(zip(self.notebook.cells, self.locations, strict=True))

    def location_of(self, cell_id: str) -> CellLocation:
        """Where a cell of a built notebook is in the text; the top of the file for a cell that is not in the text."""
        for cell, location in self.located_cells:
            if cell.id == cell_id:
                return location
        return CellLocation(f"{COURSE}/{self.name}.py", 1, 1, f"cell {cell_id!r}")


def lab_names(course_root: Path) -> tuple[str, ...]:
    """The names of the course's labs, in order.

    Raises:
        ExpectedError: it has none, or one has a name that a later step does not take.
    """
    require_readable(course_root / COURSE)
    names = tuple(sorted(path.stem for path in (course_root / COURSE).glob("*.py")))
    for name in names:
        check_lab_name(name, "lab", course_root / COURSE)
    check_distinct(names, "lab", course_root / COURSE)
    if not names:
        raise ExpectedError(
            f"There is no lab in {course_root / COURSE}.",
            "Go to the course's folder, name it with --course, or write course/LAB.py.",
        )
    return names


def read_lab_text(course_root: Path, lab: str) -> LabText:
    """Read ``course/LAB.py`` in jupytext's percent format.

    Raises:
        ExpectedError: the file is missing or unreadable, or a cell's header is wrong.
    """
    path = course_root / COURSE / f"{lab}.py"
    file = f"{COURSE}/{lab}.py"
    if not _NAME.fullmatch(lab):
        # A file of that name may exist; otherwise suggest the names that exist.
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
    locations = _locations(text, file, notebook)
    for cell, location in zip(notebook.cells, locations, strict=True):
        _complete_cell(cell, location)
    _check_grade_ids(locations, notebook)
    notebook.metadata = nbformat.from_dict(_NOTEBOOK_METADATA)
    _set_cell_ids(lab, notebook)
    return LabText(lab, notebook, locations, course_root / COURSE / lab)


def _locations(text: str, file: str, notebook: NotebookNode) -> tuple[CellLocation, ...]:
    """Find each cell's header line, which jupytext does not report."""
    lines = text.splitlines()
    headers = [number for number, line in enumerate(lines, start=1) if _HEADER.match(line)]
    if len(headers) != len(notebook.cells):
        first = headers[0] if headers else 1
        raise ExpectedError(
            f"{file}, line {first}: the text has {len(headers)} cell headers, but {len(notebook.cells)} cells.",
            "Start the file with a cell header (# %%), without front matter, and begin no line of a string with # %%.",
        )
    locations = []
    for ordinal, (header, cell) in enumerate(zip(headers, notebook.cells, strict=True), start=1):
        first = header + 1
        while first <= len(lines) and not lines[first - 1].strip("# \t"):
            first += 1
        given = cell.metadata.get("nbgrader")
        grade_id = given.get("grade_id") if isinstance(given, dict) else None
        locations.append(CellLocation(file, header, first, f"cell {grade_id!r}" if grade_id else f"cell {ordinal}"))
    return tuple(locations)


def _complete_cell(cell: NotebookNode, location: CellLocation) -> None:
    for key in _LAYOUT:
        cell.metadata.pop(key, None)
    if "incorrectly_encoded_metadata" in cell.metadata:
        raise location.refuse("its header cannot be read", 'Write it as JSON: nbgrader={"grade_id": "name", …}.')
    if "nbgrader" in cell.metadata:
        metadata = complete_metadata(cell.metadata["nbgrader"], cell.cell_type, location)
        cell.metadata["nbgrader"] = NotebookNode(metadata)
    try:
        instructor_cell(cell)
    except ExpectedError as error:
        raise location.refuse(error.problem, error.cure) from None


def _check_grade_ids(locations: tuple[CellLocation, ...], notebook: NotebookNode) -> None:
    seen: dict[str, CellLocation] = {}
    for cell, location in zip(notebook.cells, locations, strict=True):
        if "nbgrader" not in cell.metadata:
            continue
        grade_id = cell.metadata.nbgrader.grade_id
        if grade_id in seen:
            raise location.refuse(f"line {seen[grade_id].line} has the same grade id", "Give one of the two another.")
        seen[grade_id] = location


def _set_cell_ids(lab: str, notebook: NotebookNode) -> None:
    """Give every cell, in place, an id that does not depend on its position in the notebook.

    The id of a cell with a grade id is the grade id. Any other cell's is a hash of the lab's name and its own text, so
    that editing, adding or removing one cell does not change the ids of others; repeated texts are counted.
    """
    seen: Counter[tuple[str, str]] = Counter()
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.id = cell.metadata.nbgrader.grade_id
            continue
        text = (cell.cell_type, cell.source)
        seen[text] += 1
        digest = hashlib.sha256("\0".join((lab, *text, str(seen[text]))).encode()).hexdigest()
        cell.id = f"cell-{digest[:12]}"
