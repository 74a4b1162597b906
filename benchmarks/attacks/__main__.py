"""``python -m benchmarks.attacks``: the corpus of attacks, run through this grader, nbgrader and otter-grader."""

import datetime
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.attacks.graders import Grader, Gradlab, graders
from benchmarks.attacks.observe import Observer
from benchmarks.attacks.records import Record, key_of, load, save
from benchmarks.attacks.tables import write
from benchmarks.other_graders import CACHE
from tests.attacks.attack import Attack, Kind
from tests.attacks.corpus import ATTACKS

_WALL = frozenset({Kind.MESSAGE, Kind.WIRE})
"""Attacks by messages across Gradlab's wall: the other graders have none."""

_AT_ONCE = 3


def main(
    grader: Annotated[list[str] | None, typer.Option(help="gradlab, nbgrader or otter; may be given again.")] = None,
    only: Annotated[str, typer.Option(help="Only attacks whose name or class holds this text.")] = "",
    again: Annotated[bool, typer.Option("--again", help="Ask the peers again what they were asked before.")] = False,
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
    if isinstance(grader, Gradlab):
        # It is what changes here: nothing of it is kept.
        again = True
    else:
        attacks = [attack for attack in attacks if attack.kind not in _WALL]
    if again:
        save(path, [record for record in load(path) if record.key not in set(map(key_of, attacks))])
    known = {record.key for record in load(path)}
    attacks = [attack for attack in attacks if key_of(attack) not in known]
    if not attacks:
        return
    day = f"{datetime.datetime.now(tz=datetime.UTC):%Y-%m-%d}"
    with tempfile.TemporaryDirectory(prefix="attacks-") as folder:
        observer = Observer(grader, Path(folder))
        for attack, seen in chain.from_iterable(observer.observe(some) for some in _mixed(attacks)):
            record = Record(grader.name, grader.release, attack.kind.value, attack.name, key_of(attack), day, seen)
            save(path, [*(old for old in load(path) if old.attack != record.attack), record])
            harm = "" if seen.harmless else f" {seen}"
            print(f"{grader.name}: {attack.kind}: {attack.name}: {seen.earned:g}/{seen.possible:g}{harm}", flush=True)


def _mixed(attacks: Sequence[Attack]) -> Iterator[list[Attack]]:
    """Yield a few attacks of each class, then the next few: a run that is stopped early has seen something of all."""
    left = defaultdict(list)
    for attack in attacks:
        left[attack.kind].append(attack)
    for first in range(0, max(map(len, left.values())), _AT_ONCE):
        yield [attack for group in left.values() for attack in group[first : first + _AT_ONCE]]


if __name__ == "__main__":
    typer.run(main)
