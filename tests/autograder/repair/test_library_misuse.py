"""Answers that reach into the library with which they are checked."""

import pytest

from autograder.cells import Cell, Role
from autograder.repair import repair_notebook
from autograder.repair.library_misuse import flags
from autograder.untrusted.notebooks import ParsedNotebook
from autograder.untrusted.submitted_metadata import Claims

LESSON = Cell(
    "code",
    Role.LOCKED,
    "import gradlab\nfrom gradlab import figures, ladder\nfrom gradlab.check import jacobians as check",
)
RELEASED = [LESSON, Cell("code", Role.SOLUTION, "def entries(x):\n    ...", "entries")]


def told(source: str, role: Role = Role.SOLUTION) -> tuple[str, ...]:
    return flags([LESSON, Cell("code", role, source, "entries" if role is Role.SOLUTION else None)], RELEASED)


@pytest.mark.parametrize(
    "source",
    [
        "from gradlab.check.lab_06_minimum.surface import surface_values\ndef entries(x): return surface_values(x)",
        "import gradlab.check.lab_04_jacobians.sample_functions as p\np.square_scaled_by_pass = p.square",
        "from gradlab import check as c, landscape",
        "import sys\ndef entries(x): return sys.modules['gradlab.check.lab_04_jacobians.jacobian']._table(x, x)",
        "def entries(x): return check.slopes.jacobian(f, x)",
        "def entries(x): return check._table(x)",
        "def entries(x): return ladder.descents.descend_in_loop(x, 0.1, 5)",
        "def entries(x): return gradlab.landscape.height(x)",
    ],
)
def test_who_reaches_into_gradlab_is_named(source: str) -> None:
    (sentence,) = told(source)
    assert sentence.startswith("The cell 'entries' reaches into gradlab")
    assert len(told(source, Role.FREE)) == 1


@pytest.mark.parametrize(
    "source",
    [
        "def entries(x):\n    return x",
        LESSON.source,
        "device = gradlab.device()\nprint(device.type)",
        "check.entries(entries)\ngradlab.check.gradient(f)",
        "figures.contour(f).update_layout(title='gradlab')",
        "# as gradlab says, checks are made\nladder.climb(f)",
        "ladder = [1.0, 2.0]\nladder.sort()",
    ],
)
def test_what_the_lab_itself_shows_is_nobodys_business(source: str) -> None:
    assert told(source) == ()
    assert told(source, Role.FREE) == ()


def test_a_lab_without_gradlab_has_nothing_to_be_borrowed() -> None:
    cell = Cell("code", Role.SOLUTION, "import gradlab.check.lab_06_minimum.surface", "entries")
    assert flags([cell], RELEASED[1:]) == ()


def test_it_is_one_of_the_notebooks_flags() -> None:
    cells = (LESSON, Cell("code", Role.SOLUTION, "import gradlab.check.lab_06_minimum.surface", "entries"))
    notebook = repair_notebook("lab", ParsedNotebook(cells, (Claims(), Claims())), RELEASED)
    assert [flag for flag in notebook.flags if "reaches into gradlab" in flag]
