from collections.abc import Callable, Mapping

import pytest
from nbformat import NotebookNode
from traitlets.config import Config

from autograder.build.leak import check_leaks
from autograder.build.lesson import Lesson
from autograder.build.markers import delimiters_of
from autograder.errors import ExpectedError

DELIMITERS = delimiters_of(Config())
SOLVED = """\
# %% nbgrader={"grade_id": "descend", "solution": true}
def descend(x, lr):
    ### BEGIN SOLUTION
    with torch.no_grad():
        x -= lr * x.grad
    return x
    ### END SOLUTION

# %% nbgrader={"grade_id": "descend-test", "grade": true, "points": 1}
assert callable(descend)
### BEGIN HIDDEN TESTS
assert descend(start, 0.5) == 17
### END HIDDEN TESTS

"""


def release(lesson: Lesson) -> NotebookNode:
    """Do what nbgrader does, in short."""
    released = NotebookNode(lesson.notebook.copy())
    released.cells = [NotebookNode(cell.copy()) for cell in lesson.notebook.cells]
    for cell in released.cells:
        kept, hidden = [], False
        for line in cell.source.split("\n"):
            hidden = hidden or "BEGIN" in line
            if not hidden:
                kept.append(line)
            hidden = hidden and "END" not in line
        cell.source = "\n".join(kept)
    return released


def check(lesson: Lesson, files: Mapping[str, bytes] | None = None) -> None:
    check_leaks(lesson, release(lesson), files or {}, DELIMITERS)


def test_a_clean_release_passes(read_lab: Callable[[str], Lesson]) -> None:
    check(read_lab(SOLVED))


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ("# %% [markdown]\n# Hint:\n#\n# ```python\n# x -= lr * x.grad\n# ```\n", "cell 3"),
        ("# %%\nassert descend(start, 0.5) == 17\n", "cell 3"),
        ('# %% nbgrader={"grade_id": "locked"}\nassert descend(start, 0.5) == 17\n', "cell 'locked'"),
        (
            '# %% nbgrader={"grade_id": "u", "grade": true, "points": 1}\nassert descend(start, 0.5) == 17\n',
            "cell 'u'",
        ),
        ('# %% gradlab={"note": "x -= lr * x.grad"}\ny = 1\n', "cell 3"),
        ("# %%\nwith torch.no_grad():\n    x -= lr * x.grad\n", "cell 3"),
    ],
)
def test_a_secret_line_in_the_release_is_refused(read_lab: Callable[[str], Lesson], more: str, where: str) -> None:
    with pytest.raises(ExpectedError, match=f"gives away one of the (solution lines|hidden tests): {where}") as refusal:
        check(read_lab(SOLVED + more))
    assert "course/squares.py, line " in refusal.value.problem


def test_a_secret_line_in_a_data_file_is_refused(read_lab: Callable[[str], Lesson]) -> None:
    with pytest.raises(ExpectedError, match=r"the file notes\.txt holds 'assert descend"):
        check(read_lab(SOLVED), {"notes.txt": b"todo\n  assert descend(start, 0.5) == 17\n\xff\n"})


def test_code_may_share_an_idiom_with_a_solution(read_lab: Callable[[str], Lesson]) -> None:
    check(read_lab(SOLVED + "# %%\nwith torch.no_grad():\n    x *= 2\n"))


def test_code_may_not_share_a_line_that_states_a_number(read_lab: Callable[[str], Lesson]) -> None:
    text = SOLVED.replace("assert descend(start, 0.5) == 17\n", "assert descend(start, 0.5) == 17\nstart *= 2\n")
    check(read_lab(text + "# %%\nstart *= 2\n"))
    with pytest.raises(ExpectedError, match="gives away one of the hidden tests"):
        check(read_lab(text + "# %%\nassert descend(start, 0.5) == 17\n"))


def test_a_solution_cell_without_markers_is_secret_as_a_whole(read_lab: Callable[[str], Lesson]) -> None:
    lesson = read_lab('# %% nbgrader={"grade_id": "a", "solution": true}\nanswer = 6 * 7\n')
    with pytest.raises(ExpectedError, match="cell 'a' holds 'answer = 6"):
        check(lesson)


def test_imports_and_short_lines_tell_nothing(read_lab: Callable[[str], Lesson]) -> None:
    text = (
        '# %% nbgrader={"grade_id": "a", "solution": true}\n'
        "### BEGIN SOLUTION\nimport torch\nx = 1\n### END SOLUTION\n"
        "# %%\nimport torch\nx = 1\n"
    )
    check(read_lab(text))
