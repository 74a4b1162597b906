import pytest

from autograder.cells import Cell, Role
from autograder.judging.instructor_run import InstructorRun, run_instructor_notebook
from autograder.wall.ipython_shell import open_shell
from autograder.wall.namespace import Namespace


def code(role: Role, source: str) -> Cell:
    return Cell("code", role, source, "id")


def run(*cells: Cell) -> tuple[InstructorRun, Namespace]:
    names = Namespace()
    shell = open_shell(names, 1000)
    shell.reset(new_session=True)
    shell.user_ns = shell.user_module.__dict__ = names
    return run_instructor_notebook(shell, names, cells), names


def test_what_solutions_bind_is_the_students() -> None:
    instructor, _ = run(
        code(Role.LOCKED, "import math\nlimit = 3\ndef helper(): return 1"),
        code(Role.SOLUTION, "from os import path\nimport sys\ndef f(): return 1\nx, y = 1, 2\nclass C: pass"),
        code(Role.ANSWER, "z = 5"),
    )
    assert instructor.student_names == {"f", "x", "y", "C", "z"}
    assert instructor.shared_names == {"helper"}


def test_what_solutions_change_in_place_is_the_students() -> None:
    instructor, _ = run(
        code(Role.LOCKED, "import torch\nitems, other = [], [1]\nw = torch.ones(2)\nclass Box: pass\nbox = Box()"),
        code(Role.SOLUTION, "items += [1]\nw.mul_(2)\nbox.value = 1"),
    )
    assert instructor.student_names == {"items", "w", "box"}


def test_what_a_function_changes_in_place_is_noticed() -> None:
    instructor, _ = run(
        code(Role.LOCKED, "scores = {}\ndef put(d): d['a'] = 1"),
        code(Role.SOLUTION, "put(scores)"),
    )
    assert "scores" in instructor.student_names


def test_what_lessons_compute_from_the_students_is_the_students() -> None:
    instructor, _ = run(
        code(Role.SOLUTION, "def f(n): return n"),
        code(Role.FREE, "value = f(3)\ndef helper(): return f(4)\nown = 7"),
    )
    assert instructor.student_names == {"f", "value"}
    assert instructor.shared_names == {"helper"}


def test_effects_are_noted_in_order_and_nothing_stays_bound() -> None:
    instructor, names = run(
        code(Role.LOCKED, "x = 1\nextra = 2"),
        code(Role.TEST, "seen = x"),
        code(Role.LOCKED, "x = 5\ndel extra"),
    )
    assert instructor.effects[0].bound == {"x": 1, "extra": 2}
    assert instructor.effects[2].bound == {"x": 5}
    assert instructor.effects[2].deleted == {"extra"}
    assert "x" not in names


def test_a_test_that_the_solution_fails_is_told() -> None:
    instructor, _ = run(code(Role.SOLUTION, "x = 1"), code(Role.TEST, "assert x == 2, 'no'"))
    assert instructor.failures == {"id": "AssertionError: no"}


@pytest.mark.parametrize("source", ["1/0", "def ("])
def test_a_lesson_may_show_an_error(source: str) -> None:
    instructor, _ = run(code(Role.LOCKED, source), code(Role.LOCKED, "x = 1"))
    assert instructor.effects[1].bound == {"x": 1}
