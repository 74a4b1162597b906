import io
import json
from collections.abc import Iterator

import pytest
from rich.console import Console

from autograder.cli.display import attention, results_table, score, spooled_json
from autograder.verdicts import Result, SubmissionStatus
from tests.autograder.results import GRADED, UNREADABLE


def test_a_row_tells_what_a_person_wants_to_know() -> None:
    assert score(GRADED) == "2 / 13"
    assert attention(GRADED) == "The process was killed. 1 open question"
    assert score(UNREADABLE) == "–"
    assert attention(UNREADABLE) == "It is not JSON."


def test_the_table_shows_names_as_they_are() -> None:
    stream = io.StringIO()
    Console(file=stream, width=160).print(results_table([GRADED, UNREADABLE]))
    assert "ben [red]" in stream.getvalue()
    assert "Gradients pile up, timed out: four" in stream.getvalue()
    assert "could not be read" in stream.getvalue()
    assert "Lab" not in stream.getvalue()


def test_the_lab_is_a_column_where_there_are_several() -> None:
    stream = io.StringIO()
    other = Result("amy", "other", SubmissionStatus.GRADED)
    Console(file=stream, width=160).print(results_table([GRADED, other]))
    assert "Lab" in stream.getvalue()
    assert "other" in stream.getvalue()


@pytest.mark.parametrize("items", [[], [{"a": [1, "ü\n"]}], [1, None, {"b": {}}]])
def test_it_is_the_list_of_its_items(items: list[object]) -> None:
    with spooled_json(iter(items)) as text:
        assert json.load(text) == items


def test_what_fails_on_the_way_yields_nothing() -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise ValueError("the gradebook is locked")

    with pytest.raises(ValueError, match="locked"), spooled_json(failing()):
        pytest.fail("half a list was handed on")
