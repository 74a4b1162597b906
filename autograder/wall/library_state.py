"""The functions of libraries as they were before any student code ran.

A test that runs in the student's process calls the libraries of that process. A submission that replaces
``torch.allclose`` there would decide its own verdict, so such functions are put back before the test runs.
"""

import builtins
import ctypes
import enum
import importlib
import sys
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import accumulate
from operator import is_
from types import BuiltinFunctionType, CellType, CodeType, FunctionType, ModuleType
from typing import Any

from autograder.wall.equality_guard import note_classes
from autograder.wall.unchanged_memory import UnchangedMemory, dictionary_of, function_cells

_ALWAYS = frozenset(
    {"unittest", "math", "operator", "random", "collections", "functools", "itertools", "inspect", "copy"}
    | {"ast", "hmac", "hashlib", "json", "linecache", "numbers", "re", "traceback", "typing", "warnings", "autograder"}
    | {"abc", "asyncio", "contextlib", "dataclasses", "difflib", "enum", "io", "os", "pathlib", "posixpath", "pprint"}
    | {"resource", "signal", "socket", "sys", "threading", "types"}
)
"""Packages of Python's own that tests rest on: they are looked at for every test, beside `_used_by_own_modules`."""
# They change by themselves: plotting libraries keep state in modules, shells replace builtins while a cell runs.
_OWN_STATE = frozenset({"builtins", "IPython", "ipykernel", "traitlets", "__main__"})
_PARTS_OF_TORCH = frozenset(
    {"nn", "functional", "testing", "autograd", "optim", "linalg", "special", "fft", "random", "distributions"}
    | {"_tensor", "_C", "utils.data", "_VF", "overrides", "serialization"}
)
"""What is looked at of torch: its thousands of other modules, compilers above all, would take too long."""
_CLASSES_OF = frozenset({"decimal", "fractions", "numpy", "pandas", "pytest", "_pytest", "torch"})
"""Packages whose classes are looked at, beside those of the packages that are always looked at."""
_OWN_MODULES = ("autograder.wall", "autograder.python_names", "autograder.clone")
_STEPS = 2
_CLASSES_OF_C = ("builtins", "collections", "datetime", "decimal", "numpy", "torch")
"""Modules of which the classes that are written in C are looked at: their methods are in dictionaries, too."""
_LOADED = ("unittest.mock", "numpy.testing", "torch.testing", "doctest")
"""Modules of tests, which might be loaded by student code else, and replaced before they are known."""
_CELL = "<ipython-input"
_HEAP_TYPE = 1 << 9
"""The flag of classes that can be changed: those that are not written in C."""
_MISSING = object()
_CLASS: Any = vars(object)["__class__"]
_BASES: Any = vars(type)["__bases__"]
_HOOKS_OF_SYS = "hook"
_BUILTIN_NAMES = frozenset(vars(builtins))
_MOST_WRAPPERS = 4


@dataclass(frozen=True)
class _Function:
    """What a function consists of, besides its name.

    Attributes:
        code: its code.
        defaults: the defaults of its parameters.
        named: those of its keyword-only ones: the dictionary itself.
        named_content: what that holds.
        cells: the variables that it closes over and that hold functions, and these.
    """

    code: CodeType
    defaults: tuple[Any, ...] | None
    named: dict[str, Any] | None
    named_content: dict[str, Any]
    cells: tuple[tuple[CellType, object], ...]

    @classmethod
    def of(cls, function: FunctionType) -> "_Function":
        """What this function consists of now."""
        named = function.__kwdefaults__
        cells = tuple((cell, cell.cell_contents) for cell in function_cells(function))
        return cls(function.__code__, function.__defaults__, named, dict(named or {}), cells)

    def restore(self, function: FunctionType) -> bool:
        """Put it back into the function.

        Returns:
            Whether something was changed that libraries do not change themselves.
        """
        changed = False
        if function.__code__ is not self.code:
            # Libraries give their own functions other code, too, when these are first called.
            changed = function.__code__.co_filename.startswith(_CELL)
            function.__code__ = self.code
        if function.__defaults__ is not self.defaults:
            changed = True
            function.__defaults__ = self.defaults
        if self.named is not None and list(_differences(self.named_content, self.named)):
            changed = True
            self.named.update(self.named_content)
        if function.__kwdefaults__ is not self.named:
            changed = True
            function.__kwdefaults__ = self.named
        for cell, content in self.cells:
            if cell.cell_contents is not content:
                changed = True
                cell.cell_contents = content
        return changed


