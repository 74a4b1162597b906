"""A small share of what ``python -m tests.fuzz`` does; the seed is fixed, so that a failure comes again."""

from pathlib import Path

import pytest

from tests.fuzz.campaign import Campaign

pytestmark = pytest.mark.slow


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_mutants_never_stop_the_class_and_never_earn_more(tmp_path: Path, blank_gradebook: Path) -> None:
    campaign = Campaign(tmp_path, blank_gradebook, seed=20, workers=2)
    failures = campaign.run(range(60), lambda _: None)
    assert not failures
    assert campaign.statuses.total() == 60
    # Most of them can be read: otherwise little would be tested.
    assert campaign.statuses["graded"] >= 30
