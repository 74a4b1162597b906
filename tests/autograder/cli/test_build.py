import pytest

from autograder.build.build import BuildReport, BuiltLab
from autograder.cli.build import show


def test_what_was_built_is_told_with_its_advice(capsys: pytest.CaptureFixture[str]) -> None:
    show(BuildReport((BuiltLab("06_minimum", 23.0, 9, ("course/06_minimum.py, line 3: [look] at it.",)),)), check=False)
    told = capsys.readouterr()
    assert told.out.splitlines() == [
        "06_minimum: built; 9 graded cells, 23 points",
        "  course/06_minimum.py, line 3: [look] at it.",
    ]
    assert not told.err


def test_what_is_out_of_date_is_named_with_the_cure(capsys: pytest.CaptureFixture[str]) -> None:
    labs = (BuiltLab("a", 1.0, 1, (), ("release/a/a.ipynb",)), BuiltLab("b", 2.5, 2))
    show(BuildReport(labs, ("source/old",)), check=True)
    told = capsys.readouterr()
    assert told.out.splitlines() == [
        "a: out of date; 1 graded cell, 1 points",
        "  release/a/a.ipynb",
        "b: current; 2 graded cells, 2.5 points",
        "source/old: no lab's text belongs to it",
    ]
    assert "autograder build" in told.err
