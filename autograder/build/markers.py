"""nbgrader's markers in a cell's text: what stands between them is secret."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions
from traitlets.config import Config

from autograder.build.lesson import Lesson
from autograder.build.place import Place
from autograder.build.roles import role_of
from autograder.cells import Role


class Region(StrEnum):
    """What nbgrader takes out of the released notebook."""

    SOLUTION = "solution lines"
    HIDDEN_TESTS = "hidden tests"
    MARK_SCHEME = "mark scheme lines"


Delimiters = Mapping[Region, tuple[str, str]]

_ROLES = {
    Region.SOLUTION: (frozenset({Role.SOLUTION, Role.ANSWER}), '"solution": true'),
    Region.HIDDEN_TESTS: (frozenset({Role.TEST}), '"grade": true and "points"'),
    Region.MARK_SCHEME: (frozenset({Role.TASK}), '"task": true and "points"'),
}


@dataclass(frozen=True)
class Line:
    """One line of a cell.

    Attributes:
        offset: its place in the cell, from 0.
        text: the line.
        region: the secret region that holds it; None where everyone may read it.
        opening: the offset of the line that opened the region; -1 outside.
    """

    offset: int
    text: str
    region: Region | None
    opening: int = -1


def delimiters_of(config: Config) -> Delimiters:
    """Read nbgrader's delimiters from the course's configuration."""
    solutions, tests, schemes = (
        ClearSolutions(config=config),
        ClearHiddenTests(config=config),
        ClearMarkScheme(config=config),
    )
    return {
        Region.SOLUTION: (solutions.begin_solution_delimeter, solutions.end_solution_delimeter),
        Region.HIDDEN_TESTS: (tests.begin_test_delimeter, tests.end_test_delimeter),
        Region.MARK_SCHEME: (schemes.begin_mark_scheme_delimeter, schemes.end_mark_scheme_delimeter),
    }


def split_lines(source: str, place: Place, delimiters: Delimiters) -> tuple[Line, ...]:
    """Split a cell into lines that know whether they are secret; the marker lines themselves are left out.

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
                raise place.refuse(
                    f"the {begins} begin inside the {region}",
                    f"Close the {region} first: ### {delimiters[region][1]}.",
                    offset,
                )
            region, opening = begins, offset
        elif ends is not None:
            if region is not ends:
                begin = delimiters[ends][0]
                raise place.refuse(
                    f"the {ends} end here but never begin", f"Add ### {begin}, or remove this line.", offset
                )
            region, opening = None, -1
        else:
            lines.append(Line(offset, text, region, opening))
    if region is not None:
        raise place.refuse(
            f"the {region} begin here but never end", f"Add ### {delimiters[region][1]} to the same cell.", opening
        )
    return tuple(lines)


def check_markers(lesson: Lesson, delimiters: Delimiters) -> None:
    """Check that every marker has its partner and stands in a cell of the right role.

    Raises:
        ExpectedError: one has not, or does not.
    """
    for cell, place in zip(lesson.notebook.cells, lesson.places, strict=True):
        split_lines(cell.source, place, delimiters)
        role = role_of(cell.metadata.get("nbgrader"))
        for offset, text in enumerate(cell.source.split("\n")):
            region = _marker(text, delimiters)[0]
            if region is None:
                continue
            roles, cure = _ROLES[region]
            if role not in roles:
                raise place.refuse(
                    f"the {region} cannot stand in a cell whose role is {role.value!r}",
                    f"Mark the cell with {cure}, or move the {region}.",
                    offset,
                )


def _marker(text: str, delimiters: Delimiters) -> tuple[Region | None, Region | None]:
    """Tell which region a line begins and which it ends; nbgrader finds a delimiter anywhere in a line."""
    for region, (begin, end) in delimiters.items():
        if begin in text:
            return region, None
        if end in text:
            return None, region
    return None, None
