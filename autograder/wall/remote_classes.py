"""The judge's classes that stand for classes of the student's, made from what the student's side says of them.

What it says is not trusted: a process may call any class "Vector", and say that it derives from any other. That decides
what ``type``, ``isinstance`` and ``issubclass`` say of its objects where the solution had an object, and nothing else.
"""

import functools
import inspect
import sys
from collections import deque
from collections.abc import Callable
from typing import Any

import torch

from autograder.wall.errors import MalformedError
from autograder.wall.handles import (
    LIVE_METHODS,
    SAME_CLASSES,
    SUSPECT_METHODS,
    Handle,
    Live,
    RemoteType,
    Suspect,
    make_class,
    own_dictionary,
    remote_of,
)
from autograder.wall.origins import of_class
from autograder.wall.profile import Profile, Recorder
from autograder.wall.remote import Ask, ClassFacts, Remote, short_name
from autograder.wall.special_methods import SPECIAL_METHODS, UNHASHABLE
from autograder.wall.student_objects import PLAIN_BASES
from autograder.wall.values import Node

FindClass = Callable[[str], object]
"""What the lesson binds a name to, on both sides; None if it binds it to nothing."""

NOTEBOOK = "__main__"
_MOST = 1_000
# They tell a test's framework what to do with the test, or are the grader's own.
_NOT_OURS = ("autograder", "gradlab", "unittest", "pytest", "_pytest", "hypothesis", "IPython", "pluggy", "builtins")
# Libraries take an object that has one of these for an array; the last would run when a proxy is gone.
_DATA = frozenset(
    {
        "__array__",
        "__array_interface__",
        "__array_struct__",
        "__array_ufunc__",
        "__array_function__",
        "__array_priority__",
        "__torch_function__",
        "__dataframe__",
        "__arrow_c_stream__",
        "__arrow_c_array__",
        "__dlpack__",
        "__del__",
    }
)
_FACES: dict[str, type] = {f"{kind.__module__}.{kind.__name__}": kind for kind in (*PLAIN_BASES, deque)}
_ON_METACLASSES = SPECIAL_METHODS - {"__call__", "__eq__", "__ne__", "__hash__", "__repr__", "__str__", "__init__"}


