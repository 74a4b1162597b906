"""Calls in a process of their own, within bounds."""

import os
from collections.abc import Callable

import pytest

from autograder.cells import Cell, Role
from autograder.untrusted.helper import Bounds, HelperError, each, end_all, within

BOUNDS = Bounds(seconds=1, mebibytes=64)


def doubled(cells: list[Cell]) -> list[str]:
    if any(cell.source == "loop" for cell in cells):
        while True:
            pass
    return [2 * cell.source for cell in cells]


def process() -> int:
    return os.getpid()


def forever() -> None:
    while True:
        pass


def all_memory() -> int:
    return len(bytes(10**9))


def nested() -> int:
    return nested()


def failing() -> None:
    raise KeyError("what a student wrote")


def ending() -> None:
    os._exit(3)


def noisy() -> str:
    os.write(1, b"noise")
    return "quiet"


def cell(source: str) -> Cell:
    return Cell("code", Role.FREE, source)


def test_records_go_there_and_results_come_back() -> None:
    assert within(BOUNDS, doubled, [cell("ä\n"), cell("")]) == ["ä\nä\n", ""]
    assert within(BOUNDS, noisy) == "quiet"


def test_each_call_has_a_process_of_its_own_and_none_is_ours() -> None:
    first, second = within(BOUNDS, process), within(BOUNDS, process)
    assert len({first, second, os.getpid()}) == 3


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (forever, "more than 1 seconds"),
        (all_memory, "more than 64 MiB"),
        (nested, "nested too deeply"),
        (failing, "KeyError: 'what a student wrote'"),
        (ending, "ended"),
    ],
)
def test_what_comes_to_a_bound_or_fails_says_so_and_the_next_call_works(
    function: Callable[[], object], reason: str
) -> None:
    with pytest.raises(HelperError, match=reason):
        within(BOUNDS, function)
    assert within(BOUNDS, noisy) == "quiet"


def test_what_cannot_be_handed_on_is_told() -> None:
    with pytest.raises(HelperError, match="can't be handed on"):
        within(BOUNDS, doubled, [cell("\ud800")])


def test_one_item_that_fails_costs_no_other_and_many_are_given_up() -> None:
    results: list[str | HelperError] = each(BOUNDS, doubled, [cell("a"), cell("loop"), cell("b")])
    assert [results[0], results[2]] == ["aa", "bb"]
    assert isinstance(results[1], HelperError)
    results = each(BOUNDS, doubled, [*(cell("loop") for _ in range(4)), cell("b")])
    assert all(isinstance(result, HelperError) for result in results)
    assert each(BOUNDS, doubled, []) == []


def test_helpers_that_were_ended_are_replaced() -> None:
    within(BOUNDS, process)
    end_all()
    assert within(BOUNDS, noisy) == "quiet"
