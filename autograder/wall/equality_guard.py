"""Objects that are equal to everything, for a test that runs in the process of the student's code.

A class whose ``__eq__`` is true of a word that nobody could have expected is true of anything. An object of such a
class would pass every ``==`` of a test, of `unittest` and of ``in``.
"""

import builtins
import functools
import gc
import secrets
from collections.abc import Callable
from typing import Any

_Method = Callable[[Any, Any], Any]


def guard_equality() -> None:
    """Have every class that was made in this process, and is still to be made, be asked about such a word, too."""
    for kind in _classes_made_here():
        _guard(kind)
    build = builtins.__build_class__

    @functools.wraps(build)
    def build_guarded(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - a class, or what a metaclass makes
        kind = build(*args, **kwargs)
        if isinstance(kind, type):
            _guard(kind)
        return kind

    builtins.__build_class__ = build_guarded


def _classes_made_here() -> list[type]:
    """The classes that were made since this process was forked: what it had then is frozen, and is not listed."""
    return [found for found in gc.get_objects() if issubclass(type(found), type)]


def _guard(kind: type) -> None:
    own = vars(kind)
    for name, right in (("__eq__", False), ("__ne__", True)):
        method = own.get(name)
        if callable(method) and not hasattr(method, "__wrapped_for_test__"):
            try:
                type.__setattr__(kind, name, _guarded(method, right))
            except (AttributeError, TypeError):
                continue


def _guarded(method: _Method, right: bool) -> _Method:
    """Answer as the method does, unless it gives another answer than the right one about a word."""

    @functools.wraps(method)
    def guarded(self: object, other: object) -> Any:  # noqa: ANN401 - an array's comparison is an array
        answer = method(self, other)
        if type(other) is type(self) or not isinstance(answer, bool) or answer is right:
            return answer
        try:
            said = method(self, secrets.token_hex(8))
        except Exception:  # noqa: BLE001 - an honest method may not know what to do with a word
            return answer
        return right if isinstance(said, bool) and said is not right else answer

    guarded.__wrapped_for_test__ = True  # type: ignore[attr-defined]
    return guarded
