import numpy as np
import pytest
import torch

from gradlab import figures

LABELS = torch.tensor([[0, 0, 1, 1], [0, -1, 1, 1]])
MINIMA = torch.tensor([[2.0, 1.0], [5.0, 8.0]])


def test_rows_are_the_first_coordinate() -> None:
    figure = figures.basin_map(LABELS, MINIMA)

    cells = figure.data[0]
    assert cells.x == (2.5, 7.5)
    assert cells.y == (1.25, 3.75, 6.25, 8.75)
    np.testing.assert_array_equal(np.array(cells.z), LABELS.numpy().T)


def test_every_label_has_one_flat_colour() -> None:
    cells = figures.basin_map(LABELS, MINIMA).data[0]

    for label in (-1, 0, 1):
        position = (label - cells.zmin) / (cells.zmax - cells.zmin)
        below = [colour for edge, colour in cells.colorscale if edge < position]
        above = [colour for edge, colour in cells.colorscale if edge > position]
        assert below[-1] == above[0]
    assert len({colour for _, colour in cells.colorscale}) == 3


def test_shares_stand_in_the_legend_and_in_the_description() -> None:
    figure = figures.basin_map(LABELS, MINIMA)

    names = [trace.name for trace in figure.data if trace.showlegend is not False and trace.name]
    assert names == ["0 at (2.00, 1.00): 37.5 %", "1 at (5.00, 8.00): 50.0 %", "elsewhere: 12.5 %"]
    assert all(name in figure.description for name in names)


def test_minima_carry_their_numbers() -> None:
    numbers = figures.basin_map(LABELS, MINIMA).data[-1]

    assert (numbers.text, numbers.x, numbers.y) == (("0", "1"), (2.0, 5.0), (1.0, 8.0))


def test_marked_cells_get_a_dot() -> None:
    marked = torch.zeros(2, 4, dtype=torch.bool)
    marked[1, 2] = True
    figure = figures.basin_map(LABELS, MINIMA, marked=marked, marked_means="another was nearer")

    dots = next(trace for trace in figure.data if trace.name == "another was nearer")
    assert (dots.x, dots.y) == ((7.5,), (6.25,))
    assert "12.5 % of all points shown for which another was nearer" in figure.description


def test_labels_must_be_a_rectangle() -> None:
    with pytest.raises(ValueError, match="rectangle"):
        figures.basin_map([0, 1], MINIMA)
