import pytest

from autograder.report.statistics import FEWEST_FOR_DISCRIMINATION, discrimination, facility, quantile


def test_the_facility_is_the_mean_share() -> None:
    assert facility([1.0, 0.5, 0.0]) == 0.5
    assert facility([]) is None


def test_an_exercise_that_goes_with_the_rest_discriminates_and_one_that_goes_against_it_shows() -> None:
    points = [float(place % 5) for place in range(FEWEST_FOR_DISCRIMINATION)]
    assert discrimination(points, [3 * point + 1 for point in points]) == pytest.approx(1)
    assert discrimination(points, [10 - point for point in points]) == pytest.approx(-1)


def test_a_small_class_and_one_in_which_all_are_alike_say_nothing() -> None:
    assert discrimination([0.0, 1.0] * (FEWEST_FOR_DISCRIMINATION // 2), [0.0, 1.0] * 7) is None
    assert discrimination([1.0] * 30, [float(place) for place in range(30)]) is None


def test_a_quantile_is_one_of_the_numbers() -> None:
    assert quantile([5, 1, 3], 0.0) == 1
    assert quantile([5, 1, 3], 0.95) == 5
    assert quantile([], 0.5) is None
