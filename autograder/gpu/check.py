"""Tries the GPU in a student process: before the first submission, and when it may have failed during one."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from autograder.cells import Cell
from autograder.errors import ExpectedError
from autograder.gpu.nvml import ON_THE_CPU, NvmlError
from autograder.judging.case import broken
from autograder.limits import Limits
from autograder.sandbox.accelerator import DeviceCheck
from autograder.sandbox.device_errors import lost_gpu
from autograder.sandbox.student_process import StudentProcess
from autograder.verdicts import CellStatus, CellVerdict, NotebookResult
from autograder.wall.channel import Channel
from autograder.wall.errors import WallError

_LIMITS: Final = Limits()
_HELD_BYTES: Final = 64 * 1024**2
_PROGRAM: Final = f"""
import torch
held = torch.ones({_HELD_BYTES}, dtype=torch.uint8, device="cuda")
assert int(held[-4:].sum()) == 4
"""
_SECONDS: Final = 120.0
_REPORT_SECONDS: Final = 5.0
_INTERVAL_SECONDS: Final = 0.1
_ATTEMPTS: Final = 2
OF_GPU_MEMORY: Final = "of GPU memory that a submission may use"
"""How the message ends for a submission that found too little memory."""
_UNCERTAIN: Final = (CellStatus.FAILED, CellStatus.ERROR, CellStatus.TIMED_OUT)
"""Verdicts that say nothing of a student where the GPU has failed."""


class GpuCheck(DeviceCheck):
    """Runs a program on the GPU, and has the driver say how much memory it holds."""

    def __init__(self, new_student: Callable[[], StudentProcess]) -> None:
        self._new_student = new_student
        self._lock = threading.Lock()
        self._works = False

    def before_grading(self) -> None:
        """See `DeviceCheck`.

        Raises:
            ExpectedError: CUDA doesn't work there, or the driver doesn't say which process holds how much memory.
        """
        with self._lock:
            if not self._works:
                reason, cure = self._try()
                if reason:
                    raise ExpectedError(f"The GPU can't be used for grading: {reason}.", cure)
                self._works = True

    def without_device_failures(self, result: NotebookResult, cells: Sequence[Cell]) -> NotebookResult:
        """See `DeviceCheck`."""
        if not any(map(_suspicious, result.verdicts)):
            return result
        with self._lock:
            reasons = [reason for _ in range(_ATTEMPTS) if (reason := self._try()[0])]
        if len(reasons) < _ATTEMPTS:
            return result
        outcomes = tuple(
            replace(outcome, verdict=broken(cell, f"the GPU has failed: {reasons[-1]}"))
            if outcome.verdict is not None and outcome.verdict.status in _UNCERTAIN
            else outcome
            for outcome, cell in zip(result.outcomes, cells, strict=True)
        )
        return replace(result, outcomes=outcomes, flags=(*result.flags, "the GPU failed while this was graded"))

    def ran_out_of_memory(self, result: NotebookResult) -> bool:
        """See `DeviceCheck`."""
        return any(
            verdict.status is CellStatus.ERROR and OF_GPU_MEMORY in verdict.message for verdict in result.verdicts
        )

    def _try(self) -> tuple[str, str]:
        """Why it doesn't work, and what to do about it; empty texts if it works."""
        student = self._new_student()
        try:
            return self._try_in(student)
        except WallError as fault:
            return f"the process that tried it {student.wait(1.0) or fault}", _CURE
        except NvmlError as error:
            return f"the driver does not say who holds its memory ({error})", _CURE
        finally:
            student.connection.close()
            student.kill()

    def _try_in(self, student: StudentProcess) -> tuple[str, str]:
        deadline = time.monotonic() + _SECONDS
        channel = Channel(student.connection, _LIMITS.message_bytes)
        # What `autograder.wall.handshake` sends, which imports torch, as the coordinator never does.
        sizes = {"message_bytes": _LIMITS.message_bytes, "output_bytes": _LIMITS.output_bytes}
        channel.send(sizes | {"files": [], "copies": False}, deadline)
        channel.send({"do": "run", "source": _PROGRAM, "number": 1}, deadline)
        failed: dict[str, Any] | None = channel.receive(deadline)["failed"]
        if failed is not None:
            words = " ".join(str(failed["message"]).split())
            return f"in the sandbox PyTorch says {failed['types'][0].rpartition('.')[2]}: {words}", _CURE
        return ("", "") if self._reported(student) else (_UNREPORTED, _UNREPORTED_CURE)

    @staticmethod
    def _reported(student: StudentProcess) -> bool:
        """Whether the driver says of whom the memory is."""
        end = time.monotonic() + _REPORT_SECONDS
        while (student.held_device_bytes() or 0) < _HELD_BYTES:
            if time.monotonic() > end:
                return False
            time.sleep(_INTERVAL_SECONDS)
        return True


_CURE: Final = (
    "See whether it works outside of the sandbox: python -c 'import torch; print(torch.ones(1, device=\"cuda\"))'. "
    f"To see each layer: autograder doctor. {ON_THE_CPU}"
)
_UNREPORTED: Final = "the driver does not say how much of its memory a submission holds, so it can't be bounded"
_UNREPORTED_CURE: Final = (
    f"In a container the driver's process numbers are another namespace's: start it with --pid=host. {ON_THE_CPU}"
)


def _suspicious(verdict: CellVerdict) -> bool:
    return verdict.status is CellStatus.TIMED_OUT or (verdict.status in _UNCERTAIN and lost_gpu(verdict.message))
