from contextlib import closing

from autograder.cells import Cell, LabNotebook, Role
from autograder.grading.judge_server import JudgeServer
from autograder.limits import Limits


def test_a_test_that_the_solution_fails_is_reported() -> None:
    cells = (Cell("code", Role.SOLUTION, "x = 1", "x"), Cell("code", Role.TEST, "assert x == 2", "t", 1.0))
    with closing(JudgeServer()) as server:
        server.run_instructor_notebook(LabNotebook("n", cells, cells), {}, Limits())
        assert server.failures == {"t": "AssertionError; line 1: `assert x == 2`; x is 1"}
