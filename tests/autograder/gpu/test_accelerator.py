"""The nodes of one GPU are shown to student processes, and who holds too much of its memory is ended."""

import os
import resource
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from autograder.errors import ExpectedError
from autograder.gpu.accelerator import GpuAccelerator
from autograder.gpu.check import GpuCheck
from autograder.gpu.memory_monitor import GpuMemoryMonitor
from autograder.gpu.student_process import CudaHooks, sign_of_cuda
from autograder.sandbox import bubblewrap, isolation, submission_processes
from autograder.sandbox.mode import Mode
from autograder.sandbox.zygote import Zygote
from tests.autograder.gpu.fake_driver import GIBIBYTE, INFO, NODES, FakeDriver, accelerator_of, gpu_of
from tests.autograder.sandbox.support import ENTRY, PROGRAM, SMALL, Student, student_of

pytestmark = pytest.mark.slow

BUILT = (12, 6)
WITH_GPU = replace(SMALL, gpu_bytes=GIBIBYTE)


@pytest.fixture(autouse=True)
def no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CUDA_VISIBLE_DEVICES", "LD_LIBRARY_PATH"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def driver() -> FakeDriver:
    return FakeDriver()


@pytest.fixture(scope="module")
def gpu_zygote(driver: FakeDriver, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    root = tmp_path_factory.mktemp("machine")
    root.chmod(0o755)
    accelerator = accelerator_of(driver, root, GIBIBYTE)
    with Zygote(Mode.BUBBLEWRAP, WITH_GPU, readable=[PROGRAM], entry=ENTRY, accelerator=accelerator) as started:
        yield started


@pytest.mark.parametrize("kind", [GpuAccelerator, GpuCheck, GpuMemoryMonitor, CudaHooks])
def test_a_gpu_leaves_no_method_to_the_class_that_does_nothing(kind: type) -> None:
    (default,) = kind.__bases__
    public = {name for name, value in vars(default).items() if not name.startswith("_") and callable(value)}
    assert public
    assert public <= vars(kind).keys(), (
        f"{kind.__name__} inherits from {default.__name__}: {public - vars(kind).keys()}"
    )


def processes_below(process: int) -> set[int]:
    """All that descend from a process, itself included."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found = {process}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def processes_of(student: Student) -> set[int]:
    """The numbers that a student's processes have outside: it says a word that stands in its name there."""
    name = f"s{time.monotonic_ns() % 10**12}"
    assert student.run(f"result = open('/proc/self/comm', 'w').write('{name}')")
    mine = [entry for entry in Path("/proc").iterdir() if entry.name.isdigit() and _name(entry) == name]
    (process,) = mine
    return processes_below(int(process.name))


def _name(entry: Path) -> str:
    try:
        return (entry / "comm").read_text().strip()
    except OSError:
        return ""


def blind(zygote: Zygote) -> bool:
    """Whether the driver has stopped to answer the monitor."""
    try:
        zygote._monitor.check()
    except ExpectedError:
        return True
    return False


# Shown


def test_the_nodes_of_the_gpu_are_shown_and_no_other(gpu_zygote: Zygote) -> None:
    with student_of(gpu_zygote) as student:
        devices = set(student.run("import os; result = os.listdir('/dev')"))
        assert {name for name in devices if name.startswith("nvidia")} == set(NODES)
        assert student.run("import os; result = os.listdir('/sys'), os.listdir('/sys/devices')") == (
            ["devices"],
            ["system"],
        )
        assert "Read-only" in student.error("open('/dev/nvidia1', 'w')")
        if os.geteuid() == 0:
            assert student.run("result = open('/dev/nvidiactl', 'rb').read(2)") == b"\0\0"


def test_a_process_finds_the_gpu_only_after_the_fork(gpu_zygote: Zygote) -> None:
    with student_of(gpu_zygote) as student:
        seen = student.run("import os; result = dict(os.environ)")
        assert seen["CUDA_VISIBLE_DEVICES"] == INFO.uuid
        assert seen["CUDA_LAUNCH_BLOCKING"] == "1"
        assert {"HIP_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES", "PYTORCH_NVML_BASED_CUDA_CHECK"}.isdisjoint(seen)
        # What its zygote was started with.
        born = student.run("result = open('/proc/self/environ').read()").split("\0")
        assert {"CUDA_VISIBLE_DEVICES=", "PYTORCH_NVML_BASED_CUDA_CHECK=1"} <= set(born)
        assert student.run("import torch; result = torch.cuda.is_initialized()") is False
        queued = "import torch; result = [call.__qualname__ for call, _ in torch.cuda._queued_calls]"
        assert "bound_pytorch.<locals>.limit" in student.run(queued)


def test_only_the_bounds_that_cuda_cannot_live_with_are_off(gpu_zygote: Zygote) -> None:
    program = (
        "import resource as r; result = [r.getrlimit(k)[1] for k in (r.RLIMIT_AS, r.RLIMIT_MEMLOCK, r.RLIMIT_NPROC)]"
    )
    with student_of(gpu_zygote) as student:
        address_space, *others = student.run(program)
        assert address_space in (-1, resource.getrlimit(resource.RLIMIT_AS)[1])
        assert others == [64 * 1024, WITH_GPU.processes]
        much = f"import mmap; mmap.mmap(-1, {WITH_GPU.memory_bytes * 2}, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)"
        assert "Cannot allocate memory" in student.error(much)
        assert "Network is unreachable" in student.error("import socket; socket.create_connection(('192.0.2.1', 9))")
        assert student.error("import socket; socket.socket(socket.AF_NETLINK)").startswith("OSError")
        assert student.error("import os; open('/proc/1/mem', 'rb')").startswith("PermissionError")


MUCH = "import os, time\nfiles = [os.memfd_create('x') for _ in range(8)]\nfor f in files: os.write(f, bytes(10**8))\n"


@pytest.mark.parametrize("hidden", ["", "import ctypes\nctypes.CDLL(None).prctl(4, 0, 0, 0, 0)\n"])
def test_memory_without_a_name_is_counted(gpu_zygote: Zygote, hidden: str) -> None:
    student = Student(gpu_zygote.fork())
    student.send(f"{hidden}{MUCH if not hidden else 'import time'}\ntime.sleep(1000)")
    try:
        assert student.process.wait(60) == "used more than 512 MiB of memory in all its processes"
    finally:
        student.end()


@pytest.mark.parametrize("sign", ["is_initialized", "_is_in_bad_fork"])
def test_cuda_before_the_fork_is_refused(monkeypatch: pytest.MonkeyPatch, sign: str) -> None:
    assert sign_of_cuda() == ""
    monkeypatch.setattr(torch.cuda, sign, lambda: True)
    hooks = CudaHooks(INFO.uuid, GIBIBYTE)
    settings = submission_processes.ForkSettings(Mode.NONE, WITH_GPU, (), "/nowhere", lambda _: None, hooks=hooks)
    with pytest.raises(isolation.IsolationError, match="since PyTorch has started CUDA"):
        submission_processes.fork_submission(settings, 0, 1)


def test_where_proc_is_covered_there_is_no_gpu(
    monkeypatch: pytest.MonkeyPatch, driver: FakeDriver, tmp_path: Path
) -> None:
    monkeypatch.setattr(bubblewrap, "proc_is_covered", lambda: True)
    accelerator = accelerator_of(driver, tmp_path, GIBIBYTE)
    with (
        Zygote(Mode.BUBBLEWRAP, WITH_GPU, accelerator=accelerator) as zygote,
        pytest.raises(ExpectedError, match="CUDA does not start without"),
    ):
        zygote.fork()


def test_the_drivers_libraries_are_found_where_the_loader_does_not_know_them(
    driver: FakeDriver, tmp_path: Path
) -> None:
    gpu = replace(gpu_of(driver, tmp_path), libraries=(Path("/opt/nvidia"), Path("/opt/cuda")))
    access = GpuAccelerator(GIBIBYTE, gpu).access(proc_covered=False)
    assert access.libraries == gpu.libraries
    assert access.environment["LD_LIBRARY_PATH"] == "/opt/nvidia:/opt/cuda"
    assert access.needs.system_calls == ("memfd_create",)


# Watched


def test_who_holds_more_of_the_gpu_than_its_share_is_ended_alone(gpu_zygote: Zygote, driver: FakeDriver) -> None:
    with student_of(gpu_zygote) as greedy, student_of(gpu_zygote) as honest:
        first, second = processes_of(greedy), processes_of(honest)
        stranger = os.getpid()
        driver.held = {max(first): GIBIBYTE + 1, max(second): GIBIBYTE, stranger: 6 * GIBIBYTE}
        try:
            assert greedy.process.held_device_bytes() in (GIBIBYTE + 1, 0)
            assert honest.process.held_device_bytes() == GIBIBYTE
            assert greedy.process.wait(30) == "used more than 1 GiB of the GPU's memory in all its processes"
            assert honest.run("result = 1 + 1") == 2
            assert honest.process.ending() is None
            assert gpu_zygote.overdrawn > 0
        finally:
            driver.held = {}


def test_what_a_submissions_processes_hold_counts_together(gpu_zygote: Zygote, driver: FakeDriver) -> None:
    with student_of(gpu_zygote) as student:
        student.run("import os, time\nif os.fork() == 0: time.sleep(1000)\nresult = 0")
        processes = processes_of(student)
        assert len(processes) == 2
        driver.held = dict.fromkeys(processes, GIBIBYTE * 5 // 8)
        try:
            assert student.process.wait(30) == "used more than 1 GiB of the GPU's memory in all its processes"
        finally:
            driver.held = {}


def test_memory_of_the_gpu_that_is_not_given_back_is_noticed(
    gpu_zygote: Zygote, driver: FakeDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.gpu.memory_monitor._RELEASE_SECONDS", 0.5)
    with student_of(gpu_zygote) as clean, student_of(gpu_zygote) as leaving:
        driver.held = dict.fromkeys(processes_of(leaving), 1000)
        try:
            assert leaving.process.held_device_bytes() == 1000
            leaving.process.kill()
            assert "memory of the GPU was still held" in leaving.process.warning
        finally:
            driver.held = {}
        clean.process.kill()
        assert clean.process.warning == ""


def test_what_cannot_be_told_is_not_taken_for_nothing(gpu_zygote: Zygote, driver: FakeDriver) -> None:
    with student_of(gpu_zygote) as student:
        driver.held = dict.fromkeys(processes_of(student), None)
        try:
            assert student.process.held_device_bytes() is None
        finally:
            driver.held = {}


def test_nobody_starts_while_the_driver_does_not_answer(gpu_zygote: Zygote, driver: FakeDriver) -> None:
    with student_of(gpu_zygote):
        driver.lost = True
        try:
            end = time.monotonic() + 30
            while not blind(gpu_zygote) and time.monotonic() < end:
                time.sleep(0.05)
            with pytest.raises(ExpectedError, match=r"can't be watched any more: GPU is lost"):
                gpu_zygote.fork()
        finally:
            driver.lost = False
        while blind(gpu_zygote) and time.monotonic() < end:
            time.sleep(0.05)
    with student_of(gpu_zygote) as student:
        assert student.run("result = 3") == 3
