"""What functions and dictionaries hold, read from memory: each change is seen, and what is new is none."""

import subprocess
import sys
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any, cast

import pytest

from autograder.wall.equality_guard import note_classes
from autograder.wall.library_state import LibraryState
from autograder.wall.unchanged_memory import UnchangedMemory


def make_module(count: int = 200) -> ModuleType:
    module = ModuleType("example")
    vars(module).update({f"name_{number}": [number] for number in range(count)})
    return module


def changed_tables(memory: UnchangedMemory) -> set[int] | None:
    found = memory.compare_tables()
    return None if found is None else set(found.changed)


def grown_tables(memory: UnchangedMemory) -> set[int] | None:
    found = memory.compare_tables()
    return None if found is None else set(found.grown)


def make_class() -> Any:
    class Example:
        first = property(lambda self: 1)

        def second(self) -> int:
            return 2

    return Example


def watch(*tables: Any) -> UnchangedMemory:
    return UnchangedMemory({}, [(vars(table), set(vars(table))) for table in tables])


def test_nothing_is_changed_at_first() -> None:
    memory = watch(make_module(), make_class(), make_module(3))
    assert changed_tables(memory) == set()
    assert memory.same_codes()


def test_another_value_of_a_name_is_seen() -> None:
    modules = [make_module() for _ in range(150)]
    memory = watch(*modules)
    modules[140].name_7 = [7]  # type: ignore[attr-defined]
    del modules[3].name_199
    modules[3].name_199 = [199]  # type: ignore[attr-defined]
    assert changed_tables(memory) == {3, 140}


def test_a_module_that_grows_is_the_same_and_its_changes_are_seen() -> None:
    grown, changed, removed = make_module(), make_module(), make_module()
    memory = watch(grown, changed, removed)
    for module in (grown, changed, removed):
        vars(module).update({f"new_{number}": number for number in range(5_000)})
    changed.name_5 = [5]  # type: ignore[attr-defined]
    del removed.name_0
    assert changed_tables(memory) == {1, 2}


def test_a_class_that_gets_an_attribute_has_changed() -> None:
    one, other = make_class(), make_class()
    memory = watch(one, other)
    other.third = 3
    assert changed_tables(memory) == {1}
    one.second = lambda self: 3
    assert changed_tables(memory) == {0, 1}


def test_swapped_names_are_seen() -> None:
    module = make_module(2)
    first, second = module.name_0, module.name_1
    memory = watch(module)
    module.name_0, module.name_1 = second, first
    assert changed_tables(memory) == {0}


def test_another_code_of_a_function_is_seen() -> None:
    functions = [FunctionType((lambda x: x).__code__, {}) for _ in range(3)]
    memory = UnchangedMemory({function: function.__code__ for function in functions}, [])
    assert memory.same_codes()
    functions[1].__code__ = (lambda y: 2 * y).__code__
    assert not memory.same_codes()


def test_other_defaults_closed_over_functions_bases_and_classes_are_seen() -> None:
    def closing() -> FunctionType:
        def inside() -> int:
            return 1

        def outside(first: int = 1, *, second: int = 2) -> int:
            return inside() + first + second

        return cast("FunctionType", outside)

    class Base:
        pass

    class Other:
        pass

    class Meta(type):
        pass

    class OtherMeta(type):
        pass

    class Module(ModuleType):
        pass

    changes: list[Callable[[FunctionType, type, ModuleType], object]] = [
        lambda f, _, __: setattr(f, "__defaults__", (3,)),
        lambda f, _, __: setattr(f, "__kwdefaults__", {"second": 3}),
        lambda f, _, __: setattr((f.__closure__ or ())[0], "cell_contents", closing),
        lambda _, c, __: setattr(c, "__bases__", (Other,)),
        lambda _, c, __: setattr(c, "__class__", OtherMeta),
        lambda _, __, m: setattr(m, "__class__", Module),
    ]
    for change in changes:
        function, kind, module = closing(), Meta("Kind", (Base,), {}), make_module()
        memory = UnchangedMemory({function: function.__code__}, [], [kind], [module])
        assert memory.same_others()
        change(function, kind, module)
        assert not memory.same_others()
        assert memory.same_codes()


