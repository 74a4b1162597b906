"""The judge's proxy for an object that stays on the student's side."""

import builtins
import functools
import re
import secrets
import sys
import types
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Any, TypeVar

import torch

from autograder.wall.errors import MissingAttributeError, NotPlainError
from autograder.wall.profile import Profile, Recorder
from autograder.wall.signatures import code_with_source, read_signature

Ask = Callable[..., Any]
"""Asks for something to be done on the student's side: see `autograder.wall.judge_end.Wall.ask`."""

_Kind = TypeVar("_Kind")
_BINARY = ("add", "sub", "mul", "truediv", "floordiv", "mod", "matmul", "and_", "or_", "xor", "lshift", "rshift", "pow")
_UNARY = ("neg", "pos", "abs", "invert")
_COMPARISONS = ("lt", "le", "gt", "ge")
_OPEN_DUNDERS = frozenset({"__name__", "__qualname__", "__doc__", "__module__", "__annotations__", "__dict__"})
_ALWAYS_ALLOWED = frozenset({"iterate", "length"})
_ITERATOR = "[] iterator"
_OPERATION = re.compile(r" \w+(?: \w+)?$")
_SAME_CLASSES = {
    "builtins.function": types.FunctionType,
    "builtins.method": types.MethodType,
    "builtins.generator": types.GeneratorType,
    "builtins.type": type,
}


