"""Objects that are equal to everything, for a test that runs in the process of the student's code.

A class whose ``__eq__`` is true of a word that nobody could have expected is true of anything. An object of such a
class would pass every ``==`` of a test, of `unittest` and of ``in``. The same holds for one that is less and greater
than such a word, for one that gives a number when the word is subtracted from it, and for one that answers
`numpy.allclose` and `torch.allclose` with yes when it is compared with the word.

Classes that there are before the test are guarded then; what student code makes or changes while the test runs, when
the test compares an object of it, computes with it or hands it on (`add_looks`).
"""

import ast
import builtins
import functools
import gc
import secrets
import sys
import sysconfig
import types
import unittest.mock
import weakref
from collections import OrderedDict, UserDict, UserList, UserString, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import torch

from autograder.wall.made_up_values import Opaque, made_up_values

_Method = Callable[..., Any]
_COMPARISONS = {"__eq__": False, "__ne__": True, "__lt__": False, "__le__": False, "__gt__": False, "__ge__": False}
"""What each says rightly of a word."""
_METHODS = ("allclose", "eq", "equal", "equals", "isclose")
"""Methods by which a test asks an object itself whether it is right."""
_OPERATIONS = tuple(f"__{side}{name}__" for name in ("add", "sub", "mul", "truediv", "pow") for side in ("", "r"))
_PROTOCOLS = ("__array_function__", "__array_ufunc__", "__torch_function__")
_GUARDED = (*_COMPARISONS, *_METHODS, *_OPERATIONS, *_PROTOCOLS, "__contains__")
_NUMBERS = (bool, int, float, complex, np.generic)
_FEW = 20
_BASES = (
    *(object, int, float, complex, str, bytes, bytearray, tuple, list, dict, set, frozenset, BaseException, Exception),
    *(OrderedDict, UserDict, UserList, UserString, deque, np.ndarray, np.float64, torch.Tensor, torch.nn.Module),
)
"""Classes from which students derive theirs."""
_CONTAINERS = (list, tuple, dict, set, frozenset, str, bytes, deque)
_INSTALLED = tuple(sysconfig.get_paths()[name] for name in ("stdlib", "platstdlib", "purelib", "platlib"))
_OTHERS = frozenset({"__main__", "unittest.mock", "_pytest.python_api"})
"""The notebook, and modules with objects that are made to be equal to others: ``ANY``, ``approx(0, abs=inf)``."""
_OF_C = (types.WrapperDescriptorType, types.MethodDescriptorType, types.ClassMethodDescriptorType)
_PLAIN = frozenset(
    {*_NUMBERS, str, bytes, type(None), type, range, slice, object, torch.Tensor, torch.dtype, torch.Size, np.dtype}
    | {types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.ModuleType, types.GeneratorType}
    | {np.float64, np.float32, np.int64, np.int32, np.bool_, np.str_}
)
"""Classes that answer as they always do, and whose objects hold no others."""
_HOLDERS = frozenset({list, tuple, dict, set, frozenset, deque})
_MOST_ITEMS = 1_000
_DEEPEST = 3
_MANY_LOOKS = 200
_LOOKS_BETWEEN = 16
"""A class that a test has met many times is looked at again only now and then."""
_MRO = type.__dict__["__mro__"]


@dataclass(frozen=True)
class KnownClasses:
    """The classes that there were at some time.

    Attributes:
        ids: their ids, as far as `guard_equality` finds them by their bases.
        tables: for some of these bases, what Python keeps of their subclasses: a dictionary of weak references, by id.
    """

    ids: frozenset[int]
    tables: Mapping[type, dict[int, Callable[[], Any]]]


def note_classes() -> KnownClasses:
    """The classes that there are now."""
    return KnownClasses(frozenset(map(id, _derived(_BASES, {}, frozenset()))), _tables_of_subclasses())


