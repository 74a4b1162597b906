"""Mutants and right answers of the topological order."""

import sys
from collections.abc import Callable
from typing import Any

import pytest

from gradlab.check import Diagnosis, lab_02_chain_rule

Function = Callable[..., object]
Refused = Callable[[Callable[[], None]], Diagnosis]
Passes = Callable[[Callable[[], None]], None]


def ordered(root: Any) -> list[Any]:
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        value, ready = stack.pop()
        if ready:
            order.append(value)
        elif value not in seen:
            seen.add(value)
            stack.append((value, True))
            stack += [(parent, False) for parent in value.parents]
    return order


def by_calls(root: Any) -> list[Any]:
    order: list[Any] = []

    def visit(value: Any) -> None:
        if value not in order:
            for parent in value.parents:
                visit(parent)
            order.append(value)

    visit(root)
    return order


def by_levels(root: Any) -> list[Any]:
    order = [root]
    for value in order:
        order += [parent for parent in dict.fromkeys(value.parents) if parent not in order]
    return order[::-1]


@pytest.mark.parametrize("answer", [ordered, lambda root: tuple(ordered(root)), by_calls])
def test_a_right_order_passes(answer: Function, make: Any, passes: Passes) -> None:
    passes(lambda: lab_02_chain_rule.topological_order(answer, make))


def test_a_deep_chain_needs_a_loop(make: Any, passes: Passes, refused: Refused) -> None:
    passes(lambda: lab_02_chain_rule.topological_order(ordered, make, deep=1500))
    assert "too deep" in refused(lambda: lab_02_chain_rule.topological_order(by_calls, make, deep=1500)).title


def test_a_deep_chain_needs_a_loop_where_the_limit_was_raised(make: Any, passes: Passes, refused: Refused) -> None:
    # As torch.compile does, and leaves it.
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    try:
        passes(lambda: lab_02_chain_rule.topological_order(ordered, make, deep=1500))
        assert "too deep" in refused(lambda: lab_02_chain_rule.topological_order(by_calls, make, deep=1500)).title
        assert sys.getrecursionlimit() == 20_000
    finally:
        sys.setrecursionlimit(before)


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        (lambda root: ordered(root)[::-1], "back to front"),
        (lambda root: ordered(root)[:-1], "missing"),
        (lambda root: [value for value in ordered(root) if value.parents], "missing"),
        (lambda root: [ordered(root)[0], *ordered(root)], "more than once"),
        (lambda root: ordered(root) * 3, "more than once"),
        (lambda root: [*ordered(root), type(root)(-1)], "not in the graph"),
        (by_levels, "before one of those"),
        (lambda root: set(ordered(root)), "no list"),
        (lambda root: reversed(ordered(root)), "no list"),
        (lambda root: None, "returns nothing"),
    ],
)
def test_a_mistake_is_named(answer: Function, title: str, make: Any, refused: Refused) -> None:
    assert title in refused(lambda: lab_02_chain_rule.topological_order(answer, make)).title


def test_garbage_is_refused(garbage: Function, make: Any, refused: Refused) -> None:
    refused(lambda: lab_02_chain_rule.topological_order(garbage, make))
    refused(lambda: lab_02_chain_rule.topological_order(lambda root: [garbage(root)], make))
