"""Interrupts that reach the program even if Python drops the first of them.

What a signal's handler raises while Python runs a finaliser or the callback of a weak reference is printed and dropped.
So each interrupt is noted, too, and whoever waits for long asks now and then whether there was one.
"""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, NoReturn

LISTEN_SECONDS: Final = 0.5
"""The longest time, in seconds, for which anybody should wait without asking."""


class Terminated(KeyboardInterrupt):
    """SIGTERM has come; everything is ended in the same way as after an interrupt."""


_KINDS: Final = {signal.SIGINT: KeyboardInterrupt, signal.SIGTERM: Terminated}
_noted: list[type[KeyboardInterrupt]] = []


@contextmanager
def heeded() -> Iterator[None]:
    """Raise `KeyboardInterrupt` or `Terminated` where the program is when it is interrupted. For the main thread."""
    before = {number: signal.signal(number, _interrupt) for number in _KINDS}
    tell_dropped = sys.unraisablehook
    sys.unraisablehook = lambda dropped: None if _is_interrupt(dropped.exc_type) else tell_dropped(dropped)
    try:
        yield
    finally:
        sys.unraisablehook = tell_dropped
        for number, handler in before.items():
            signal.signal(number, handler)
        _noted.clear()


def check() -> None:
    """Raise what has been dropped.

    Raises:
        KeyboardInterrupt: there was an interrupt.
    """
    if _noted:
        raise _noted[0]


def _interrupt(number: int, _: FrameType | None) -> NoReturn:
    _noted.append(_KINDS[signal.Signals(number)])
    raise _noted[-1]


def _is_interrupt(kind: type[BaseException] | None) -> bool:
    return kind is not None and issubclass(kind, KeyboardInterrupt)