@dataclass(frozen=True)
class _Module:
    """A module that is looked at.

    Attributes:
        place: its place in `sys.modules`.
        module: the module.
        kind: its class.
        contents: the functions, classes and modules in it.
        hidden: the builtins that it hides by names of its own.
    """

    place: str
    module: ModuleType
    kind: type
    contents: dict[str, Any]
    hidden: frozenset[str]


@dataclass(frozen=True)
class _Class:
    """A class that is looked at: what it derives from, its own class, its attributes."""

    kind: type
    bases: tuple[type, ...]
    metaclass: type
    contents: dict[str, Any]


class LibraryState:
    """What modules held when it was made, and the classes of some of them.

    Args:
        packages: what notebooks import: the classes of these are looked at, beside those of the commonest packages.

    Attributes:
        classes: see `note_classes`.
    """

    def __init__(self, packages: Iterable[str] = ()) -> None:
        self._modules: list[_Module] = []
        self._functions: dict[str, dict[FunctionType, _Function]] = {}
        for name in _LOADED:
            importlib.import_module(name)
        self._always = _ALWAYS | _used_by_own_modules()
        self._with_classes = self._always.union(_CLASSES_OF, packages) - _OWN_STATE
        for name, module in list(sys.modules.items()):
            if isinstance(module, ModuleType) and _is_looked_at(name):
                contents = {key: value for key, value in list(vars(module).items()) if _is_kept(name, key, value)}
                self._note_functions(_package(name), contents.values())
                hidden = _BUILTIN_NAMES.intersection(vars(module))
                self._modules.append(_Module(name, module, type(module), contents, hidden))
        self.classes = note_classes()
        # What is done below uses builtins, too: so these are put back first, by methods that are kept here.
        builtin_names = vars(builtins)
        self._builtins = {key: value for key, value in builtin_names.items() if callable(value)}
        self._copy_builtins, self._update_builtins = builtin_names.copy, builtin_names.update
        self._classes = [_Class(kind, kind.__bases__, type(kind), dict(vars(kind))) for kind in self._kinds()]
        for noted in self._classes:
            self._note_functions(_package_of(noted.kind), noted.contents.values())
        self._objects = [(package, item, type(item)) for package, item in self._objects_with_classes()]
        self._instances = [
            (package, item, dict(vars(item)))
            for package, item, _ in self._objects
            if not isinstance(item, enum.Enum) and _has_names_of_its_own(item)
        ]
        self._of_c = [(kind, dictionary_of(vars(kind)), dict(vars(kind))) for kind in sorted(_classes_of_c(), key=str)]
        self._loaded = {noted.place: noted.module for noted in self._modules}
        functions = {function: own for package in self._functions.values() for function, own in package.items()}
        self._named = [(function, own) for function, own in functions.items() if own.named is not None]
        tables: list[tuple[Mapping[str, Any], Collection[str]]] = [(sys.modules, list(sys.modules))]
        tables += [(vars(noted.module), noted.contents) for noted in self._modules]
        tables += [(vars(noted.kind), noted.contents) for noted in self._classes]
        tables += [(own.named or {}, own.named_content) for _, own in self._named]
        tables += [(vars(item), names) for _, item, names in self._instances]
        tables += [(table, contents) for _, table, contents in self._of_c]
        self._unchanged = UnchangedMemory(
            {function: own.code for function, own in functions.items()},
            tables,
            [noted.kind for noted in self._classes],
            [*(noted.module for noted in self._modules), *(item for _, item, _ in self._objects)],
        )

    def _kinds(self) -> list[type]:
        """The classes that can be changed, of the packages that are looked at."""
        found = {
            base
            for noted in self._modules
            if _package(noted.place) in self._with_classes
            for value in noted.contents.values()
            if isinstance(value, type)
            for base in value.__mro__
        }
        return [kind for kind in found if kind.__flags__ & _HEAP_TYPE]

    def _objects_with_classes(self) -> Iterator[tuple[str, object]]:
        """The objects of such packages that have a class which can be changed, and so may get another one."""
        seen = set[int]()
        for noted in self._modules:
            package = _package(noted.place)
            if package not in self._with_classes:
                continue
            for value in list(vars(noted.module).values()):
                fixed = isinstance(value, (type, ModuleType, FunctionType)) or not type(value).__flags__ & _HEAP_TYPE
                if not fixed and id(value) not in seen:
                    seen.add(id(value))
                    yield package, value

    def _note_functions(self, package: str, values: Iterable[object]) -> None:
        """Note what functions do: a submission may give them other code, and leave them in their places."""
        noted = self._functions.setdefault(package, {})
        ahead = [(value, 0) for value in list(values)]
        while ahead:
            value, depth = ahead.pop()
            function = value.__func__ if isinstance(value, (classmethod, staticmethod)) else value
            if isinstance(function, FunctionType) and function not in noted:
                noted[function] = _Function.of(function)
                inside = [content for _, content in noted[function].cells]
                ahead += [(content, depth + 1) for content in inside if depth < _MOST_WRAPPERS]
            if isinstance(function, property):
                ahead += [(part, depth + 1) for part in (function.fget, function.fset) if part is not None]
            wrapped = getattr(function, "__dict__", {}).get("__wrapped__")
            if wrapped is not None and depth < _MOST_WRAPPERS:
                ahead.append((wrapped, depth + 1))

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
        looked_at = self._always.union(libraries)
        same = self._unchanged.same_others()
        if not same:
            # First of all: a module's or a class's own class decides what becomes of its attributes.
            changed |= self._restore_classes(looked_at)
        if not same or not self._unchanged.same_codes():
            for package in looked_at:
                for function, own in self._functions.get(package, {}).items():
                    if own.restore(function):
                        changed.add(_name_of(function))
        return changed | self._restore_tables(looked_at, allowed)

    def _restore_classes(self, looked_at: Set[str]) -> set[str]:
        changed = set()
        for noted in self._modules:
            if type(noted.module) is not noted.kind and _package(noted.place) in looked_at:
                _CLASS.__set__(noted.module, noted.kind)
                changed.add(noted.place)
        for package, item, kind in self._objects:
            if type(item) is not kind and package in looked_at:
                _CLASS.__set__(item, kind)
                changed.add(_name_of(kind))
        for known in self._classes:
            if type(known.kind) is not known.metaclass:
                _CLASS.__set__(known.kind, known.metaclass)
                changed.add(_name_of(known.kind))
            if _BASES.__get__(known.kind) is not known.bases and _package_of(known.kind) in looked_at:
                _BASES.__set__(known.kind, known.bases)
                changed.add(_name_of(known.kind))
        return changed

    def _restore_tables(self, looked_at: Set[str], allowed: Collection[str]) -> set[str]:
        # Most are as they were: only the others are looked at.
        # To look at an object copies its page of memory: so not even all of these records are looked at.
        found = self._unchanged.compare_tables()
        parts = (range(1), self._modules, self._classes, self._named, self._instances, self._of_c)
        ends = list(accumulate(map(len, parts)))
        tables = range(ends[-1]) if found is None else sorted(found.changed | found.grown)
        changed = set()
        for number in tables:
            part = bisect_right(ends, number)
            record: Any = parts[part][number - ends[part]]
            match record:
                case _Module() if _package(record.place) in looked_at:
                    changed |= _restore_module(record, allowed)
                case _Class() if _package_of(record.kind) in looked_at:
                    changed |= _restore_class(record.kind, record.contents, allowed)
                case (FunctionType() as function, own) if _package(function.__module__) in looked_at:
                    changed |= {_name_of(function)} if own.restore(function) else set()
                case (str() as package, item, names) if package in looked_at:
                    changed |= _restore_instance(item, names)
                case (type() as kind, table, contents):
                    changed |= _restore_class_of_c(kind, table, contents)
                case 0:
                    changed |= self._restore_places(looked_at)
        return changed

    def _restore_places(self, looked_at: Set[str]) -> set[str]:
        changed = set()
        for place, module in self._loaded.items():
            # A module that was removed may have been removed to be imported anew.
            if sys.modules.get(place, module) is not module and _package(place) in looked_at:
                sys.modules[place] = module
                changed.add(place)
        return changed


