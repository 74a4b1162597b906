"""``python -m benchmarks.attacks``: the corpus of attacks, run through this grader, nbgrader and otter-grader."""

import sys
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
from benchmarks.peers import CACHE
from tests.attacks.attack import Attack, Kind
from tests.attacks.corpus import ATTACKS

_WALL = frozenset({Kind.MESSAGE, Kind.WIRE})
"""What is said across Gradlab's wall: the other graders have no wall."""

_AT_ONCE = 3


def main(
    grader: Annotated[list[str] | None, typer.Option(help="gradlab, nbgrader or otter; may be given again.")] = None,
    only: Annotated[str, typer.Option(help="Only attacks whose name or class holds this text.")] = "",
    again: Annotated[bool, typer.Option(help="Observe again what was observed before.")] = False,
    write_tables: Annotated[bool, typer.Option("--write", help="Write ATTACKS.md and docs/security.md.")] = False,
    results: Annotated[Path, typer.Option(help="The folder that keeps observations.")] = CACHE / "attacks",
) -> None:
    """Hand every attack to each grader, in a container, and tell what it earned and what it did."""
    wanted = [attack for attack in ATTACKS if only in attack.name or only in attack.kind]
    for chosen in graders(grader or ["gradlab", "nbgrader", "otter"]):
        _observe(chosen, wanted, again, results)
    if write_tables:
        write([record for path in sorted(results.glob("*.json")) for record in load(path)], ATTACKS)


def _observe(grader: Grader, attacks: list[Attack], again: bool, results: Path) -> None:
    path = results / f"{grader.name}.json"
    if not isinstance(grader, Gradlab):
        attacks = [attack for attack in attacks if attack.kind not in _WALL]
        known = {record.key for record in load(path)}
        attacks = [attack for attack in attacks if again or key_of(attack) not in known]
    if not attacks:
        return
    with tempfile.TemporaryDirectory(prefix="attacks-") as folder:
        observer = Observer(grader, Path(folder))
        for attack, seen in chain.from_iterable(observer.observe(some) for some in _mixed(attacks)):
            record = Record(grader.name, grader.release, attack.kind.value, attack.name, key_of(attack), seen)
            save(path, [*(old for old in load(path) if old.attack != record.attack), record])
            print(f"{grader.name}: {attack.kind}: {attack.name}: {seen.earned:g}/{seen.possible:g}", end="")
            print("" if seen.harmless else f" {seen}", file=sys.stdout, flush=True)


def _mixed(attacks: Sequence[Attack]) -> Iterator[list[Attack]]:
    """Yield a few attacks of each class, then the next few: a run that is stopped early has seen something of all."""
    left = defaultdict(list)
    for attack in attacks:
        left[attack.kind].append(attack)
    for first in range(0, max(map(len, left.values())), _AT_ONCE):
        yield [attack for group in left.values() for attack in group[first : first + _AT_ONCE]]


if __name__ == "__main__":
    typer.run(main)
