"""The checksum that nbgrader writes into each cell that it releases.

nbgrader's own function is in a package that takes a second to import, which the processes that read submissions would
do for this alone; a test compares the two.
"""

import hashlib

from autograder.cells import NBGRADER_FLAGS, Cell, Role


def checksum(cell: Cell) -> str | None:
    """The checksum that nbgrader would release a cell with; None for a cell without an id."""
    if cell.grade_id is None or cell.role is Role.FREE:
        return None
    flags = NBGRADER_FLAGS[cell.role]
    grade, solution = flags["grade"], flags["solution"]
    locked = not solution and (grade or flags["locked"])
    parts = [cell.source, cell.kind, str(grade), str(solution), str(locked), cell.grade_id]
    if grade:
        parts.append(str(float(cell.points)))
    return hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest()
