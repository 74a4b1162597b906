"""The judge's proxies for objects that stay on the student's side.

Where the instructor's own solution had an object (`autograder.wall.profile`), a proxy is a `Live` one: an instance of a
class that stands for the student's class, and one proxy for one object, so that ``is``, ``type`` and the abstract
classes of the library say of it what they would say in one process. Where the solution had plain data, it is a
`Suspect`, of which nearly every use is refused.

Neither forwards a special attribute that would let an object decide how the judge's libraries treat it.
"""

import builtins
import dataclasses
import functools
import operator
import secrets
import sys
import types
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from typing import Any, NoReturn

import torch

from autograder.wall.errors import MissingAttributeError, NotPlainError, UnsupportedValueError
from autograder.wall.made_up_values import Opaque, made_up_values
from autograder.wall.origins import ITERATOR, items, operate
from autograder.wall.remote import Remote
from autograder.wall.signatures import code_with_source, read_signature
from autograder.wall.special_methods import (
    BINARY,
    COMPARISONS,
    CONVERSIONS,
    SPECIAL_METHODS,
    UNARY,
    UNHASHABLE,
)

_OPEN = frozenset(
    {
        "__name__",
        "__qualname__",
        "__doc__",
        "__module__",
        "__annotations__",
        "__dict__",
        "__defaults__",
        "__kwdefaults__",
        "__members__",
        "__slots__",
        "__abstractmethods__",
        "__isabstractmethod__",
        "__match_args__",
        "__init__",
        "__post_init__",
        "__notes__",
    }
)
"""Special attributes that are asked for."""
_OPEN_OBJECTS = frozenset(["__wrapped__", "__self__", "__func__", "__closure__"])
"""Those that are asked for where the solution has an object under this name, too."""
_ALWAYS = frozenset(
    {
        "__eq__",
        "__ne__",
        "__hash__",
        "__repr__",
        "__str__",
        "__format__",
        "__dir__",
        "__copy__",
        "__deepcopy__",
        "__reduce__",
        "__reduce_ex__",
        "__setattr__",
        "__delattr__",
        "__getattribute__",
    }
)
"""Special methods that every object has."""
_WORD_LENGTH = 8
_SENT_ARGUMENTS = (bool, int, float, str, bytes, type(None))
_OF_A_TYPE = frozenset(
    {
        "__subclasshook__",
        "__init_subclass__",
        "__subclasses__",
        "__instancecheck__",
        "__subclasscheck__",
        "__flags__",
        "__basicsize__",
        "__itemsize__",
        "__dictoffset__",
        "__weakrefoffset__",
        "__prepare__",
        "__base__",
        "__or__",
        "__ror__",
    }
)
"""What Python itself asks of a class."""
_SAME: tuple[type, ...] = (
    types.FunctionType,
    types.MethodType,
    types.GeneratorType,
    types.CoroutineType,
    types.AsyncGeneratorType,
    types.BuiltinFunctionType,
    types.ModuleType,
    types.MappingProxyType,
    type,
    property,
    functools.partial,
    functools._lru_cache_wrapper,
    zip,
    map,
    filter,
    enumerate,
    type({}.keys()),
    type({}.values()),
    type({}.items()),
)
SAME_CLASSES: Mapping[str, type] = {f"{kind.__module__}.{kind.__qualname__}": kind for kind in _SAME}
"""Classes of which a handle can't be an instance, though it may say that it is: none has operators to lie with."""


class Handle:
    """An object of the student's that is not plain data."""

    # Python gives a class the layout of all classes in its order of resolution, and these have a dictionary.
    __slots__ = ("__dict__", "__weakref__", "_remote")

    _remote: Remote


_REMOTE = Handle.__dict__["_remote"]


def make_handle(kind: type[Handle], remote: Remote) -> Any:  # noqa: ANN401 - a handle of any kind
    """Make the proxy for an object."""
    handle = object.__new__(kind)
    _REMOTE.__set__(handle, remote)
    return handle


def is_handle(value: object) -> bool:
    """Whether a value is a proxy for an object of the student's; its ``__class__`` does not count."""
    return issubclass(type(value), (Handle, RemoteType))