def _used_by_own_modules() -> frozenset[str]:
    """The packages that run a test beside student code, and what those of them use that are Python's own."""
    found = set[str]()
    own = [name for name in sys.modules if name in _OWN_MODULES or name.startswith(f"{_OWN_MODULES[0]}.")]
    ahead = [(name, _STEPS) for name in own]
    while ahead:
        place, steps = ahead.pop()
        for value in list(vars(sys.modules[place]).values()):
            name = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
            if not isinstance(name, str) or name not in sys.modules or _package(name) in _OWN_STATE:
                continue
            if steps == _STEPS or _package(name) in sys.stdlib_module_names:
                # What is written in C has a module of its own: ``_bisect``.
                found |= {_package(name), _package(name).removeprefix("_")}
                if steps > 1 and _package(name) in sys.stdlib_module_names:
                    ahead.append((name, steps - 1))
    return frozenset(found)


def _restore_module(noted: _Module, allowed: Collection[str]) -> set[str]:
    changed = set()
    names = vars(noted.module)
    for attribute, value in _differences(noted.contents, names):
        name = f"{noted.place}.{attribute}"
        changed.add(name)
        if name not in allowed:
            names[attribute] = value
    for attribute in _BUILTIN_NAMES.intersection(names) - noted.hidden - noted.contents.keys():
        # The module's functions would find it in the place of the builtin.
        name = f"{noted.place}.{attribute}"
        changed.add(name)
        if name not in allowed:
            del names[attribute]
    return changed


