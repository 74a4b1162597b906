"""What the judge knows of one object of the student's, and how it asks for more."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from autograder.wall.errors import NotPlainError
from autograder.wall.origins import Origins, follow
from autograder.wall.profile import Profile, Recorder

Ask = Callable[[str, tuple[Any, ...], dict[str, Any], Origins], Any]
"""Asks for something to be done on the student's side: see `autograder.wall.judge_end.Wall.ask`."""

_Kind = TypeVar("_Kind")
_UNCHANGING = (int, float, complex, str, bytes, tuple, frozenset)


@dataclass(frozen=True)
class ClassFacts:
    """What the student's side says of a class. Nothing of it is more than its word.

    Attributes:
        number: its number on the student's side; the judge never releases it.
        module: the module that it says it is from.
        name: its qualified name.
        meta: the number of its metaclass.
        order: the numbers of the classes that it derives from, in the order of resolution.
        bases: the numbers of its direct bases.
        methods: the special methods of its objects: see `autograder.wall.special_methods`.
        own_methods: those that no builtin class gives it.
        names: the names of its own attributes, if a notebook defines it.
        fields: the names of its fields, if it is a dataclass.
        type_names: the qualified names of itself and the classes that it derives from.
    """

    number: int
    module: str
    name: str
    meta: int
    order: tuple[int, ...]
    bases: tuple[int, ...]
    methods: frozenset[str]
    own_methods: frozenset[str]
    names: tuple[str, ...]
    fields: tuple[str, ...] | None
    type_names: tuple[str, ...]


class Remote:
    """One object of the student's.

    Attributes:
        ask_student: asks the student's side.
        profile: what a submission may do.
        number: the object's number on the student's side.
        origins: how the judge came by it.
        facts: its class.
        snapshot: no item, or one: its plain value when it came, where its class derives from a plain one.
        itself: what it is, if it is a class.
        items: its items, where they are kept: see `autograder.wall.handles.Suspect`.
    """

    __slots__ = ("ask_student", "facts", "items", "itself", "number", "origins", "profile", "snapshot")

    def __init__(
        self,
        ask_student: Ask,
        profile: Profile | Recorder,
        number: int,
        origins: Origins,
        facts: ClassFacts,
        snapshot: list[Any],
        itself: ClassFacts | None = None,
    ) -> None:
        self.ask_student = ask_student
        self.profile = profile
        self.number = number
        self.origins = origins
        self.facts = facts
        self.snapshot = snapshot
        self.itself = itself
        self.items: Any = None

    def ask(self, action: str, *args: Any, to: Origins) -> Any:  # noqa: ANN401 - any value
        """Ask for something to be done.

        Args:
            action: what: see `autograder.wall.student_end`.
            args: what it is done to, and with.
            to: the origins of the answer.
        """
        return self.ask_student(action, args, {}, to)

    def step(self, step: str) -> Origins:
        """The origins of what is one step further."""
        return follow(self.origins, step)

    @property
    def expected(self) -> bool:
        """Whether the solution had something else than plain data here, too."""
        return self.profile.expects_object(self.origins)

    def decides(self, method: str) -> bool:
        """Whether the object's class has its own word in what its plain value would answer otherwise.

        It has if the solution's class had it here, too.
        """
        if not self.snapshot:
            return True
        return self.profile.may_decide(self.origins, method, own=method in self.facts.own_methods)

    def describe(self) -> str:
        """What the object is, in words for the student: "a generator"."""
        name = self.short_name
        return f"{'an' if name[:1].lower() in tuple('aeiou') else 'a'} {name}"

    @property
    def short_name(self) -> str:
        """The name of the object's class, made of letters that a name may have."""
        return short_name(self.facts.name)

    def plain(self, handle: object) -> Any:  # noqa: ANN401 - any plain value
        """The object's plain value as it is now, which it has if its class derives from a plain one."""
        then = self.snapshot[0]
        if type(then) in _UNCHANGING:
            return then
        now = self.ask("plain", handle, to=self.step("[]"))
        if type(now) is not list or len(now) != 1 or type(now[0]) is not type(then):
            raise NotPlainError(f"{self.describe()} has no plain value any more")
        return now[0]

    def read_plain(self, handle: object, read: Callable[[Any], _Kind]) -> _Kind:
        """Apply a function to the object's plain value."""
        value = self.plain(handle)
        try:
            return read(value)
        except (TypeError, ValueError, ArithmeticError, RuntimeError, LookupError) as error:
            raise NotPlainError(f"{self.describe()} is of no use here: {error}") from error

    def expect(self, value: object, kind: type[_Kind]) -> _Kind:
        """An answer that must be of a certain type."""
        if type(value) is not kind:
            raise NotPlainError(f"{self.describe()} gave something else than {kind.__name__}")
        return value


def short_name(name: str) -> str:
    """The last part of a qualified name, made of letters that a name may have."""
    letters = (letter for letter in name.rpartition(".")[2] if letter == "_" or (letter.isascii() and letter.isalnum()))
    return "".join(letters)[:60] or "object"
