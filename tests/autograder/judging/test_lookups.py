"""Which global names a cell looks up."""

import pytest

from autograder.judging.lookups import closure, lookups


@pytest.mark.parametrize(
    ("source", "now", "later"),
    [
        ("x = 3\nprint(x)", set(), set()),
        ("print(x)\nx = 3", {"x"}, set()),
        ("x += 1", {"x"}, set()),
        ("del x", {"x"}, set()),
        ("if yes:\n    x = 1\nprint(x)", {"yes", "x"}, set()),
        ("for x in range(3):\n    print(x)", set(), set()),
        ("for x in range(0):\n    pass\nprint(x)", {"x"}, set()),
        ("try:\n    x = 1 / 0\nexcept ZeroDivisionError as error:\n    print(error)\nx", {"x"}, set()),
        ("with place as (a, b):\n    a + b", {"place"}, set()),
        ("a, (b, *c) = values\nprint(a, b, c)", {"values"}, set()),
        ("import numpy as np\nnp.sum(x)", {"x"}, set()),
        ("[x * k for x in xs if x]", {"xs", "k"}, set()),
        ("x = 1\nlist(x for _ in xs)", {"xs"}, {"x"}),
        ("def f(a, b=default) -> kind:\n    local = a + b + far\n    return local", {"default", "kind"}, {"far"}),
        ("x = 1\nf = lambda y: x + y + z", set(), {"x", "z"}),
        ("class A(Base):\n    size = width\n    def m(self):\n        return far", {"Base", "width"}, {"far"}),
        ("def f():\n    global n\n    n = n + 1", set(), {"n"}),
        (
            "match value:\n    case [first, *rest]:\n        first, rest\n    case other if limit:\n        other",
            {"value", "limit"},
            set(),
        ),
        ("f'{x:{width}}'", {"x", "width"}, set()),
        ("values[i] = y\nthing.part = z", {"values", "i", "y", "thing", "z"}, set()),
        ("%time x + 1", {"get_ipython"}, set()),
        ("def listcomp():\n    return far", set(), {"far"}),
        ("no Python", set(), set()),
    ],
)
def test_names_are_looked_up_at_once_or_later(source: str, now: set[str], later: set[str]) -> None:
    found = lookups(source)
    assert found.now == now
    assert found.later == later


def test_functions_bring_what_they_look_up() -> None:
    cells = [
        lookups("def f():\n    return g()"),
        lookups("def g():\n    return table"),
        lookups("def h():\n    return other"),
    ]
    assert closure({"f"}, cells) == {"f", "g", "table"}