def remote_of(handle: Any) -> Remote:  # noqa: ANN401 - a handle of any kind
    """What is known of the object behind a handle."""
    remote: Remote = (
        own_dictionary(handle)["_remote"] if issubclass(type(handle), RemoteType) else _REMOTE.__get__(handle)
    )
    return remote


def has_plain_value(value: object) -> bool:
    """Whether a value is the handle of an object whose class derives from a plain one."""
    return is_handle(value) and bool(remote_of(value).snapshot)


def same_object(one: object, other: object) -> bool:
    """Whether two handles are of the same object."""
    if one is other:
        return True
    if not (is_handle(one) and is_handle(other)):
        return False
    first, second = remote_of(one), remote_of(other)
    return first.number == second.number and first.ask_student == second.ask_student


# What both kinds of proxies do


def _attribute(handle: Any, name: str) -> Any:  # noqa: ANN401 - any attribute
    remote = remote_of(handle)
    if name == "__signature__":
        return _read_signature(remote, handle)
    if name == "__code__" and "builtins.function" in remote.facts.type_names:
        return _read_code(remote, handle)
    if name == "__dataclass_fields__":
        facts = remote.itself or remote.facts
        if facts.fields is not None:
            return _dataclass_fields(facts.fields)
    expected = name in _OPEN_OBJECTS and remote.profile.expects_object(remote.step(f".{name}"))
    if name.startswith("__") and name.endswith("__") and name not in _OPEN and not expected:
        raise MissingAttributeError(name)
    return _checked_ask(handle, "attribute", name, step=f".{name}")


def _read_code(remote: Remote, handle: object) -> types.CodeType:
    described = _checked_ask(handle, "code", step=".__code__")
    try:
        return code_with_source(remote.describe(), described)
    except (TypeError, ValueError, LookupError, OverflowError) as error:
        raise NotPlainError(f"{remote.describe()} has code that is none") from error


def _read_signature(remote: Remote, handle: object) -> Any:  # noqa: ANN401 - a signature
    described = _checked_ask(handle, "signature", step=".__signature__")
    try:
        return read_signature(described)
    except (TypeError, ValueError) as error:
        raise NotPlainError(f"{remote.describe()} has a signature that is none") from error


def _dataclass_fields(names: tuple[str, ...]) -> dict[str, "dataclasses.Field[Any]"]:
    made = dataclasses.make_dataclass("Fields", names)
    return {field.name: field for field in dataclasses.fields(made)}


def _require_object(handle: Any) -> None:  # noqa: ANN401 - a handle of any kind
    remote = remote_of(handle)
    remote.profile.require_object(remote.origins, remote.describe())


def _checked_ask(handle: Any, action: str, *args: Any, step: str = "") -> Any:  # noqa: ANN401 - any value
    """Ask for what is done to an object, if the solution had an object here, too."""
    remote = remote_of(handle)
    _require_object(handle)
    return remote.ask(action, handle, *args, to=remote.step(step or f" {action}"))


def _kind_of(name: str, handle: object, operands: tuple[object, ...]) -> str:
    """The name of an operation in an origin."""
    # A vector may be multiplied by a number, which gives a vector, or by a vector, which gives a number.
    kind = name if operands[0] is handle else f"r{name}"
    return kind + (" object" if any(is_handle(operand) for operand in operands if operand is not handle) else "")


def _operate(handle: Any, name: str, *operands: object) -> Any:  # noqa: ANN401 - what the class makes of it
    remote = remote_of(handle)
    return remote.ask("operate", name, *operands, to=operate(remote.origins, _kind_of(name, handle, operands)))


