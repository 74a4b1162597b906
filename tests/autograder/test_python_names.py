import ast

import pytest

from autograder.python_names import (
    ExecutedCell,
    bound_names,
    changed_names,
    derived_names,
    free_names,
    import_statements,
    imported_names,
    names_in,
    statements,
    used_names,
)


def test_a_cell_binds_what_it_assigns_defines_and_loops_over() -> None:
    source = (
        "x = 1\ny, (z, *rest) = 2, (3, 4)\nfor i in range(3): total = i\nwith open('f') as file: pass\n"
        "def f(): inner = 1\nclass C: attribute = 2\nimport math\nfrom os import path as where\nn += 1\n"
        "(w := 5)\nasync def g(): pass\nh = lambda a: a"
    )
    names = {"x", "y", "z", "rest", "i", "total", "file", "f", "C", "n", "w", "g", "h"}
    assert bound_names(source) == names
    assert imported_names(source) == {"math", "where"}


def test_magics_do_not_hinder() -> None:
    assert bound_names("%matplotlib inline\nfiles = !ls\nx = 1") == {"files", "x"}
    assert statements("def (") == []


def test_a_cell_changes_what_it_calls_methods_of_and_assigns_parts_of() -> None:
    assert changed_names("a.append(1)\nb['k'] = 2\nc.d.e = 3\ndel f[0]\nprint(g)") == {"a", "b", "c", "f"}


def test_names_of_all_scopes_are_found_together() -> None:
    names = names_in([ast.parse("import a.b, c as d\nfrom e import *\ndef f(x):\n    y = z\n    class G: w = 1")])
    assert (names.imported, names.used) == ({"a", "d", "*"}, {"z"})
    assert names.bound == {"a", "d", "*", "f", "G", "y", "w"}
    assert used_names("%matplotlib inline\nx = y") >= {"y"}


@pytest.mark.parametrize(
    ("source", "free"),
    [
        ("f = lambda x: x + limit", {"limit"}),
        ("def f(n): return 1 if n == 0 else n * f(n - 1)", set()),
        ("def f(x, *rest, k=default, **more): return [x, rest, k, more, len(rest)]", {"default"}),
        ("@wrap\ndef f(x):\n    import math as m\n    return m.sin(x) * torch.pi", {"wrap", "torch"}),
        ("def f(xs): return [x * scale for x in xs if (y := x)] + [y]", {"scale"}),
        ("def f():\n    n = 0\n    def add():\n        nonlocal n\n        n += step\n    return add", {"step"}),
        ("def f():\n    try: g()\n    except ValueError as error: return error", {"g"}),
        ("def f(x):\n    match x:\n        case {'a': a}: return a\n        case [*rest]: return rest", set()),
        (
            "def f():\n    class C:\n        size = width\n        def area(self): return self.size\n    return C()",
            {"width"},
        ),
        ("def f():\n    global count\n    count = 1\n    return count", set()),
        # What a comprehension binds stays in it.
        ("def f(xs):\n    doubled = [2 * x for x in xs]\n    return doubled, x", {"x"}),
    ],
)
def test_the_names_that_a_function_takes_from_outside(source: str, free: set[str]) -> None:
    assert free_names(source) == free


def derived(*sources: str) -> frozenset[str]:
    return derived_names([ExecutedCell(source) for source in sources], frozenset({"f"}))


def test_what_is_computed_from_a_students_name_is_the_students() -> None:
    assert derived("y = f(3)", "z = y + 1\nown = 5", "later = [z for _ in range(3)]") == {"y", "z", "later"}


def test_functions_that_use_a_students_name_are_the_judges_and_their_results_are_not() -> None:
    cells = ["def helper(): return f(1)", "g = lambda: helper()", "value = g()", "other = len('x')"]
    assert derived(*cells) == {"value"}


def test_what_is_changed_with_a_students_value_is_the_students() -> None:
    assert derived("items = []\nseen = {}", "items.append(f(1))\nseen['a'] = f(2)") == {"items", "seen"}


def test_modules_stay_the_judges() -> None:
    assert derived("import torch\ntorch.manual_seed(f(1))") == frozenset()


@pytest.mark.parametrize(
    "cell",
    [
        "class C(f): pass",
        "class C(list, metaclass=f): pass",
        "class C:\n    value = f(1)",
        "class C:\n    def method(self, x=f(1)): pass",
        "@f\nclass C: pass",
        "@f\ndef C(): pass",
        "def C(x=f(1)): pass",
        "def C(*, x=f(1)): pass",
        "C = lambda x=f(1): x",
    ],
)
def test_a_definition_that_uses_a_students_name_at_once_is_the_students(cell: str) -> None:
    assert derived(cell) == {"C"}


@pytest.mark.parametrize("cell", ["class C:\n    def method(self): return f(1)", "def C(x: f) -> f: return f(x)"])
def test_a_definition_that_uses_a_students_name_when_it_is_called_is_the_judges(cell: str) -> None:
    assert derived(cell) == frozenset()
    assert derived(cell, "class D(C): pass\nvalue = C()") == {"value"}


def test_what_a_called_function_did_is_the_students() -> None:
    called = ExecutedCell("fill(items)", changed=frozenset({"items"}), bound=frozenset({"total"}))
    unused = ExecutedCell("other.append(1)", changed=frozenset({"other"}))
    names = derived_names([ExecutedCell("def fill(into): into.append(f(1))"), called, unused], frozenset({"f"}))
    assert names == {"items", "total"}


def test_import_statements_by_the_name_that_each_binds() -> None:
    source = "import os.path, numpy as np\nfrom math import pi, e as euler\nfrom json import *\nif x:\n    import re"
    assert import_statements(source) == {
        "os": "import os.path",
        "np": "import numpy as np",
        "pi": "from math import pi",
        "euler": "from math import e as euler",
    }
