"""Which attempt counts."""

from datetime import datetime
from pathlib import Path

import pytest

from autograder.collect.attempts import choose
from autograder.collect.notebooks import Labs
from autograder.collect.owners import SubmittedFile
from autograder.collect.records import Found
from autograder.untrusted.helper import Bounds, within

LABS = Labs({"06_minimum": ["06_minimum"], "two": ["first", "second"]})
DAY = [datetime(2026, 11, day) for day in range(1, 20)]


def handed(name: str, time: datetime | None = None, upload: int | None = None, *, late: bool = False) -> SubmittedFile:
    inside = tuple(name.split("/"))
    return SubmittedFile(Found(("ada", *inside), Path(name), time, len(inside) + 1), None, inside, upload, late)


def counts(*files: SubmittedFile, due: datetime | None = None) -> str:
    (chosen,), _ = choose(files, LABS, {}, {"06_minimum": due})
    return chosen.files["06_minimum.ipynb"].found.content.as_posix() + (" late" if chosen.late else "")


@pytest.mark.parametrize("backwards", [False, True])
def test_the_order_of_the_files_makes_no_difference(backwards: bool) -> None:
    def best(*files: SubmittedFile, due: datetime | None = None) -> str:
        return counts(*(reversed(files) if backwards else files), due=due)

    old, new = handed("06_minimum.ipynb", DAY[1]), handed("Copy of 06_minimum.ipynb", DAY[3])
    assert best(old, new) == "Copy of 06_minimum.ipynb"
    assert best(old, new, due=DAY[2]) == "06_minimum.ipynb"
    assert best(old, new, due=DAY[0]) == "Copy of 06_minimum.ipynb late"
    assert best(old, new, due=DAY[3]) == "Copy of 06_minimum.ipynb"
    assert best(old, handed("06_minimum (1).ipynb")) == "06_minimum.ipynb"
    assert best(handed("06_minimum (2).ipynb"), handed("06_minimum (10).ipynb")) == "06_minimum (10).ipynb"
    assert best(handed("06_minimum-1.ipynb", None, 9), handed("06_minimum.ipynb", None, 10)) == "06_minimum.ipynb"
    in_time, late = handed("06_minimum.ipynb", None, 9), handed("06_minimum-1.ipynb", None, 10, late=True)
    assert best(in_time, late) == "06_minimum.ipynb"
    assert best(late) == "06_minimum-1.ipynb late"


def test_each_notebook_of_a_lab_has_its_own_last_attempt() -> None:
    files = [
        handed("first.ipynb", DAY[1]),
        handed("second.ipynb", DAY[1]),
        handed("second (1).ipynb", DAY[2]),
        handed("data.csv", DAY[1]),
    ]
    (chosen,), rest = choose(files, LABS, {}, {"two": None})
    assert {name: file.found.content.name for name, file in chosen.files.items()} == {
        "first.ipynb": "first.ipynb",
        "second.ipynb": "second (1).ipynb",
        "data.csv": "data.csv",
    }
    assert (chosen.time, chosen.not_chosen, rest) == (DAY[2], ("ada/second.ipynb",), [])


def test_no_file_takes_the_place_of_a_notebook_or_of_a_folder() -> None:
    files = [handed("06_minimum.ipynb"), handed("a"), handed("a/b"), handed("06_minimum.ipynb/x")]
    (chosen,), rest = choose(files, LABS, {}, {})
    assert set(chosen.files) == {"06_minimum.ipynb", "a"}
    assert [file.found.name for file in rest] == ["ada/a/b", "ada/06_minimum.ipynb/x"]


def chosen_among_many(count: int) -> int:
    """How many files of so many belong to the attempt that counts."""
    files = [handed("06_minimum.ipynb", DAY[1])]
    files += [handed(f"{number % 20}/data/{number}.csv", DAY[1]) for number in range(count)]
    (chosen,), rest = choose(files, LABS, {}, {})
    return len(chosen.files) + len(rest)


def test_many_files_take_time_in_proportion() -> None:
    # With the square of their number it would take many minutes.
    assert within(Bounds(seconds=30, mebibytes=512), chosen_among_many, 40_000) == 40_001
