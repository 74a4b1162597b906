"""The functions of libraries as they were before any student code ran.

A test that runs in the student's process calls the libraries of that process. A submission that replaces
``torch.allclose`` there would decide its own verdict, so such functions are put back before the test runs.
"""

import builtins
import importlib
import operator
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import CodeType, FunctionType, ModuleType
from typing import Any

from autograder.wall.equality_guard import note_classes
from autograder.wall.unchanged_memory import UnchangedMemory

_ALWAYS = frozenset(
    {"unittest", "math", "operator", "random", "collections", "functools", "itertools", "inspect", "copy"}
    | {"ast", "hmac", "hashlib", "json", "linecache", "numbers", "re", "traceback", "typing", "warnings", "autograder"}
)
"""Packages that are looked at for every test: those of Python's own that tests rest on, and what runs the test."""
# They change by themselves: plotting libraries keep state in modules, shells replace builtins while a cell runs.
_OWN_STATE = frozenset({"builtins", "sys", "IPython", "ipykernel", "traitlets", "__main__"})
_PARTS_OF_TORCH = frozenset(
    {"nn", "functional", "testing", "autograd", "optim", "linalg", "special", "fft", "random", "distributions"}
    | {"_tensor", "_C", "utils.data", "_VF", "overrides", "serialization"}
)
"""What is looked at of torch: its thousands of other modules, compilers above all, would take too long."""
_CLASSES_OF = (
    "autograder.wall.channel",
    "autograder.wall.process_copy",
    "torch",
    "torch.nn",
    "numpy",
    "pandas",
    "unittest",
    "unittest.mock",
    "decimal",
    "fractions",
    "collections",
    "random",
)
_LOADED = ("unittest.mock", "numpy.testing", "torch.testing", "doctest")
"""Modules of tests, which might be loaded by student code else, and replaced before they are known."""
_CELL = "<ipython-input"
_HEAP_TYPE = 1 << 9
"""The flag of classes that can be changed: those that are not written in C."""
_MISSING = object()
_MOST_WRAPPERS = 4


class LibraryState:
    """What modules held when it was made, and the classes of the commonest ones.

    Attributes:
        classes: see `note_classes`.
    """

    def __init__(self) -> None:
        self._modules: list[tuple[str, ModuleType, dict[str, Any]]] = []
        self._codes: dict[str, dict[FunctionType, CodeType]] = {}
        for name in _LOADED:
            importlib.import_module(name)
        for name, module in list(sys.modules.items()):
            if isinstance(module, ModuleType) and _is_looked_at(name):
                contents = list(vars(module).items())
                functions = {key: value for key, value in contents if callable(value) or isinstance(value, ModuleType)}
                self._note_codes(_package(name), functions.values())
                self._modules.append((name, module, functions))
        self.classes = note_classes()
        # What is done below uses builtins, too: so these are put back first, by methods that are kept here.
        builtin_names = vars(builtins)
        self._builtins = {key: value for key, value in builtin_names.items() if callable(value)}
        self._copy_builtins, self._update_builtins = builtin_names.copy, builtin_names.update
        self._classes = [(kind, dict(vars(kind))) for kind in _changeable_classes()]
        for kind, _ in self._classes:
            self._note_codes(_package(kind.__module__), vars(kind).values())
        self._loaded = {place: module for place, module, _ in self._modules}
        codes = {function: code for package in self._codes.values() for function, code in package.items()}
        tables: list[tuple[Mapping[str, Any], Collection[str]]] = [(sys.modules, list(sys.modules))]
        tables += [(vars(module), functions) for _, module, functions in self._modules]
        tables += [(vars(kind), contents) for kind, contents in self._classes]
        self._unchanged = UnchangedMemory(codes, tables)

    def _note_codes(self, package: str, values: Iterable[object]) -> None:
        """Note what functions do: a submission may give them other code, and leave them in their places."""
        codes = self._codes.setdefault(package, {})
        for value in list(values):
            function = value
            for _ in range(_MOST_WRAPPERS):
                if isinstance(function, FunctionType):
                    codes[function] = function.__code__
                function = getattr(function, "__dict__", {}).get("__wrapped__")

    def restore(self, libraries: Collection[str], allowed: Collection[str]) -> set[str]:
        """Put back functions that were replaced.

        Args:
            libraries: names of the packages that a test uses.
            allowed: names of functions that may stay replaced: the solution replaces them, too.

        Returns:
            The names of those that were replaced, as ``torch.allclose``, the allowed ones included.
        """
        builtins_now = self._copy_builtins()
        self._update_builtins(self._builtins)
        changed = {f"builtins.{name}" for name, _ in _differences(self._builtins, builtins_now)}
        for name in changed.intersection(allowed):
            attribute = name.partition(".")[2]
            setattr(builtins, attribute, builtins_now.get(attribute))
        looked_at = _ALWAYS.union(libraries)
        for package in () if self._unchanged.same_codes() else looked_at:
            for function, code in self._codes.get(package, {}).items():
                if function.__code__ is not code:
                    # Libraries give their own functions other code, too, when these are first called.
                    if function.__code__.co_filename.startswith(_CELL):
                        changed.add(f"{function.__module__}.{function.__qualname__}".replace(".<locals>", ""))
                    function.__code__ = code
        # Most are as they were: only the others are looked at.
        found = self._unchanged.changed_tables()
        tables = range(1 + len(self._modules) + len(self._classes)) if found is None else sorted(found)
        if 0 in tables:
            for place, module in self._loaded.items():
                # A module that was removed may have been removed to be imported anew.
                if sys.modules.get(place, module) is not module and _package(place) in looked_at:
                    sys.modules[place] = module
                    changed.add(place)
        first_class = 1 + len(self._modules)
        for number in tables:
            if 1 <= number < first_class:
                place, module, before = self._modules[number - 1]
                if _package(place) in looked_at:
                    changed |= _restore_module(place, module, before, allowed)
            elif number >= first_class:
                kind, before = self._classes[number - first_class]
                if _package(kind.__module__) in looked_at:
                    changed |= _restore_class(kind, before, allowed)
        return changed


