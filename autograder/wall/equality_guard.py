"""Objects that are equal to everything, for a test that runs in the process of the student's code.

A class whose ``__eq__`` is true of a word that nobody could have expected is true of anything. An object of such a
class would pass every ``==`` of a test, of `unittest` and of ``in``. The same holds for one that is less and greater
than such a word, for one that gives a number when the word is subtracted from it, and for one that answers
`numpy.allclose` and `torch.allclose` with yes when it is compared with the word.
"""

import builtins
import functools
import gc
import secrets
import sysconfig
import weakref
from collections import OrderedDict, UserDict, UserList, UserString, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

_Method = Callable[..., Any]
_COMPARISONS = {"__eq__": False, "__ne__": True, "__lt__": False, "__le__": False, "__gt__": False, "__ge__": False}
"""What each says rightly of a word."""
_OPERATIONS = tuple(f"__{side}{name}__" for name in ("add", "sub", "mul", "truediv", "pow") for side in ("", "r"))
_NUMBERS = (bool, int, float, complex, np.generic)
_STRANGERS = 24
_FEW = 20
_BASES = (
    *(object, int, float, complex, str, bytes, bytearray, tuple, list, dict, set, frozenset, BaseException, Exception),
    *(OrderedDict, UserDict, UserList, UserString, deque, np.ndarray, np.float64, torch.Tensor, torch.nn.Module),
)
"""Classes from which students derive theirs."""
_INSTALLED = tuple(sysconfig.get_paths()[name] for name in ("stdlib", "platstdlib", "purelib", "platlib"))


class _Opaque:
    """An object of a class that no student code knows."""


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
    guards: list[tuple[str, Callable[[_Method], _Method]]] = [
        (name, functools.partial(_guarded, name=name, right=right)) for name, right in _COMPARISONS.items()
    ]
    guards += [(name, _guarded_operation) for name in _OPERATIONS]
    guards += [("__array_function__", _guarded_protocol), ("__array_ufunc__", _guarded_protocol)]
    for name, guard in guards:
        method = own.get(name)
        if callable(method) and not hasattr(method, "__wrapped_for_test__") and not _is_installed(method):
            _set(kind, name, guard(method))
    method = own.get("__torch_function__")
    if isinstance(method, classmethod):
        function = method.__func__
        if not hasattr(function, "__wrapped_for_test__") and not _is_installed(function):
            _set(kind, "__torch_function__", classmethod(_guarded_protocol(function)))


def _set(kind: type, name: str, method: object) -> None:
    try:
        type.__setattr__(kind, name, method)
    except (AttributeError, TypeError):
        return


def _is_installed(method: object) -> bool:
    """Whether a method is a library's, which answers as that library does."""
    code = getattr(method, "__code__", None)
    return code is not None and str(code.co_filename).startswith(_INSTALLED)


def _guarded(method: _Method, *, name: str, right: bool) -> _Method:
    """Answer as the method does, unless it gives another answer than the right one about a word."""

    @functools.wraps(method)
    def guarded(self: object, other: object) -> Any:  # noqa: ANN401 - an array's comparison is an array
        answer = method(self, other)
        if type(other) is type(self) or not isinstance(answer, (bool, np.bool_)) or bool(answer) is right:
            return answer

        def lies(thing: object) -> bool:
            said = _asked(method, self, thing)
            return isinstance(said, (bool, np.bool_)) and bool(said) is not right

        if lies(secrets.token_hex(8)) or lies(_Opaque()):
            return right
        # What is less or greater than a word is a matter of the word.
        strangers = _like(other) if name in ("__eq__", "__ne__") else []
        return right if strangers and all(map(lies, strangers)) else answer

    guarded.__wrapped_for_test__ = True  # type: ignore[attr-defined]
    return guarded


def _like(other: object) -> list[object]:
    """Values of another one's kind that nobody could have expected."""
    if type(other) in (int, float):
        # A class of remainders is honestly equal to some of them.
        numbers = [secrets.randbits(50) for _ in range(_STRANGERS)]
        return [float(number) if isinstance(other, float) else number for number in numbers]
    if type(other) in (str, bytes):
        word = secrets.token_hex(8)
        return [word if isinstance(other, str) else word.encode()]
    for base in (list, tuple, set, frozenset):
        if type(other) is base:
            return [base([_Opaque()])]
    return [{_Opaque(): _Opaque()}] if type(other) is dict else []


def _guarded_operation(method: _Method) -> _Method:
    """Answer as the method does, unless it gives a number for a word as well."""

    @functools.wraps(method)
    def guarded(self: object, other: object, *more: object) -> Any:  # noqa: ANN401 - any value
        answer = method(self, other, *more)
        if type(other) is type(self) or not isinstance(answer, _NUMBERS) or isinstance(answer, type(self)):
            return answer
        said = [_asked(method, self, thing, *more) for thing in (secrets.token_hex(8), _Opaque())]
        return NotImplemented if any(isinstance(one, _NUMBERS) for one in said) else answer

    guarded.__wrapped_for_test__ = True  # type: ignore[attr-defined]
    return guarded


def _guarded_protocol(method: _Method) -> _Method:
    """Answer a function of NumPy's or torch's as the method does, unless it says yes to anything."""

    @functools.wraps(method)
    def guarded(self: Any, function: Any, *rest: Any, **named: Any) -> Any:  # noqa: ANN401 - any value
        answer = method(self, function, *rest, **named)
        if not isinstance(answer, (bool, np.bool_)) or not answer:
            return answer
        said = [_asked(method, self, function, *_with(rest, thing), **named) for thing in ("0" * 8, _Opaque())]
        yes = [isinstance(one, (bool, np.bool_)) and bool(one) for one in said]
        return NotImplemented if any(yes) else answer

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
