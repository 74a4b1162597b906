"""NVIDIA GPUs for student code: what they change in the sandbox, the judge and the coordinator."""

from collections.abc import Callable, Mapping
from typing import Final

from autograder.errors import ExpectedError
from autograder.gpu.check import OF_GPU_MEMORY, GpuCheck
from autograder.gpu.discovery import Gpu, find_gpu
from autograder.gpu.memory_monitor import GpuMemoryMonitor
from autograder.gpu.student_process import NVML_CHECK
from autograder.sandbox.accelerator import Accelerator, DeviceAccess, DriverNeeds
from autograder.sandbox.device_errors import devices_met, filled_gpu, lost_gpu, student_lost_gpu
from autograder.sandbox.kernel_features import WHOLE_PROC
from autograder.sandbox.student_process import StudentProcess

_HOOKS: Final = "autograder.gpu.student_process:CudaHooks"
_SYSTEM_CALLS: Final = ("memfd_create",)
"""What NVIDIA's driver can't do without (since 570): the files that it makes are counted as memory."""
_LOCKED_BYTES: Final = 64 * 1024
"""What a container has, too."""
_KIND: Final = "cuda"


class GpuAccelerator(Accelerator):
    """This machine's NVIDIA GPU.

    Args:
        memory_bytes: bytes of the GPU's memory that a submission may hold.
        gpu: the GPU; that of this machine if None.
    """

    judge_devices: Mapping[str, str] = {_KIND: "cpu"}
    """The judge computes on the CPU alone, and takes what a student has on a GPU for its own."""

    def __init__(self, memory_bytes: int, gpu: Gpu | None = None) -> None:
        self._memory_bytes = memory_bytes
        self._gpu = gpu

    def access(self, *, proc_covered: bool) -> DeviceAccess:
        """See `Accelerator`."""
        if proc_covered:
            raise ExpectedError(
                "Parts of this container's /proc are covered, so a submission has none, and CUDA does not start "
                "without.",
                WHOLE_PROC,
            )
        self._gpu = gpu = self._gpu or find_gpu()
        # CUDA reserves address space for all memory that the machine and its GPUs have.
        needs = DriverNeeds(
            system_calls=_SYSTEM_CALLS,
            any_address_space=True,
            locked_bytes=_LOCKED_BYTES,
            hooks=_HOOKS,
            hook_arguments={"uuid": gpu.info.uuid, "memory_bytes": self._memory_bytes},
        )
        # The GPU stays hidden from the zygote: CUDA must not start before the fork.
        environment = {NVML_CHECK: "1"}
        if gpu.libraries:
            environment["LD_LIBRARY_PATH"] = ":".join(map(str, gpu.libraries))
        return DeviceAccess(gpu.nodes, gpu.readable, gpu.libraries, environment, needs)

    def monitor(self, zygote: int, end: Callable[[int, str], None], *, isolated: bool) -> GpuMemoryMonitor:
        """See `Accelerator`."""
        assert self._gpu is not None, "access comes first"
        return GpuMemoryMonitor(
            self._gpu.driver, self._gpu.info.uuid, self._memory_bytes, zygote, end, isolated=isolated
        )

    def check(self, new_student: Callable[[], StudentProcess]) -> GpuCheck:
        """See `Accelerator`."""
        return GpuCheck(new_student)

    def explain(self, message: str) -> str:
        """See `Accelerator`."""
        if lost_gpu(message):
            return (
                "made the GPU fail. An index or a class label that is out of range does that; run it on the CPU, where "
                "the message names the cause."
            )
        if filled_gpu(message):
            return f"needed more than the {round(self._memory_bytes / 1024**3, 2):g} GiB {OF_GPU_MEMORY}."
        return ""

    def is_lost(self, message: str) -> bool:
        """See `Accelerator`."""
        return lost_gpu(message)

    def is_lost_by(self, error: BaseException | None) -> bool:
        """See `Accelerator`."""
        return student_lost_gpu(error)

    def retry_on(self, error: BaseException | None) -> str:
        """See `Accelerator`."""
        # The test's tensors are on the CPU, and the answer has its own on the GPU: in a notebook they'd be there.
        return _KIND if devices_met(error) else ""
