"""The basin map: the shares of the reference, any n, the image, and what stands in the way."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from gradlab import basins
from gradlab.basins.__main__ import main
from gradlab.landscape import LARGEST_RATE, bottom, clearance, height, minimum, valley
from gradlab.notebook.computation_errors import ComputationError

# The table of the reference: 300 × 300 starts, learning rate 0.1, 1000 steps; the last row is "outside the square".
SHARES = (24.7, 18.6, 16.8, 12.0, 10.4, 7.7)
OUTSIDE = 9.8
HEIGHTS = (-1.760173, -1.064591, -1.064591, -1.064591, -1.064591, -0.369009)
PLACES = ((4.411326, 2 * math.pi), (7.9210, 2.7735), (1.6378, 3.5097), (7.9210, 9.7929), (1.6378, 9.0567), (5.1475, 0))

CUDA = pytest.param("cuda", marks=pytest.mark.cuda)


@pytest.mark.parametrize("device", ["cpu", CUDA])
def test_the_shares_are_those_of_the_reference(device: str) -> None:
    found = basins.shares(basins.settle(300, 0.1, 1000, device=device))
    assert [round(100 * share.share, 1) for share in found[:6]] == list(SHARES)
    assert round(100 * sum(share.share for share in found[6:]), 1) == OUTSIDE


def test_a_coarse_map_is_within_half_a_percent() -> None:
    found = basins.shares(basins.settle(100))
    for share, expected in zip(found, SHARES, strict=False):
        assert 100 * share.share == pytest.approx(expected, abs=0.5)


def test_the_minima_are_those_of_the_reference() -> None:
    found = basins.shares(basins.settle(8))[:6]
    for share, place, level in zip(found, PLACES, HEIGHTS, strict=True):
        assert share.place == pytest.approx(place, abs=1e-4)
        assert height(torch.tensor(share.place, dtype=torch.float64)).item() == pytest.approx(level, abs=1e-6)
    assert pytest.approx(1.7296, abs=1e-4) == LARGEST_RATE


def test_every_descent_comes_to_rest_in_the_valley_of_its_minimum() -> None:
    found = basins.settle(20, dtype=torch.float64)
    middles = (torch.arange(20, dtype=torch.float64) + 0.5) / 2
    points = torch.cartesian_prod(middles, middles).requires_grad_()
    for _ in range(400):
        (slopes,) = torch.autograd.grad(height(points).sum(), points)
        with torch.no_grad():
            points -= 0.1 * slopes
    ends = minimum(found.valleys.astype(float)).reshape(-1, 2)
    assert np.abs(points.detach().numpy() - ends).max() < 1e-6
    assert found.at_rest.all()


def test_the_number_of_steps_is_that_after_which_the_ground_is_flat() -> None:
    # The middle of cell (0, 0) of 2 × 2.
    start, steps = torch.tensor([2.5, 2.5], dtype=torch.float64).requires_grad_(), 0
    while (slope := torch.autograd.grad(height(start), start)[0]).norm() >= 1e-3:
        start, steps = (start - 0.1 * slope).detach().requires_grad_(), steps + 1
    assert basins.settle(2, dtype=torch.float64).arrival[0, 0] == steps


@pytest.mark.parametrize("n", [1, 3, 7])
def test_any_number_of_starts_will_do(n: int) -> None:
    found = basins.settle(n)
    assert found.valleys.shape == (n, n, 2)
    assert sum(share.share for share in basins.shares(found)) == pytest.approx(1)
    assert basins.picture(found).png.startswith(b"\x89PNG")


def test_a_large_rate_empties_the_deep_valleys() -> None:
    found = basins.shares(basins.settle(60, 3.5, 160))
    assert sum(share.share for share in found[:5]) == 0
    assert found[5].share > 0.25


def test_valleys_lie_between_ridges() -> None:
    t = torch.linspace(-30, 30, 2001, dtype=torch.float64)
    numbers = valley(t)
    assert (numbers.diff() >= 0).all()
    assert (valley(bottom(numbers)) == numbers).all()
    # Where the number changes, a ridge is near.
    assert (clearance(t[1:])[numbers.diff() > 0] < 0.03).all()


@pytest.mark.parametrize("n", [0, -4, 2.5, True, "many"])
def test_a_number_of_starts_that_makes_no_sense_is_refused(n: object) -> None:
    with pytest.raises(ComputationError, match="need not be a power of two") as caught:
        basins.settle(n)
    assert caught.value.kind == "count"


@pytest.mark.parametrize("rate", [math.nan, math.inf, 0, -0.1, None])
def test_a_rate_that_makes_no_sense_is_refused(rate: object) -> None:
    with pytest.raises(ComputationError, match="learning rate") as caught:
        basins.settle(2, rate)
    assert caught.value.kind == "rate"


def test_the_picture_is_described_and_shown(tmp_path: Path) -> None:
    drawn = basins.picture(basins.settle(32), basins.settle(32, 3.5, 8), pixels=16)
    data, metadata = drawn._repr_mimebundle_()
    assert data["image/png"] == drawn.png
    assert metadata["image/png"]["alt"] == drawn.description
    assert "0 at (4.41, 6.28): 24" in drawn.description
    assert "tartan" in drawn.description
    drawn.write(tmp_path / "map.png")
    assert (tmp_path / "map.png").read_bytes() == drawn.png


def test_two_maps_give_a_valley_one_colour() -> None:
    maps = basins.settle(40), basins.settle(40, 0.3)
    from gradlab.basins.pictures import _together, coloured

    among = _together(maps)
    brightest = [coloured(each, among).reshape(-1, 3) for each in maps]
    valleys = [each.valleys.reshape(-1, 2) for each in maps]
    for share in among[:5]:
        tops = [
            image[(keys == share.valley).all(axis=1)].max(axis=0)
            for image, keys in zip(brightest, valleys, strict=True)
        ]
        assert np.abs(tops[0] - tops[1]).max() < 0.05


def test_the_command_writes_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "map.png"), "--n", "16", "--rates", "0.1", "3.5", "--steps", "400", "8"]) == 0
    assert (tmp_path / "map.png").read_bytes().startswith(b"\x89PNG")
    assert "16 × 16 starts" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--n", "0"], ["--rates", "nan"], ["--device", "abacus"]])
def test_the_command_says_what_stands_in_the_way(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / "map.png"), *arguments]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.cuda
def test_cpu_and_gpu_draw_the_same_map() -> None:
    on_cpu, on_gpu = (basins.settle(128, device=device) for device in ("cpu", "cuda"))
    assert (on_cpu.valleys == on_gpu.valleys).all(axis=-1).mean() > 0.999
    assert np.abs(on_cpu.arrival - on_gpu.arrival).mean() < 0.1
