"""How the judge writes an object that a test hands to the student's side.

The judge is trusted, and so is what it names: the student's side has the classes of locked cells under the same names,
and imports a library's. How it makes the object of that is in `autograder.wall.read_request`.
"""

import copy
import enum
import functools
import io
import pathlib
import sys
import types
import typing
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any, cast

import numpy
import torch

from autograder.wall.codec import Encoder
from autograder.wall.errors import UnsupportedValueError
from autograder.wall.instances import RANDOM, SentIterator
from autograder.wall.kinds import Held
from autograder.wall.values import Node, write_path

StudentHas = Callable[[str, object], bool]

_BASES: tuple[type, ...] = (OrderedDict, dict, list, set, tuple, frozenset, int, float, str, bytes)
_IMMUTABLE = (tuple, frozenset, int, float, str, bytes)
_WITHOUT_STATE: tuple[object, ...] = (object, typing.Generic, typing.Protocol, *_BASES)
_C_MEMBERS = (
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    types.GetSetDescriptorType,
    types.ClassMethodDescriptorType,
)
_HEAP = 1 << 9
_NOT_SENT = frozenset({"autograder", "matplotlib", "unittest", "builtins"})
"""Packages whose objects mean nothing in another process, or are too entangled."""
_MOST_ITEMS = 10_000
_MOST_BYTES = 16 * 1024**2
_REWINDABLE = frozenset(
    map(type, [iter([]), iter(()), iter(range(0)), iter(""), iter("ä"), iter(b""), iter(set()), iter({})])
) | frozenset(map(type, [iter({}.values()), iter({}.items())]))


class GivenObjects:
    """Writes the objects that one test hands over.

    Args:
        student_has: whether the student's side has this very object under that name.
    """

    def __init__(self, student_has: StudentHas) -> None:
        self._student_has = student_has
        self._iterators: dict[int, SentIterator] = {}

    def clear(self) -> None:
        """Forget the items of iterators: another test begins."""
        self._iterators.clear()

    def write(self, value: Any, encoder: Encoder) -> Node | None:  # noqa: ANN401 - anything at all
        """Write an object; None for a function, and for what no rule here knows.

        Raises:
            UnsupportedValueError: a part of it can't exist on the student's side.
        """
        if isinstance(value, (types.FunctionType, functools.partial, numpy.ufunc)) or type(value) is object:
            return None
        if type(value) is type(pathlib.Path()):
            return write_path(value)
        if type(value) in RANDOM and RANDOM[type(value)].accepts(value):
            kind = RANDOM[type(value)]
            return [kind.tag, encoder.number(value), kind.write(value, encoder)]
        if not isinstance(value, (type, enum.Enum)) and _can_be_walked(cast("Any", type(value))):
            return self._write_instance(value, encoder)
        if isinstance(value, Iterator) and type(value).__module__ in ("builtins", "itertools", "_csv"):
            return self._write_iterator(value, encoder)
        node = self._write_fixed(value, encoder)
        return None if node is None else hold(value, node, encoder)

    def _write_fixed(self, value: Any, encoder: Encoder) -> Node | None:  # noqa: ANN401 - anything at all
        if isinstance(value, type):
            return self._write_class(value)
        if isinstance(value, types.ModuleType):
            return ["module", _importable_module(value)]
        if isinstance(value, (types.MethodType, types.BuiltinMethodType)):
            return self._write_method(value, encoder)
        if isinstance(value, enum.Enum):
            return ["member", self._write_class(type(value)), value.name]
        return self._write_reduced(value, encoder)

    def _write_class(self, kind: type) -> Node:
        if self._student_has(kind.__name__, kind):
            return ["name", kind.__name__]
        if _root(kind) in ("__main__", "autograder") or not _is_found(kind.__module__, kind.__qualname__, kind):
            raise UnsupportedValueError(
                f"a test sends the student something of the class {kind.__name__!r}, "
                "which exists on the judge's side only"
            )
        return ["imported", kind.__module__, kind.__qualname__]

    def _write_method(self, method: Any, encoder: Encoder) -> Node | None:  # noqa: ANN401 - of any object
        owner = method.__self__
        is_class_method = isinstance(owner, type) and isinstance(method, types.MethodType)
        if owner is None or isinstance(owner, types.ModuleType) or (isinstance(owner, type) and not is_class_method):
            return None
        return ["method", encoder.write(owner), method.__name__]

    def _write_instance(self, value: Any, encoder: Encoder) -> Node:  # noqa: ANN401 - of any class
        kind = type(value)
        node = ["object", encoder.number(value), self._write_class(kind), _write_immutable(value, encoder)]
        return [*node, encoder.nested(value)]

    def _write_iterator(self, iterator: Iterator[Any], encoder: Encoder) -> Node:
        sent = self._iterators.get(id(iterator))
        rewinds = type(iterator) in _REWINDABLE
        ahead = [] if sent is None or rewinds else sent.items
        source = copy.copy(iterator) if rewinds else iterator
        items, complete = _pull(ahead, source)
        sent = self._iterators[id(iterator)] = SentIterator(iterator, items, rewinds=rewinds)
        number = encoder.hold(iterator, sent)
        return ["iterator", number, encoder.write_items(items), complete]

    def _write_reduced(self, value: Any, encoder: Encoder) -> Node | None:  # noqa: ANN401 - of any class
        """Write an object as what copies it: a class or a function of its library, and what that is given."""
        if isinstance(value, (io.IOBase, types.GeneratorType, types.CodeType)) or _root(type(value)) in _NOT_SENT:
            return None
        try:
            made = value.__reduce_ex__(2)
        except Exception:  # noqa: BLE001 - a class that forbids copies may raise anything
            return None
        if not isinstance(made, tuple):
            return None
        function, args, state, items, pairs, *setter = [*made, None, None, None, None][:6]
        if any(part is not None for part in (items, pairs, *setter)):
            return None
        return ["reduced", self._write_maker(function), encoder.write(args), encoder.write(state)]

    def _write_maker(self, function: Any) -> Node:  # noqa: ANN401 - a class or a function
        if isinstance(function, type):
            return self._write_class(function)
        module, name = getattr(function, "__module__", None), getattr(function, "__qualname__", "")
        if not isinstance(module, str) or not _is_found(module, name, function):
            raise UnsupportedValueError(f"a test sends the student an object that only {name or 'nothing'!r} can copy")
        return ["imported", module, name]


