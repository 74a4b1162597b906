from collections.abc import Callable

import pytest
from traitlets.config import Config

from autograder.build.lesson import Lesson
from autograder.build.markers import Region, check_markers, delimiters_of, split_lines
from autograder.build.place import Place
from autograder.errors import ExpectedError

DELIMITERS = delimiters_of(Config())
SOLUTION = '# %% nbgrader={"grade_id": "a", "solution": true}\n'
TEST = '# %% nbgrader={"grade_id": "t", "grade": true, "points": 1}\n'
TASK = '# %% [markdown] nbgrader={"grade_id": "k", "task": true, "points": 1}\n'


def test_lines_know_whether_they_are_secret() -> None:
    source = "shown\n### BEGIN SOLUTION\nsecret\n### END SOLUTION\nshown too"
    lines = split_lines(source, Place("f", 1, 2, "cell 1"), DELIMITERS)
    assert [(line.offset, line.region) for line in lines] == [(0, None), (2, Region.SOLUTION), (4, None)]


def test_right_markers_are_accepted(read_lab: Callable[[str], Lesson], lab_text: str) -> None:
    check_markers(read_lab(lab_text), DELIMITERS)


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
    read_lab: Callable[[str], Lesson], text: str, problem: str
) -> None:
    with pytest.raises(ExpectedError, match=problem) as refusal:
        check_markers(read_lab(text), DELIMITERS)
    assert refusal.value.problem.startswith("course/squares.py, line ")
    assert refusal.value.cure


def test_configured_delimiters_are_used(read_lab: Callable[[str], Lesson]) -> None:
    config = Config({"ClearSolutions": {"begin_solution_delimeter": "VORHANG AUF"}})
    with pytest.raises(ExpectedError, match="the solution lines begin here but never end"):
        check_markers(read_lab(SOLUTION + "# VORHANG AUF\nx = 1\n"), delimiters_of(config))
