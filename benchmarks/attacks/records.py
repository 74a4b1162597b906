"""What was observed, kept between runs: a run that was interrupted goes on where it stopped."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.wire import from_plain, to_plain
from benchmarks.attacks.graders import CELL_SECONDS
from benchmarks.attacks.observe import RUN_SECONDS, Observation
from tests.attacks.attack import Attack
from tests.small_course import notebook_of


@dataclass(frozen=True)
class Record:
    """One attack on one grader.

    Attributes:
        grader: the grader's name.
        release: its version.
        kind: the attack's class.
        attack: its name.
        key: says whether the attack, the program and the limits are still the same (`key_of`).
        day: when it was observed, as 2026-01-31.
        observation: what was observed.
    """

    grader: str
    release: str
    kind: str
    attack: str
    key: str
    day: str
    observation: Observation


def key_of(attack: Attack, program: str) -> str:
    """A text that changes when what is handed in does, the program that grades it, or the limits.

    Args:
        attack: the attack.
        program: says which program, as `Grader.program`.
    """
    about = f"{program} {CELL_SECONDS} {RUN_SECONDS} {attack.name}\0".encode()
    return hashlib.sha256(about + notebook_of(attack)).hexdigest()[:16]


def load(path: Path) -> list[Record]:
    """The records in a file; none if there is no file."""
    if not path.exists():
        return []
    return from_plain(list[Record], json.loads(path.read_text(encoding="utf-8")))


def save(path: Path, records: Iterable[Record]) -> None:
    """Write records to a file, one on a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(to_plain(record)) for record in records)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