def test_a_dictionary_that_gets_a_new_key_has_grown() -> None:
    one, other, third = make_module(), make_module(), make_module()
    memory = watch(one, other, third)
    other.name_5 = [5]  # type: ignore[attr-defined]
    assert grown_tables(memory) == set()
    third.new = 1  # type: ignore[attr-defined]
    del third.name_3
    assert grown_tables(memory) == {2}


def test_what_libraries_consist_of_is_put_back() -> None:
    """In an interpreter of its own, since libraries are changed."""
    text = r"""
import calendar, statistics, sys, types, unittest, unittest.case, gc
import numpy as np
from autograder.wall.library_state import LibraryState
libraries = ["calendar", "numpy", "statistics"]
state = LibraryState(libraries)
assert state.restore(libraries, []) == set()
np.testing.assert_allclose.__defaults__ = (9e9, *np.testing.assert_allclose.__defaults__[1:])
unittest.case.abs = lambda x: 0
unittest.case._AssertRaisesContext.__exit__ = lambda *a: True
unittest.defaultTestLoader.loadTestsFromTestCase = lambda kind: unittest.TestSuite()
class Module(types.ModuleType):
    def __getattribute__(self, name): raise ValueError
    def __setattr__(self, name, value): raise ValueError
np.__class__ = Module
class Loader(unittest.TestLoader): pass
unittest.defaultTestLoader.__class__ = Loader
class Evil: pass
unittest.TextTestResult.__bases__ = (Evil, unittest.TestResult)
gc.get_referents(str.__dict__)[0]["startswith"] = lambda *a: True
sys.settrace = print
statistics.NormalDist.cdf = calendar.c.formatmonth = lambda *args: 0.5
changed = state.restore(libraries, [])
assert changed >= {"numpy", "numpy.testing._private.utils.assert_allclose", "unittest.case.abs", "sys.settrace",
    "unittest.case._AssertRaisesContext.__exit__", "unittest.loader.TestLoader", "builtins.str.startswith",
    "unittest.loader.TestLoader.loadTestsFromTestCase", "unittest.runner.TextTestResult",
    "statistics.NormalDist.cdf", "calendar.TextCalendar.formatmonth"}, changed
assert type(np) is types.ModuleType and type(unittest.defaultTestLoader) is unittest.TestLoader
assert not hasattr(unittest.case, "abs") and sys.settrace is not print
assert not "a".startswith("b") and Evil not in unittest.TextTestResult.__mro__
assert "loadTestsFromTestCase" not in vars(unittest.defaultTestLoader)
for check in (lambda: np.testing.assert_allclose(1, 2), lambda: unittest.TestCase().assertRaises(KeyError, int)):
    try: check()
    except AssertionError: continue
    raise SystemExit("it passed")
assert statistics.NormalDist().cdf(9) > 0.9 and "formatmonth" not in vars(calendar.c)
assert state.restore(libraries, []) == set()
"""
    subprocess.run([sys.executable, "-c", text], check=True)


def test_where_the_layout_is_not_known_all_may_have_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.wall.unchanged_memory._is_known_layout", lambda: False)
    memory = watch(make_module())
    assert changed_tables(memory) is None
    assert not memory.same_codes()
    state = LibraryState()
    assert not {name for name in state.restore(["fractions"], []) if name.startswith("fractions")}


def test_the_subclasses_of_common_classes_are_known_without_a_look_at_them() -> None:
    """In an interpreter of its own, since the classes of others come and go."""
    text = (
        "import torch, autograder.wall.equality_guard as guard\nknown = guard.note_classes()\nguard.gc.freeze()\n"
        "class New: pass\nclass Newer(Exception): pass\nclass Least(Newer): pass\n"
        "found = guard._classes_made_here(known)\nassert {New, Newer, Least} <= set(found), found\n"
        "assert {object, Exception} <= known.tables.keys(), known.tables.keys()\n"
        "assert not [kind for kind in found if kind.__module__ == 'torch']\n"
    )
    subprocess.run([sys.executable, "-c", text], check=True)
    assert note_classes().ids
