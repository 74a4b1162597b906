"""JSON that is printed as a whole or not at all."""

import json
from collections.abc import Iterator

import pytest

from autograder.cli.spool import spooled_json


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
