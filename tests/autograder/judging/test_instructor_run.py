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
    assert instructor.failures == {"id": "AssertionError: no; line 1: `assert x == 2, 'no'`; x is 1"}


@pytest.mark.parametrize("source", ["1/0", "def ("])
def test_a_lesson_may_show_an_error(source: str) -> None:
    instructor, _ = run(code(Role.LOCKED, source), code(Role.LOCKED, "x = 1"))
    assert instructor.effects[1].bound == {"x": 1}


def test_what_a_test_does_to_the_process_stays_in_its_fork() -> None:
    import numpy

    state = numpy.random.get_state()[1].tolist()  # type: ignore[index]
    instructor, _ = run(
        code(Role.LOCKED, "import numpy as np"),
        code(Role.SOLUTION, "def norm(v): return 5.0"),
        code(Role.TEST, "assert norm([3, 4]) == np.linalg.norm([3, 4])\nkept = np.linalg.norm\nnp.linalg.norm = None"),
        code(Role.LOCKED, "length = np.linalg.norm([3, 4])"),
    )
    assert instructor.failures == {}
    assert instructor.effects[3].bound == {"length": 5.0}
    assert numpy.random.get_state()[1].tolist() == state  # type: ignore[index]


def test_names_that_a_test_binds_are_there_for_later_cells() -> None:
    instructor, _ = run(
        code(Role.SOLUTION, "def f(n): return n"),
        code(Role.TEST, "size = 3\nresult = f(size)\nunused = 4\nassert result == 3"),
        code(Role.LOCKED, "twice = 2 * result\nsquare = size * size"),
    )
    assert instructor.effects[2].bound == {"twice": 6, "square": 9}
    # It is computed from the student's answer, by way of the test.
    assert instructor.student_names == {"f", "twice"}
    assert instructor.slices == {"id": "size = 3\nresult = f(size)"}


def test_a_test_that_needs_what_an_earlier_one_has_done_does_not_fail() -> None:
    instructor, _ = run(
        code(Role.SOLUTION, "kept = []"),
        Cell("code", Role.TEST, "kept.append(1)", "first"),
        Cell("code", Role.TEST, "assert kept == [1]", "second"),
        Cell("code", Role.TEST, "assert kept == [2]", "third"),
    )
    assert instructor.failures == {"third": "AssertionError; line 1: `assert kept == [2]`; kept is [1]"}


def test_partial_credit_that_needs_what_an_earlier_test_has_done_is_that_of_one_process() -> None:
    instructor, _ = run(
        code(Role.SOLUTION, "kept = []"),
        Cell("code", Role.TEST, "kept.append(1)", "first", 1.0),
        Cell("code", Role.TEST, "2 * len(kept)", "second", 2.0),
    )
    assert instructor.failures == {}
    assert instructor.points == {"second": 2.0}


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import a_module_that_is_not_installed", "ModuleNotFoundError: No module named"),
        ("assert unknown", "NameError: name 'unknown' is not defined"),
        ("assert (", "SyntaxError: "),
        ("import os\nos._exit(0)", "it ended the process"),
    ],
)
def test_the_reason_is_the_real_one(source: str, reason: str) -> None:
    instructor, _ = run(code(Role.SOLUTION, "x = 1"), code(Role.TEST, source))
    assert instructor.failures["id"].startswith(reason)


def test_what_an_answer_imports_is_the_judges_own_from_there_on() -> None:
    import math

    instructor, _ = run(
        code(Role.LOCKED, "import sys"),
        code(
            Role.SOLUTION, "import math as m\nfrom fractions import Fraction\nfrom cmath import *\nlib = sys\nx = m.pi"
        ),
    )
    bound = instructor.effects[1].bound
    assert bound["m"] is math
    assert {"Fraction", "lib", "phase"} <= bound.keys()
    assert "x" not in bound
    assert instructor.student_names == {"x"}
    assert not instructor.shared_names & {"Fraction", "phase"}


def test_names_that_functions_of_answers_declare_global_are_the_students() -> None:
    instructor, _ = run(
        code(Role.LOCKED, "seen = 0\nvisits = 0\nuncalled = 0"),
        code(
            Role.LOCKED,
            "def bump():\n    global visits\n    visits += 1\ndef other():\n    global uncalled\n    uncalled = 1",
        ),
        code(Role.SOLUTION, "def f():\n    global seen\n    seen += 1\n    bump()"),
    )
    assert instructor.student_names == {"f", "seen", "visits"}


def test_names_that_tests_change_for_the_solutions_functions_are_given() -> None:
    instructor, _ = run(
        code(Role.LOCKED, "SCALE = TAX = OTHER = 1\ndef taxed(x): return x * TAX"),
        code(Role.SOLUTION, "def f(x): return taxed(x) * SCALE"),
        code(Role.TEST, "SCALE = 2\nTAX = 3\nOTHER = expected = 4\ninput = lambda: '3'"),
    )
    assert instructor.given_names == {"SCALE", "TAX", "input"}


def test_only_names_that_are_public_throughout_are_given_on_request() -> None:
    names = Namespace()
    shell = open_shell(names, 1000)
    shell.reset(new_session=True)
    shell.user_ns = shell.user_module.__dict__ = names
    cells = (
        Cell("code", Role.TEST, "a = 1\nb = a + 1\nd = c\nsecret = 5\nlisted = []\nlisted.append(secret)", "first"),
        Cell("code", Role.TEST, "e = secret\nf = 2\ng = e", "second"),
    )
    released = (
        Cell("code", Role.TEST, "a = 1\nb = a + 1\nd = c\nlisted = []", "first"),
        Cell("code", Role.TEST, "e = secret\nf = 2\ng = e", "second"),
    )
    instructor = run_instructor_notebook(shell, names, cells, released)
    assert instructor.public_names == {"first": {"a", "b", "d"}, "second": {"f"}}