class RemoteClasses:
    """The classes of one student process."""

    def __init__(self, ask: Ask, profile: Profile | Recorder, find_class: FindClass) -> None:
        self._ask = ask
        self._profile = profile
        self._find_class = find_class
        self._facts: dict[int, ClassFacts] = {}
        self._live: dict[int, Any] = {}
        self._suspects: dict[tuple[int, bool], type[Suspect]] = {}
        self._metaclasses: dict[int, type[RemoteType]] = {}

    def learn(self, descriptions: Node) -> None:
        """Read descriptions of classes; see `autograder.wall.student_objects.ExportedObjects.describe_class`.

        Raises:
            MalformedError: the student's side sent something else.
        """
        if not isinstance(descriptions, list):
            raise MalformedError("classes")
        for description in descriptions:
            facts = self._read(description)
            # What it said first holds.
            self._facts.setdefault(facts.number, facts)

    def facts(self, number: Node) -> ClassFacts:
        """What is known of the class of a number.

        Raises:
            MalformedError: there is no such class.
        """
        if type(number) is not int or number not in self._facts:
            raise MalformedError("class")
        return self._facts[number]

    def _read(self, node: Node) -> ClassFacts:
        number, module, name, meta, order, bases, methods, own_methods, names, fields = node
        numbers = [number, meta, *order, *bases]
        texts = [module, name, *methods, *own_methods, *names, *(fields or [])]
        right = all(type(one) is int for one in numbers) and all(type(one) is str for one in texts)
        if not right or len(numbers) > _MOST or len(texts) > 3 * _MOST or not all(one in self._facts for one in order):
            raise MalformedError("class")
        if not {*methods, *own_methods} <= SPECIAL_METHODS | {UNHASHABLE}:
            raise MalformedError("methods")
        if fields is not None and not all(field.isidentifier() for field in fields):
            raise MalformedError("fields")
        qualified = (f"{module}.{name}", *(self._qualified(one) for one in order))
        return ClassFacts(
            number,
            module,
            name,
            meta,
            tuple(order),
            tuple(bases),
            frozenset(methods),
            frozenset(own_methods),
            tuple(names),
            None if fields is None else tuple(fields),
            qualified,
        )

    def _qualified(self, number: int) -> str:
        return f"{self._facts[number].module}.{self._facts[number].name}"

    def suspect(self, facts: ClassFacts, *, is_class: bool) -> type[Suspect]:
        """The class of the proxies for objects that are suspects.

        Args:
            facts: the object's class.
            is_class: whether the object is a class itself: it can be called, whatever its metaclass defines.
        """
        kind = self._suspects.get((facts.number, is_class))
        if kind is None:
            names = facts.methods | ({"__call__"} if is_class else set())
            methods = {name: SUSPECT_METHODS[name] for name in names & SUSPECT_METHODS.keys()}
            kind = self._suspects[facts.number, is_class] = type(
                short_name(facts.name), (Suspect,), {"__slots__": (), "__module__": NOTEBOOK, **methods}
            )
        return kind

    def live(self, facts: ClassFacts) -> Any:  # noqa: ANN401 - a class with a metaclass of its own
        """The class that stands for one of the student's."""
        if facts.number not in self._live:
            self._live[facts.number] = self._make(facts)
        return self._live[facts.number]

    def known(self, facts: ClassFacts) -> type | None:
        """The judge's own class of that name: of the lesson's, or of a library that is loaded here."""
        if facts.module == NOTEBOOK:
            found: Any = self._find_class(facts.name)
            same = isinstance(found, type) and type.__getattribute__(found, "__module__") == NOTEBOOK
            return found if same and not issubclass(type(found), RemoteType) else None
        return _library_class(facts.module, facts.name)

    def _make(self, facts: ClassFacts) -> Any:  # noqa: ANN401 - a class with a metaclass of its own
        known = self.known(facts)
        order = self._order(facts, known)
        own = {"__slots__": (), "_remote": self.remote_of_class(facts), "_known": known, "_order": order}
        own["_bases"] = functools.partial(self._bases, facts)
        # What its objects have from a class that is not among its own here, they have from itself.
        given = {name for base in order if base not in (Live, Handle, object) for name in _names_of(base)}
        own["_members"] = tuple(dict.fromkeys((*facts.names, *sorted(facts.methods - given - {UNHASHABLE}))))
        own |= {name: LIVE_METHODS[name] for name in facts.methods & LIVE_METHODS.keys()}
        if UNHASHABLE in facts.methods:
            own["__hash__"] = None
        kind = make_class(self._metaclass(facts), short_name(facts.name), Live, own)
        type.__setattr__(kind, "_face", self._face(facts, kind, known))
        return kind

    def remote_of_class(self, facts: ClassFacts) -> Remote:
        """What is known of a class itself."""
        origin = of_class(facts.module, facts.name)
        if facts.module != "builtins":
            self._profile.record_class(origin)
        meta = self._facts.get(facts.meta, facts)
        return Remote(self._ask, self._profile, facts.number, (origin,), meta, [], facts)

    def _order(self, facts: ClassFacts, known: type | None) -> list[type]:
        live, own = [], [known] if known is not None and _fits(known) else []
        for number in facts.order:
            base = self._facts[number]
            found = self.known(base)
            if found is not None and _fits(found):
                own.append(found)
            elif base.module == NOTEBOOK and found is None:
                live.append(self.live(base))
        after = [base for found in own for base in found.__mro__ if base is not object]
        return list(dict.fromkeys([*live, Live, Handle, *after, object]))

    def _metaclass(self, facts: ClassFacts) -> type[RemoteType]:
        meta = self._facts.get(facts.meta)
        methods = {} if meta is None else {name: LIVE_METHODS[name] for name in meta.methods & LIVE_METHODS.keys()}
        methods = {name: method for name, method in methods.items() if name in _ON_METACLASSES}
        if meta is None or not methods:
            return RemoteType
        if meta.number not in self._metaclasses:
            self._metaclasses[meta.number] = type(short_name(meta.name), (RemoteType,), methods)
        return self._metaclasses[meta.number]

    def _face(self, facts: ClassFacts, kind: Any, known: type | None) -> type:  # noqa: ANN401 - a class
        """What ``__class__`` is: the class itself, if it can derive from what the student's derives from."""
        same = SAME_CLASSES.get(facts.type_names[0]) or (known if known is not None and _fits(known) else None)
        if same is not None:
            return same
        base = next((_FACES[name] for name in facts.type_names if name in _FACES), None)
        if base is None:
            return kind  # type: ignore[no-any-return]  # a class
        own = {"_remote": remote_of(kind), "_bases": None, "_members": None}
        face: type = make_class(RemoteType, short_name(facts.name), base, own)
        return face

    def _bases(self, facts: ClassFacts) -> tuple[type, ...]:
        found = []
        for number in facts.bases:
            base = self._facts.get(number)
            if base is not None:
                found.append(
                    self.known(base) or (object if base.type_names[0] == "builtins.object" else self.live(base))
                )
        return tuple(found)


def _library_class(module: str, name: str) -> type | None:
    if module.split(".")[0] in _NOT_OURS:
        return None
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        # Not by getattr, on which some libraries import modules or warn.
        found = inspect.getattr_static(found, part, None)
    if not isinstance(found, type) or (found.__module__, found.__qualname__) != (module, name):
        return None
    return found


@functools.cache
def _fits(kind: type) -> bool:
    """Whether a class of the judge's can be among those that a handle is an instance of, and brings it no operators."""
    if issubclass(kind, (torch.Tensor, BaseException, type)) or not _attributes(kind).isdisjoint(_DATA):
        return False
    # Where the dictionary of an object is: the interpreter would look for it where the other class has it.
    if kind.__dictoffset__ and kind.__dictoffset__ + kind.__basicsize__ != Handle.__dictoffset__ + Handle.__basicsize__:
        return False
    try:
        make_class(RemoteType, "fits", Live, {"__slots__": (), "_order": [Live, Handle, *kind.__mro__]})
    except TypeError:
        return False
    return True


def _names_of(kind: type) -> tuple[str, ...]:
    """The names of the attributes of a class of either side."""
    if not issubclass(type(kind), RemoteType):
        return tuple(vars(kind))
    names: tuple[str, ...] = own_dictionary(kind)["_members"]
    return names


def _attributes(kind: type) -> set[str]:
    return {name for base in kind.__mro__ for name in vars(base)}
