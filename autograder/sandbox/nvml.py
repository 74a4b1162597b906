"""What NVIDIA's driver says of its GPUs and of who holds their memory: a few functions of its library NVML.

The names and structures are those of NVML's reference (https://docs.nvidia.com/deploy/nvml-api/). The library comes
with the driver, and it starts no CUDA: a process that asks it may fork afterwards.
"""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol, Self

from autograder.errors import ExpectedError

LIBRARY: Final = "libnvidia-ml.so.1"
"""The library's file; without it there is no driver."""
NO_DRIVER: Final = (
    "Install NVIDIA's driver until `nvidia-smi` shows the GPU, or start the container with: --gpus all. "
    "Without --gpu everything is graded on the CPU."
)
"""What to do where there is no driver."""

_NO_PERMISSION: Final = 4
_TOO_SMALL: Final = 7
_NOT_LOADED: Final = 9
_OTHER_VERSION: Final = 18
_CURES: Final = {
    _NO_PERMISSION: "Give this account the right to use the GPU: on many machines, membership of the group video.",
    _NOT_LOADED: "Run as root: modprobe nvidia. In a container the driver of the machine outside must be running.",
    _OTHER_VERSION: "The driver was updated while it ran: restart the machine.",
}
_TEXT_BYTES: Final = 96
_PROCESSES_AT_FIRST: Final = 64
_NOT_AVAILABLE: Final = 2**64 - 1
_PROCESS_LISTS: Final = ("nvmlDeviceGetComputeRunningProcesses", "nvmlDeviceGetGraphicsRunningProcesses")
_VERSIONS: Final = ("_v3", "_v2")
"""Versions of these functions whose structures are the same, the newest first; drivers since 450 have one of them."""


class NvmlError(Exception):
    """The driver refuses, or has lost the GPU.

    Args:
        number: NVML's number of the error; 0 where the library itself is the trouble.
        words: the driver's own.
    """

    def __init__(self, number: int, words: str) -> None:
        super().__init__(words)
        self.number = number


class _Memory(ctypes.Structure):
    _fields_ = (("total", ctypes.c_ulonglong), ("free", ctypes.c_ulonglong), ("used", ctypes.c_ulonglong))


class _Process(ctypes.Structure):
    _fields_ = (
        ("number", ctypes.c_uint),
        ("memory", ctypes.c_ulonglong),
        ("gpu_instance", ctypes.c_uint),
        ("compute_instance", ctypes.c_uint),
    )


class _Place(ctypes.Structure):
    """Where a GPU is plugged in: nvmlPciInfo_t."""

    _fields_ = (
        ("legacy", ctypes.c_char * 16),
        ("domain", ctypes.c_uint),
        ("bus", ctypes.c_uint),
        ("device", ctypes.c_uint),
        ("kind", ctypes.c_uint),
        ("subsystem", ctypes.c_uint),
        ("address", ctypes.c_char * 32),
    )


@dataclass(frozen=True)
class Card:
    """A GPU.

    Attributes:
        index: its number, as `nvidia-smi` counts.
        identity: its UUID, "GPU-…".
        name: what it is.
        minor: the N of its /dev/nvidiaN.
        place: its PCI address, as /sys writes it: "0000:41:00.0".
        memory_bytes: bytes of memory that it has.
        free_bytes: bytes of it that nobody holds.
        shared_out: whether it is cut into instances (MIG).
    """

    index: int
    identity: str
    name: str
    minor: int
    place: str
    memory_bytes: int
    free_bytes: int
    shared_out: bool = False


class Driver(Protocol):
    """What is asked of a driver."""

    @property
    def version(self) -> str:
        """The driver's version: "570.169"."""

    @property
    def cuda(self) -> tuple[int, int]:
        """The newest version of CUDA that it runs: (12, 8)."""

    def cards(self) -> Sequence[Card]:
        """The GPUs that this process may see."""

    def holders(self, identity: str) -> dict[int, int | None]:
        """Bytes of a GPU's memory by process number; None where the driver doesn't say how many."""


