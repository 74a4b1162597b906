from collections.abc import Callable, Mapping

import pytest
from nbformat import NotebookNode
from traitlets.config import Config

from autograder.build.cell_headers import CellLocation
from autograder.build.hidden_regions import Region, check_leaks, check_markers, delimiters_of, split_lines
from autograder.build.lab_text import LabText
from autograder.errors import ExpectedError

DELIMITERS = delimiters_of(Config())
SOLUTION = '# %% nbgrader={"grade_id": "a", "solution": true}\n'
TEST = '# %% nbgrader={"grade_id": "t", "grade": true, "points": 1}\n'
TASK = '# %% [markdown] nbgrader={"grade_id": "k", "task": true, "points": 1}\n'


def test_lines_know_whether_they_are_secret() -> None:
    source = "shown\n### BEGIN SOLUTION\nsecret\n### END SOLUTION\nshown too"
    lines = split_lines(source, CellLocation("f", 1, 2, "cell 1"), DELIMITERS)
    assert [(line.offset, line.region) for line in lines] == [(0, None), (2, Region.SOLUTION), (4, None)]


def test_right_markers_are_accepted(read_lab: Callable[[str], LabText], source_text: str) -> None:
    check_markers(read_lab(source_text), DELIMITERS)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            SOLUTION + "x = 1\n### BEGIN SOLUTION\ny = 2\n",
            r"line 3, cell 'a': the solution lines begin here but never end",
        ),
        (SOLUTION + "x = 1\n### END SOLUTION\n", r"line 3, cell 'a': the solution lines end here but never begin"),
        (
            SOLUTION + "### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION\n",
            r"line 3, cell 'a': the solution lines begin inside the solution lines",
        ),
        (
            TEST + "### BEGIN HIDDEN TESTS\n### BEGIN SOLUTION\n### END SOLUTION\n### END HIDDEN TESTS\n",
            r"line 3, cell 't': the solution lines begin inside the hidden tests",
        ),
        (
            TEST + "### BEGIN HIDDEN TESTS\nassert x\n### END SOLUTION\n",
            r"line 4, cell 't': the solution lines end here but never begin",
        ),
        (
            TEST + "### BEGIN SOLUTION\n### END SOLUTION\n",
            r"cell 't': the solution lines cannot stand in a cell whose role is 'test'",
        ),
        (
            "# %%\n### BEGIN SOLUTION\n### END SOLUTION\n",
            r"cell 1: the solution lines cannot stand in a cell whose role is 'free'",
        ),
        (
            SOLUTION + "### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS\n",
            r"hidden tests cannot stand in a cell whose role is 'solution'",
        ),
        (
            "# %% [markdown]\n# ### BEGIN MARK SCHEME\n# ### END MARK SCHEME\n",
            r"mark scheme lines cannot stand in a cell whose role is 'free'",
        ),
        (
            TASK + "# Do it.\n# ### BEGIN MARK SCHEME\n",
            r"line 3, cell 'k': the mark scheme lines begin here but never end",
        ),
    ],
)
def test_wrong_markers_are_refused_with_line_and_cure(
    read_lab: Callable[[str], LabText], text: str, problem: str
) -> None:
    with pytest.raises(ExpectedError, match=problem) as refusal:
        check_markers(read_lab(text), DELIMITERS)
    assert refusal.value.problem.startswith("course/squares.py, line ")
    assert refusal.value.cure


def test_configured_delimiters_are_used(read_lab: Callable[[str], LabText]) -> None:
    config = Config({"ClearSolutions": {"begin_solution_delimeter": "VORHANG AUF"}})
    with pytest.raises(ExpectedError, match="the solution lines begin here but never end"):
        check_markers(read_lab(SOLUTION + "# VORHANG AUF\nx = 1\n"), delimiters_of(config))


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


def release(lab_text: LabText) -> NotebookNode:
    """Do what nbgrader does, in short."""
    released = NotebookNode(lab_text.notebook.copy())
    released.cells = [NotebookNode(cell.copy()) for cell in lab_text.notebook.cells]
    for cell in released.cells:
        kept, hidden = [], False
        for line in cell.source.split("\n"):
            hidden = hidden or "BEGIN" in line
            if not hidden:
                kept.append(line)
            hidden = hidden and "END" not in line
        cell.source = "\n".join(kept)
    return released


def check(lab_text: LabText, files: Mapping[str, bytes] | None = None) -> None:
    check_leaks(lab_text, release(lab_text), files or {}, DELIMITERS)


def test_a_clean_release_passes(read_lab: Callable[[str], LabText]) -> None:
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
def test_a_secret_line_in_the_release_is_refused(read_lab: Callable[[str], LabText], more: str, where: str) -> None:
    with pytest.raises(ExpectedError, match=f"gives away one of the (solution lines|hidden tests): {where}") as refusal:
        check(read_lab(SOLVED + more))
    assert "course/squares.py, line " in refusal.value.problem


def test_a_secret_line_in_a_data_file_is_refused(read_lab: Callable[[str], LabText]) -> None:
    with pytest.raises(ExpectedError, match=r"the file notes\.txt holds 'assert descend"):
        check(read_lab(SOLVED), {"notes.txt": b"todo\n  assert descend(start, 0.5) == 17\n\xff\n"})


def test_code_may_share_an_idiom_with_a_solution(read_lab: Callable[[str], LabText]) -> None:
    check(read_lab(SOLVED + "# %%\nwith torch.no_grad():\n    x *= 2\n"))


def test_code_may_not_share_a_line_that_states_a_number(read_lab: Callable[[str], LabText]) -> None:
    text = SOLVED.replace("assert descend(start, 0.5) == 17\n", "assert descend(start, 0.5) == 17\nstart *= 2\n")
    check(read_lab(text + "# %%\nstart *= 2\n"))
    with pytest.raises(ExpectedError, match="gives away one of the hidden tests"):
        check(read_lab(text + "# %%\nassert descend(start, 0.5) == 17\n"))


def test_a_solution_cell_without_markers_is_secret_as_a_whole(read_lab: Callable[[str], LabText]) -> None:
    lab_text = read_lab('# %% nbgrader={"grade_id": "a", "solution": true}\nanswer = 6 * 7\n')
    with pytest.raises(ExpectedError, match="cell 'a' holds 'answer = 6"):
        check(lab_text)


def test_imports_and_short_lines_tell_nothing(read_lab: Callable[[str], LabText]) -> None:
    text = (
        '# %% nbgrader={"grade_id": "a", "solution": true}\n'
        "### BEGIN SOLUTION\nimport torch\nx = 1\n### END SOLUTION\n"
        "# %%\nimport torch\nx = 1\n"
    )
    check(read_lab(text))
