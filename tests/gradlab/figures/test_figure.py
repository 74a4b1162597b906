import json
import subprocess
import sys

import pytest
import torch
from IPython.core.formatters import DisplayFormatter

from gradlab import figures


@pytest.fixture
def figure() -> figures.LabFigure:
    return figures.contour(lambda x: x[..., 0] * x[..., 1], resolution=4, title='a "title" & <more>')


def test_a_notebook_gets_data_a_page_and_words(figure: figures.LabFigure) -> None:
    shown, _ = DisplayFormatter().format(figure)

    assert set(shown) == {"text/plain", "text/html", "application/vnd.plotly.v1+json"}
    assert shown["text/plain"] == figure.description
    assert 'role="figure"' in shown["text/html"]
    assert shown["application/vnd.plotly.v1+json"]["data"][0]["type"] == "contour"
    json.dumps(shown)


def test_plotly_itself_is_not_put_into_the_notebook(figure: figures.LabFigure) -> None:
    assert len(figure._repr_mimebundle_()["text/html"]) < 30_000


def test_two_displays_of_one_figure_do_not_share_an_element(figure: figures.LabFigure) -> None:
    assert figure._repr_mimebundle_()["text/html"] != figure._repr_mimebundle_()["text/html"]


def test_the_description_cannot_break_out_of_its_attribute() -> None:
    figure = figures.progress({'"><script>alert(1)</script>': [1.0]})

    opening = figure._repr_mimebundle_()["text/html"].split(">", 1)[0]
    assert "<script" not in opening
    assert "&quot;" in opening


def test_every_figure_describes_itself() -> None:
    def f(x: torch.Tensor) -> torch.Tensor:
        return (x**2).sum(dim=-1)

    path = torch.rand(4, 2)
    drawn = [
        figures.contour(f, resolution=4),
        figures.surface(f, resolution=4),
        figures.trajectories(f, path),
        figures.descent_animation(f, {0.1: path}),
        figures.progress({"a": [1.0]}),
        figures.basin_map([[0]], [[1.0, 1.0]]),
        figures.curve(torch.sin, extent=(0.0, 1.0)),
    ]
    assert all(len(one.description) > 40 for one in drawn)


def test_importing_the_package_does_not_import_plotly() -> None:
    code = "import sys, gradlab.figures, gradlab.graph; print('plotly' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "False"


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'contours'"):
        figures.contours  # noqa: B018
