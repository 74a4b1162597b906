"""Tries hostile input at the coordinator's doors, and grades many mutated notebooks: python -m tests.fuzz --seed 1."""

import argparse
import secrets
import shutil
import sys
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from pathlib import Path
from tempfile import mkdtemp

from nbgrader.api import Gradebook
from rich.console import Console
from sqlalchemy.exc import SAWarning

from autograder.gradebook.connection import alembic_on_path
from tests.fuzz.campaign import Campaign
from tests.fuzz.doors import Failure, run_in_a_process

_BATCH = 100


def main() -> int:
    """Run a campaign as the command line says.

    Returns:
        0 if everything held for every mutant, 1 if not.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=2000, help="how many mutants (2000)")
    parser.add_argument("--doors", type=int, default=5000, help="how many inputs at the coordinator's doors (5000)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="their seed (random, and printed)")
    parser.add_argument("--only", type=int, help="one mutant of the run, by its number; no input at a door")
    parser.add_argument("--workers", type=int, default=2, help="submissions, or processes that try inputs, at once (2)")
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
    at_doors = _try_doors(0 if chosen.only is not None else chosen.doors, chosen, root, say)
    if not (failures or at_doors):
        shutil.rmtree(root)
    return 1 if failures or at_doors else 0


def _try_doors(count: int, chosen: argparse.Namespace, root: Path, say: Callable[[str], None]) -> bool:
    """Try inputs at the coordinator's doors; returns whether something didn't hold for one."""
    started, done, failed = time.monotonic(), 0, False

    def attempt(start: int) -> tuple[int, list[Failure]]:
        numbers = range(start, min(start + _BATCH, count))
        folder = root / f"doors-{start}"
        folder.mkdir()
        return len(numbers), run_in_a_process(numbers, chosen.seed, folder)

    with ThreadPoolExecutor(chosen.workers) as pool:
        for made in as_completed([pool.submit(attempt, start) for start in range(0, count, _BATCH)]):
            tried, failures = made.result()
            done += tried
            for failure in failures:
                failed = True
                say(f"\ninput {failure.number} at {failure.door}: {failure.problem}")
            say(f"{done:6} inputs tried at the coordinator's doors, {time.monotonic() - started:6.0f} s")
    return failed


if __name__ == "__main__":
    # SQLAlchemy's advice on nbgrader's queries is nothing that a reader of this output can follow.
    warnings.simplefilter("ignore", SAWarning)
    sys.exit(main())
