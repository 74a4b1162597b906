from collections.abc import Callable

from autograder.build.advice import advise
from autograder.build.lab_text import LabText


def test_a_tested_solution_needs_no_advice(read_lab: Callable[[str], LabText], source_text: str) -> None:
    assert advise(read_lab(source_text)) == ()


def test_a_solution_that_no_test_mentions_is_named(read_lab: Callable[[str], LabText], source_text: str) -> None:
    text = source_text + '\n# %% nbgrader={"grade_id": "cube", "solution": true}\ncube = 1\n'
    (sentence,) = advise(read_lab(text))
    assert "course/squares.py, line 30, cell 'cube'" in sentence