def _compare(handle: Any, name: str, other: object) -> Any:  # noqa: ANN401 - what the class makes of it
    """Ask for ``==`` or ``in``, and refuse an object of which everything is true.

    An ``__eq__`` that is true of a word that the judge has just drawn at random is true of everything. The class is
    asked about both at once. One that raises an error at the word, for which it was not made, says that they differ.
    If it is true of plain data, the class is also asked about other data of that kind.
    """
    remote = remote_of(handle)
    to = operate(remote.origins, _kind_of(name, handle, (handle, other)))

    def ask(made_up: list[object], *others: object) -> tuple[Any, ...]:
        said = remote.ask("compare", name, handle, made_up, *others, to=to)
        if type(said) is not tuple or len(said) != len(made_up) + len(others):
            raise NotPlainError(f"{remote.describe()} gave something else than an answer to `{name}`")
        return said

    of_word, of_other = ask([secrets.token_hex(_WORD_LENGTH)], other)
    if _is_true(of_word):
        return False
    # What is no container of a known kind may honestly hold everything but a few things.
    if name == "contains" or is_handle(other) or is_handle(of_other) or not _is_true(of_other):
        return of_other
    for group in made_up_values(other):
        values = [value for value in group if _can_be_sent(value)]
        if values and all(map(_is_true, ask(values))):
            return False
    return of_other


def _can_be_sent(value: object) -> bool:
    held = value if isinstance(value, (list, tuple, set, frozenset, dict)) else [value]
    return not any(isinstance(item, Opaque) for item in held)


def _is_true(said: object) -> bool:
    if is_handle(said):
        # Where the solution's class gives objects here, the test looks at them.
        return issubclass(type(said), Suspect)
    try:
        return bool(said.all() if hasattr(said, "all") else said)
    except (TypeError, ValueError, RuntimeError):
        return True


class Suspect(Handle):
    """An object of the student's where the solution had plain data, or an object with a plain value.

    It must not decide what ``==``, ``-`` or ``.allclose()`` give.
    """

    __slots__ = ()

    def __getattribute__(self, name: str) -> Any:  # noqa: ANN401 - any attribute
        if name == "__class__":
            return _suspect_class(remote_of(self)) or type(self)
        if name in SPECIAL_METHODS and name not in _ALWAYS and name not in remote_of(self).facts.methods:
            raise MissingAttributeError(name)
        if name == "_remote" or name == "__doc__":
            raise AttributeError(name)
        return object.__getattribute__(self, name)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any attribute
        return _attribute(self, name)

    def __setattr__(self, name: str, value: object) -> None:
        _checked_ask(self, "set attribute", name, value)

    def __delattr__(self, name: str) -> None:
        _checked_ask(self, "delete attribute", name)

    def _require_operand(self) -> None:
        remote = remote_of(self)
        remote.profile.require_operand(remote.origins, remote.describe(), has_plain_value=bool(remote.snapshot))

    def __eq__(self, other: object) -> Any:  # noqa: ANN401 - an array's is an array
        if self is other:
            return True
        remote = remote_of(self)
        if remote.snapshot and not is_handle(other):
            return remote.read_plain(self, lambda plain: plain == other)
        Suspect._require_operand(self)
        _require_object(self)
        return _compare(self, "eq", other)

    def __ne__(self, other: object) -> Any:  # noqa: ANN401 - an array's is an array
        remote = remote_of(self)
        if remote.snapshot and not is_handle(other):
            return remote.read_plain(self, lambda plain: plain != other)
        return not self == other

    def __hash__(self) -> int:
        return hash((Handle, remote_of(self).number))

    def __bool__(self) -> bool:
        remote = remote_of(self)
        if remote.snapshot:
            return remote.read_plain(self, bool)
        Suspect._require_operand(self)
        return remote.expect(_checked_ask(self, "bool"), bool)

    def __str__(self) -> str:
        remote = remote_of(self)
        return remote.expect(_checked_ask(self, "text"), str) if remote.expected else remote.describe()

    def __repr__(self) -> str:
        remote = remote_of(self)
        return remote.expect(_checked_ask(self, "representation"), str) if remote.expected else remote.describe()


def _suspect_class(remote: Remote) -> type | None:
    """The nearest class that the judge knows, so that ``isinstance(model, torch.nn.Module)`` can hold."""
    return nearest_class(remote.facts.type_names, plain=bool(remote.snapshot))


def nearest_class(names: Iterable[str], *, plain: bool) -> type | None:
    """The first of these classes that the judge has too.

    Args:
        names: the qualified names of an object's class and its bases, as the student's side sends them.
        plain: whether the object crossed with a plain value, and so counts as one of its builtin class.

    Returns:
        The class; None if there is none but ``object``.
    """
    for name in names:
        known = SAME_CLASSES.get(name) or _class_of_torch(name)
        if known is None and plain:
            known = getattr(builtins, name.removeprefix("builtins."), None)
        if isinstance(known, type) and known is not object:
            return known
    return None


