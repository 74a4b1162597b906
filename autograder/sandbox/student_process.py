"""A submission's process, seen from the judge's side."""

import socket
import threading
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from autograder.sandbox.zygote import Zygote

DIED: Final = "died with the sandbox"
"""How a process ended that went with its zygote."""

_LOST: Final = "could not be seen to end"
_END_SECONDS: Final = 10.0


class StudentProcess:
    """One submission's process, seen from the judge's side.

    Attributes:
        connection: the judge's end of the stream to the student.
        kept_gpu: whether memory of the GPU was still held after its end.
    """

    def __init__(self, zygote: "Zygote", identity: int, connection: socket.socket) -> None:
        self.connection = connection
        self.kept_gpu = False
        self._zygote = zygote
        self._identity = identity
        self._settled = threading.Event()
        self._gone = threading.Event()
        self._failure = ""
        self._ending: str | None = None

    def interrupt(self) -> None:
        """Send the student SIGINT, a KeyboardInterrupt in Python. Nothing happens if it has ended."""
        self._zygote._order("interrupt", self._identity)

    def kill(self) -> None:
        """Kill everything that the submission started; return when it is gone."""
        self._zygote._order("kill", self._identity)
        if not self._gone.wait(_END_SECONDS):
            # The class must not wait for a report that was lost; at the latest the zygote's own end kills it.
            self._note({"ended": _LOST})
        watch = self._zygote._gpu_watch
        self.kept_gpu = self.kept_gpu or (watch is not None and not watch.freed(self._identity))

    def held_gpu_bytes(self) -> int | None:
        """Bytes of the GPU's memory that the submission holds now; None where the driver doesn't say how many.

        Raises:
            NvmlError: the driver doesn't answer.
        """
        watch = self._zygote._gpu_watch
        return 0 if watch is None else watch.held(self._identity)

    def ending(self) -> str | None:
        """None while it runs; afterwards how it ended, a sentence that lacks its subject."""
        return self._ending

    def wait(self, seconds: float | None = None) -> str | None:
        """Wait for the end of the process, at most so many seconds; the same answer as `ending`."""
        self._gone.wait(seconds)
        return self._ending

    def _note(self, facts: dict[str, Any]) -> None:
        if "failed" in facts:
            self._failure = facts["failed"]
        if "ended" in facts:
            self._ending = facts["ended"]
            self._gone.set()
        self._settled.set()