class Handle:
    """An object of the student's that is not plain data.

    It forwards operations to the student's side. Which ones depends on what the instructor's own solution had in its
    place (`autograder.wall.profile`). Dunder attributes are not forwarded: they would let an object decide
    how the judge's libraries treat it.

    Args:
        ask: asks the student's side.
        profile: what a submission may do.
        number: the object's number on the student's side.
        origin: how the judge came by it.
        type_names: the qualified names of its class and the class's bases, as the student's side sends them.
        snapshot: no item, or one: its plain value, where its class derives from a plain one.
    """

    __slots__ = ("__weakref__", "_ask_student", "_items", "_number", "_origin", "_profile", "_snapshot", "_type_names")

    _ask_student: Ask
    _profile: Profile | Recorder
    _number: int
    _origin: str
    _type_names: tuple[str, ...]
    _snapshot: list[Any]

    def __init__(
        self,
        ask: Ask,
        profile: Profile | Recorder,
        number: int,
        origin: str,
        type_names: tuple[str, ...],
        snapshot: list[Any],
    ) -> None:
        for name, value in (
            ("_ask_student", ask),
            ("_profile", profile),
            ("_number", number),
            ("_origin", origin),
            ("_type_names", type_names),
            ("_snapshot", snapshot),
            ("_items", None),
        ):
            object.__setattr__(self, name, value)

    @property  # type: ignore[misc]  # object's is writable; isinstance only reads it
    def __class__(self) -> type:
        """The nearest class that the judge knows, so that ``isinstance(model, torch.nn.Module)`` can hold."""
        return nearest_class(self._type_names, plain=bool(self._snapshot)) or Handle

    def _ask(self, action: str, *args: Any, origin: str = "", **kwargs: Any) -> Any:  # noqa: ANN401
        named_call = action == "call" and self._origin.isidentifier()
        next_item = action == "next" and self._origin.endswith(_ITERATOR)
        if action not in _ALWAYS_ALLOWED and not named_call and not next_item:
            self._require_object()
        return self._ask_student(action, *args, origin=origin or f"{self._root} {action}", **kwargs)

    @property
    def _expected(self) -> bool:
        return self._profile.expects_object(self._origin)

    def _require_object(self) -> None:
        self._profile.require_object(self._origin, describe(self))

    def _require_operand(self) -> None:
        self._profile.require_operand(self._origin, describe(self), has_plain_value=bool(self._snapshot))

    def _operate(self, name: str, *operands: object) -> Any:  # noqa: ANN401 - what the class makes of it
        self._require_operand()
        # A vector may be multiplied by a number, which gives a vector, or by a vector, which gives a number.
        kind = name if operands[0] is self else f"r{name}"
        other = " object" if any(is_handle(operand) for operand in operands if operand is not self) else ""
        return self._ask("operate", name, *operands, origin=f"{self._root} {kind}{other}")

    @property
    def _root(self) -> str:
        # The results of all operations of a long sum have one origin, however long the sum is.
        return _OPERATION.sub("", self._origin)

    def _plain(self, read: Callable[[Any], _Kind]) -> _Kind:
        """Apply a function to the object's plain value, which it has if its class derives from a plain one."""
        try:
            return read(self._snapshot[0])
        except (TypeError, ValueError, ArithmeticError, RuntimeError) as error:
            raise NotPlainError(f"{describe(self)} is of no use here: {error}") from error

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any attribute
        if name == "__signature__":
            return _checked(read_signature, self._ask("signature", self, origin=f"{self._origin}.{name}"), self)
        if name == "__code__" and "builtins.function" in self._type_names:
            return code_with_source(describe(self), _expect(self._ask("source", self), str, self))
        if name.startswith("__") and name.endswith("__") and name not in _OPEN_DUNDERS:
            raise MissingAttributeError(name)
        return self._ask("attribute", self, name, origin=f"{self._origin}.{name}")

    def __setattr__(self, name: str, value: object) -> None:
        self._ask("set attribute", self, name, value)

    def __getitem__(self, key: object) -> Any:  # noqa: ANN401 - any item
        return self._ask("item", self, key, origin=f"{self._origin}[]")

    def __setitem__(self, key: object, value: object) -> None:
        self._ask("set item", self, key, value)

    def __delitem__(self, key: object) -> None:
        self._ask("delete item", self, key)

    def __iter__(self) -> Iterator[Any]:
        if self._snapshot and not isinstance(self._snapshot[0], (int, float, complex)):
            return self._plain(iter)
        if self._expected:
            iterator: Iterator[Any] = self._ask("iterate", self, origin=f"{self._origin}{_ITERATOR}")
            return iterator
        # Where a list is expected, an object must not show other items the second time.
        if self._items is None:
            object.__setattr__(self, "_items", _Items(self))
        return iter(self._items)

    def __next__(self) -> Any:  # noqa: ANN401 - any item
        return self._ask("next", self, origin=f"{self._origin.removesuffix(_ITERATOR)}[]")

    def __await__(self) -> Generator[Any, None, Any]:
        return self._ask("await", self)
        # Never reached: it makes this a generator, as ``await`` requires.
        yield

    def __len__(self) -> int:
        if self._snapshot:
            return self._plain(len)
        length = _expect(self._ask("length", self), int, self)
        if not self._expected and length != sum(1 for _ in self):
            raise NotPlainError(f"{describe(self)} has another number of items than it says")
        return length

    def __contains__(self, item: object) -> bool:
        # The items are sent and compared here: a __contains__ of the student's could be true of anything. Where the
        # solution has a class of its own, that class's __contains__ decides.
        self._require_object()
        if self._snapshot:
            return self._plain(lambda plain: item in plain)
        if self._operate("contains", self, _unguessable_word()) is not False:
            return False
        return self._operate("contains", self, item) is True

    def __eq__(self, other: object) -> Any:  # noqa: ANN401 - an array's is an array
        if self is other:
            return True
        if self._snapshot and not is_handle(other):
            return self._plain(lambda plain: plain == other)
        # An __eq__ that is true of a word that the judge has just drawn at random is true of everything.
        if self._operate("eq", self, _unguessable_word()) is not False:
            return False
        return self._operate("eq", self, other) is True

    def __ne__(self, other: object) -> Any:  # noqa: ANN401 - an array's is an array
        if self._snapshot and not is_handle(other):
            return self._plain(lambda plain: plain != other)
        return not self == other

    def __hash__(self) -> int:
        return hash((Handle, self._number))

    def __bool__(self) -> bool:
        if self._snapshot:
            return self._plain(bool)
        self._require_operand()
        return _expect(self._ask("bool", self), bool, self)

    def __int__(self) -> int:
        return self._plain(int) if self._snapshot else _expect(self._ask("int", self), int, self)

    def __float__(self) -> float:
        return self._plain(float) if self._snapshot else _expect(self._ask("float", self), float, self)

    def __complex__(self) -> complex:
        return self._plain(complex) if self._snapshot else _expect(self._ask("complex", self), complex, self)

    def __round__(self, digits: int | None = None) -> Any:  # noqa: ANN401 - what the class makes of it
        return self._ask("round", self, digits)

    def __divmod__(self, other: object) -> Any:  # noqa: ANN401 - what the class makes of it
        return self._ask("divmod", self, other)

    def __instancecheck__(self, instance: object) -> bool:
        return _expect(self._ask("instance", instance, self), bool, self)

    def __subclasscheck__(self, subclass: object) -> bool:
        return _expect(self._ask("subclass", subclass, self), bool, self)

    def __str__(self) -> str:
        return _expect(self._ask("text", self), str, self) if self._expected else describe(self)

    def __repr__(self) -> str:
        return _expect(self._ask("representation", self), str, self) if self._expected else describe(self)


