import json

import numpy as np
import plotly.graph_objects
import pytest
import torch

from gradlab import figures
from gradlab.figures.regions import deepest

EXTENT = ((0.0, 3.0), (0.0, 2.0))
POINTS = torch.tensor([[0.5, 0.5], [2.5, 1.5], [2.0, 0.2]])
LABELS = torch.tensor([0, 1, 1])


def half(rows: int = 24, columns: int = 16) -> torch.Tensor:
    """The logits of two classes; class 1 from the middle of x₁ on."""
    lead = torch.linspace(-1.5, 1.5, rows)[:, None].expand(rows, columns)
    return torch.stack([torch.zeros(rows, columns), lead], dim=-1)


def never(rows: int = 24, columns: int = 16) -> torch.Tensor:
    """Both logits equal: class 0 everywhere."""
    return torch.zeros(rows, columns, 2)


def drawn(**more: object) -> figures.LabFigure:
    chosen: dict[str, object] = {
        "maps": {"straight": [never(), half()], "bent": [half(), half().flip(0)]},
        "points": POINTS,
        "labels": LABELS,
        "names": ["no", "yes"],
        "moments": [0, 10],
        "right": {"straight": [33.3, 100.0], "bent": [100.0, 0.0]},
        "extent": EXTENT,
    }
    return figures.decision_regions(**(chosen | more))


def test_rows_are_the_first_coordinate() -> None:
    cells = drawn().data[5]

    np.testing.assert_allclose(np.array(cells.z), half()[..., 1].T.numpy(), rtol=5e-3)
    assert (cells.x0, cells.y0) == (0.0, 0.0)
    assert cells.x0 + 23 * cells.dx == pytest.approx(3.0)
    assert cells.y0 + 15 * cells.dy == pytest.approx(2.0)


def test_a_border_between_grid_points_is_where_both_logits_are_equal() -> None:
    region = drawn().data[5]

    assert (region.type, region.contours.type, region.contours.value) == ("contour", "constraint", 0)
    middle = np.array(region.z)[:, 11:13]
    assert (middle[:, 0] < 0).all()
    np.testing.assert_allclose(middle.sum(axis=1), 0, atol=1e-3)
    assert [shape.fillcolor != region.fillcolor for shape in drawn().layout.shapes] == [True, True]


def test_three_classes_have_two_regions_over_the_first() -> None:
    maps = {"three": [torch.randn(24, 16, 3, generator=torch.Generator().manual_seed(1)) for _ in range(2)]}
    figure = drawn(maps=maps, names=["a", "b", "c"], right={"three": [1, 2]})

    z = np.stack([np.array(trace.z) for trace in figure.data[:2]])
    answers = maps["three"][0].argmax(dim=-1).T.numpy()
    np.testing.assert_array_equal(np.where(z[0] > 0, 1, np.where(z[1] > 0, 2, 0)), answers)


def test_each_frame_changes_what_it_should() -> None:
    figure = drawn()

    assert [frame.name for frame in figure.frames] == ["0", "10"]
    for frame in figure.frames:
        assert frame.traces == (0, 1, 2, 5, 6, 7)
        assert [figure.data[number].type for number in frame.traces] == [part.type for part in frame.data]
    assert [step.label for step in figure.layout.sliders[0].steps] == ["0", "10"]
    assert figure.frames[1].data[2].text == ("<b>straight: 100 % right</b>",)


def test_classes_differ_in_mark_and_regions_have_names() -> None:
    figure = drawn()

    examples = [trace for trace in figure.data if trace.type == "scatter" and trace.mode == "markers"]
    assert [(trace.name, trace.marker.symbol) for trace in examples] == [("no", "circle"), ("yes", "diamond")] * 2
    assert [trace.showlegend for trace in examples] == [True, True, False, False]
    assert figure.data[1].text == ("<b>no</b>",)
    assert figure.data[6].text == ("<b>no</b>", "<b>yes</b>")
    assert figure.data[6].x[0] < 1.5 < figure.data[6].x[1]


def test_the_second_panel_has_axes_of_its_own() -> None:
    figure = drawn()

    assert [(trace.xaxis, trace.yaxis) for trace in figure.data] == [("x", "y")] * 5 + [("x2", "y2")] * 5
    assert figure.layout.xaxis.domain[1] < figure.layout.xaxis2.domain[0]


def test_one_classifier_fills_the_figure() -> None:
    figure = drawn(maps={"bent": [half(), half()]})

    assert figure.layout.xaxis.domain == (0.0, 1.0)
    assert "x2" not in {trace.xaxis for trace in figure.data}


def test_it_describes_itself() -> None:
    description = drawn().description

    assert "straight: 33 % right before and 100 % after training, when it answers no and yes" in description
    assert "after 0 to 10 epochs" in description


def test_plotly_accepts_it_and_leaves_it_as_it_is() -> None:
    figure = drawn()
    before = json.loads(json.dumps(figure._repr_mimebundle_()["application/vnd.plotly.v1+json"]))
    assert isinstance(figure, plotly.graph_objects.Figure)
    assert len(figure.data) == 10
    assert json.loads(json.dumps(figure._repr_mimebundle_()["application/vnd.plotly.v1+json"])) == before


def test_a_word_stands_where_there_is_room() -> None:
    region = np.zeros((30, 20), dtype=bool)
    region[14:, 3:19] = True
    row, column = deepest(region) or (0, 0)
    assert 19 <= row <= 25
    assert 4 <= column <= 17
    taken = np.zeros_like(region)
    taken[:, 10:] = True
    assert (deepest(region, taken) or (0, 99))[1] < 10


def test_a_narrow_region_gets_no_word() -> None:
    region = np.zeros((30, 20), dtype=bool)
    region[4] = True
    assert deepest(region) is None
    assert deepest(np.zeros((30, 20), dtype=bool)) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"maps": {}},
        {"maps": {"bent": [half()]}},
        {"maps": {"bent": [half(), half()[:3]]}},
        {"maps": {"bent": [torch.zeros(3), torch.zeros(3)]}},
        {"maps": {"bent": [half()[..., :1], half()[..., :1]]}},
        {"names": ["a"]},
        {"names": ["a", "b", "c", "d", "e"]},
    ],
)
def test_other_shapes_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="at most four classes"):
        drawn(**wrong)
