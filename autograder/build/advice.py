"""What an author should look at, though nothing is wrong for sure."""

from autograder.build.lesson import Lesson
from autograder.build.roles import role_of
from autograder.cells import Role
from autograder.python_names import bound_names


def advise(lesson: Lesson) -> tuple[str, ...]:
    """Name the solution cells that no test below them mentions, one sentence each."""
    advice = []
    cells = lesson.notebook.cells
    for index, (cell, place) in enumerate(zip(cells, lesson.places, strict=True)):
        if role_of(cell.metadata.get("nbgrader")) is not Role.SOLUTION:
            continue
        tests = [below.source for below in cells[index + 1 :] if role_of(below.metadata.get("nbgrader")) is Role.TEST]
        names = bound_names(cell.source)
        if not any(not names or any(name in test for name in names) for test in tests):
            advice.append(f"{place.file}, line {place.line}, {place.cell}: no test below it mentions what it defines.")
    return tuple(advice)