class _Items:
    """The items of an object, each requested once and then kept."""

    def __init__(self, handle: Handle) -> None:
        self._ask = handle._ask_student
        self._origin = f"{handle._origin}[]"
        self._kept: list[Any] = []
        self._iterator = handle._ask("iterate", handle, origin=f"{handle._origin}{_ITERATOR}")
        if not is_handle(self._iterator):
            raise NotPlainError(f"{describe(handle)} gave no iterator")

    def __iter__(self) -> Iterator[Any]:
        index = 0
        while True:
            if index == len(self._kept):
                try:
                    self._kept.append(self._ask("next", self._iterator, origin=self._origin))
                except StopIteration:
                    return
            yield self._kept[index]
            index += 1


class CallableHandle(Handle):
    """An object of the student's that can be called."""

    __slots__ = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - any function
        """Call it on the student's side, by copy and restore; see `autograder.wall.read_answer`."""
        return self._ask("call", self, *args, origin=f"{self._origin}()", **kwargs)


def is_handle(value: object) -> bool:
    """Whether a value is a handle; its ``__class__`` does not count."""
    return issubclass(type(value), Handle)


def has_plain_value(value: Any) -> bool:  # noqa: ANN401 - any value
    """Whether a value is the handle of an object whose class derives from a plain one."""
    return is_handle(value) and bool(value._snapshot)


def nearest_class(names: Iterable[str], *, plain: bool) -> type | None:
    """The first of these classes that the judge has too.

    Args:
        names: the qualified names of an object's class and its bases, as the student's side sends them.
        plain: whether the object crossed with a plain value, and so counts as one of its builtin class.

    Returns:
        The class; None if there is none but ``object``.
    """
    for name in names:
        known = _SAME_CLASSES.get(name) or _library_class(name)
        if known is None and plain:
            known = getattr(builtins, name.removeprefix("builtins."), None)
        if isinstance(known, type) and known is not object:
            return known
    return None


def _library_class(name: str) -> type | None:
    if not name.startswith(("torch.nn.", "torch.optim.")):
        return None
    module, _, qualified = name.rpartition(".")
    found = getattr(sys.modules.get(module), qualified, None)
    # What such a module has imported is not its own: torch.nn.modules.container has a dict.
    if not isinstance(found, type) or found.__module__ != module:
        return None
    return None if issubclass(found, torch.Tensor) else found


def _unguessable_word() -> str:
    return secrets.token_hex(8)


@functools.lru_cache(maxsize=1000)
def handle_class(type_name: str, *, can_call: bool) -> type[Handle]:
    """The class of handles for objects of one class of the student's; it has that class's name, for messages."""
    base = CallableHandle if can_call else Handle
    name = "".join(letter for letter in type_name.rpartition(".")[2] if letter.isalnum() or letter == "_")[:60]
    # Without it an object's docstring would be that of `Handle`, which Python finds before it calls __getattr__.
    own = {"__slots__": (), "__doc__": property(lambda handle: handle.__getattr__("__doc__"))}
    return type(name or "object", (base,), own)


def describe(handle: Handle) -> str:
    """What an object is, in words for the student: "a generator"."""
    name = type(handle).__name__
    return f"{'an' if name[:1].lower() in tuple('aeiou') else 'a'} {name}"


def _expect(value: object, kind: type[_Kind], handle: Handle) -> _Kind:
    if type(value) is not kind:
        raise NotPlainError(f"{describe(handle)} gave something else than {kind.__name__}")
    return value


def _checked(read: Callable[[Any], _Kind], value: object, handle: Handle) -> _Kind:
    try:
        return read(value)
    except (TypeError, ValueError) as error:
        raise NotPlainError(f"{describe(handle)} has a signature that is none") from error


def _forward(name: str, *, reflected: bool = False) -> Callable[..., Any]:
    def method(self: Handle, *others: object) -> Any:  # noqa: ANN401 - what the class makes of it
        return self._operate(name, *((*others, self) if reflected else (self, *others)))

    return method


for _name in _BINARY:
    _bare = _name.rstrip("_")
    setattr(Handle, f"__{_bare}__", _forward(_name))
    setattr(Handle, f"__r{_bare}__", _forward(_name, reflected=True))
    setattr(Handle, f"__i{_bare}__", _forward(f"i{_bare}"))
for _name in (*_UNARY, *_COMPARISONS):
    setattr(Handle, f"__{_name}__", _forward(_name))