def _restore_instance(item: object, before: Mapping[str, Any]) -> set[str]:
    """Put back the attributes by which an object hides its class's methods."""
    changed = set()
    names = vars(item)
    for name, value in list(names.items()):
        if value is not before.get(name, _MISSING) and callable(getattr(type(item), name, None)):
            changed.add(f"{_name_of(type(item))}.{name}")
            if name in before:
                names[name] = before[name]
            else:
                del names[name]
    return changed


def _restore_class_of_c(kind: type, table: dict[str, Any], before: Mapping[str, Any]) -> set[str]:
    """Put back methods that were replaced in memory."""
    differences = list(_differences(before, table))
    new = [name for name in table if name not in before]
    table.update(differences)
    for name in new:
        del table[name]
    if differences or new:
        ctypes.pythonapi.PyType_Modified(ctypes.py_object(kind))
    return {f"{_name_of(kind)}.{name}" for name in [*(name for name, _ in differences), *new]}


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


def _classes_of_c() -> set[type]:
    found = {
        base
        for module in _CLASSES_OF_C
        if module in sys.modules
        for value in list(vars(sys.modules[module]).values())
        if isinstance(value, type)
        for base in value.__mro__
    }
    return {kind for kind in found if not kind.__flags__ & _HEAP_TYPE}


def _has_names_of_its_own(item: Any) -> bool:  # noqa: ANN401 - any object
    """Whether an object's attributes are in a dictionary that can be read from memory."""
    try:
        # Objects of one class may share their keys.
        item.__dict__ = dict(vars(item))
    except Exception:  # noqa: BLE001 - a library's class may refuse it in any way
        return False
    return type(vars(item)) is dict


def _is_kept(module: str, name: str, value: object) -> bool:
    if module == "sys":
        # IPython and Python itself replace the hooks.
        return isinstance(value, BuiltinFunctionType) and _HOOKS_OF_SYS not in name
    return callable(value) or isinstance(value, ModuleType)


def _package_of(kind: type) -> str:
    # A class may have a property of that name.
    module = vars(kind).get("__module__")
    return _package(module) if isinstance(module, str) else ""


def _name_of(thing: FunctionType | type) -> str:
    return f"{thing.__module__}.{thing.__qualname__}".replace(".<locals>", "")


def _package(module: str) -> str:
    return module.partition(".")[0]


def _is_looked_at(module: str) -> bool:
    package, *parts = module.split(".")
    if package in _OWN_STATE:
        return False
    return package != "torch" or not parts or bool({parts[0], ".".join(parts[:2])} & _PARTS_OF_TORCH)


def _differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What is another object now. It is compared by identity: a value of the student's could say that it is equal."""
    if not all(map(is_, before.values(), map(now.get, before))):
        yield from ((name, value) for name, value in before.items() if now.get(name) is not value)


def _class_differences(kind: type, before: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    now = vars(kind)
    differences = list(_differences(before, now))
    for name, value in differences:
        # Classes keep caches of their own (``_abc_impl``, ``__annotations__``), which are no functions.
        if callable(value) or isinstance(value, classmethod | staticmethod | property):
            yield name, value
    for name in now.keys() - before.keys() if differences or len(now) > len(before) else ():
        # A new attribute may hide one of a base. Python adds annotations and the like by itself.
        value = now[name]
        is_method = callable(value) or hasattr(type(value), "__get__")
        if is_method and any(name in vars(base) for base in kind.__mro__[1:]):
            yield name, _MISSING