def hold(value: object, node: Node, encoder: Encoder) -> Node:
    """Number an object that the student's side has as well: it comes back as the judge's own, and never changed."""
    return ["given", node, encoder.hold(value, Held(value))]


def _root(kind: Any) -> str:  # noqa: ANN401 - a class
    return str(kind.__module__).partition(".")[0]


def _is_found(module: str, name: str, value: object) -> bool:
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found is value


def _importable_module(module: types.ModuleType) -> str:
    name = module.__name__
    if name.partition(".")[0] in ("__main__", "autograder") or sys.modules.get(name) is not module:
        raise UnsupportedValueError(f"a test sends the student the module {name!r}, which can't be imported there")
    return name


@functools.cache
def _can_be_walked(kind: Any) -> bool:  # noqa: ANN401 - a class
    """Whether all that an object of this class holds are its attributes and the items of a builtin container."""
    if _root(kind) in _NOT_SENT:
        return False
    for base in kind.__mro__:
        if base in _WITHOUT_STATE:
            continue
        own = vars(base)
        if not base.__flags__ & _HEAP or getattr(own.get("__new__"), "__self__", None) is base:
            return False
        if any(
            isinstance(member, _C_MEMBERS) and member.__objclass__ is base
            for name, member in own.items()
            if name not in ("__dict__", "__weakref__")
        ):
            return False
    builtin = next((base for base in kind.__mro__ if base in _BASES), object)
    # A class that says how it is copied has to be asked.
    own_way = kind.__reduce__ not in (object.__reduce__, builtin.__reduce__)
    return not own_way and kind.__reduce_ex__ is object.__reduce_ex__ and kind is not builtin


def _write_immutable(value: Any, encoder: Encoder) -> Node:  # noqa: ANN401 - of any class
    """Write the plain value of an object whose class derives from an immutable one, in a list; else None."""
    bases: tuple[Any, ...] = _IMMUTABLE
    for base in bases:
        if isinstance(value, base):
            plain = base(base.__iter__(value)) if base in (tuple, frozenset) else _as_base(base, value)
            return [base.__name__, encoder.write(plain)]
    return None


def _as_base(base: Any, value: Any) -> Any:  # noqa: ANN401 - int, float, str, bytes
    return {int: int.__int__, float: float.__float__, str: str.__str__}.get(base, bytes)(value)


def _pull(ahead: list[Any], source: Iterator[Any]) -> tuple[list[Any], bool]:
    """The next items of an iterator, as many as can be sent, and whether there are no more."""
    items, size = list(ahead), 0
    while len(items) < _MOST_ITEMS and size < _MOST_BYTES:
        try:
            item = next(source)
        except StopIteration:
            return items, True
        except Exception:  # noqa: BLE001 - student code may never come so far
            return items, False
        size += item.nbytes if isinstance(item, (numpy.ndarray, torch.Tensor)) else 0
        items.append(item)
    return items, False
