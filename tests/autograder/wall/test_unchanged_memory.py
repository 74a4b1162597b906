"""What functions and dictionaries hold, read from memory: each change is seen, and what is new is none."""

import subprocess
import sys
from types import FunctionType, ModuleType
from typing import Any

import pytest

from autograder.wall.equality_guard import note_classes
from autograder.wall.library_state import LibraryState
from autograder.wall.unchanged_memory import UnchangedMemory


def make_module(count: int = 200) -> ModuleType:
    module = ModuleType("example")
    vars(module).update({f"name_{number}": [number] for number in range(count)})
    return module


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
    assert memory.changed_tables() == set()
    assert memory.same_codes()


def test_another_value_of_a_name_is_seen() -> None:
    modules = [make_module() for _ in range(150)]
    memory = watch(*modules)
    modules[140].name_7 = [7]  # type: ignore[attr-defined]
    del modules[3].name_199
    modules[3].name_199 = [199]  # type: ignore[attr-defined]
    assert memory.changed_tables() == {3, 140}


def test_a_module_that_grows_is_the_same_and_its_changes_are_seen() -> None:
    grown, changed, removed = make_module(), make_module(), make_module()
    memory = watch(grown, changed, removed)
    for module in (grown, changed, removed):
        vars(module).update({f"new_{number}": number for number in range(5_000)})
    changed.name_5 = [5]  # type: ignore[attr-defined]
    del removed.name_0
    assert memory.changed_tables() == {1, 2}


def test_a_class_that_gets_an_attribute_has_changed() -> None:
    one, other = make_class(), make_class()
    memory = watch(one, other)
    other.third = 3
    assert memory.changed_tables() == {1}
    one.second = lambda self: 3
    assert memory.changed_tables() == {0, 1}


def test_swapped_names_are_seen() -> None:
    module = make_module(2)
    first, second = module.name_0, module.name_1
    memory = watch(module)
    module.name_0, module.name_1 = second, first
    assert memory.changed_tables() == {0}


def test_another_code_of_a_function_is_seen() -> None:
    functions = [FunctionType((lambda x: x).__code__, {}) for _ in range(3)]
    memory = UnchangedMemory({function: function.__code__ for function in functions}, [])
    assert memory.same_codes()
    functions[1].__code__ = (lambda y: 2 * y).__code__
    assert not memory.same_codes()


def test_where_the_layout_is_not_known_all_may_have_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.wall.unchanged_memory._is_known_layout", lambda: False)
    memory = watch(make_module())
    assert memory.changed_tables() is None
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
