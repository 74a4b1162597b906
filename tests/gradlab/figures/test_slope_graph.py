from dataclasses import dataclass

import plotly.io
import pytest

from gradlab import figures


@dataclass(eq=False)
class Value:
    data: float
    parents: tuple["Value", ...] = ()
    slopes: tuple[float, ...] = ()
    grad: float = 0.0


def product() -> list[Value]:
    x, y = Value(2, grad=3), Value(3, grad=2)
    return [x, y, Value(6, (x, y), (3.0, -2.0), 1)]


def test_every_edge_has_its_slope() -> None:
    figure = figures.slope_graph(product())

    assert [each.text for each in figure.layout.annotations if each.text.startswith("×")] == ["×3", "×−2"]


def test_values_stand_above_and_gradients_below() -> None:
    order = product()
    figure = figures.slope_graph(order, names={"x": order[0]})

    assert figure.data[1].text == ("<b>x</b>", "<b></b>", "<b></b>")
    values, gradients = figure.frames[-1].data
    assert values.text[:2] == ("2", "3")
    assert "∂ 3" in gradients.text[0]
    assert all(above < below for above, below in zip(figure.data[2].y, figure.data[3].y, strict=True))


def test_gradients_appear_from_the_end() -> None:
    frames = figures.slope_graph(product()).frames

    assert len(frames) == 7
    assert [bool(text) for text in frames[4].data[1].text] == [False, False, True]


def test_the_description_tells_the_gradients() -> None:
    order = product()

    assert (
        "x = 2, gradient 3; L = 6, gradient 1."
        in figures.slope_graph(order, names={"x": order[0], "L": order[2]}).description
    )


def test_only_a_topological_order_is_drawn() -> None:
    with pytest.raises(ValueError, match="before one of its parents"):
        figures.slope_graph(product()[::-1])
    with pytest.raises(ValueError, match="nothing to draw"):
        figures.slope_graph([])


def test_a_figure_is_small() -> None:
    assert len(plotly.io.to_json(figures.slope_graph(product()))) < 20_000
