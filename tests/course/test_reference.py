"""Every row of the reference is in a lab, with its numbers: read from the outputs that the replay checks."""

import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from tests.course.reference_rows import ROWS, Row, printed_by

ROOT = Path(__file__).parents[2]
_NUMBER = re.compile(r"[-−]?(?:\d+(?:,\d{3})+(?:\.\d+)?|\d*\.?\d+(?:e[-+]?\d+)?|inf)")


def shown_in(lab: str) -> tuple[Row, ...]:
    """The rows that a lab says it shows."""
    path = Path(__file__).parent / "reference" / f"{lab}.py"
    # The name begins with a digit, so that no import statement can name it.
    specification = spec_from_file_location(f"reference_{lab}", path)
    assert specification is not None
    assert specification.loader is not None
    module = module_from_spec(specification)
    specification.loader.exec_module(module)
    rows: tuple[Row, ...] = module.ROWS
    return rows


def numbers_after(text: str, words: str, count: int) -> list[float]:
    assert words in text, f"nowhere is printed: {words}"
    found = _NUMBER.findall(text.split(words, 1)[1])[:count]
    return [float(number.replace("−", "-").replace(",", "")) for number in found]


LABS = sorted(path.stem for path in (Path(__file__).parent / "reference").glob("*.py"))


def test_every_row_is_shown_somewhere() -> None:
    assert {row.row for lab in LABS for row in shown_in(lab)} == set(ROWS)


@pytest.mark.parametrize("lab", LABS)
def test_a_lab_shows_its_rows(lab: str) -> None:
    printed = printed_by(lab)
    source = (ROOT / "course" / f"{lab}.py").read_text(encoding="utf-8")
    for row in shown_in(lab):
        assert row.after or row.says or row.shows, row
        assert row.says in printed, row
        assert row.shows in source, row
        if row.after:
            assert row.numbers, row
            found = numbers_after(printed, row.after, len(row.numbers))
            assert found == pytest.approx(row.numbers, rel=row.tolerance, abs=1e-9), row
