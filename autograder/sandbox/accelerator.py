"""What grading on an accelerator (a GPU) changes in the sandbox, the judge and the coordinator.

The classes here are those of a run on the CPU, and change nothing; those of `autograder.gpu` derive from them and
override every method. `accelerator_for` chooses. It loads a GPU's by name: a run without one imports nothing of it.
"""

import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from autograder.cells import Cell
from autograder.limits import Limits
from autograder.sandbox.device_errors import asks_for_gpu, lost_gpu
from autograder.sandbox.student_process import StudentProcess
from autograder.verdicts import NotebookResult

HIDDEN: Final = {"CUDA_VISIBLE_DEVICES": "", "HIP_VISIBLE_DEVICES": "-1", "NVIDIA_VISIBLE_DEVICES": "void"}
"""Environment variables under which neither CUDA nor ROCm finds a GPU."""

_GPU: Final = "autograder.gpu.accelerator:GpuAccelerator"
_NO_GPU: Final = (
    "asked for a GPU, and it is graded on a machine without one. Leave the choice to `gradlab.device()`: put tensors "
    'and models on the device that it returns, where they are now put on "cuda" by name.'
)


@dataclass(frozen=True)
class DriverNeeds:
    """What a device's driver needs in student processes, as plain data for the zygote.

    Attributes:
        system_calls: which of the calls that the filter otherwise reports as missing it has to allow
            (`autograder.sandbox.seccomp`).
        any_address_space: whether there can be no bound on the address space (RLIMIT_AS).
        locked_bytes: bytes of memory that may be locked (RLIMIT_MEMLOCK).
        hooks: ``module:class`` of the `ProcessHooks`; empty if there are none.
        hook_arguments: what that class is called with.
    """

    system_calls: tuple[str, ...] = ()
    any_address_space: bool = False
    locked_bytes: int = 0
    hooks: str = ""
    hook_arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class DeviceAccess:
    """What of this machine student processes see and get in order to use a device.

    Attributes:
        nodes: device nodes, each with the name that it has in /dev.
        readable: files and folders, each with the path at which it is shown, read-only.
        libraries: folders with libraries, shown read-only at their own paths.
        environment: environment variables of the zygote.
        needs: what the driver needs in student processes.
    """

    nodes: tuple[tuple[Path, str], ...] = ()
    readable: tuple[tuple[Path, str], ...] = ()
    libraries: tuple[Path, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    needs: DriverNeeds = DriverNeeds()


class ProcessHooks:
    """What is done in the sandbox's processes for a device. Each method raises `IsolationError` to refuse."""

    def before_fork(self) -> None:
        """Called in the zygote before it forks a submission."""

    def after_fork(self) -> None:
        """Called in the student process before its limits are set."""

    def before_entry(self) -> None:
        """Called in the student process, all limits set, just before it runs its entry."""


class DeviceMonitor:
    """Watches, from outside of the sandbox, how much of a device's memory each submission holds."""

    overdrawn = 0
    """How often a submission was seen to hold more than its share: others may then have found too little."""

    def check(self) -> None:
        """Check that the device can be watched.

        Raises:
            ExpectedError: it can't.
        """

    def follow(self, submission: int, keeper: int) -> None:
        """Watch a submission.

        Args:
            submission: its number.
            keeper: the number that its first process has for the process that forked it.
        """

    def held_bytes(self, submission: int) -> int | None:  # noqa: ARG002 - for a device
        """Bytes that a submission holds now; None where the driver doesn't say how many."""
        return 0

    def await_release(self, submission: int) -> str:  # noqa: ARG002 - for a device
        """Wait, for a while, until a submission that has ended holds nothing; returns a warning if it still does."""
        return ""

    def close(self) -> None:
        """Stop watching."""


class DeviceCheck:
    """Tells failures of the device from failures of submissions. Several threads may use it."""

    def before_grading(self) -> None:
        """Try the device once, before the first submission.

        Raises:
            ExpectedError: it can't be used for grading.
        """

    def without_device_failures(self, result: NotebookResult, cells: Sequence[Cell]) -> NotebookResult:  # noqa: ARG002 - for a device
        """A notebook's result, in which what failed with the device itself is BROKE."""
        return result

    def ran_out_of_memory(self, result: NotebookResult) -> bool:  # noqa: ARG002 - for a device
        """Whether a submission found too little memory on the device."""
        return False


class Accelerator:
    """What student code may use to compute; this one is the CPU alone.

    Attributes:
        judge_devices: for kinds of device that a student's tensor may be on, the kind that the judge uses instead.
    """

    judge_devices: Mapping[str, str] = {}

    def access(self, *, proc_covered: bool) -> DeviceAccess:  # noqa: ARG002 - for a device
        """Find the device, and what student processes need for it.

        Args:
            proc_covered: whether submissions get no /proc (`autograder.sandbox.bubblewrap.proc_is_covered`).

        Raises:
            ExpectedError: there is no device that could be used.
        """
        return DeviceAccess()

    def monitor(self, zygote: int, end: Callable[[int, str], None], *, isolated: bool) -> DeviceMonitor:  # noqa: ARG002 - for a device
        """Start to watch the device that `access` has found.

        Args:
            zygote: the number of the process, started by this one, from which all submissions descend.
            end: ends a submission: its number, and why, a sentence that lacks its subject.
            isolated: whether submissions, and the zygote, have namespaces of their own.
        """
        return DeviceMonitor()

    def check(self, new_student: Callable[[], StudentProcess]) -> DeviceCheck:  # noqa: ARG002 - for a device
        """The check of the device, made in student processes."""
        return DeviceCheck()

    def explain(self, message: str) -> str:
        """What an error of a student process says about the device, for the student; empty if it says nothing.

        Returns:
            The end of a sentence whose subject is the student's code, with its full stop.
        """
        return _NO_GPU if asks_for_gpu(message) or lost_gpu(message) else ""

    def is_lost(self, message: str) -> bool:  # noqa: ARG002 - for a device
        """Whether an error of a student process says that it can't use the device any more."""
        return False

    def is_lost_by(self, error: BaseException | None) -> bool:  # noqa: ARG002 - for a device
        """Whether a test ended with this error because the device failed under student code."""
        return False

    def retry_on(self, error: BaseException | None) -> str:  # noqa: ARG002 - for a device
        """The kind of device on which a test that ended with this error runs again; empty if it doesn't."""
        return ""


def accelerator_for(limits: Limits) -> Accelerator:
    """The accelerator that submissions with these limits may use."""
    if not limits.gpu_bytes:
        return Accelerator()
    chosen: Accelerator = pkgutil.resolve_name(_GPU)(limits.gpu_bytes)
    return chosen


def hooks_for(needs: DriverNeeds) -> ProcessHooks:
    """What is done in the sandbox's processes."""
    if not needs.hooks:
        return ProcessHooks()
    hooks: ProcessHooks = pkgutil.resolve_name(needs.hooks)(**needs.hook_arguments)
    return hooks
