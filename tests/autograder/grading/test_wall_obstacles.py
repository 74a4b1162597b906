"""The reason why a test is not at the wall leads to the cure that fits, by its words or by the test's text."""

import pytest

from autograder.grading.wall_obstacles import WallObstacle, cure_for, obstacle_of


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("The test itself cannot be run: a test sends the student a Axes, which is not plain data", "OBJECT"),
        ("a test sends the student the function 'f', which exists on the judge's side only", "FUNCTION"),
        ("a test sends the student a value that is too large: nested too deeply", "SIZE"),
        ("NameError: name 'math' is not defined", "OWN_ERROR"),
        ("ModuleNotFoundError: No module named 'sklearn'", "OWN_ERROR"),
        ("it looks at something that an answer leaves, and asks nothing of the student's notebook", "BLIND"),
        ("it changes os.environ['LEVEL'], which the student's code would see", "PATCH"),
        ("it writes a file", "FILE"),
        ("it looks at In, in which IPython keeps what has run", "PROCESS"),
        ("`f(…)` had been called by the test and had not come back after 3 seconds", "TIME"),
        ("A hidden test of this exercise found a case in which your answer is not right.", "OTHER"),
    ],
)
def test_a_reason_has_its_kind(reason: str, expected: str) -> None:
    assert obstacle_of(reason).name == expected


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("from unittest import mock\nwith mock.patch('random.randint'):\n    assert roll() == 3", "PATCH"),
        ("kept, np.sum = np.sum, None\nassert total([1]) == 1", "PATCH"),
        ("import helper\nhelper.limit = 3\nassert f() == 3", "PATCH"),
        ("assert 'x' in dir()", "PROCESS"),
        ("assert 'for' in In[-2]", "PROCESS"),
        ("import os\nassert os.environ['A'] == '1'", "PROCESS"),
        ("assert open('out.txt').read() == 'done'", "FILE"),
        ("import pandas as pd\nassert pd.read_csv('out.csv').shape == (2, 2)", "FILE"),
        ("assert a.next is b", "IDENTITY"),
        ("assert type(x) == C", "IDENTITY"),
        ("assert f(2) is None\nx.count = 3\nassert is_open", "OTHER"),
        ("this is no Python", "OTHER"),
        ("%matplotlib inline\nassert f(2) == 4", "OTHER"),
    ],
)
def test_a_text_shows_what_the_reason_does_not(test: str, expected: str) -> None:
    assert obstacle_of("AssertionError", test).name == expected


def test_the_words_of_the_reason_come_first() -> None:
    assert obstacle_of("NameError: name 'np' is not defined", "np.sum = None") is WallObstacle.OWN_ERROR


def test_each_kind_says_what_the_test_does_and_what_to_do() -> None:
    assert len(WallObstacle) <= 12
    for obstacle in WallObstacle:
        assert obstacle.message.startswith("it ")
        assert not obstacle.message.endswith(".")
        assert obstacle.cure.endswith(".")
    assert cure_for("a Axes, which is not plain data") == WallObstacle.OBJECT.cure
