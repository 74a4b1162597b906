"""Mutants and right answers of the topological order."""

import sys
from collections.abc import Callable
from typing import Any

from gradlab.check import lab_02_chain_rule
from tests.gradlab.check.cases import GARBAGE, Passes, Refused, case

Function = Callable[..., object]


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


def test_a_right_order_passes(make: Any, passes: Passes) -> None:
    for answer in [ordered, lambda root: tuple(ordered(root)), by_calls]:
        passes(lab_02_chain_rule.topological_order, answer, make)


def test_a_deep_chain_needs_a_loop(make: Any, passes: Passes, refused: Refused) -> None:
    passes(lab_02_chain_rule.topological_order, ordered, make, deep=1500)
    assert "too deep" in refused(lab_02_chain_rule.topological_order, by_calls, make, deep=1500).title


def test_a_deep_chain_needs_a_loop_where_the_limit_was_raised(make: Any, passes: Passes, refused: Refused) -> None:
    # As torch.compile does, and leaves it.
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    try:
        passes(lab_02_chain_rule.topological_order, ordered, make, deep=1500)
        assert "too deep" in refused(lab_02_chain_rule.topological_order, by_calls, make, deep=1500).title
        assert sys.getrecursionlimit() == 20_000
    finally:
        sys.setrecursionlimit(before)


def test_a_mistake_is_named(make: Any, refused: Refused) -> None:
    for answer, title in [
        (lambda root: ordered(root)[::-1], "back to front"),
        (lambda root: ordered(root)[:-1], "missing"),
        (lambda root: [value for value in ordered(root) if value.parents], "missing"),
        (lambda root: [ordered(root)[0], *ordered(root)], "more than once"),
        (lambda root: ordered(root) * 3, "more than once"),
        (lambda root: [*ordered(root), type(root)(-1)], "does not belong there"),
        (by_levels, "before one of those"),
        (lambda root: set(ordered(root)), "no list"),
        (lambda root: reversed(ordered(root)), "no list"),
        (lambda root: None, "returns nothing"),
    ]:
        with case(answer, title):
            assert title in refused(lab_02_chain_rule.topological_order, answer, make).title


def test_garbage_is_refused(make: Any, refused: Refused) -> None:
    for kind, garbage in GARBAGE.items():
        with case(kind):
            refused(lab_02_chain_rule.topological_order, garbage, make)
            refused(lab_02_chain_rule.topological_order, lambda root, garbage=garbage: [garbage(root)], make)