def _tables_of_subclasses() -> dict[type, dict[int, Callable[[], Any]]]:
    """The dictionaries of subclasses of the bases that have many.

    To ask a class for its subclasses touches each of them; in a fork that copies thousands of pages of memory.
    """
    wanted: dict[frozenset[int], type] = {}
    for base in _BASES:
        subclasses = type.__subclasses__(base)
        if len(subclasses) > _FEW:
            wanted[frozenset(map(id, subclasses))] = base
    found: dict[type, dict[int, Callable[[], Any]]] = {}
    for item in gc.get_objects():
        if type(item) is dict and len(item) > _FEW and type(next(iter(item))) is int:
            owner = wanted.get(frozenset(item))
            if owner is not None and all(type(value) is weakref.ref for value in item.values()):
                found[owner] = item
    return found


def guard_equality(known: KnownClasses) -> None:
    """Have every class that was made in this process, and is still to be made, be asked about such a word, too.

    Args:
        known: the classes that were there before, from `note_classes`.
    """
    for kind in _classes_made_here(known):
        _guard(kind)
    build = builtins.__build_class__

    @functools.wraps(build)
    def build_guarded(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - a class, or what a metaclass makes
        kind = build(*args, **kwargs)
        if isinstance(kind, type):
            _guard(kind)
        return kind

    builtins.__build_class__ = build_guarded


class Looker:
    """Looks at what a test compares, computes with and hands on, and guards the classes that it finds there.

    Args:
        wildcards: whether the test itself uses objects that are made to be equal to everything, as `unittest.mock.ANY`.
    """

    def __init__(self, *, wildcards: bool) -> None:
        self._seen: dict[type, list[object]] = {}
        self._met: dict[type, int] = {}
        self._left_alone = frozenset({type(unittest.mock.ANY)} if wildcards else ())
        # Student code may look for the name, but doesn't know it.
        self._name = f"_look_{secrets.token_hex(8)}"
        setattr(builtins, self._name, self._look)

    def add_looks(self, tree: ast.Module) -> None:
        """Have a test look at each such value before it uses it."""
        _Looks(self._name).visit(tree)

    def _look(self, value: Any) -> Any:  # noqa: ANN401 - any value
        if type(value) not in _PLAIN:
            self._look_into(value, 0)
        return value

    def _look_into(self, value: Any, depth: int) -> None:  # noqa: ANN401 - any value
        kind = type(value)
        if kind in _HOLDERS or (kind is np.ndarray and value.dtype == object):
            if depth < _DEEPEST:
                for item in _items(value):
                    if type(item) not in _PLAIN:
                        self._look_into(item, depth + 1)
            return
        met = self._met[kind] = self._met.get(kind, 0) + 1
        if kind is np.ndarray or kind in self._left_alone or (met > _MANY_LOOKS and met % _LOOKS_BETWEEN):
            return
        for base in _MRO.__get__(kind)[:-1]:
            methods = list(map(vars(base).get, _GUARDED))
            seen = self._seen.get(base)
            if seen is None or any(one is not other for one, other in zip(methods, seen, strict=True)):
                _guard(base)
                self._seen[base] = list(map(vars(base).get, _GUARDED))


def _items(value: Any) -> Iterator[Any]:  # noqa: ANN401 - a container of a builtin class, or an array
    if isinstance(value, np.ndarray):
        return islice(value.flat, _MOST_ITEMS)
    return islice(value.values() if isinstance(value, dict) else value, _MOST_ITEMS)


class _Looks(ast.NodeTransformer):
    """Puts a call around operands and arguments."""

    def __init__(self, name: str) -> None:
        self._name = name

    def _wrapped(self, node: ast.expr) -> ast.expr:
        if isinstance(node, (ast.Constant, ast.Starred)):
            return node
        function = ast.copy_location(ast.Name(self._name, ast.Load()), node)
        return ast.copy_location(ast.Call(function, [node], []), node)

    def visit_Compare(self, node: ast.Compare) -> ast.Compare:
        self.generic_visit(node)
        node.left = self._wrapped(node.left)
        node.comparators = list(map(self._wrapped, node.comparators))
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.BinOp:
        self.generic_visit(node)
        node.left, node.right = self._wrapped(node.left), self._wrapped(node.right)
        return node

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.generic_visit(node)
        node.args = list(map(self._wrapped, node.args))
        for keyword in node.keywords:
            if keyword.arg is not None:
                keyword.value = self._wrapped(keyword.value)
        if isinstance(node.func, ast.Attribute):
            node.func.value = self._wrapped(node.func.value)
        return node


def _classes_made_here(known: KnownClasses) -> list[type]:
    """The classes that were made since this process was forked.

    What it had then is frozen, and is not listed by the garbage collector. Student code can freeze its own classes, so
    they are looked up by their bases, too.
    """
    found = _derived(_BASES, known.tables, known.ids)
    ahead = found[:]
    while ahead:
        new = _derived([ahead.pop()], {}, known.ids)
        found += new
        ahead += new
    # The same class may come twice: its methods are guarded once.
    return found + [item for item in gc.get_objects() if issubclass(type(item), type)]


def _derived(
    bases: Iterable[type], tables: Mapping[type, dict[int, Callable[[], Any]]], known: frozenset[int]
) -> list[type]:
    """The direct subclasses of some classes, but for those that are known."""
    found: list[type] = []
    for base in bases:
        if base in tables:
            references = [tables[base][key] for key in tables[base].keys() - known]
            found += [made for reference in references if (made := reference()) is not None]
        elif base is not type:
            subclasses: list[type] = type.__subclasses__(base)
            found += [kind for kind in subclasses if id(kind) not in known]
    return found


def _guard(kind: type) -> None:
    own = vars(kind)
    for name in _GUARDED:
        method = own.get(name)
        if method is None or isinstance(method, _OF_C) or hasattr(method, "__wrapped_for_test__"):
            continue
        if name in _METHODS and not isinstance(method, types.FunctionType):
            continue
        if not (callable(method) or isinstance(method, property) or type(method).__module__ == "__main__"):
            continue
        if name == "__contains__" and not issubclass(kind, _CONTAINERS):
            # What is no container of a known kind may honestly hold everything but a few things.
            continue
        if not _is_installed(method):
            _set(kind, name, _guarded_as(name, method))


def _guarded_as(name: str, method: Any) -> object:  # noqa: ANN401 - any value of an attribute
    if name == "__torch_function__" and isinstance(method, classmethod):
        return classmethod(_guarded_protocol(method.__func__))
    bound = _as_function(method)
    if name in _OPERATIONS:
        return _guarded_operation(bound)
    if name in _PROTOCOLS:
        return _guarded_protocol(bound)
    return _guarded(bound, name=name, right=_COMPARISONS.get(name, False))


def _as_function(method: Any) -> _Method:  # noqa: ANN401 - see above
    """What a class has in a method's place, as a function of the object: it may be a property, or a bound method."""
    if isinstance(method, types.FunctionType):
        return method

    def function(self: object, *args: Any, **named: Any) -> Any:  # noqa: ANN401 - any value
        found = method.__get__(self, type(self)) if hasattr(type(method), "__get__") else method
        return found(*args, **named)

    return function


def _set(kind: type, name: str, method: object) -> None:
    try:
        type.__setattr__(kind, name, method)
    except (AttributeError, TypeError):
        return


def _is_installed(method: object) -> bool:
    """Whether a method is a library's, which answers as that library does."""
    function = getattr(method, "__func__", method)
    if not isinstance(function, types.FunctionType):
        return False
    name = function.__globals__.get("__name__", "")
    module = sys.modules.get(name)
    # A file's name alone may be the student's word.
    if module is None or vars(module) is not function.__globals__ or name in _OTHERS:
        return False
    return function.__code__.co_filename.startswith(_INSTALLED)


def _guarded(method: _Method, *, name: str, right: bool) -> _Method:
    """Answer as the method does, unless it gives another answer than the right one about a word."""

    @functools.wraps(method)
    def guarded(self: object, other: object, *more: Any, **named: Any) -> Any:  # noqa: ANN401 - an array's is an array
        answer = method(self, other, *more, **named)
        if type(other) is type(self) or _says(answer) in (right, None):
            return answer

        def lies(thing: object) -> bool:
            return _says(_asked(method, self, thing, *more, **named)) is (not right)

        if lies(secrets.token_hex(8)) or lies(Opaque()):
            return right
        # What is less or greater than a word is a matter of the word.
        groups = [] if name in ("__lt__", "__le__", "__gt__", "__ge__") else made_up_values(other)
        if name == "__contains__":
            # It may honestly hold all that is near.
            groups = groups[:1]
        return right if any(all(map(lies, group)) for group in groups) else answer

    guarded.__wrapped_for_test__ = True  # type: ignore[attr-defined]
    return guarded


def _says(answer: object) -> bool | None:
    """What an answer says where only yes or no counts; None if it says neither, or both of several items."""
    if isinstance(answer, _NUMBERS):
        return bool(answer)
    # Other objects may stand for the comparison itself, as those of a language for queries do.
    if type(answer) is object:
        return True
    if isinstance(answer, (list, tuple)):
        said = {_says(item) for item in answer}
        # Of nothing, all and none are so: whatever is asked about no items is as it should be.
        return True if not said else said.pop() if len(said) == 1 else None
    kind = type(answer)
    if isinstance(answer, (np.ndarray, torch.Tensor)) or kind.__module__.partition(".")[0] == "pandas":
        return _says_array(answer)
    if answer is not NotImplemented and any("__bool__" in vars(base) for base in _MRO.__get__(kind)[:-1]):
        try:
            return bool(answer)
        except Exception:  # noqa: BLE001 - a student's object may raise anything
            return None
    return None


def _says_array(answer: Any) -> bool | None:  # noqa: ANN401 - NumPy's, torch's, pandas'
    try:
        items = np.asarray(answer).astype(bool)
    except (TypeError, ValueError, RuntimeError):
        return None
    return True if items.all() else False if not items.any() else None


def _guarded_operation(method: _Method) -> _Method:
    """Answer as the method does, unless it gives a number for a word as well."""

    @functools.wraps(method)
    def guarded(self: object, other: object, *more: object) -> Any:  # noqa: ANN401 - any value
        answer = method(self, other, *more)
        if type(other) is type(self) or not isinstance(answer, _NUMBERS) or isinstance(answer, type(self)):
            return answer
        said = [_asked(method, self, thing, *more) for thing in (secrets.token_hex(8), Opaque())]
        return NotImplemented if any(isinstance(one, _NUMBERS) for one in said) else answer

    guarded.__wrapped_for_test__ = True  # type: ignore[attr-defined]
    return guarded


def _guarded_protocol(method: _Method) -> _Method:
    """Answer a function of NumPy's or torch's as the method does, unless it says yes to anything."""

    @functools.wraps(method)
    def guarded(self: Any, function: Any, *rest: Any, **named: Any) -> Any:  # noqa: ANN401 - any value
        answer = method(self, function, *rest, **named)
        if not _says(answer):
            return answer
        said = [_asked(method, self, function, *_with(rest, thing), **named) for thing in ("0" * 8, Opaque())]
        return NotImplemented if any(map(_says, said)) else answer

    guarded.__wrapped_for_test__ = True  # type: ignore[attr-defined]
    return guarded


def _with(rest: tuple[Any, ...], thing: object) -> list[Any]:
    """The arguments with another thing in the place of what a function was called with."""
    return [
        tuple(thing for _ in part) if isinstance(part, tuple) and not all(isinstance(item, type) for item in part)
        else part
        for part in rest
    ]  # fmt: skip


def _asked(method: _Method, *args: Any, **named: Any) -> Any:  # noqa: ANN401 - any value
    """What a method says; None if it raises: an honest one may not know what to do with a word."""
    try:
        return method(*args, **named)
    except Exception:  # noqa: BLE001 - see above
        return None
