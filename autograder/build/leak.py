"""Does what students receive hold a line of a solution or of a hidden test?"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from nbformat import NotebookNode

from autograder.build.lesson import Lesson
from autograder.build.markers import Delimiters, Region, split_lines
from autograder.build.place import Place
from autograder.build.roles import role_of
from autograder.cells import Role

_SHORTEST = 8
_LONGEST_IDIOM = 40
# Imports, the return of a name, and lines without a word say nothing about an answer.
_TELLS_NOTHING = re.compile(r"(import|from)\s.*|return\s+\w+|[^A-Za-z]*")
_NUMBER = re.compile(r"(?<![\w.])\d[\d_.]*")


@dataclass
class _Secret:
    """One secret region: where it stands, and its telling lines with their offsets."""

    place: Place
    region: Region
    lines: dict[str, int] = field(default_factory=dict)


def check_leaks(lesson: Lesson, released: NotebookNode, files: Mapping[str, bytes], delimiters: Delimiters) -> None:
    """Refuse a release that holds a telling line of a solution, a hidden test or a mark scheme.

    A telling line has at least 8 characters and a letter, and is neither an import nor the return of a name. Code that
    students see may share an idiom with a secret region (``with torch.no_grad():``): a short line that states no number
    beyond 2. It may never share all the telling lines of a region.

    Args:
        lesson: the lab's text.
        released: the notebook that students receive.
        files: the other files that they receive: path → content.
        delimiters: nbgrader's delimiters.

    Raises:
        ExpectedError: it does.
    """
    strictly, code = _shown_lines(released, files)
    for secret in _secrets(lesson, delimiters):
        everything = secret.lines.keys() <= strictly.keys() | code.keys()
        for text, offset in secret.lines.items():
            where = strictly.get(text) or ("" if _is_idiom(text) and not everything else code.get(text))
            if where:
                raise secret.place.refuse(
                    f"the release gives away one of the {secret.region}: {where} holds {text!r}",
                    "Write that line in another way in one of the two places, or hide it there too.",
                    offset,
                )


def _secrets(lesson: Lesson, delimiters: Delimiters) -> Iterator[_Secret]:
    for cell, place in zip(lesson.notebook.cells, lesson.places, strict=True):
        regions: dict[int, _Secret] = {}
        lines = split_lines(cell.source, place, delimiters)
        # Without markers nbgrader takes the whole of a solution cell out.
        bare = role_of(cell.metadata.get("nbgrader")) in (Role.SOLUTION, Role.ANSWER) and all(
            line.region is None for line in lines
        )
        for line in lines:
            region = Region.SOLUTION if bare else line.region
            if region is None or not _telling(line.text):
                continue
            secret = regions.setdefault(line.opening, _Secret(place, region))
            secret.lines.setdefault(line.text.strip(), line.offset)
        yield from regions.values()


def _shown_lines(released: NotebookNode, files: Mapping[str, bytes]) -> tuple[dict[str, str], dict[str, str]]:
    """Collect the lines that students see, line → where: those of prose and data, and those of code."""
    strictly: dict[str, str] = {}
    code: dict[str, str] = {}
    for name, content in files.items():
        for line in content.decode("utf-8", errors="replace").splitlines():
            strictly.setdefault(line.strip(), f"the file {name}")
    for line in _strings(released.metadata):
        strictly.setdefault(line.strip(), "the notebook's metadata")
    for index, cell in enumerate(released.cells):
        where = _called(cell, index)
        is_code = cell.cell_type == "code" and role_of(cell.metadata.get("nbgrader")) is not Role.SOLUTION
        for line in cell.source.splitlines():
            (code if is_code else strictly).setdefault(line.strip(), where)
        for line in _strings([cell.metadata, cell.get("outputs", []), cell.get("attachments", {})]):
            strictly.setdefault(line.strip(), where)
    return strictly, code


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


def _called(cell: NotebookNode, index: int) -> str:
    metadata = cell.metadata.get("nbgrader")
    return f"cell {metadata['grade_id']!r}" if metadata else f"cell {index + 1}"


def _telling(text: str) -> bool:
    stripped = text.strip()
    return len(stripped) >= _SHORTEST and not _TELLS_NOTHING.fullmatch(stripped)


def _is_idiom(text: str) -> bool:
    return len(text) < _LONGEST_IDIOM and all(number in ("0", "1", "2") for number in _NUMBER.findall(text))
