import copy
import json
import subprocess
import sys

import plotly.graph_objects
import pytest
import torch
from IPython.core.formatters import DisplayFormatter

from gradlab import figures, graph


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


def every_figure() -> list[figures.LabFigure]:
    def f(x: torch.Tensor) -> torch.Tensor:
        return (x**2).sum(dim=-1)

    path = torch.rand(4, 2)
    return [
        figures.contour(f, resolution=4),
        figures.contour(lambda x: (x[..., 0] - 5).log(), resolution=4),
        figures.surface(f, resolution=4),
        figures.trajectories(f, path),
        figures.descent_animation(f, {0.1: path}),
        figures.progress({"a": [1.0]}),
        figures.basin_map([[0, 1], [-1, 0]], [[1.0, 1.0], [2.0, 2.0]], marked=[[True, False], [False, False]]),
        figures.curve(torch.sin, extent=(0.0, 1.0)),
        graph.draw(lambda w: (w**2).sum(), w=torch.ones(2)),
    ]


def shown(figure: figures.LabFigure) -> object:
    return json.loads(json.dumps(figure._repr_mimebundle_()["application/vnd.plotly.v1+json"]))


def test_every_figure_describes_itself() -> None:
    assert all(len(one.description) > 40 for one in every_figure())


def test_plotly_accepts_every_figure_and_leaves_it_as_it_is() -> None:
    for figure in every_figure():
        before = shown(figure)
        assert isinstance(figure, plotly.graph_objects.Figure)
        assert len(figure.data) > 0
        assert shown(figure) == before


def test_what_is_changed_is_shown() -> None:
    for figure in every_figure():
        figure.update_layout(title_text="another title").add_scatter(x=[1], y=[2], name="one more")
        figure.layout.meta = {"description": "other words"}

        changed = figure._repr_mimebundle_()
        drawing = changed["application/vnd.plotly.v1+json"]
        assert (drawing["layout"]["title"]["text"], drawing["data"][-1]["name"]) == ("another title", "one more")
        assert changed["text/plain"] == figure.description == "other words"
        assert "another title" in changed["text/html"]


def test_a_figure_can_be_copied() -> None:
    for figure in every_figure():
        assert shown(copy.deepcopy(figure)) == shown(figure)


def test_an_unknown_attribute_of_a_figure_is_an_attribute_error(figure: figures.LabFigure) -> None:
    for _ in range(2):
        with pytest.raises(AttributeError, match="no attribute 'color'"):
            figure.color  # noqa: B018


def test_importing_the_package_does_not_import_plotly() -> None:
    code = "import sys, gradlab.figures, gradlab.graph; print('plotly' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "False"


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'contours'"):
        figures.contours  # noqa: B018
