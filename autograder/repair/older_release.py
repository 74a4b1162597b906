"""Cells of an older release of a lab: an instructor may mend a lab after it was handed out.

nbgrader writes a checksum of its text, its kind and its points into each cell that it releases. A cell that fits its
own checksum, which is not the present release's, is what a student was given.
"""

from dataclasses import replace

from autograder.cells import ANSWERS, Cell
from autograder.checksums import checksum


def is_of_older_release(cell: Cell, original: Cell | None, *, others: bool = False) -> bool:
    """Whether a submitted cell was handed out like that in an older release.

    Args:
        cell: the submitted cell, with what it claims.
        original: the cell of the present release that has its id; None if there is none.
        others: whether locked cells of the same notebook are of an older release. An answer then is, too, if its
            checksum is another: its text, which the student has written, cannot show it.
    """
    if cell.checksum is None or (original is not None and cell.checksum == original.checksum):
        return False
    if cell.checksum == checksum(cell):
        return True
    if cell.role not in ANSWERS or original is None:
        return False
    return others or cell.checksum == checksum(replace(cell, kind=original.kind, source=original.source))
