"""Where in a lab's text something stands, so that every refusal can say so."""

from dataclasses import dataclass

from autograder.errors import ExpectedError


@dataclass(frozen=True)
class Place:
    """One cell of a lab's text.

    Attributes:
        file: the file as the user would name it, relative to the course: ``course/LAB.py``.
        line: the line of the cell's header, from 1.
        first_line: the line of the first line of the cell's source.
        cell: how the cell is called: its grade id, or its ordinal where it has none.
    """

    file: str
    line: int
    first_line: int
    cell: str

    def refuse(self, problem: str, cure: str, offset: int | None = None) -> ExpectedError:
        """Make the error that refuses this cell.

        Args:
            problem: what is wrong, continuing "course/LAB.py, line 12, cell 'descend': ".
            cure: what the author can do about it.
            offset: the line within the cell's source that is meant, from 0; the cell's header without it.

        Returns:
            The error, for the caller to raise.
        """
        line = self.line if offset is None else self.first_line + offset
        return ExpectedError(f"{self.file}, line {line}, {self.cell}: {problem}", cure)
