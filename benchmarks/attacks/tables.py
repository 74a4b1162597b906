"""Observations as tables: one line for each attack, and a summary by class for docs/security.md."""

import platform
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from benchmarks.attacks.container import DISK_BYTES, MEMORY_BYTES
from benchmarks.attacks.graders import CELL_SECONDS
from benchmarks.attacks.observe import RUN_SECONDS, Observation
from benchmarks.attacks.records import Record
from benchmarks.other_graders import ROOT
from tests.attacks.attack import Attack, Kind

EVERY_ATTACK = Path(__file__).resolve().parents[1] / "ATTACKS.md"
SECURITY = ROOT / "docs" / "security.md"
NAMES = ("Gradlab", "nbgrader", "otter-grader")
ON_THE_WALL = frozenset({Kind.MESSAGE, Kind.WIRE})
"""Attacks by messages across Gradlab's wall: the other graders have none."""
_PLACE = re.compile(r"(<!-- attacks: begin -->\n).*(<!-- attacks: end -->)", re.DOTALL)
_COMMAND = "python -m benchmarks.attacks --write"
_EACH = "One line for each attack, with what it earned and did: [benchmarks/ATTACKS.md](../benchmarks/ATTACKS.md)."
Seen = Mapping[tuple[str, str], Observation]
"""(grader, attack) → what was observed."""

_HARMS: dict[str, Callable[[Observation], bool]] = {
    "an honest student, graded next, lost points or has none": lambda seen: seen.neighbour != 1.0,
    "something outside of the submission's folder changed, or the machine's memory ran out": lambda seen: bool(
        seen.changed
    ),
    "a process outlived the grading": lambda seen: seen.survived,
    f"the grading had not ended after {RUN_SECONDS:g} seconds": lambda seen: not seen.ended,
    "a person is told: a flag, a repair, or no result at all": lambda seen: bool(seen.remarks),
}


def write(records: Iterable[Record], attacks: Sequence[Attack]) -> None:
    """Write ATTACKS.md, and the summary into docs/security.md.

    Args:
        records: what was observed; of an attack that is no more, nothing is written.
        attacks: the corpus.
    """
    current = {attack.name for attack in attacks}
    kept = [record for record in records if record.attack in current]
    seen = {(record.grader, record.attack): record.observation for record in kept}
    EVERY_ATTACK.write_text(every_attack(attacks, seen, measured(kept, attacks)), encoding="utf-8")
    text = SECURITY.read_text(encoding="utf-8")
    summary = f"{measured(kept, attacks)}\n\n{by_class(attacks, seen)}\n\n{harms(attacks, seen)}\n\n{_EACH}\n"
    SECURITY.write_text(_PLACE.sub(lambda found: f"{found[1]}{summary}{found[2]}", text), encoding="utf-8")


def measured(records: Sequence[Record], attacks: Sequence[Attack]) -> str:
    """With what, when and how the tables were made, and how much of the corpus was run."""
    days = sorted({record.day for record in records})
    releases = {record.grader: record.release for record in records}
    counts = Counter(record.grader for record in records)
    ran = ", ".join(f"{name} {releases[name]}: {counts[name]}" for name in NAMES if name in releases)
    across = sum(attack.kind in ON_THE_WALL for attack in attacks)
    sample = any(counts[name] < len(attacks) - (0 if name == NAMES[0] else across) for name in NAMES)
    return (
        f"Measured on {' to '.join(dict.fromkeys([days[0], days[-1]])) if days else 'no day'}, Python "
        f"{platform.python_version()}: `{_COMMAND}`. The corpus has {len(attacks)} attacks; {across} of them are "
        f"messages across the wall, which is {NAMES[0]}'s alone. Run: {ran}."
        + (" This is a sample: the command was ended before it had run all." if sample else "")
    )


def by_class(attacks: Sequence[Attack], seen: Seen) -> str:
    """How many attacks of each class earned points that they should not have."""
    groups: dict[Kind, list[Attack]] = defaultdict(list)
    for attack in attacks:
        groups[attack.kind].append(attack)
    present = [kind for kind in Kind if groups[kind]]
    rows = [[str(kind), *(_share(groups[kind], name, seen, _won) for name in NAMES)] for kind in present]
    rows.append(["**all**", *(f"**{_share(attacks, name, seen, _won)}**" for name in NAMES)])
    return _table(["Attacks that earned points", *NAMES], rows)


def harms(attacks: Sequence[Attack], seen: Seen) -> str:
    """How many attacks did something besides."""
    rows = [[what, *(_share(attacks, name, seen, happened) for name in NAMES)] for what, happened in _HARMS.items()]
    return _table(["Attacks after which …", *NAMES], rows)


def every_attack(attacks: Sequence[Attack], seen: Seen, about: str) -> str:
    """A page with one line for each attack."""
    rows = [
        [str(attack.kind), attack.name, *(_line(seen.get((name, attack.name))) for name in NAMES)]
        for attack in sorted(attacks, key=lambda attack: list(Kind).index(attack.kind))
    ]
    head = f"""# Every attack, on three graders

{about}

Points earned of those that the attacked exercises are worth; an honest wrong answer earns 0. Then whatever else was
seen. "–": not run (attacks on the wall are not, where there is no wall), or no points to be had, since this grader does
not mark these exercises rightly to begin with. How it was measured: [docs/security.md](../docs/security.md).

Each run: {CELL_SECONDS} s for a cell (where a grader has such a limit), {RUN_SECONDS:g} s in all,
{MEMORY_BYTES // 1024**3} GiB of memory, {DISK_BYTES // 1024**2} MiB of disk.

"""
    return head + _table(["Class", "Attack", *NAMES], rows) + "\n"


def _won(seen: Observation) -> bool:
    return seen.earned > 0.0


def _share(attacks: Sequence[Attack], grader: str, seen: Seen, happened: Callable[[Observation], bool]) -> str:
    found = [seen[grader, attack.name] for attack in attacks if (grader, attack.name) in seen]
    counted = [observation for observation in found if observation.possible or happened is not _won]
    return f"{sum(map(happened, counted))} of {len(counted)}" if counted else "–"


def _line(seen: Observation | None) -> str:
    if seen is None:
        return "–"
    notes = [f"{seen.earned:g} of {seen.possible:g}" if seen.possible else "–"]
    if not seen.ended:
        notes.append("did not end")
    if seen.neighbour is None:
        notes.append("honest student not graded")
    elif seen.neighbour < 1.0:
        notes.append(f"honest student {seen.neighbour:.0%}")
    if seen.survived:
        notes.append("a process left over")
    notes += seen.changed[:3]
    return "; ".join(notes)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '¦') for cell in line)} |" for line in lines)
