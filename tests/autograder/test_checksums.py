import pytest
from nbformat import from_dict
from nbgrader.utils import compute_checksum

from autograder.cells import NBGRADER_FLAGS, Cell, Role
from autograder.checksums import checksum


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.FREE])
@pytest.mark.parametrize("points", [0.0, 2.0, 0.5])
@pytest.mark.parametrize("kind", ["code", "markdown"])
def test_it_is_nbgraders(role: Role, points: float, kind: str) -> None:
    cell = Cell(kind, role, "x = 'é'\n# \U0001f40d", "slope", points)
    nbgrader = {"grade_id": cell.grade_id, "points": cell.points, **NBGRADER_FLAGS[role]}
    node = from_dict({"cell_type": kind, "source": cell.source, "metadata": {"nbgrader": nbgrader}})
    assert checksum(cell) == compute_checksum(node)


def test_a_cell_without_an_id_has_none() -> None:
    assert checksum(Cell("code", Role.SOLUTION, "x = 1")) is None
    assert checksum(Cell("code", Role.FREE, "x = 1", "slope")) is None
