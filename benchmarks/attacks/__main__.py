"""``python -m benchmarks.attacks``: the corpus of attacks, run through this grader, nbgrader and otter-grader."""

import datetime
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.attacks.graders import Grader, Gradlab, graders
from benchmarks.attacks.observe import Observer
from benchmarks.attacks.records import Record, key_of, load, save
from benchmarks.attacks.tables import ON_THE_WALL, write
from benchmarks.other_graders import CACHE
from tests.attacks.attack import Attack
from tests.attacks.corpus import ATTACKS

_AT_ONCE = 3
_MOST_RUNS = 2
"""Runs at once: memory is bounded for each of them, and a busy machine spoils what it measures."""


def main(
    grader: Annotated[list[str] | None, typer.Option(help="gradlab, nbgrader or otter; may be given again.")] = None,
    only: Annotated[str, typer.Option(help="Only attacks whose name or class holds this text.")] = "",
    again: Annotated[bool, typer.Option("--again", help="Run again what was observed before.")] = False,
    write_tables: Annotated[bool, typer.Option("--write", help="Write ATTACKS.md and docs/security.md.")] = False,
    kept: Annotated[bool, typer.Option("--kept", help="Run nothing: what was observed before is enough.")] = False,
    results: Annotated[Path, typer.Option(help="The folder that keeps observations.")] = CACHE / "attacks",
) -> None:
    """Hand every attack to each grader, in a container, and report what it earned and what it did."""
    wanted = [attack for attack in ATTACKS if only in attack.name or only in attack.kind]
    names = [] if kept else grader or ["gradlab", "nbgrader", "otter"]
    for chosen in graders(names):
        _observe(chosen, wanted, again, results)
    if write_tables:
        write([record for path in sorted(results.glob("*.json")) for record in load(path)], ATTACKS)


def _observe(grader: Grader, attacks: list[Attack], again: bool, results: Path) -> None:
    path = results / f"{grader.name}.json"
    if not isinstance(grader, Gradlab):
        attacks = [attack for attack in attacks if attack.kind not in ON_THE_WALL]
    if again:
        save(path, [record for record in load(path) if record.attack not in {attack.name for attack in attacks}])
    keys = {attack.name: key_of(attack, grader.program) for attack in attacks}
    known = {record.key for record in load(path)}
    attacks = [attack for attack in attacks if keys[attack.name] not in known]
    if not attacks:
        return
    started, done = time.monotonic(), 0
    day = f"{datetime.datetime.now(tz=datetime.UTC):%Y-%m-%d}"
    at_once = max(1, min(_MOST_RUNS, os.cpu_count() or 1))
    with (
        tempfile.TemporaryDirectory(prefix="attacks-") as folder,
        Observer(grader, Path(folder), at_once=at_once) as observer,
    ):
        for attack, seen in observer.observe(list(chain.from_iterable(_mixed(attacks)))):
            done += 1
            record = Record(grader.name, grader.release, attack.kind.value, attack.name, keys[attack.name], day, seen)
            save(path, [*(old for old in load(path) if old.attack != record.attack), record])
            about = f"{done}/{len(attacks)} {time.monotonic() - started:.0f} s"
            harm = "" if seen.harmless else f" {seen}"
            points = f"{seen.earned:g}/{seen.possible:g}"
            print(f"{grader.name}: {about}: {attack.kind}: {attack.name}: {points}{harm}", flush=True)


def _mixed(attacks: Sequence[Attack]) -> Iterator[list[Attack]]:
    """Yield a few attacks of each class, then the next few: a run that is stopped early has seen something of all."""
    left = defaultdict(list)
    for attack in attacks:
        left[attack.kind].append(attack)
    for first in range(0, max(map(len, left.values())), _AT_ONCE):
        yield [attack for group in left.values() for attack in group[first : first + _AT_ONCE]]


if __name__ == "__main__":
    typer.run(main)
