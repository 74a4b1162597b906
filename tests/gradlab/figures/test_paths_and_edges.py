import plotly.io
import pytest

from gradlab import figures


def test_thirty_doublings_have_a_billion_paths_and_sixty_edges() -> None:
    figure = figures.paths_and_edges(30)

    last = figure.frames[-1]
    assert [part.text for part in last.data[2:]] == [("<b>1,073,741,824</b>",), ("<b>60</b>",)]
    assert "1,073,741,824 paths, 60 edges" in figure.description


def test_two_edges_lead_to_each_value_of_the_chain() -> None:
    chain, values, *_ = figures.paths_and_edges(5).frames[2].data

    assert len(values.x) == 4
    # An edge ends where the line has a gap.
    assert chain.x.count(None) == 6
    assert max(x for x in chain.x if x is not None) == 3


def test_each_frame_changes_what_it_should() -> None:
    figure = figures.paths_and_edges(4)

    assert [frame.name for frame in figure.frames] == ["1", "2", "3", "4"]
    assert {frame.traces for frame in figure.frames} == {(3, 4, 5, 6)}
    assert figure.data[1].y == (2, 4, 8, 16)
    assert figure.data[2].y == (2, 4, 6, 8)
    assert figure.data[1].line.dash != figure.data[2].line.dash


def test_a_figure_is_small() -> None:
    assert len(plotly.io.to_json(figures.paths_and_edges(30))) < 100_000


def test_no_doubling_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to draw"):
        figures.paths_and_edges(0)
