"""Names of the student's in the bodies of classes that a test defines."""

import ast
from typing import Any

import pytest

from autograder.judging.class_bodies import ask_in_class_bodies


class Fetched(dict[str, Any]):
    """Globals in which a name is fetched when it is missing."""

    def __missing__(self, name: str) -> Any:
        if name != "fit":
            raise KeyError(name)
        return len


@pytest.mark.parametrize(
    "test",
    [
        "class C:\n    f = staticmethod(fit)\nassert C.f('ab') == 2",
        "class C:\n    fit = staticmethod(fit)\n    n = fit('abc')\nassert C.fit('ab') == 2 and C.n == 3",
        "class C:\n    n = [k for k in [fit('ab')]]\n    m = [fit(k) for k in ['a']]\nassert C.n == [2] and C.m == [1]",
        "class C:\n    def f(self, g=fit):\n        return fit('a') + g('b')\nassert C().f() == 2",
        "class C:\n    class D:\n        n = fit('ab')\nassert C.D.n == 2",
        "def make(fit):\n    class C:\n        n = fit\n    return C\nassert make(7).n == 7",
        "def make():\n    class C:\n        n = fit('a')\n    return C\nassert make().n == 1",
        "class C:\n    def fit(self):\n        return 5\n    both = fit\nassert C().both() == 5",
        "class C(dict):\n    kind: type = dict\n    if fit('a'):\n        n = fit\nassert C.n('ab') == 2",
    ],
)
def test_a_class_asks_for_names_as_the_test_itself_does(test: str) -> None:
    code = compile(ask_in_class_bodies(ast.parse(test), {"fit"}), "test", "exec")
    exec(code, Fetched())
