import itertools
import json

import numpy as np
import pytest
import torch

from gradlab import figures
from gradlab.figures.races import race, shown_steps

EXTENT = ((-1.0, 3.0), (-2.0, 2.0))


def valley(points: torch.Tensor) -> torch.Tensor:
    return 10 * (points[..., 0] - 1) ** 2 + points[..., 1] ** 2


def paths(steps: int = 30) -> dict[str, torch.Tensor]:
    slow = torch.stack([torch.linspace(0, 1, steps + 1), torch.linspace(1.5, 0.5, steps + 1)], dim=1)
    return {"slow": slow, "fast": slow[::3]}


def test_the_first_steps_have_a_frame_each_and_the_last_has_one() -> None:
    assert shown_steps(3) == [0, 1, 2, 3]
    many = shown_steps(149)
    assert many[:13] == list(range(13))
    assert many[-1] == 149
    assert len(many) < 30
    assert all(later > earlier for earlier, later in itertools.pairwise(many))


def test_every_frame_moves_every_racer_and_one_that_has_arrived_waits() -> None:
    figure = figures.race(valley, paths(), extent=EXTENT, names=("w", "b"))

    assert [frame.name for frame in figure.frames] == [str(step) for step in shown_steps(30)]
    trail, head, _, waiting = figure.frames[-1].data
    assert (trail.x[0], trail.y[0]) == (0, 1.5)
    assert head.x == (1.0,)
    assert waiting.y == (0.5,)
    assert figure.frames[0].traces == (1, 2, 3, 4)
    assert figure.layout.xaxis.title.text == "w"


def test_racers_differ_without_their_colour() -> None:
    figure = race(valley, {str(number): np.zeros((2, 2)) for number in range(6)}, extent=EXTENT)

    heads = figure.data[2::2]
    assert len({head.marker.symbol for head in heads}) == 6
    assert len({head.line.dash for head in heads}) == 6
    assert sum(trace.showlegend is not False for trace in figure.data[1:]) == 6


def test_a_trail_leaves_out_points_that_cannot_be_told_apart() -> None:
    figure = race(valley, {"tired": np.linspace([0, 0], [1e-3, 1e-3], 200)}, extent=EXTENT)

    assert len(figure.frames[-1].data[0].x) == 2


def test_the_description_ranks_the_racers() -> None:
    description = figures.race(valley, {"bad": [[0, 1], [0, 1]], "good": [[0, 1], [1, 0]]}, extent=EXTENT).description

    assert "2 optimisers" in description
    assert description.index("good at (1.00, 0.00), loss 0") < description.index("bad at (0.00, 1.00), loss 11")


def test_a_race_is_small() -> None:
    angle = np.linspace(0, 40, 150)
    spiral = np.stack([1 + np.cos(angle), np.sin(angle)], axis=1)
    figure = figures.race(valley, {str(number): spiral for number in range(6)}, extent=EXTENT)

    assert len(json.dumps(figure._plain(), default=str)) < 200_000


@pytest.mark.parametrize(
    ("wrong", "words"), [({}, "nothing to draw"), ({"a": [[1.0], [2.0]]}, "two parameters"), ({"a": [1.0]}, "shape")]
)
def test_what_is_no_race_is_refused(wrong: dict[str, list[object]], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        figures.race(valley, wrong, extent=EXTENT)
