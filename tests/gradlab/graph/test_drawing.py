import json

import pytest
import torch

from gradlab import figures, graph


@pytest.fixture
def figure() -> figures.LabFigure:
    return graph.draw(lambda a, b: a * b, a=torch.tensor(3.0), b=torch.tensor(-5.0))


def test_one_frame_for_each_value_and_each_gradient(figure: figures.LabFigure) -> None:
    values = [[text for text in frame.data[0].text if text] for frame in figure.frames]
    gradients = [[text for text in frame.data[1].text if text] for frame in figure.frames]

    assert values[:4] == [[], ["<b>3</b>"], ["3", "<b>−5</b>"], ["3", "−5", "<b>−15</b>"]]
    assert gradients[3:] == [[], ["<b>∂ 1</b>"], ["<b>∂ −5</b>", "∂ 1"], ["∂ −5", "<b>∂ 3</b>", "∂ 1"]]
    assert all(shown == ["3", "−5", "−15"] for shown in values[4:])


def test_it_opens_without_any_number(figure: figures.LabFigure) -> None:
    assert figure.data[2].text == figure.frames[0].data[0].text == ("", "", "")
    assert figure.data[3].text == figure.frames[0].data[1].text == ("", "", "")
    assert figure.layout.sliders[0].active == 0


def test_edges_have_their_local_slopes(figure: figures.LabFigure) -> None:
    assert [each.text for each in figure.layout.annotations if each.text.startswith("×")] == ["×−5", "×3"]


def test_results_have_the_names_of_the_text() -> None:
    def used_twice(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        p = x * y
        return p * (p + x)

    figure = graph.draw(used_twice, "p", "q", "L", x=torch.tensor(2.0), y=torch.tensor(3.0))
    assert figure.data[1].text == ("<b>x</b>", "<b>y</b>", "<b>p = ×</b>", "<b>q = +</b>", "<b>L = ×</b>")


def test_the_slider_names_the_pass(figure: figures.LabFigure) -> None:
    labels = [position.label for position in figure.layout.sliders[0].steps]

    assert labels == ["forward 0", "forward 1", "forward 2", "forward 3", "backward 1", "backward 2", "backward 3"]


def test_inputs_and_operations_differ_by_shape(figure: figures.LabFigure) -> None:
    assert figure.data[1].marker.symbol == ("square", "square", "circle")
    assert figure.data[1].text == ("<b>a</b>", "<b>b</b>", "<b>×</b>")


def test_the_description_tells_inputs_gradients_and_result(figure: figures.LabFigure) -> None:
    assert "a = 3, gradient −5; b = −5, gradient 3; result −15." in figure.description


def test_large_tensors_are_told_by_their_shape() -> None:
    figure = graph.draw(lambda w: w.sum(), w=torch.ones(4, 5))

    assert "w = 4×5 tensor" in figure.description


def test_it_is_a_figure_that_pages_can_show(figure: figures.LabFigure) -> None:
    bundle = figure._repr_mimebundle_()

    assert "Plotly.addFrames" in bundle["text/html"]
    json.dumps(bundle)
