"""The regions of cells that students do not see: check their markers, and search the release for their lines.

nbgrader's markers delimit solutions, hidden tests and mark schemes.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions
from traitlets.config import Config

from autograder.build.cell_headers import CellLocation
from autograder.build.lab_text import LabText
from autograder.cells import Role
from autograder.untrusted.notebooks import role_of

_SHORTEST = 8
_LONGEST_IDIOM = 40
# Imports, the return of a name, and lines without a word reveal nothing of an answer.
_REVEALS_NOTHING = re.compile(r"(import|from)\s.*|return\s+\w+|[^A-Za-z]*")
_NUMBER = re.compile(r"(?<![\w.])\d[\d_.]*")


class Region(StrEnum):
    """What nbgrader takes out of the released notebook."""

    SOLUTION = "solution lines"
    HIDDEN_TESTS = "hidden tests"
    MARK_SCHEME = "mark scheme lines"


Delimiters = Mapping[Region, tuple[str, str]]
"""The markers at which a region begins and ends."""

_ROLES = {
    Region.SOLUTION: (frozenset({Role.SOLUTION, Role.ANSWER}), '"solution": true'),
    Region.HIDDEN_TESTS: (frozenset({Role.TEST}), '"grade": true and "points"'),
    Region.MARK_SCHEME: (frozenset({Role.TASK}), '"task": true and "points"'),
}


@dataclass(frozen=True)
class Line:
    """One line of a cell.

    Attributes:
        offset: its number in the cell, from 0.
        text: the line.
        region: the hidden region that it is in; None if students see it.
        opening: the offset of the marker at which the region begins; -1 outside.
    """

    offset: int
    text: str
    region: Region | None
    opening: int = -1


@dataclass
class _HiddenLines:
    """The lines of one hidden region that reveal something, text → offset, and where the region is."""

    location: CellLocation
    region: Region
    lines: dict[str, int] = field(default_factory=dict)


def delimiters_of(config: Config) -> Delimiters:
    """Read nbgrader's delimiters from the course's configuration."""
    solutions, tests, schemes = (step(config=config) for step in (ClearSolutions, ClearHiddenTests, ClearMarkScheme))
    return {
        Region.SOLUTION: (solutions.begin_solution_delimeter, solutions.end_solution_delimeter),
        Region.HIDDEN_TESTS: (tests.begin_test_delimeter, tests.end_test_delimeter),
        Region.MARK_SCHEME: (schemes.begin_mark_scheme_delimeter, schemes.end_mark_scheme_delimeter),
    }


def split_lines(source: str, location: CellLocation, delimiters: Delimiters) -> tuple[Line, ...]:
    """Split a cell into lines with their regions, without the lines of the markers.

    Raises:
        ExpectedError: markers are nested, or one of a pair is missing.
    """
    lines = []
    region: Region | None = None
    opening = -1
    for offset, text in enumerate(source.split("\n")):
        begins, ends = _marker(text, delimiters)
        if begins is not None:
            if region is not None:
                raise location.refuse(
                    f"the {begins} begin inside the {region}",
                    f"Close the {region} first: ### {delimiters[region][1]}.",
                    offset,
                )
            region, opening = begins, offset
        elif ends is not None:
            if region is not ends:
                begin = delimiters[ends][0]
                raise location.refuse(
                    f"the {ends} end here but never begin", f"Add ### {begin}, or remove this line.", offset
                )
            region, opening = None, -1
        else:
            lines.append(Line(offset, text, region, opening))
    if region is not None:
        raise location.refuse(
            f"the {region} begin here but never end", f"Add ### {delimiters[region][1]} to the same cell.", opening
        )
    return tuple(lines)


def check_markers(lab_text: LabText, delimiters: Delimiters) -> None:
    """Check that markers come in pairs, and in cells of the role that they belong to.

    Raises:
        ExpectedError: they do not.
    """
    for cell, location in lab_text.located_cells:
        split_lines(cell.source, location, delimiters)
        role = role_of(cell.metadata.get("nbgrader", {}))
        for offset, text in enumerate(cell.source.split("\n")):
            region = _marker(text, delimiters)[0]
            if region is None:
                continue
            roles, cure = _ROLES[region]
            if role not in roles:
                raise location.refuse(
                    f"the {region} cannot stand in a cell whose role is {role.value!r}",
                    f"Mark the cell with {cure}, or move the {region}.",
                    offset,
                )


def check_leaks(lab_text: LabText, released: NotebookNode, files: Mapping[str, bytes], delimiters: Delimiters) -> None:
    """Check that a release holds no line of a solution, a hidden test or a mark scheme that reveals something.

    Such a line has at least 8 characters and a letter, and is neither an import nor the return of a name. Code that
    students see may share an idiom with a hidden region (``with torch.no_grad():``): a short line without a number
    beyond 2. It must not share all the lines of a region that reveal something.

    Args:
        lab_text: the lab's text.
        released: the notebook that students receive.
        files: the other files that they receive: path → content.
        delimiters: nbgrader's delimiters.

    Raises:
        ExpectedError: the release holds such a line.
    """
    check_visible_lines(lab_text, *_visible_lines(released, files), delimiters)


def check_visible_lines(
    lab_text: LabText,
    text_lines: Mapping[str, str],
    code_lines: Mapping[str, str],
    delimiters: Delimiters,
    shown_by: str = "the release",
) -> None:
    """Check the same of lines, wherever they are shown.

    Args:
        lab_text: the lab's text.
        text_lines: the lines of prose, data and answers' stubs, each without its indent: line → where it is.
        code_lines: the lines of other code, which may share an idiom with a hidden region.
        delimiters: nbgrader's delimiters.
        shown_by: what shows them, for the error.

    Raises:
        ExpectedError: one of them is a line of a hidden region that reveals something.
    """
    for hidden in _hidden_lines(lab_text, delimiters):
        all_visible = hidden.lines.keys() <= text_lines.keys() | code_lines.keys()
        for line, offset in hidden.lines.items():
            in_code = "" if _is_idiom(line) and not all_visible else code_lines.get(line)
            where = text_lines.get(line) or in_code
            if where:
                raise hidden.location.refuse(
                    f"{shown_by} gives away one of the {hidden.region}: {where} holds {line!r}",
                    "Write that line in another way in one of the two places, or hide it there too.",
                    offset,
                )


def _marker(text: str, delimiters: Delimiters) -> tuple[Region | None, Region | None]:
    """The region that a line begins, and the one that it ends; nbgrader finds a delimiter anywhere in a line."""
    for region, (begin, end) in delimiters.items():
        if begin in text:
            return region, None
        if end in text:
            return None, region
    return None, None


def _hidden_lines(lab_text: LabText, delimiters: Delimiters) -> Iterator[_HiddenLines]:
    for cell, location in lab_text.located_cells:
        regions: dict[int, _HiddenLines] = {}
        lines = split_lines(cell.source, location, delimiters)
        # nbgrader removes all of a solution cell that has no markers.
        without_markers = role_of(cell.metadata.get("nbgrader", {})) in (Role.SOLUTION, Role.ANSWER) and all(
            line.region is None for line in lines
        )
        for line in lines:
            region = Region.SOLUTION if without_markers else line.region
            if region is None or not _reveals(line.text):
                continue
            hidden = regions.setdefault(line.opening, _HiddenLines(location, region))
            hidden.lines.setdefault(line.text.strip(), line.offset)
        yield from regions.values()


def _visible_lines(released: NotebookNode, files: Mapping[str, bytes]) -> tuple[dict[str, str], dict[str, str]]:
    """Collect the lines that students see, line → where: those of prose and data, and those of code."""
    text_lines: dict[str, str] = {}
    code_lines: dict[str, str] = {}
    for name, content in files.items():
        for line in content.decode("utf-8", errors="replace").splitlines():
            text_lines.setdefault(line.strip(), f"the file {name}")
    for line in _strings(released.metadata):
        text_lines.setdefault(line.strip(), "the notebook's metadata")
    for index, cell in enumerate(released.cells):
        where = _cell_name(cell, index)
        is_code = cell.cell_type == "code" and role_of(cell.metadata.get("nbgrader", {})) is not Role.SOLUTION
        for line in cell.source.splitlines():
            (code_lines if is_code else text_lines).setdefault(line.strip(), where)
        for line in _strings([cell.metadata, cell.get("outputs", []), cell.get("attachments", {})]):
            text_lines.setdefault(line.strip(), where)
    return text_lines, code_lines


def _strings(value: object) -> Iterator[str]:
    """Yield the lines of every string in a tree of JSON."""
    if isinstance(value, str):
        yield from value.splitlines()
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _cell_name(cell: NotebookNode, index: int) -> str:
    metadata = cell.metadata.get("nbgrader")
    return f"cell {metadata['grade_id']!r}" if metadata else f"cell {index + 1}"


def _reveals(text: str) -> bool:
    stripped = text.strip()
    return len(stripped) >= _SHORTEST and not _REVEALS_NOTHING.fullmatch(stripped)


def _is_idiom(text: str) -> bool:
    return len(text) < _LONGEST_IDIOM and all(number in ("0", "1", "2") for number in _NUMBER.findall(text))
