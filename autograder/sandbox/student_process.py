"""A submission's process, as the coordinator sees it."""

import socket
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

DIED: Final = "died with the sandbox"
"""How a process ended whose zygote has ended."""
LOST: Final = "could not be seen to end"
"""How a process ended of which the zygote reported no end."""

_END_SECONDS: Final = 10.0


class StudentProcess:
    """A submission's process, as the coordinator sees it.

    Args:
        connection: the judge's end of the stream to the student.
        order: has the zygote do this with the process: "interrupt" or "kill".
        held_device_bytes: how many bytes of an accelerator's memory the submission holds now; None where the driver
            doesn't say. It raises what the driver's library raises.
        await_release: waits until it holds none after its end; returns a warning if it still does.

    Attributes:
        failure: why it could not be started; empty if it was.
        warning: what is wrong with the accelerator since it has ended; empty if nothing is.
    """

    def __init__(
        self,
        connection: socket.socket,
        order: Callable[[str], None],
        held_device_bytes: Callable[[], int | None],
        await_release: Callable[[], str],
    ) -> None:
        self.connection = connection
        self.failure = ""
        self.warning = ""
        self._order = order
        self.held_device_bytes = held_device_bytes
        self._await_release = await_release
        self._settled = threading.Event()
        self._gone = threading.Event()
        self._ending: str | None = None

    def await_start(self) -> bool:
        """Wait until it runs or can't be started; returns whether it was started."""
        self._settled.wait()
        return not self.failure and self._ending != DIED

    def interrupt(self) -> None:
        """Send the student SIGINT, a KeyboardInterrupt in Python. Nothing happens if it has ended."""
        self._order("interrupt")

    def kill(self) -> None:
        """Kill everything that the submission started; return when it is gone."""
        self._order("kill")
        if not self._gone.wait(_END_SECONDS):
            # The class must not wait for a lost report; the process ends with the zygote at the latest.
            self.note({"ended": LOST})
        self.warning = self.warning or self._await_release()

    def ending(self) -> str | None:
        """None while it runs; afterwards how it ended, a sentence that lacks its subject."""
        return self._ending

    def wait(self, seconds: float | None = None) -> str | None:
        """Wait for the end of the process, at most so many seconds; the same answer as `ending`."""
        self._gone.wait(seconds)
        return self._ending

    def note(self, facts: Mapping[str, Any]) -> None:
        """Take in what the zygote reports of the process: "running", "failed" or "ended"."""
        if "failed" in facts:
            self.failure = facts["failed"]
        if "ended" in facts:
            self._ending = facts["ended"]
            self._gone.set()
        self._settled.set()
