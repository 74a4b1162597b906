"""Which lab's notebook a file is."""

import pytest

from autograder.collect.findings import Place
from autograder.collect.labs import Labs
from autograder.course.course import Course
from autograder.errors import ExpectedError

LABS = Labs(
    {"05_descent": ["05_descent"], "minimum": ["minimum"], "06_minimum": ["06_minimum"], "two": ["a", "b"], "a": ["a"]}
)


@pytest.mark.parametrize(
    ("path", "lab"),
    [
        ("06_minimum.ipynb", "06_minimum"),
        ("06 Minimum.ipynb", "06_minimum"),
        ("06_minimum-2.ipynb", "06_minimum"),
        ("Copy of 06_minimum (1).ipynb", "06_minimum"),
        ("minimum.ipynb", "minimum"),
        ("ada_06_minimum.ipynb", "06_minimum"),
        ("06_minimum_ada.ipynb", "06_minimum"),
        ("05_descent.ipynb.txt", "05_descent"),
        ("b.ipynb", "two"),
        ("two/a.ipynb", "two"),
        ("a/a.ipynb", "a"),
        ("a.ipynb", None),
        ("Untitled.ipynb", None),
        ("06_minimum.py", None),
        ("06_minimums.ipynb", None),
    ],
)
def test_the_best_name_says_which(path: str, lab: str | None) -> None:
    place = LABS.place(tuple(path.split("/")))
    assert (place.lab if place else None) == lab


def test_the_only_notebook_of_the_only_lab() -> None:
    assert Labs({"x": ["n"]}, only="x").single() == Place("x", "n")
    assert Labs({"x": ["n"]}).single() is None
    assert Labs({"x": ["n", "m"]}, only="x").single() is None


def test_a_lab_that_is_not_there_is_told(course: Course) -> None:
    assert Labs.of(course).names == ("05_descent", "06_minimum")
    with pytest.raises(ExpectedError, match="There is no lab '06_minimun'"):
        Labs.of(course, "06_minimun")