def _class_of_torch(name: str) -> type | None:
    if not name.startswith(("torch.nn.", "torch.optim.")):
        return None
    module, _, qualified = name.rpartition(".")
    found = getattr(sys.modules.get(module), qualified, None)
    # What such a module has imported is not its own: torch.nn.modules.container has a dict.
    if not isinstance(found, type) or found.__module__ != module:
        return None
    return None if issubclass(found, torch.Tensor) else found


def _suspect_operation(name: str, *, reflected: bool = False) -> Callable[..., Any]:
    def method(self: Suspect, *others: object) -> Any:  # noqa: ANN401 - what the class makes of it
        Suspect._require_operand(self)
        _require_object(self)
        return _operate(self, name, *((*others, self) if reflected else (self, *others)))

    return method


def _suspect_conversion(kind: type) -> Callable[[Suspect], Any]:
    def method(self: Suspect) -> Any:  # noqa: ANN401 - a number
        remote = remote_of(self)
        if remote.snapshot:
            return remote.read_plain(self, kind)
        return remote.expect(_checked_ask(self, kind.__name__), kind)

    return method


class _Items:
    """The items of an object, each requested once and then kept."""

    def __init__(self, handle: Suspect) -> None:
        self._remote = remote_of(handle)
        self._kept: list[Any] = []
        self._iterator = self._remote.ask("iterate", handle, to=self._remote.step(ITERATOR))
        if not is_handle(self._iterator):
            raise NotPlainError(f"{self._remote.describe()} gave no iterator")

    def __iter__(self) -> Iterator[Any]:
        index = 0
        while True:
            if index == len(self._kept):
                try:
                    item = self._remote.ask("next", self._iterator, to=items(self._remote.origins))
                except StopIteration:
                    return
                self._kept.append(item)
            yield self._kept[index]
            index += 1


def _suspect_iter(self: Suspect) -> Iterator[Any]:
    remote = remote_of(self)
    if remote.snapshot and not isinstance(remote.snapshot[0], (int, float, complex)):
        return remote.read_plain(self, iter)
    if remote.expected:
        iterator: Iterator[Any] = remote.ask("iterate", self, to=remote.step(ITERATOR))
        return iterator
    # Where a list is expected, an object must not show other items the second time.
    if remote.items is None:
        remote.items = _Items(self)
    return iter(remote.items)


def _suspect_next(self: Suspect) -> Any:  # noqa: ANN401 - any item
    remote = remote_of(self)
    if not any(origin.endswith(ITERATOR) for origin in remote.origins):
        _require_object(self)
    return remote.ask("next", self, to=items(remote.origins))


def _suspect_len(self: Suspect) -> int:
    remote = remote_of(self)
    if remote.snapshot:
        return remote.read_plain(self, len)
    length = remote.expect(remote.ask("length", self, to=remote.step(" length")), int)
    if not remote.expected and "__iter__" in remote.facts.methods and length != sum(1 for _ in _suspect_iter(self)):
        raise NotPlainError(f"{remote.describe()} has another number of items than it says")
    return length


def _suspect_contains(self: Suspect, item: object) -> bool:
    # A __contains__ of the student's could be true of anything.
    _require_object(self)
    remote = remote_of(self)
    if remote.snapshot:
        return remote.read_plain(self, lambda plain: item in plain)
    Suspect._require_operand(self)
    return bool(_compare(self, "contains", item))


