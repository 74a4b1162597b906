import pytest

from autograder.cells import Cell, Role
from autograder.judging.stops import fatal_call, name_of, ran_out, used_up
from autograder.wall.faults import StudentGone


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        (Cell("code", Role.SOLUTION, "x = 1", "descend"), "the cell of the exercise 'descend'"),
        (Cell("code", Role.TEST, "assert x", "descend-test"), "the test 'descend-test'"),
        (Cell("code", Role.LOCKED, "x = 1", "setup"), "the cell 'setup'"),
        (Cell("code", Role.FREE, "\n  # mine\nx = 1"), "the cell that begins with `# mine`"),
        (Cell("code", Role.FREE, "x" * 100), f"the cell that begins with `{'x' * 60}…`"),
        (Cell("code", Role.FREE, ""), "the cell that begins with ``"),
    ],
)
def test_a_cell_is_named_so_that_it_can_be_found(cell: Cell, name: str) -> None:
    assert name_of(cell) == name


def test_the_slowest_cell_is_told_when_the_time_is_used_up() -> None:
    assert used_up(600, "the cell 'x'", 580.04).endswith("most of it went into the cell 'x' (580 seconds).")
    assert used_up(1, "", 0).startswith("The time for the whole notebook (1 second) was used up")


def test_a_process_that_could_not_go_on_says_why() -> None:
    assert "could not go on: a message larger than the limit" in fatal_call(
        StudentGone("a message larger than the limit"), ""
    )
    assert "memory runs out" in fatal_call(StudentGone("closed"), "was killed (signal 9, SIGKILL)")


@pytest.mark.parametrize(
    ("said", "memory"),
    [
        ({"types": ["builtins.MemoryError"], "message": ""}, True),
        ({"types": ["numpy._core._exceptions._ArrayMemoryError", "builtins.MemoryError"], "message": "x"}, True),
        ({"types": ["builtins.RuntimeError"], "message": "DefaultCPUAllocator: can't allocate memory"}, True),
        ({"types": ["builtins.ValueError"], "message": "can't allocate memory"}, False),
        ({"types": [[]], "message": {}}, False),
        ({"types": "MemoryError"}, False),
        ({}, False),
        (None, False),
        ([1], False),
    ],
)
def test_what_the_students_side_says_of_memory_is_read_with_care(said: object, memory: bool) -> None:
    assert ran_out(said) is memory
