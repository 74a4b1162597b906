import pytest

from gradlab import figures

WIDTHS = [1e-1, 1e-3, 1e-5, 1e-7]
ERRORS = {"forward": [1e-1, 1e-3, 1e-5, 1e-4], "central": [1e-2, 1e-6, 1e-11, 0.0]}


def test_lines_hold_the_errors_over_the_widths() -> None:
    figure = figures.accuracy(WIDTHS, ERRORS)

    assert [trace.name for trace in figure.data] == ["forward", "central", "forward", "central"]
    assert figure.data[0].x == tuple(WIDTHS)
    assert figure.data[0].y == (1e-1, 1e-3, 1e-5, 1e-4)
    assert figure.layout.xaxis.type == figure.layout.yaxis.type == "log"


def test_zero_has_no_place_on_a_logarithmic_axis() -> None:
    assert figures.accuracy(WIDTHS, ERRORS).data[1].y[-1] is None


def test_marks_stand_where_a_line_is_lowest() -> None:
    marks = figures.accuracy(WIDTHS, ERRORS).data[2:]

    assert [(mark.x, mark.y) for mark in marks] == [((1e-5,), (1e-5,)), ((1e-5,), (1e-11,))]
    assert len({mark.marker.symbol for mark in marks}) == 2


def test_lines_differ_without_their_colour() -> None:
    assert len({trace.line.dash for trace in figures.accuracy(WIDTHS, ERRORS).data[:2]}) == 2


def test_the_description_tells_the_best_widths() -> None:
    assert (
        "central: lowest near h = 10⁻⁵, where the error is about 10⁻¹¹" in figures.accuracy(WIDTHS, ERRORS).description
    )


@pytest.mark.parametrize("nothing", [{}, {"a": [1.0]}, {"a": [0.0] * 4}])
def test_nothing_to_draw_is_refused(nothing: dict[str, list[float]]) -> None:
    with pytest.raises(ValueError, match="nothing to draw"):
        figures.accuracy(WIDTHS, nothing)
