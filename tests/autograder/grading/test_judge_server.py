from contextlib import closing

from autograder.cells import Cell, LabNotebook, Role
from autograder.grading.judge_server import JudgeServer
from autograder.limits import Limits


def test_a_test_that_the_solution_fails_is_reported() -> None:
    cells = (Cell("code", Role.SOLUTION, "x = 1", "x"), Cell("code", Role.TEST, "assert x == 2", "t", 1.0))
    with closing(JudgeServer()) as server:
        server.run_instructor_notebook(LabNotebook("n", cells, cells), {}, Limits())
        assert server.failures == {"t": "AssertionError; line 1: `assert x == 2`; x is 1"}


def test_the_values_are_those_of_the_line_that_failed() -> None:
    """Other cells have a line of the same number."""
    with closing(JudgeServer()) as server:
        cells = (
            Cell("code", Role.SOLUTION, "def f(x):\n    return x", "f"),
            Cell("code", Role.TEST, "assert f(3) == 3", "t1", 1.0),
            Cell("code", Role.TEST, "import no_such_package", "t2", 1.0),
            Cell("code", Role.TEST, "assert f(4) == 5", "t3", 1.0),
        )
        server.run_instructor_notebook(LabNotebook("lab", cells, cells), {}, Limits())
        assert server.failures == {
            "t2": "ModuleNotFoundError: No module named 'no_such_package'; line 1: `import no_such_package`",
            "t3": "AssertionError; line 1: `assert f(4) == 5`; f(4) is 4",
        }


def test_what_the_students_side_has_as_well_is_reported() -> None:
    """Libraries, Python's own modules and gradlab, also in a checkout, and nothing of the lab's."""
    text = "import colorsys, own\nfrom gradlab.check import autograd\nx = 1"
    cells = (Cell("code", Role.LOCKED, text),)
    with closing(JudgeServer()) as server:
        server.run_instructor_notebook(LabNotebook("n", cells, cells), {"own.py": b""}, Limits())
        modules = set(server.modules)
    assert {"colorsys", "gradlab.check.lab_01_autograd"} <= modules
    assert not [name for name in modules if name == "own" or name.startswith("autograder")]
