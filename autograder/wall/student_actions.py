"""What the student's side does with an object on the judge's behalf, where Python has no function for it."""

import builtins
import operator
from collections.abc import Callable
from typing import Any


def compare(name: str, target: object, made_up: list[object], *others: object) -> tuple[Any, ...]:
    """What ``==`` or ``in`` says of values that the judge has made up, and of what it wants to know.

    An error at a made-up value, for which the class was not made, means that it says no.
    """
    function = getattr(operator, name)
    said = []
    for value in made_up:
        try:
            said.append(function(target, value))
        except Exception:  # noqa: BLE001 - student code may raise anything
            said.append(False)
    return (*said, *(function(target, other) for other in others))


def leave(exit_: Callable[..., Any], target: object, error: tuple[str, list[Any]] | None) -> Any:  # noqa: ANN401
    """Leave a ``with`` statement, in which the test may have raised an error of a builtin class."""
    if error is None:
        return exit_(target, None, None, None)
    name, args = error
    made: Exception = getattr(builtins, name)(*args)
    try:
        raise made  # noqa: TRY301 - so that it has a traceback, as in a `with` statement
    except Exception as raised:  # noqa: BLE001 - it was made for the student's `__exit__`
        return exit_(target, type(raised), raised, raised.__traceback__)