class Nvml:
    """The driver, as its library tells of it. It may be used by several threads.

    Args:
        library: the library, loaded.

    Raises:
        NvmlError: the driver isn't running.
    """

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library = library
        library.nvmlErrorString.restype = ctypes.c_char_p
        self._call("nvmlInit_v2")

    @classmethod
    def load(cls) -> Self:
        """Load the library of this machine's driver.

        Raises:
            ExpectedError: there is no driver, or it isn't running.
        """
        try:
            library = ctypes.CDLL(LIBRARY)
        except OSError as error:
            raise ExpectedError(f"This machine has no driver for an NVIDIA GPU: {error}.", NO_DRIVER) from error
        try:
            return cls(library)
        except NvmlError as error:
            raise ExpectedError(
                f"NVIDIA's driver does not answer: {error}.", _CURES.get(error.number, NO_DRIVER)
            ) from error

    @property
    def version(self) -> str:
        """See `Driver`."""
        text = ctypes.create_string_buffer(_TEXT_BYTES)
        self._call("nvmlSystemGetDriverVersion", text, _TEXT_BYTES)
        return text.value.decode()

    @property
    def cuda(self) -> tuple[int, int]:
        """See `Driver`."""
        number = ctypes.c_int()
        self._call("nvmlSystemGetCudaDriverVersion_v2", ctypes.byref(number))
        return number.value // 1000, number.value % 1000 // 10

    def cards(self) -> list[Card]:
        """See `Driver`."""
        count = ctypes.c_uint()
        self._call("nvmlDeviceGetCount_v2", ctypes.byref(count))
        return [self._card(index) for index in range(count.value)]

    def holders(self, identity: str) -> dict[int, int | None]:
        """See `Driver`.

        Raises:
            NvmlError: the GPU is lost, or the driver is too old to say.
        """
        device = ctypes.c_void_p()
        self._call("nvmlDeviceGetHandleByUUID", identity.encode(), ctypes.byref(device))
        held: dict[int, int | None] = {}
        for name in _PROCESS_LISTS:
            # A process that computes and draws is in both lists, with the same number.
            for process in self._processes(name, device):
                held[process.number] = None if process.memory == _NOT_AVAILABLE else process.memory
        return held

    def _card(self, index: int) -> Card:
        device, minor, place, memory = ctypes.c_void_p(), ctypes.c_uint(), _Place(), _Memory()
        self._call("nvmlDeviceGetHandleByIndex_v2", index, ctypes.byref(device))
        texts = {name: ctypes.create_string_buffer(_TEXT_BYTES) for name in ("UUID", "Name")}
        for name, text in texts.items():
            self._call(f"nvmlDeviceGet{name}", device, text, _TEXT_BYTES)
        self._call("nvmlDeviceGetMinorNumber", device, ctypes.byref(minor))
        self._call("nvmlDeviceGetPciInfo_v3", device, ctypes.byref(place))
        self._call("nvmlDeviceGetMemoryInfo", device, ctypes.byref(memory))
        domain, _, rest = place.address.decode().lower().partition(":")
        return Card(
            index=index,
            identity=texts["UUID"].value.decode(),
            name=texts["Name"].value.decode(),
            minor=minor.value,
            place=f"{domain[-4:]}:{rest}",
            memory_bytes=memory.total,
            free_bytes=memory.free,
            shared_out=self._shared_out(device),
        )

    def _shared_out(self, device: ctypes.c_void_p) -> bool:
        now, pending = ctypes.c_uint(), ctypes.c_uint()
        try:
            self._call("nvmlDeviceGetMigMode", device, ctypes.byref(now), ctypes.byref(pending))
        except NvmlError:
            # Most GPUs can't be cut up, and say so.
            return False
        return now.value == 1

    def _processes(self, name: str, device: ctypes.c_void_p) -> Sequence[_Process]:
        version = next((version for version in _VERSIONS if hasattr(self._library, name + version)), _VERSIONS[0])
        room = _PROCESSES_AT_FIRST
        while True:
            count, found = ctypes.c_uint(room), (_Process * room)()
            try:
                self._call(name + version, device, ctypes.byref(count), found)
            except NvmlError as error:
                if error.number != _TOO_SMALL:
                    raise
                room = 2 * max(room, count.value)
            else:
                return found[: count.value]

    def _call(self, name: str, *arguments: object) -> None:
        try:
            result: int = getattr(self._library, name)(*arguments)
        except AttributeError as error:
            raise NvmlError(0, f"the driver is too old: its library lacks {name}") from error
        if result != 0:
            raise NvmlError(result, self._library.nvmlErrorString(result).decode(errors="replace"))
