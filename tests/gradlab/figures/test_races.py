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
    assert many[:21] == list(range(21))
    assert many[-1] == 149
    assert len(many) < 35
    assert all(later > earlier for earlier, later in itertools.pairwise(many))


def test_every_frame_moves_every_racer_and_one_that_has_arrived_waits() -> None:
    figure = figures.race(valley, paths(), extent=EXTENT, names=("w", "b"))

    assert [frame.name for frame in figure.frames] == [str(step) for step in shown_steps(30)]
    trail, head, _, _, waiting, its_loss = figure.frames[-1].data
    assert (trail.x[0], trail.y[0]) == (0, 1.5)
    assert head.x == (1.0,)
    assert waiting.y == (0.5,)
    assert (its_loss.x, its_loss.y) == ((10,), (0.25,))
    assert figure.frames[0].traces == (1, 2, 3, 4, 5, 6)
    assert figure.layout.xaxis.title.text == "w"


def test_the_losses_stand_below_above_the_lowest_value() -> None:
    figure = figures.race(valley, paths(), extent=EXTENT, lowest=0.2)

    slow, fast = figure.data[-2:]
    assert (slow.name, slow.yaxis, len(slow.y)) == ("slow", "y2", 31)
    assert fast.y[-1] == pytest.approx(0.05)
    assert figure.layout.yaxis2.type == "log"
    assert figure.layout.yaxis2.domain[1] < figure.layout.yaxis.domain[0]


def test_the_first_steps_are_enlarged() -> None:
    figure = figures.race(valley, paths(), extent=EXTENT)
    seen = {frame.name: frame.layout for frame in figure.frames}

    assert tuple(seen["30"].xaxis.range) == EXTENT[0]
    low, high = seen["5"].yaxis.range
    assert EXTENT[1][0] < low < 0.5
    assert 1.5 < high < EXTENT[1][1]
    assert seen["5"].xaxis2.range[1] < 21 < seen["30"].xaxis2.range[1]
    assert tuple(figure.layout.yaxis.range) == (low, high)


def test_a_loss_that_no_logarithm_has_is_left_out() -> None:
    figure = figures.race(valley, {"there": [[1.0, 0.0], [1.0, 0.0]]}, extent=EXTENT)

    assert figure.data[-1].y == (None, None)


def test_racers_differ_without_their_colour() -> None:
    figure = race(valley, {str(number): np.zeros((2, 2)) for number in range(6)}, extent=EXTENT)

    heads = figure.data[2:19:3]
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
