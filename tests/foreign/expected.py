"""What is stored of each lab: nbgrader's points for each variant, and the level at which each test runs here."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

STORED: Final = Path(__file__).parent / "expected.json"


@dataclass(frozen=True)
class Expected:
    """What is stored of one test.

    Attributes:
        level: the level at which it runs here; empty if none was recorded.
        points: nbgrader's points, by variant.
    """

    level: str = ""
    points: dict[str, float] = field(default_factory=dict)


Stored = dict[str, dict[str, Expected]]
"""Lab → test → what is stored of it."""


def read_stored() -> Stored:
    found: dict[str, Any] = json.loads(STORED.read_text(encoding="utf-8")) if STORED.exists() else {}
    return {
        lab: {name: Expected(test["level"], test["points"]) for name, test in tests.items()}
        for lab, tests in found.items()
    }


def merged_stored(stored: Stored, labs: Sequence[str]) -> dict[str, Expected]:
    """What is stored of several labs in one notebook; see `tests.foreign.lab_text.merged`."""
    return {f"{lab}-{test}": expected for lab in labs for test, expected in stored[lab].items()}


def write_stored(stored: Stored) -> None:
    """Write a line for each test."""
    labs = []
    for lab in sorted(stored):
        lines = [
            f"  {json.dumps(name)}: {json.dumps({'level': test.level, 'points': test.points})}"
            for name, test in stored[lab].items()
        ]
        labs.append(f"{json.dumps(lab)}: {{\n" + ",\n".join(lines) + "\n}")
    STORED.write_text("{\n" + ",\n".join(labs) + "\n}\n", encoding="utf-8")
