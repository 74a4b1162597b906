"""Work done in a fork of this process, so that nothing of it stays but what it says."""

import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

from autograder import kernel

Report = dict[str, Any]
"""What a fork says: plain data that JSON carries."""


def report_of_fork(work: Callable[[], Report]) -> Report | None:
    """Do something in a fork, and wait for it.

    Returns:
        What it returned; None if the fork ended without.
    """
    return ForkInWaiting(work).report()


class ForkInWaiting:
    """A fork that waits as this process was when it was made, and works when it is asked to, or never.

    Args:
        work: what it does when it is asked.
    """

    def __init__(self, work: Callable[[], Report]) -> None:
        self._begun = False
        order_reader, self._order = os.pipe()
        self._answer, answer_writer = os.pipe()
        self._process = os.fork()
        if self._process == 0:
            os.close(self._order)
            os.close(self._answer)
            _serve(work, order_reader, answer_writer)
        os.close(order_reader)
        os.close(answer_writer)

    def begin(self) -> None:
        """Have it work, beside this process; `report` waits for it."""
        if not self._begun:
            self._begun = True
            # If it has ended, it says nothing, and `report` finds that.
            with suppress(BrokenPipeError):
                os.write(self._order, b"w")
            os.close(self._order)

    def report(self) -> Report | None:
        """Have it work, unless it does, and wait for it; see `report_of_fork`."""
        self.begin()
        with os.fdopen(self._answer, "rb") as reader:
            said = reader.read()
        os.waitpid(self._process, 0)
        return json.loads(said) if said else None

    def dismiss(self) -> None:
        """End it before it has done anything."""
        os.close(self._order)
        os.close(self._answer)
        os.waitpid(self._process, 0)


def _serve(work: Callable[[], Report], order: int, answer: int) -> NoReturn:
    try:
        # If this process is killed, nothing else ends a fork that hangs.
        kernel.die_with_parent(signal.SIGKILL)
        if os.read(order, 1):
            said = json.dumps(work()).encode()
            with os.fdopen(answer, "wb") as writer:
                writer.write(said)
    except BaseException:  # noqa: BLE001 - a fork must never return into its parent's work
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)