def _suspect_call(self: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - any function
    """Call it on the student's side, by copy and restore; see `autograder.wall.read_answer`."""
    remote = remote_of(self)
    if not any(origin.isidentifier() for origin in remote.origins):
        _require_object(self)
    return remote.ask_student("call", (self, *args), kwargs, remote.step("()"))


def _await(self: Any) -> Generator[Any, None, Any]:  # noqa: ANN401 - a handle of any kind
    return _checked_ask(self, "await")
    # Never reached: it makes this a generator, as ``await`` requires.
    yield


def _get_item(self: Any, key: object) -> Any:  # noqa: ANN401 - any item
    return _checked_ask(self, "item", key, step="[]")


def _set_item(self: Any, key: object, value: object) -> None:  # noqa: ANN401 - a handle of any kind
    _checked_ask(self, "set item", key, value)


def _delete_item(self: Any, key: object) -> None:  # noqa: ANN401 - a handle of any kind
    _checked_ask(self, "delete item", key)


def _round(self: Any, digits: int | None = None) -> Any:  # noqa: ANN401 - what the class makes of it
    return _checked_ask(self, "round", digits)


def _divmod(self: Any, other: object) -> Any:  # noqa: ANN401 - what the class makes of it
    return _checked_ask(self, "divmod", other)


SUSPECT_METHODS: Mapping[str, Callable[..., Any]] = {
    "__iter__": _suspect_iter,
    "__next__": _suspect_next,
    "__len__": _suspect_len,
    "__contains__": _suspect_contains,
    "__call__": _suspect_call,
    "__await__": _await,
    "__getitem__": _get_item,
    "__setitem__": _set_item,
    "__delitem__": _delete_item,
}
"""The methods that a suspect has if the object has them: what Python and the abstract classes go by."""

for _name in BINARY:
    _function = f"{_name}_" if _name in ("and", "or") else _name
    setattr(Suspect, f"__{_name}__", _suspect_operation(_function))
    setattr(Suspect, f"__r{_name}__", _suspect_operation(_function, reflected=True))
    setattr(Suspect, f"__i{_name}__", _suspect_operation(f"i{_name}"))
for _name in (*UNARY, *COMPARISONS):
    setattr(Suspect, f"__{_name}__", _suspect_operation(_name))
for _kind in (int, float, complex):
    setattr(Suspect, f"__{_kind.__name__}__", _suspect_conversion(_kind))
setattr(Suspect, "__round__", _round)  # noqa: B010 - like the others
setattr(Suspect, "__divmod__", _divmod)  # noqa: B010 - like the others


class Live(Handle):
    """An object of the student's where the solution had one, too. Its class stands for the object's class."""

    __slots__ = ()

    def __init_subclass__(cls, **_: Any) -> None:  # noqa: ANN401 - whatever a class may be made with
        """Do nothing: a class of the lesson's or a library's must not hear of a class that says it derives from it."""

    def __getattribute__(self, name: str) -> Any:  # noqa: ANN401 - any attribute
        if name == "__class__":
            return own_dictionary(type(self))["_face"]
        if name in _ALWAYS or (name in SPECIAL_METHODS - _OPEN and name in remote_of(self).facts.methods):
            return object.__getattribute__(self, name)
        raise AttributeError(name)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any attribute
        return _attribute(self, name)

    def __setattr__(self, name: str, value: object) -> None:
        _checked_ask(self, "set attribute", name, value)

    def __delattr__(self, name: str) -> None:
        _checked_ask(self, "delete attribute", name)

    def __eq__(self, other: object) -> Any:  # noqa: ANN401 - an array's is an array
        remote = remote_of(self)
        if not remote.decides("__eq__"):
            return remote.plain(self) == _plain_of(other)
        if "__eq__" not in remote.facts.methods:
            return True if same_object(self, other) else NotImplemented
        return _compare(self, "eq", other)

    def __ne__(self, other: object) -> Any:  # noqa: ANN401 - an array's is an array
        remote = remote_of(self)
        if not remote.decides("__eq__"):
            return remote.plain(self) != _plain_of(other)
        same = Live.__eq__(self, other)
        own = "__ne__" in remote.facts.own_methods
        if own and (same is NotImplemented or not isinstance(same, bool)):
            return _operate(self, "ne", self, other)
        return same if same is NotImplemented else not same

    def __hash__(self) -> int:
        remote = remote_of(self)
        if not remote.decides("__hash__"):
            return hash(remote.plain(self))
        if "__hash__" not in remote.facts.methods:
            return hash((Handle, remote.number))
        return remote.expect(_checked_ask(self, "hash"), int)

    def __str__(self) -> str:
        return remote_of(self).expect(_checked_ask(self, "text"), str)

    def __repr__(self) -> str:
        return remote_of(self).expect(_checked_ask(self, "representation"), str)

    def __format__(self, specification: str) -> str:
        remote = remote_of(self)
        if "__format__" in remote.facts.methods:
            return remote.expect(_checked_ask(self, "format", specification), str)
        if specification:
            raise TypeError(f"unsupported format string passed to {remote.short_name}.__format__")
        return str(self)

    def __dir__(self) -> list[str]:
        return _read_names(self)

    def __copy__(self) -> Any:  # noqa: ANN401 - what the class makes of it
        return _checked_ask(self, "copy")

    def __deepcopy__(self, _: object) -> Any:  # noqa: ANN401 - what the class makes of it
        return _checked_ask(self, "deepcopy")

    def __reduce_ex__(self, _: object) -> NoReturn:
        raise TypeError(f"{remote_of(self).describe()} of the student's can't be pickled")


def _read_names(handle: object) -> list[str]:
    remote = remote_of(handle)
    names = remote.expect(_checked_ask(handle, "names"), list)
    return [remote.expect(name, str) for name in names]


def _plain_of(value: object) -> object:
    """A plain value, or that of a handle that has one."""
    return remote_of(value).plain(value) if has_plain_value(value) else value


def _live_operation(name: str, method: str, *, reflected: bool = False) -> Callable[..., Any]:
    def forward(self: Any, *others: object) -> Any:  # noqa: ANN401 - what the class makes of it
        operands = (*others, self) if reflected else (self, *others)
        # In place, it is the object itself that changes.
        if not name.startswith("i") or name == "invert":
            remote = remote_of(self)
            if not remote.decides(method):
                return getattr(operator, name)(*map(_plain_of, operands))
        return _operate(self, name, *operands)

    return forward


def _live_conversion(action: str, kind: type, convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def forward(self: Any) -> Any:  # noqa: ANN401 - a number
        remote = remote_of(self)
        if not remote.decides(f"__{action}__"):
            return remote.read_plain(self, convert)
        return remote.expect(_checked_ask(self, action), kind)

    return forward


def _live_iter(self: Any) -> Any:  # noqa: ANN401 - an iterator
    remote = remote_of(self)
    if not remote.decides("__iter__"):
        return remote.read_plain(self, iter)
    return _checked_ask(self, "iterate", step=ITERATOR)


def _live_reversed(self: Any) -> Any:  # noqa: ANN401 - an iterator
    return _checked_ask(self, "reversed", step=ITERATOR)


def _live_next(self: Any) -> Any:  # noqa: ANN401 - any item
    remote = remote_of(self)
    return remote.ask("next", self, to=items(remote.origins))


def _live_len(self: Any) -> int:  # noqa: ANN401 - a handle of any kind
    remote = remote_of(self)
    if not remote.decides("__len__"):
        return remote.read_plain(self, len)
    return remote.expect(_checked_ask(self, "length"), int)


def _live_bool(self: Any) -> bool:  # noqa: ANN401 - a handle of any kind
    remote = remote_of(self)
    if not remote.decides("__bool__"):
        return remote.read_plain(self, bool)
    return remote.expect(_checked_ask(self, "bool"), bool)


def _live_contains(self: Any, item: object) -> bool:  # noqa: ANN401 - a handle of any kind
    remote = remote_of(self)
    if not remote.decides("__contains__"):
        plain = remote.plain(self)
        return _plain_of(item) in plain
    return bool(_compare(self, "contains", item))


def _reversed_divmod(self: Any, other: object) -> Any:  # noqa: ANN401 - what the class makes of it
    return _checked_ask(self, "rdivmod", other)


def _enter(self: Any) -> Any:  # noqa: ANN401 - what the class makes of it
    return _checked_ask(self, "enter", step=".__enter__()")


def _exit(self: Any, kind: type | None, error: BaseException | None, _: object) -> bool:  # noqa: ANN401 - a handle
    """Leave a ``with`` statement; an error of the test's is swallowed only where the solution swallows its like."""
    if error is not None and not isinstance(error, Exception):
        # The end of the student's process, or of the time: nothing more can be asked.
        return False
    remote = remote_of(self)
    swallowed = _checked_ask(self, "exit", _describe_error(error), step=".__exit__()")
    if error is None:
        return False
    name = (kind or type(error)).__name__
    return bool(swallowed) and remote.profile.may_swallow(remote.origins, name)


def _describe_error(error: Exception | None) -> object:
    """What the student's side may know of an error in a ``with`` statement: its builtin class, and its arguments.

    The arguments of a failed assertion may hold a hidden test's words.
    """
    if error is None:
        return None
    kind = next(base for base in type(error).__mro__ if base.__module__ == "builtins")
    hidden = issubclass(kind, AssertionError)
    return kind.__name__, [] if hidden else [part for part in error.args if type(part) in _SENT_ARGUMENTS]


async def _asynchronously(handle: Any, action: str, *args: object, step: str) -> Any:  # noqa: ANN401 - any value
    return _checked_ask(handle, action, *args, step=step)


def _async_enter(self: Any) -> Any:  # noqa: ANN401 - a coroutine
    return _asynchronously(self, "async enter", step=".__aenter__()")


async def _async_exit(self: Any, kind: type | None, error: BaseException | None, _: object) -> bool:  # noqa: ANN401
    if error is not None and not isinstance(error, Exception):
        return False
    swallowed = _checked_ask(self, "async exit", _describe_error(error), step=".__aexit__()")
    if error is None:
        return False
    remote = remote_of(self)
    return bool(swallowed) and remote.profile.may_swallow(remote.origins, (kind or type(error)).__name__)


def _async_iter(self: Any) -> Any:  # noqa: ANN401 - an iterator
    return _checked_ask(self, "async iterate", step=ITERATOR)


def _async_next(self: Any) -> Any:  # noqa: ANN401 - a coroutine
    return _asynchronously(self, "async next", step="[]")


_CONVERTED: dict[str, tuple[type, Callable[[Any], Any]]] = {
    "int": (int, int),
    "float": (float, float),
    "complex": (complex, complex),
    "bytes": (bytes, bytes),
    "index": (int, operator.index),
}
LIVE_METHODS: dict[str, Callable[..., Any]] = {
    "__call__": _suspect_call,
    "__iter__": _live_iter,
    "__next__": _live_next,
    "__reversed__": _live_reversed,
    "__len__": _live_len,
    "__bool__": _live_bool,
    "__contains__": _live_contains,
    "__getitem__": _get_item,
    "__setitem__": _set_item,
    "__delitem__": _delete_item,
    "__round__": _round,
    "__divmod__": _divmod,
    "__rdivmod__": _reversed_divmod,
    "__enter__": _enter,
    "__exit__": _exit,
    "__await__": _await,
    "__aenter__": _async_enter,
    "__aexit__": _async_exit,
    "__aiter__": _async_iter,
    "__anext__": _async_next,
}
"""The methods that a live handle has if the object has them."""
for _name in BINARY:
    _function = f"{_name}_" if _name in ("and", "or") else _name
    LIVE_METHODS[f"__{_name}__"] = _live_operation(_function, f"__{_name}__")
    LIVE_METHODS[f"__r{_name}__"] = _live_operation(_function, f"__r{_name}__", reflected=True)
    LIVE_METHODS[f"__i{_name}__"] = _live_operation(f"i{_name}", f"__i{_name}__")
for _name in (*UNARY, *COMPARISONS):
    LIVE_METHODS[f"__{_name}__"] = _live_operation(_name, f"__{_name}__")
for _name in CONVERSIONS:
    LIVE_METHODS[f"__{_name}__"] = (
        _live_conversion(_name, *_CONVERTED[_name])
        if _name in _CONVERTED
        else (lambda action: lambda self: _checked_ask(self, action))(_name)
    )


# Classes


class RemoteType(type):
    """The class of the classes that stand for the student's. `autograder.wall.remote_classes` makes them.

    A class's own dictionary holds ``_remote``, what is known of it; ``_order``, its order of resolution here, if it
    isn't the usual one; ``_face``, the ``__class__`` of its objects; ``_bases``, what its ``__bases__`` are; and
    ``_members``, the names of its attributes, if its special attributes are not those that it has here.
    """

    def __new__(cls, *_: Any, **__: Any) -> "RemoteType":  # noqa: ANN401 - whatever a class may be made of
        """Refuse: see `make_class`."""
        raise UnsupportedValueError("a test makes a subclass of a class of the student's")

    def mro(cls) -> list[type]:
        """The order of resolution."""
        order: list[type] | None = own_dictionary(cls).get("_order")
        return list(type.mro(cls)) if order is None else [cls, *order]

    def __call__(cls, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - an object of the class
        """Make an object of the class, on the student's side."""
        return _suspect_call(cls, *args, **kwargs)

    def __getattribute__(cls, name: str) -> Any:  # noqa: ANN401 - any attribute
        own = own_dictionary(cls)
        facts = own["_remote"].itself
        if own["_members"] is None:
            if name.startswith("__"):
                return type.__getattribute__(cls, name)
            raise AttributeError(name)
        match name:
            case "__class__":
                return type if type(cls) is RemoteType else type(cls)
            case "__name__" | "__qualname__":
                return facts.name.rpartition(".")[2] if name == "__name__" else facts.name
            case "__module__":
                return facts.module
            case "__mro__":
                return tuple(base for base in type.__getattribute__(cls, name) if base not in (Live, Handle))
            case "__bases__":
                return own["_bases"]()
            case "__dict__":
                return types.MappingProxyType(_Members(cls))
        if name in _OF_A_TYPE or name in ("__copy__", "__deepcopy__"):
            return type.__getattribute__(cls, name)
        if name in SPECIAL_METHODS - _OPEN and name in facts.methods:
            return type.__getattribute__(cls, name)
        if name == "__hash__" and UNHASHABLE in facts.methods:
            return None
        if name not in _OPEN - {"__init__"} and name not in own["_members"] and hasattr(object, name):
            return getattr(object, name)
        raise AttributeError(name)

    def __getattr__(cls, name: str) -> Any:  # noqa: ANN401 - any attribute
        return _attribute(cls, name)

    def __setattr__(cls, name: str, value: object) -> None:
        if name in ("__abstractmethods__", "_abc_impl"):
            raise AttributeError(name)
        _checked_ask(cls, "set attribute", name, value)

    def __delattr__(cls, name: str) -> None:
        _checked_ask(cls, "delete attribute", name)

    def __instancecheck__(cls, instance: object) -> bool:
        wanted = remote_of(cls)
        if is_handle(instance):
            remote = remote_of(instance)
            if remote.ask_student == wanted.ask_student and wanted.number in (remote.facts.number, *remote.facts.order):
                return True
        return wanted.expect(_checked_ask(cls, "instance", instance), bool)

    def __subclasscheck__(cls, subclass: type) -> bool:
        wanted = remote_of(cls)
        if issubclass(type(subclass), RemoteType):
            facts = remote_of(subclass).itself
            if facts is not None and wanted.number in (facts.number, *facts.order):
                return True
        return wanted.expect(_checked_ask(cls, "subclass", subclass), bool)

    def __eq__(cls, other: object) -> bool:
        return same_object(cls, other) or (isinstance(other, type) and other is own_dictionary(cls).get("_known"))

    def __hash__(cls) -> int:
        known = own_dictionary(cls).get("_known")
        return hash((Handle, remote_of(cls).number)) if known is None else hash(known)

    def __repr__(cls) -> str:
        facts = remote_of(cls).itself
        return f"<class '{facts.module}.{facts.name}'>" if facts is not None else "<class>"

    def __dir__(cls) -> list[str]:
        return _read_names(cls)


def make_class(meta: type[RemoteType], name: str, base: type, own: dict[str, Any]) -> Any:  # noqa: ANN401 - a class
    """Make a class that stands for one of the student's."""
    return type.__new__(meta, name, (base,), own)


_DICTIONARY = type.__dict__["__dict__"]


def own_dictionary(kind: type) -> Mapping[str, Any]:
    """The dictionary of a class here, with what is known of it."""
    own: Mapping[str, Any] = _DICTIONARY.__get__(kind)
    return own


class _Members(Mapping[str, Any]):
    """The attributes of a class of the student's; their values are asked for."""

    def __init__(self, kind: type) -> None:
        self._kind = kind
        self._names = own_dictionary(kind)["_members"]

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - any attribute
        if name not in self._names:
            raise KeyError(name)
        return getattr(self._kind, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
