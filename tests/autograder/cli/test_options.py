from pathlib import Path

import pytest
import typer

from autograder.cli.options import gpu_share, limits, processors, size
from autograder.gpu import discovery
from autograder.limits import Limits
from tests.autograder.gpu.fake_driver import GIBIBYTE, FakeDriver, gpu_of


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("4G", 4 * 1024**3),
        ("512M", 512 * 1024**2),
        ("1.5 GiB", 1536 * 1024**2),
        ("300000k", 300000 * 1024),
        ("1T", 1024**4),
        ("268435456", 256 * 1024**2),
        ("2gb", 2 * 1024**3),
    ],
)
def test_an_amount_of_memory_is_read(text: str, amount: int) -> None:
    assert size(text) == amount


@pytest.mark.parametrize("text", ["", "G", "4X", "-4G", "4 G G", "four", "1e9", "255M", "0"])
def test_what_is_no_amount_or_too_little_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        size(text)


def test_nothing_asked_for_means_the_usual_limits() -> None:
    assert limits() == Limits()


def test_slow_cells_get_a_longer_submission_and_quick_ones_no_shorter() -> None:
    slow = limits(cell_seconds=300, memory_bytes=8 * 1024**3)
    assert (slow.cell_seconds, slow.submission_seconds, slow.cpu_seconds) == (300, 3000, 4500)
    assert slow.memory_bytes == 8 * 1024**3
    quick = limits(cell_seconds=1)
    assert (quick.cell_seconds, quick.submission_seconds) == (1, Limits().submission_seconds)
    assert (slow.call_seconds, quick.call_seconds) == (150, Limits().call_seconds)


def test_what_is_asked_for_is_what_a_submission_gets() -> None:
    given = limits(cell_seconds=300, call_seconds=2, submission_seconds=5)
    assert (given.cell_seconds, given.call_seconds, given.submission_seconds) == (300, 2, 5)
    assert limits(submission_seconds=4000).cpu_seconds == 6000


def test_there_is_a_processor() -> None:
    assert processors() >= 1


def test_without_a_gpu_none_of_its_memory_is_shared_out() -> None:
    assert gpu_share(wanted=False, memory_bytes=None, workers=3) == (3, 0)
    assert gpu_share(wanted=False, memory_bytes=None, workers=None) == (processors(), 0)
    with pytest.raises(typer.BadParameter, match="--gpu-memory is for grading with --gpu"):
        gpu_share(wanted=False, memory_bytes=GIBIBYTE, workers=None)


def test_a_gpus_memory_is_shared_out_among_the_workers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shown = gpu_of(FakeDriver(), tmp_path)
    monkeypatch.setattr(discovery, "find_gpu", lambda: shown)
    assert gpu_share(wanted=True, memory_bytes=None, workers=2) == (2, GIBIBYTE * 7 // 2)
    assert gpu_share(wanted=True, memory_bytes=3 * GIBIBYTE, workers=1) == (1, 3 * GIBIBYTE)
    assert limits(gpu_bytes=3 * GIBIBYTE).gpu_bytes == 3 * GIBIBYTE
