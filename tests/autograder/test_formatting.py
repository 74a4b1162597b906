import pytest

from autograder.formatting import count, number, seconds


@pytest.mark.parametrize(("points", "text"), [(3.0, "3"), (2.5, "2.5"), (1 / 3, "0.33"), (0.0, "0"), (10.0, "10")])
def test_points_are_written_as_people_write_them(points: float, text: str) -> None:
    assert number(points) == text


def test_amounts_agree_with_their_nouns() -> None:
    assert (count(1, "student"), count(3, "student"), count(2, "class", "classes")) == (
        "1 student",
        "3 students",
        "2 classes",
    )


def test_a_duration_has_the_unit_that_suits_it() -> None:
    assert [seconds(amount) for amount in (0.84, 12.4, 180, 5400, 9000)] == [
        "0.8 s",
        "12 s",
        "3 min",
        "90 min",
        "2.5 h",
    ]