def _restore_module(place: str, module: ModuleType, before: Mapping[str, Any], allowed: Collection[str]) -> set[str]:
    changed = set()
    for attribute, value in _differences(before, vars(module)):
        name = f"{place}.{attribute}"
        changed.add(name)
        if name not in allowed:
            setattr(module, attribute, value)
    return changed


def _restore_class(kind: type, before: Mapping[str, Any], allowed: Collection[str]) -> set[str]:
    changed = set()
    for attribute, value in _class_differences(kind, before):
        name = f"{kind.__module__}.{kind.__qualname__}.{attribute}"
        changed.add(name)
        if name not in allowed:
            if value is _MISSING:
                delattr(kind, attribute)
            else:
                setattr(kind, attribute, value)
    return changed


def _changeable_classes() -> set[type]:
    found = {
        base
        for name in _CLASSES_OF
        if name in sys.modules
        for value in list(vars(sys.modules[name]).values())
        if isinstance(value, type)
        for base in value.__mro__
    }
    return {kind for kind in found if kind.__flags__ & _HEAP_TYPE}


def _package(module: str) -> str:
    return module.partition(".")[0]


def _is_looked_at(module: str) -> bool:
    package, *parts = module.split(".")
    if package in _OWN_STATE:
        return False
    return package != "torch" or not parts or bool({parts[0], ".".join(parts[:2])} & _PARTS_OF_TORCH)


def _differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What is another object now. It is compared by identity: a value of the student's could say that it is equal."""
    if not all(map(operator.is_, before.values(), map(now.get, before))):
        yield from ((name, value) for name, value in before.items() if now.get(name) is not value)


def _class_differences(kind: type, before: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    now = vars(kind)
    differences = list(_differences(before, now))
    for name, value in differences:
        # Classes keep caches of their own (``_abc_impl``, ``__annotations__``), which are no functions.
        if callable(value) or isinstance(value, classmethod | staticmethod | property):
            yield name, value
    for name in now.keys() - before.keys() if differences or len(now) > len(before) else ():
        # A new attribute may hide one of a base.
        if any(name in vars(base) for base in kind.__mro__[1:]):
            yield name, _MISSING
