"""What the tests of all checks share."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from gradlab.check import Diagnosis, NotYet
from tests.gradlab.check.cases import Named, Passes, Refused, case, surface

SEEDS = (0, 1, 2)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """Torch's threads cost more than they bring for inputs as small as these."""
    torch.set_num_threads(1)


def _seed(seed: int) -> None:
    torch.manual_seed(seed)
    np.random.seed(seed)


@pytest.fixture
def refused() -> Refused:
    """Run a check with several seeds; it must refuse each time, with the same diagnosis."""

    def run(check: Callable[..., None], *arguments: object, **options: object) -> Diagnosis:
        found = []
        for seed in SEEDS:
            _seed(seed)
            with pytest.raises(NotYet) as caught:
                check(*arguments, **options)
            found.append(caught.value.diagnosis)
        assert {(each.misconception, each.title) for each in found} == {(found[0].misconception, found[0].title)}
        return found[0]

    return run


@pytest.fixture
def named(refused: Refused) -> Named:
    """Run a check on a wrong answer; it must name this misconception, or none, and have these words in the title."""

    def run(
        check: Callable[..., None], answer: object, misconception: str | None, words: str = "", **options: object
    ) -> None:
        with case(check, answer, misconception, words):
            diagnosis = refused(check, answer, **options)
            assert diagnosis.misconception == misconception
            assert words in diagnosis.title

    return run


@pytest.fixture
def passes(capsys: pytest.CaptureFixture[str]) -> Passes:
    """Run a check with several seeds; it must pass each time and print one line."""

    def run(check: Callable[..., None], *arguments: object, **options: object) -> None:
        with case(check, *arguments):
            for seed in SEEDS:
                _seed(seed)
                check(*arguments, **options)
                lines = capsys.readouterr().out.splitlines()
                assert len(lines) == 1
                assert lines[0].startswith("✓ ")

    return run


@pytest.fixture
def f() -> Callable[[torch.Tensor], torch.Tensor]:
    return surface
