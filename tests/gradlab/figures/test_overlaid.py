import pytest
import torch

from gradlab import figures

PATH = torch.tensor([[0.0, 1.0], [1.0, 2.0], [2.0, 2.5]])


def bowl(x: torch.Tensor) -> torch.Tensor:
    return (x**2).sum(dim=-1)


@pytest.fixture
def figure() -> figures.LabFigure:
    return figures.overlaid(bowl, {"one": PATH, "other": PATH.clone(), "third": PATH + 1})


def test_later_lines_are_thinner_and_have_a_dash_of_their_own(figure: figures.LabFigure) -> None:
    lines = figure.data[1:]

    assert [line.name for line in lines] == ["one", "other", "third"]
    assert lines[0].line.width > 2 * lines[1].line.width
    assert len({line.line.dash for line in lines}) == len({line.line.color for line in lines}) == 3


def test_axes_have_the_names_of_the_text() -> None:
    layout = figures.overlaid(bowl, {"one": PATH}, names=("w₁", "w₂")).layout

    assert (layout.xaxis.title.text, layout.yaxis.title.text) == ("w₁", "w₂")


def test_lines_hold_the_paths(figure: figures.LabFigure) -> None:
    assert figure.data[3].x == (1.0, 2.0, 3.0)
    assert figure.data[3].y == (2.0, 3.0, 3.5)


def test_the_description_names_equal_paths(figure: figures.LabFigure) -> None:
    assert "the same path: one, and other" in figure.description
    assert "third ends at (3.00, 3.50)" in figure.description
    assert "and third" not in figure.description


@pytest.mark.parametrize("paths", [{}, {"line": [[1.0], [2.0]]}, dict.fromkeys("abcd", PATH)])
def test_other_shapes_and_numbers_are_refused(paths: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="laid over"):
        figures.overlaid(bowl, paths)
