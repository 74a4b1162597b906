import json

import numpy as np
import pytest
import torch

from gradlab import figures


def bowl(x: torch.Tensor) -> torch.Tensor:
    return ((x - 5) ** 2).sum(dim=-1)


def walk(rate: float, steps: int) -> torch.Tensor:
    points = [torch.tensor([1.0, 9.0])]
    for _ in range(steps):
        points.append(points[-1] - rate * 2 * (points[-1] - 5))
    return torch.stack(points)


RATES = (0.01, 0.1, 0.9)


@pytest.fixture
def figure() -> figures.LabFigure:
    return figures.descent_animation(bowl, {rate: walk(rate, 8) for rate in RATES})


def test_a_frame_for_each_step_and_a_position_for_each_rate(figure: figures.LabFigure) -> None:
    steps, rates = figure.layout.sliders

    assert [frame.name for frame in figure.frames] == [str(step) for step in range(9)]
    assert [list(position.args[0]) for position in steps.steps] == [[str(step)] for step in range(9)]
    assert [position.label for position in rates.steps] == ["0.01", "0.1", "0.9", "all"]


def test_frames_hold_the_paths_as_far_as_they_have_come(figure: figures.LabFigure) -> None:
    for step, frame in enumerate(figure.frames):
        for number, rate in enumerate(RATES):
            trail, head = frame.data[2 * number : 2 * number + 2]
            expected = walk(rate, 8)[: step + 1]
            np.testing.assert_allclose(np.array([trail.x, trail.y], dtype=float).T, expected, atol=6e-5)
            assert (head.x, head.y) == (trail.x[-1:], trail.y[-1:])
            assert head.text == (f"f = {float(bowl(expected[-1])):.3f}",)


def test_the_rate_slider_shows_the_traces_of_its_rate_alone(figure: figures.LabFigure) -> None:
    moving = [1, 2, 3, 4, 5, 6]
    names = {number: figure.data[number].name for number in moving}
    for rate, position in zip(RATES, figure.layout.sliders[1].steps[:-1], strict=True):
        change, layout, traces = position.args
        assert position.method == "update"
        assert not layout["showlegend"]
        seen = {names[number] for number, visible in zip(traces, change["visible"], strict=True) if visible}
        assert seen == {f"η = {rate:g}"}
    everything = figure.layout.sliders[1].steps[-1].args[0]
    assert all(everything["visible"])
    assert not any("text" in mode for mode in everything["mode"])
    assert figure.layout.sliders[1].steps[-1].args[1]["showlegend"]
    legend = [trace for trace in figure.data[1:] if trace.showlegend is not False]
    assert [trace.name for trace in legend] == [f"η = {rate:g}" for rate in RATES]
    assert len({trace.marker.symbol for trace in legend}) == len(RATES)
    assert list(figure.frames[0].traces) == moving


def test_contours_stay_on_the_page_while_it_plays(figure: figures.LabFigure) -> None:
    play = figure.layout.updatemenus[0].buttons[0].args[1]
    positions = [position.args[1] for position in figure.layout.sliders[0].steps]

    assert all(choice["frame"]["redraw"] for choice in (play, *positions))


def test_the_first_rate_is_seen_at_first(figure: figures.LabFigure) -> None:
    assert [trace.visible is not False for trace in figure.data] == [True, True, True, False, False, False, False]


def test_static_pages_hold_everything(figure: figures.LabFigure) -> None:
    page = figure._repr_mimebundle_()["text/html"]

    assert "Plotly.addFrames" in page
    assert json.dumps(figure.frames[8].data[0].x[-1]) in page
    assert "learning rate" in page


def test_a_shorter_path_waits_at_its_end() -> None:
    figure = figures.descent_animation(bowl, {0.1: walk(0.1, 2), 0.5: walk(0.5, 5)})

    assert len(figure.frames) == 6
    assert figure.frames[5].data[1].x == figure.frames[2].data[1].x


def test_one_variable() -> None:
    figure = figures.descent_animation(lambda x: x**2, {0.5: [[2.0], [1.0]]}, extent=((-3.0, 3.0), (0.0, 1.0)))

    assert figure.frames[1].data[0].y == (4.0, 1.0)


def test_no_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one learning rate"):
        figures.descent_animation(bowl, {})


def test_the_description_says_where_each_rate_ends(figure: figures.LabFigure) -> None:
    for rate in RATES:
        x, y = walk(rate, 8)[-1].tolist()
        assert f"η = {rate:g} stands at ({x:.2f}, {y:.2f})" in figure.description
