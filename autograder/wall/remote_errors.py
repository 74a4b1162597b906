"""Exceptions of student code on the judge's side: instances of the classes that a test names in ``except``."""

import builtins
from collections.abc import Callable
from typing import Any

from autograder.wall.errors import MalformedError
from autograder.wall.handles import RemoteType, make_class
from autograder.wall.origins import Origins, follow
from autograder.wall.profile import Profile, Recorder
from autograder.wall.remote import Ask, ClassFacts, Remote, short_name
from autograder.wall.remote_classes import RemoteClasses
from autograder.wall.values import Node

_LONGEST_TEXT = 10_000
_MOST_PARTS = 20
_DEEPEST = 3
_PLAIN = (bool, int, float, str, bytes, type(None))
_REMOTE = "_remote_error"


class RemoteErrors:
    """The errors of one student process, and their classes."""

    def __init__(
        self,
        ask: Ask,
        profile: Profile | Recorder,
        classes: RemoteClasses,
        hold: Callable[[object, int], None],
        release: Callable[[int], None],
    ) -> None:
        self._ask = ask
        self._profile = profile
        self._classes = classes
        self._hold = hold
        self._release = release
        self._made: dict[int, type[Exception]] = {}

    def is_error(self, facts: ClassFacts) -> bool:
        """Whether a class is one of exceptions that a test may catch, by what its process says."""
        return builtin_error(facts.type_names) is not None

    def error_class(self, facts: ClassFacts) -> Any:  # noqa: ANN401 - a class of errors
        """The class here: the builtin one, the lesson's or a library's of that name, or one that stands for it.

        A test that names that class in an ``except`` clause may ask for it only after the error, and gets the same one.
        """
        if facts.module == "builtins":
            return builtin_error(facts.type_names) or Exception
        known = self._classes.known(facts)
        if known is not None and issubclass(known, Exception):
            return known
        if facts.number not in self._made:
            self._made[facts.number] = self._make(facts)
        return self._made[facts.number]

    def read(self, said: Node, origins: Origins, *, stops_a_loop: Callable[[ClassFacts], bool], depth: int = 0) -> Any:  # noqa: ANN401
        """The exception that student code raised.

        Args:
            said: see `autograder.wall.student_errors.describe_error`.
            origins: how the judge came by it.
            stops_a_loop: whether an error of this class would end a loop of the test's where none ends.
            depth: how many errors it is the cause of.

        Raises:
            MalformedError: it is no description of an exception.
        """
        parts = said if isinstance(said, dict) else {}
        names, message, frames = parts.get("types"), parts.get("message"), parts.get("traceback")
        if not (_are_texts(names) and names and isinstance(message, str) and isinstance(frames, str)):
            raise MalformedError("error")
        message = message[:_LONGEST_TEXT]
        raised = self._build(parts, message, origins, stops_a_loop)
        raised.student_error = names[0].rpartition(".")[2][:80]
        raised.student_frames = frames[:_LONGEST_TEXT]
        cause = parts.get("cause")
        if cause is not None and depth < _DEEPEST:
            raised.__cause__ = self.read(cause, origins, stops_a_loop=lambda _: False, depth=depth + 1)
        return raised

    def _build(
        self, parts: dict[str, Node], message: str, origins: Origins, stops_a_loop: Callable[[ClassFacts], bool]
    ) -> Any:  # noqa: ANN401 - an error of any class
        number = parts.get("class")
        if number is None:
            kind = builtin_error(tuple(parts["types"])) or RuntimeError
            return _construct(kind, [], message)
        facts = self._classes.facts(number)
        if not self.is_error(facts) or stops_a_loop(facts):
            return RuntimeError(message)
        group = parts.get("group")
        if group and facts.type_names[0] == "builtins.ExceptionGroup" and isinstance(group, list):
            found = [self.read(one, origins, stops_a_loop=stops_a_loop, depth=_DEEPEST) for one in group[:_MOST_PARTS]]
            return ExceptionGroup(message, found)
        kind = self.error_class(facts)
        raised = _construct(kind, parts.get("args"), message)
        own = parts.get("number")
        if issubclass(type(kind), RemoteType):
            self._attach(raised, own, follow(origins, " error"), facts, message)
        else:
            _set_attributes(raised, parts.get("attributes"))
            if type(own) is int:
                self._release(own)
        return raised

    def instance(self, number: int, origins: Origins, facts: ClassFacts, message: str = "") -> Any:  # noqa: ANN401
        """An error that student code has made and not raised."""
        kind = self.error_class(facts)
        made = _construct(kind, None, message)
        if issubclass(type(kind), RemoteType):
            self._attach(made, number, origins, facts, None)
        return made

    def _attach(self, error: Any, number: Node, origins: Origins, facts: ClassFacts, text: str | None) -> None:  # noqa: ANN401
        if type(number) is not int:
            raise MalformedError("error")
        error.__dict__[_REMOTE] = (Remote(self._ask, self._profile, number, origins, facts, []), text)
        self._hold(error, number)

    def _make(self, facts: ClassFacts) -> Any:  # noqa: ANN401 - a class of errors
        bases = [self._classes.facts(number) for number in facts.bases if self.is_error(self._classes.facts(number))]
        base = self.error_class(bases[0]) if bases else builtin_error(facts.type_names) or Exception
        if type(base) is not type and not issubclass(type(base), RemoteType):
            base = builtin_error(facts.type_names) or Exception
        own = {
            "_remote": self._classes.remote_of_class(facts),
            "_members": None,
            "_order": None,
            "__module__": facts.module,
            "__qualname__": facts.name,
            "__str__": _text,
            "__getattr__": _attribute,
            "__init__": lambda *_, **__: None,
        }
        return make_class(RemoteType, short_name(facts.name), base, own)


