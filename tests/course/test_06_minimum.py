"""The worked solution of lab 06 reproduces the tables of the reference."""

import re

import pytest

from tests.course.reference_rows import printed_by


def test_the_worked_solution_reproduces_the_reference_values() -> None:
    printed = printed_by("06_minimum")

    def after(words: str, count: int) -> list[float]:
        tail = printed.split(words, 1)[1]
        return [float(number) for number in re.findall(r"-?\d+\.?\d*", tail)[:count]]

    assert after("end   f(", 3) == pytest.approx([4.4113, 6.2832, -1.7602], abs=2e-4)
    assert after("end by hand  (", 2) == pytest.approx([4.4113, 6.2832], abs=1e-3)
    assert "the paths differ by less than 1e-12: True" in printed
    assert after("largest stable learning rate in the deepest valley:", 1) == pytest.approx([1.7296], abs=1e-4)

    # Shares of starts that have arrived, in percent: the reference has 300 × 300 starts, the lab 100 × 100.
    table = printed.split("share of 10,000 starts that have arrived", 1)[1]
    rows = re.findall(r"^ +(\d+) +([\d.]+) % +([\d.]+) % +([\d.]+) %$", table, flags=re.MULTILINE)[:3]
    expected = [(50, 0, 0.9, 100), (100, 0, 84.6, 100), (200, 0, 100, 100)]
    for row, reference in zip(rows, expected, strict=True):
        assert [float(number) for number in row] == pytest.approx(reference, abs=0.5)

    ends = [
        (4.411326, 6.283185, -1.760173, 24.7),
        (7.9210, 2.7735, -1.064591, 18.6),
        (1.6378, 3.5097, -1.064591, 16.8),
        (7.9210, 9.7929, -1.064591, 12.0),
        (1.6378, 9.0567, -1.064591, 10.4),
        (5.1475, 0, -0.369009, 7.7),
    ]
    rows = re.findall(r"^\(([\d.]+), ([\d.]+)\) (-[\d.]+) +([\d.]+) %$", printed, flags=re.MULTILINE)
    for row, (*place, share) in zip(rows, ends, strict=True):
        *printed_place, printed_share = map(float, row)
        assert printed_place == pytest.approx(place, abs=1e-4)
        assert printed_share == pytest.approx(share, abs=0.5)
    assert after("outside the square", 1) == pytest.approx([9.8], abs=0.5)
    assert after("Of those that end in one of the five,", 1) == pytest.approx([5.9], abs=0.5)

    # Below the limit the distance shrinks slowly, above it it neither shrinks nor becomes NaN.
    slow, swinging = after("η = 1.7  ", 5), after("η = 1.8  ", 5)
    assert slow == sorted(slow, reverse=True)
    assert slow[1] > 0.5 * slow[0]
    assert min(swinging[2:]) > 0.3
    assert max(swinging) < 1

    # The deceiving experiment deceives, and the fair one does not.
    deceiving = [after(f"η = {rate}", 1)[0] for rate in ("0.01  reaches", "0.1   reaches", "0.5   reaches")]
    assert deceiving[0] < min(deceiving[1:]) - 0.5
    fair = printed.split("from the same four starts", 1)[1]
    shares = re.findall(r"^η = ([\d.]+)(?: +[\d.]+){4} +(\d+)%$", fair, flags=re.MULTILINE)
    assert shares == [("0.01", "0"), ("0.1", "75"), ("0.5", "100")]
