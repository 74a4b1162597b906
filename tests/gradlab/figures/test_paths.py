import numpy as np
import torch

from gradlab import figures


def bowl(x: torch.Tensor) -> torch.Tensor:
    return ((x - 5) ** 2).sum(dim=-1)


def test_every_path_is_drawn_as_it_is() -> None:
    paths = 10 * torch.rand(3, 6, 2, dtype=torch.float64)
    figure = figures.trajectories(bowl, paths)

    lines = [trace for trace in figure.data[1:] if trace.mode == "lines+markers"]
    drawn = np.array([[trace.x, trace.y] for trace in lines], dtype=float).transpose(0, 2, 1)
    np.testing.assert_allclose(drawn, paths, atol=6e-5)


def test_starts_and_ends_are_marked_by_shape() -> None:
    paths = torch.tensor([[[1.0, 2.0], [3.0, 4.0], [5.0, 5.0]]])
    figure = figures.trajectories(bowl, paths)

    marks = {trace.marker.symbol: (trace.x, trace.y) for trace in figure.data[1:] if trace.mode == "markers"}
    assert marks == {"circle": ((1.0,), (2.0,)), "diamond": ((5.0,), (5.0,))}


def test_the_description_counts_the_ends() -> None:
    ends = torch.tensor([[1.0, 1.0], [5.0, 5.0], [5.001, 5.0]])
    paths = torch.stack([torch.zeros(3, 2), ends], dim=1)

    description = figures.trajectories(bowl, paths).description

    assert "3 descents of 1 steps" in description
    assert "(5.00, 5.00), where f = 0.00, 2×; (1.00, 1.00), where f = 32.00, 1×" in description


def test_many_ends_are_counted_rather_than_listed() -> None:
    paths = torch.stack([torch.zeros(9, 2), torch.arange(18.0).reshape(9, 2)], dim=1)

    assert "and 3 more" in figures.trajectories(bowl, paths).description


def test_paths_with_the_same_colour_differ_in_dash() -> None:
    figure = figures.trajectories(bowl, torch.rand(14, 3, 2))

    looks = {(trace.line.color, trace.line.dash) for trace in figure.data[1:] if trace.mode == "lines+markers"}
    assert len(looks) == 14


def test_a_path_in_one_variable_lies_on_the_graph() -> None:
    path = torch.tensor([[-1.0], [0.5], [1.5]])
    figure = figures.trajectories(lambda x: (x - 2) ** 2, path, extent=((-2.0, 4.0), (0.0, 1.0)))

    line = next(trace for trace in figure.data[1:] if trace.mode == "lines+markers")
    assert line.x == (-1.0, 0.5, 1.5)
    assert line.y == (9.0, 2.25, 0.25)


def test_a_path_that_left_for_infinity_is_drawn_as_far_as_it_goes() -> None:
    path = torch.tensor([[1.0, 1.0], [torch.inf, torch.nan]])

    line = next(trace for trace in figures.trajectories(bowl, path).data[1:] if trace.mode == "lines+markers")
    assert line.x == (1.0, None)


def test_a_mark_on_the_border_is_not_cut_off() -> None:
    figure = figures.trajectories(lambda x: x.sum(dim=-1), torch.tensor([[0.0, 0.0], [5.0, 5.0]]))

    assert [trace.cliponaxis for trace in figure.data[-2:]] == [False, False]