def remote_error(value: object) -> Remote | None:
    """What is known of an error of the student's; None if it is none, or one of a class that the judge has too."""
    if not isinstance(value, Exception):
        return None
    found = value.__dict__.get(_REMOTE)
    return None if found is None else found[0]


def _text(error: Any) -> str:  # noqa: ANN401 - an error of the student's
    remote: Remote = error.__dict__[_REMOTE][0]
    text: str | None = error.__dict__[_REMOTE][1]
    return text if text is not None else remote.expect(remote.ask("text", error, to=remote.step(" text")), str)


def _attribute(error: Any, name: str) -> Any:  # noqa: ANN401 - any attribute
    found = error.__dict__.get(_REMOTE)
    if found is None or name.startswith("__") or name in ("student_error", "student_frames", "diagnosis"):
        raise AttributeError(name)
    remote: Remote = found[0]
    return remote.ask("attribute", error, name, to=remote.step(f".{name}"))


def _construct(kind: type[Exception], args: Node, message: str) -> Any:  # noqa: ANN401 - an error of any class
    """Make an error; only constructors of builtin classes are called."""
    plain = args if isinstance(args, list) and all(type(part) in _PLAIN for part in args) else None
    if kind.__module__ == "builtins":
        for arguments in ([plain] if plain is not None else []) + [[message]]:
            try:
                made = kind(*arguments)
            except Exception:  # noqa: BLE001, S112 - the student's side may say anything
                continue
            if str(made) == message or plain is None:
                return made
        return _with_message(kind, message)
    base: Any = next(one for one in kind.__mro__ if one.__module__ == "builtins" and "__new__" in vars(one))
    arguments = plain if plain is not None else [message]
    try:
        made = base.__new__(kind, *arguments)
        made.args = tuple(arguments)
        if issubclass(type(kind), RemoteType) or str(made) == message:
            return made
    except Exception:  # noqa: BLE001, S110 - the student's side may say anything
        pass
    return _with_message(kind, message)


def _with_message(kind: type[Exception], message: str) -> Any:  # noqa: ANN401 - an error of any class
    """An error of a class derived from it whose text is what the student's side says."""
    own = {"__str__": lambda _: message, "__init__": lambda *_, **__: None, "__module__": kind.__module__}
    if type(kind) is not type:
        return RuntimeError(message)
    try:
        derived: Any = type(kind.__name__, (kind,), own)
        base: Any = next(one for one in kind.__mro__ if one.__module__ == "builtins" and "__new__" in vars(one))
        made = base.__new__(derived)
        made.args = (message,)
    except Exception:  # noqa: BLE001 - a library's class may refuse
        return RuntimeError(message)
    return made


def _set_attributes(error: Exception, attributes: Node) -> None:
    if not isinstance(attributes, dict):
        return
    for name, value in list(attributes.items())[:_MOST_PARTS]:
        if type(name) is str and type(value) in _PLAIN and not name.startswith("_"):
            error.__dict__[name] = value


def _are_texts(names: Node) -> bool:
    return isinstance(names, list) and all(isinstance(name, str) for name in names)


def builtin_error(types: tuple[str, ...]) -> type[Exception] | None:
    """The first of these classes that is a builtin exception (``Exception`` or below it)."""
    for name in types:
        found = getattr(builtins, name.removeprefix("builtins."), None) if name.startswith("builtins.") else None
        if isinstance(found, type) and issubclass(found, Exception):
            return found
    return None
