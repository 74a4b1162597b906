"""The README's table of labs says what the labs say."""

import re
from pathlib import Path

import pytest

from autograder.build.lab_text import lab_names

ROOT = Path(__file__).parent.parent
ROWS = {
    name: (int(minutes), int(points))
    for name, minutes, points in re.findall(
        r"^\| `(\w+)` \| .+ \| (\d+) \| (\d+) \|$", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.MULTILINE
    )
}


def test_every_lab_is_listed() -> None:
    assert tuple(ROWS) == lab_names(ROOT)


@pytest.mark.parametrize("lab", lab_names(ROOT))
def test_minutes_and_points_are_those_of_the_lab(lab: str) -> None:
    text = (ROOT / "course" / f"{lab}.py").read_text(encoding="utf-8")
    told = re.search(r"\*\*Time:\*\* about (\d+) minutes\. \*\*Points:\*\* (\d+)\.", text)
    assert told
    assert (int(told[1]), int(told[2])) == ROWS[lab]
