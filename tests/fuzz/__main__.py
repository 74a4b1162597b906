"""Grades many mutated notebooks: python -m tests.fuzz --count 2000 --seed 1."""

import argparse
import secrets
import shutil
import sys
import time
import warnings
from functools import partial
from pathlib import Path
from tempfile import mkdtemp

from nbgrader.api import Gradebook
from rich.console import Console
from sqlalchemy.exc import SAWarning

from autograder.gradebook.connection import alembic_on_path
from tests.fuzz.campaign import Campaign


def main() -> int:
    """Run a campaign as the command line says.

    Returns:
        0 if everything held for every mutant, 1 if not.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=2000, help="how many mutants (2000)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="their seed (random, and printed)")
    parser.add_argument("--only", type=int, help="one mutant of the run, by its number")
    parser.add_argument("--workers", type=int, default=2, help="submissions at once (2)")
    chosen = parser.parse_args()
    numbers = range(chosen.count) if chosen.only is None else [chosen.only]
    root = Path(mkdtemp(prefix="fuzz-"))
    say = partial(Console(width=200).print, markup=False, highlight=False)
    say(f"seed {chosen.seed}, {len(numbers)} mutants, files in {root}")
    with alembic_on_path(), Gradebook(f"sqlite:///{root / 'blank.db'}", "default_course"):
        pass
    campaign = Campaign(root, root / "blank.db", chosen.seed, chosen.workers)
    started, done = time.monotonic(), 0

    def progress(more: int) -> None:
        nonlocal done
        done += more
        if done % 50 == 0:
            say(f"{done:6} graded, {time.monotonic() - started:6.0f} s, {dict(campaign.statuses)}")

    failures = campaign.run(numbers, progress)
    say(f"{done} graded in {time.monotonic() - started:.0f} s: {dict(campaign.statuses)}")
    for failure in failures:
        say(f"\nmutant {failure.number} ({', '.join(failure.history)}): {failure.problem}\n  {failure.folder}")
        say(f"  again: python -m tests.fuzz --seed {chosen.seed} --only {failure.number}")
    if not failures:
        shutil.rmtree(root)
    return 1 if failures else 0


if __name__ == "__main__":
    # SQLAlchemy's advice on nbgrader's queries is nothing that a reader of this output can follow.
    warnings.simplefilter("ignore", SAWarning)
    sys.exit(main())
