"""Interrupts that reach the program even if Python drops the first of them.

An exception that a signal handler raises while Python runs a finaliser or the callback of a weak reference is printed
and dropped. So each interrupt is also noted, and code that waits for long calls `raise_pending` regularly.
"""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, NoReturn

POLL_SECONDS: Final = 0.5
"""The longest time, in seconds, for which code should wait without a call of `raise_pending`."""


class Terminated(KeyboardInterrupt):
    """SIGTERM has come; everything is ended in the same way as after an interrupt."""


_KINDS: Final = {signal.SIGINT: KeyboardInterrupt, signal.SIGTERM: Terminated}
_pending: list[type[KeyboardInterrupt]] = []


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise `KeyboardInterrupt` or `Terminated` where the program is when it is interrupted. For the main thread."""
    before = {number: signal.signal(number, _interrupt) for number in _KINDS}
    report_dropped = sys.unraisablehook
    sys.unraisablehook = lambda dropped: None if _is_interrupt(dropped.exc_type) else report_dropped(dropped)
    try:
        yield
    finally:
        sys.unraisablehook = report_dropped
        for number, handler in before.items():
            signal.signal(number, handler)
        _pending.clear()


def raise_pending() -> None:
    """Raise the interrupt that was dropped, if there was one.

    Raises:
        KeyboardInterrupt: there was an interrupt.
    """
    if _pending:
        raise _pending[0]


def _interrupt(number: int, _: FrameType | None) -> NoReturn:
    _pending.append(_KINDS[signal.Signals(number)])
    raise _pending[-1]


def _is_interrupt(kind: type[BaseException] | None) -> bool:
    return kind is not None and issubclass(kind, KeyboardInterrupt)
