"""What NVIDIA's driver says of its GPUs and of the processes that hold their memory.

It is asked through NVML (the package nvidia-ml-py), which starts no CUDA: a process that asks it may fork afterwards.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from autograder.errors import ExpectedError

ON_THE_CPU: Final = "Without --gpu everything is graded on the CPU."
"""The end of each cure for a GPU that can't be used."""
NO_DRIVER: Final = (
    f"Install NVIDIA's driver until `nvidia-smi` shows the GPU, or start the container with: --gpus all. {ON_THE_CPU}"
)
"""What to do where there is no driver."""

_NO_PERMISSION: Final = 4
_TOO_SMALL: Final = 7
_NOT_LOADED: Final = 9
_NO_LIBRARY: Final = 12
_NO_FUNCTION: Final = 13
_OTHER_VERSION: Final = 18
_CURES: Final = {
    _NO_PERMISSION: "Give this account the right to use the GPU: on many machines, membership of the group video.",
    _NOT_LOADED: "Run as root: modprobe nvidia. In a container the driver of the machine outside must be running.",
    _OTHER_VERSION: "The driver was updated while it ran: restart the machine.",
}
_PROCESS_LISTS: Final = ("nvmlDeviceGetComputeRunningProcesses", "nvmlDeviceGetGraphicsRunningProcesses")
_ATTEMPTS: Final = 5


class NvmlError(Exception):
    """The driver refuses, or has lost the GPU."""

    def __init__(self, number: int, message: str) -> None:
        super().__init__(message)
        self.number = number


@dataclass(frozen=True)
class GpuInfo:
    """What the driver says of a GPU.

    Attributes:
        index: its number, as `nvidia-smi` counts.
        uuid: its UUID, "GPU-…".
        name: what it is.
        minor: the N of its /dev/nvidiaN.
        pci_address: as /sys writes it: "0000:41:00.0".
        memory_bytes: bytes of memory that it has.
        free_bytes: bytes of it that no process holds.
        mig_enabled: whether it is cut into instances (MIG).
    """

    index: int
    uuid: str
    name: str
    minor: int
    pci_address: str
    memory_bytes: int
    free_bytes: int
    mig_enabled: bool = False


class Driver(Protocol):
    """What is asked of a driver."""

    @property
    def version(self) -> str:
        """The driver's version: "570.169"."""

    @property
    def cuda(self) -> tuple[int, int]:
        """The newest version of CUDA that it runs: (12, 8)."""

    def gpus(self) -> Sequence[GpuInfo]:
        """The GPUs that this process may see."""

    def holders(self, uuid: str) -> dict[int, int | None]:
        """Bytes of a GPU's memory by process number; None where the driver doesn't say how many."""


class Nvml:
    """The driver of this machine. It may be used by several threads.

    Raises:
        ExpectedError: nvidia-ml-py isn't installed, there is no driver, or it isn't running.
    """

    def __init__(self) -> None:
        try:
            import pynvml  # an extra: grading on the CPU does without
        except ImportError as error:
            raise ExpectedError(
                "Grading on a GPU needs the package nvidia-ml-py, which isn't installed.",
                f'pip install "gradlab[gpu]". {ON_THE_CPU}',
            ) from error
        self._library: Any = pynvml
        try:
            self._call("nvmlInit")
        except NvmlError as error:
            if error.number == _NO_LIBRARY:
                raise ExpectedError(f"This machine has no driver for an NVIDIA GPU: {error}.", NO_DRIVER) from error
            cure = _CURES.get(error.number, NO_DRIVER)
            raise ExpectedError(f"NVIDIA's driver does not answer: {error}.", cure) from error

    @property
    def version(self) -> str:
        """See `Driver`."""
        return str(self._call("nvmlSystemGetDriverVersion"))

    @property
    def cuda(self) -> tuple[int, int]:
        """See `Driver`."""
        number: int = self._call("nvmlSystemGetCudaDriverVersion_v2")
        return number // 1000, number % 1000 // 10

    def gpus(self) -> list[GpuInfo]:
        """See `Driver`."""
        return [self._info(index) for index in range(self._call("nvmlDeviceGetCount"))]

    def holders(self, uuid: str) -> dict[int, int | None]:
        """See `Driver`.

        Raises:
            NvmlError: the GPU is lost, or the driver is too old to say.
        """
        device = self._call("nvmlDeviceGetHandleByUUID", uuid)
        # A process that computes and draws is in both lists, with the same number.
        return {
            process.pid: process.usedGpuMemory for name in _PROCESS_LISTS for process in self._processes(name, device)
        }

    def _info(self, index: int) -> GpuInfo:
        device = self._call("nvmlDeviceGetHandleByIndex", index)
        memory = self._call("nvmlDeviceGetMemoryInfo", device)
        domain, _, rest = self._call("nvmlDeviceGetPciInfo", device).busId.lower().partition(":")
        return GpuInfo(
            index=index,
            uuid=self._call("nvmlDeviceGetUUID", device),
            name=self._call("nvmlDeviceGetName", device),
            minor=self._call("nvmlDeviceGetMinorNumber", device),
            pci_address=f"{domain[-4:]}:{rest}",
            memory_bytes=memory.total,
            free_bytes=memory.free,
            mig_enabled=self._mig_enabled(device),
        )

    def _mig_enabled(self, device: object) -> bool:
        try:
            now, _ = self._call("nvmlDeviceGetMigMode", device)
        except NvmlError:
            # Most GPUs can't be cut up, and say so.
            return False
        return bool(now == 1)

    def _processes(self, name: str, device: object) -> Sequence[Any]:
        try:
            return self._complete(f"{name}_v3", device)
        except NvmlError as error:
            # Drivers before 510 have the older version, whose answer is the same.
            if error.number != _NO_FUNCTION:
                raise
            return self._complete(f"{name}_v2", device)

    def _complete(self, name: str, device: object) -> Sequence[Any]:
        for attempt in range(_ATTEMPTS):
            try:
                found: Sequence[Any] = self._call(name, device)
            except NvmlError as error:
                # pynvml asks how many there are, and then for twice as many: even more may have started in between.
                if error.number != _TOO_SMALL or attempt == _ATTEMPTS - 1:
                    raise
            else:
                return found
        raise AssertionError("the last attempt returns or raises")

    def _call(self, name: str, *arguments: object) -> Any:  # noqa: ANN401 - what each function returns
        function: Callable[..., Any] = getattr(self._library, name)
        try:
            return function(*arguments)
        except self._library.NVMLError as error:
            if error.value == _NO_FUNCTION:
                raise NvmlError(error.value, f"the driver is too old: its library lacks {name}") from error
            raise NvmlError(error.value, str(error)) from error
