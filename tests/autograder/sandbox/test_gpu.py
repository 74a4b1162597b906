"""A GPU is hidden unless it is asked for; then its nodes alone are shown, and who holds too much of it is ended."""

import os
import resource
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from autograder.errors import ExpectedError
from autograder.limits import Limits
from autograder.sandbox import bubblewrap, gpu, isolation, submission_processes
from autograder.sandbox.gpu import cuda_of_torch, find
from autograder.sandbox.gpu_share import share_out
from autograder.sandbox.mode import Mode
from autograder.sandbox.zygote import Zygote
from tests.autograder.sandbox.gpus import CARD, GIBIBYTE, NODES, StandIn, card, gpu_of, make_nodes
from tests.autograder.sandbox.support import ENTRY, PROGRAM, SMALL, Student, student_of

pytestmark = pytest.mark.slow

BUILT = (12, 6)
WITH_GPU = replace(SMALL, gpu_bytes=GIBIBYTE)


@pytest.fixture(autouse=True)
def no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CUDA_VISIBLE_DEVICES", "LD_LIBRARY_PATH"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def driver() -> StandIn:
    return StandIn()


@pytest.fixture(scope="module")
def gpu_zygote(driver: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    root = tmp_path_factory.mktemp("machine")
    root.chmod(0o755)
    shown = gpu_of(driver, root)
    with Zygote(Mode.BUBBLEWRAP, WITH_GPU, readable=[PROGRAM], entry=ENTRY, shown_gpu=shown) as started:
        yield started


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


# Hidden


def test_no_gpu_can_be_found_by_default(student: Student) -> None:
    seen = student.run("import os; result = dict(os.environ)")
    assert {name: seen[name] for name in gpu.HIDDEN} == gpu.HIDDEN
    devices = student.run("import os; result = os.listdir('/dev')")
    assert not [name for name in devices if name.startswith(("nvidia", "dri", "kfd"))]
    assert not student.run("import os; result = os.path.exists('/sys')")
    assert student.run("import torch; result = (torch.cuda.is_available(), torch.cuda.device_count())") == (False, 0)
    told = student.error("import torch; torch.ones(2, device='cuda')")
    assert told.startswith(("AssertionError: Torch not compiled", "RuntimeError"))


def test_memory_without_a_name_is_out_of_reach_by_default(student: Student) -> None:
    assert student.error("import os; os.memfd_create('x')").startswith("OSError: [Errno 38]")


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
        assert seen["CUDA_VISIBLE_DEVICES"] == CARD.identity
        assert seen["CUDA_LAUNCH_BLOCKING"] == "1"
        assert {"HIP_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES", "PYTORCH_NVML_BASED_CUDA_CHECK"}.isdisjoint(seen)
        # What its zygote was started with.
        born = student.run("result = open('/proc/self/environ').read()").split("\0")
        assert {"CUDA_VISIBLE_DEVICES=", "PYTORCH_NVML_BASED_CUDA_CHECK=1"} <= set(born)
        assert student.run("import torch; result = torch.cuda.is_initialized()") is False
        queued = "import torch; result = [call.__qualname__ for call, _ in torch.cuda._queued_calls]"
        assert "be_moderate.<locals>.limit" in student.run(queued)


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
    assert gpu.started() == ""
    monkeypatch.setattr(torch.cuda, sign, lambda: True)
    terms = submission_processes.Terms(Mode.NONE, WITH_GPU, (), "/nowhere", lambda _: None, gpu=CARD.identity)
    with pytest.raises(isolation.IsolationError, match="since PyTorch has started CUDA"):
        submission_processes.begin(terms, 0, 1)


def test_where_proc_is_covered_there_is_no_gpu(
    monkeypatch: pytest.MonkeyPatch, driver: StandIn, tmp_path: Path
) -> None:
    monkeypatch.setattr(bubblewrap, "proc_is_covered", lambda: True)
    shown = gpu_of(driver, tmp_path)
    with (
        Zygote(Mode.BUBBLEWRAP, WITH_GPU, shown_gpu=shown) as zygote,
        pytest.raises(ExpectedError, match="CUDA does not start without"),
    ):
        zygote.fork()


# Watched


def test_who_holds_more_of_the_gpu_than_its_share_is_ended_alone(gpu_zygote: Zygote, driver: StandIn) -> None:
    with student_of(gpu_zygote) as greedy, student_of(gpu_zygote) as honest:
        first, second = processes_of(greedy), processes_of(honest)
        stranger = os.getpid()
        driver.held = {max(first): GIBIBYTE + 1, max(second): GIBIBYTE, stranger: 6 * GIBIBYTE}
        try:
            assert greedy.process.held_gpu_bytes() in (GIBIBYTE + 1, 0)
            assert honest.process.held_gpu_bytes() == GIBIBYTE
            assert greedy.process.wait(30) == "used more than 1 GiB of the GPU's memory in all its processes"
            assert honest.run("result = 1 + 1") == 2
            assert honest.process.ending() is None
            assert gpu_zygote.overdrawn > 0
        finally:
            driver.held = {}


def test_what_a_submissions_processes_hold_counts_together(gpu_zygote: Zygote, driver: StandIn) -> None:
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
    gpu_zygote: Zygote, driver: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.sandbox.gpu_watch._FREED_SECONDS", 0.5)
    with student_of(gpu_zygote) as clean, student_of(gpu_zygote) as leaving:
        driver.held = dict.fromkeys(processes_of(leaving), 1000)
        try:
            assert leaving.process.held_gpu_bytes() == 1000
            leaving.process.kill()
            assert leaving.process.kept_gpu
        finally:
            driver.held = {}
        clean.process.kill()
        assert not clean.process.kept_gpu


def test_what_cannot_be_told_is_not_taken_for_nothing(gpu_zygote: Zygote, driver: StandIn) -> None:
    with student_of(gpu_zygote) as student:
        driver.held = dict.fromkeys(processes_of(student), None)
        try:
            assert student.process.held_gpu_bytes() is None
        finally:
            driver.held = {}


def test_nobody_starts_while_the_driver_does_not_answer(gpu_zygote: Zygote, driver: StandIn) -> None:
    with student_of(gpu_zygote):
        driver.lost = True
        try:
            end = time.monotonic() + 30
            while not gpu_zygote._gpu_watch.failure and time.monotonic() < end:
                time.sleep(0.05)
            with pytest.raises(ExpectedError, match=r"can't be watched any more: GPU is lost"):
                gpu_zygote.fork()
        finally:
            driver.lost = False
        while gpu_zygote._gpu_watch.failure and time.monotonic() < end:
            time.sleep(0.05)
    with student_of(gpu_zygote) as student:
        assert student.run("result = 3") == 3


# Found


def test_the_first_gpu_is_found_with_all_that_it_needs(tmp_path: Path) -> None:
    make_nodes(tmp_path)
    plugged = tmp_path / "sys" / "devices" / "pci0000:40" / CARD.place
    for folder in (plugged, tmp_path / "sys" / "devices" / "system", tmp_path / "sys" / "bus" / "pci" / "devices"):
        folder.mkdir(parents=True)
    (tmp_path / "sys" / "bus" / "pci" / "devices" / CARD.place).symlink_to(plugged)
    found = find(StandIn(CARD, card(index=1, identity="GPU-other")), root=tmp_path, built_for=BUILT)
    assert found.card == CARD
    assert [name for _, name in found.nodes] == list(NODES)
    assert [place for _, place in found.readable] == [
        "/sys/devices/system",
        "/sys/bus/pci/devices",
        f"/sys/devices/pci0000:40/{CARD.place}",
    ]


@pytest.mark.parametrize(("wanted", "index"), [("1", 1), ("GPU-ff", 1), ("0,1", 0), ("1,0", 1)])
def test_another_gpu_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: str, index: int) -> None:
    make_nodes(tmp_path, "nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", wanted)
    other = card(index=1, identity="GPU-ff00", minor=1)
    found = find(StandIn(CARD, other), root=tmp_path, built_for=BUILT)
    assert found.card.index == index
    assert [name for _, name in found.nodes] == [f"nvidia{index}", "nvidiactl", "nvidia-uvm"]


@pytest.mark.parametrize("wanted", ["", "-1", "7", "MIG-01234567"])
def test_a_gpu_that_is_not_there_or_hidden_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: str
) -> None:
    make_nodes(tmp_path)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", wanted)
    with pytest.raises(ExpectedError, match="no GPU of this machine is meant") as refused:
        find(StandIn(), root=tmp_path, built_for=BUILT)
    assert "nvidia-smi -L" in refused.value.cure


@pytest.mark.parametrize("missing", ["nvidia0", "nvidiactl", "nvidia-uvm"])
def test_a_missing_or_closed_node_is_named(tmp_path: Path, missing: str) -> None:
    node = make_nodes(tmp_path) / "dev" / missing
    node.chmod(0o600)
    if os.geteuid() == 0:
        with pytest.raises(ExpectedError, match=f"may not use {node}"):
            find(StandIn(), root=tmp_path, built_for=BUILT)
    node.unlink()
    with pytest.raises(ExpectedError, match=f"device {node} is missing") as refused:
        find(StandIn(), root=tmp_path, built_for=BUILT)
    assert "--gpus all" in refused.value.cure


def test_a_gpu_that_is_cut_up_is_refused(tmp_path: Path) -> None:
    make_nodes(tmp_path)
    with pytest.raises(ExpectedError, match=r"cut into instances \(MIG\)"):
        find(StandIn(card(shared_out=True)), root=tmp_path, built_for=BUILT)


def test_a_driver_older_than_pytorch_is_refused(tmp_path: Path) -> None:
    make_nodes(tmp_path)
    with pytest.raises(ExpectedError, match=r"for CUDA 12\.8\) is too old .* built for CUDA 13\.0"):
        find(StandIn(), root=tmp_path, built_for=(13, 0))


@pytest.mark.skipif(cuda_of_torch() is not None, reason="this PyTorch is built for CUDA")
def test_a_pytorch_for_the_cpu_alone_is_refused(tmp_path: Path) -> None:
    assert torch.version.cuda is None
    make_nodes(tmp_path)
    with pytest.raises(ExpectedError, match="is built for the CPU alone"):
        find(StandIn(), root=tmp_path)


# Shared out


def test_memory_is_shared_out_in_equal_parts() -> None:
    assert share_out(CARD, processors=16) == (3, GIBIBYTE * 9 // 4)
    assert share_out(CARD, processors=2) == (2, GIBIBYTE * 7 // 2)
    assert share_out(CARD, processors=16, workers=5) == (5, GIBIBYTE * 5 // 4)
    assert share_out(CARD, processors=16, wanted=GIBIBYTE) == (7, GIBIBYTE)


@pytest.mark.parametrize(
    ("changed", "asked", "problem"),
    [
        ({}, {"workers": 8}, "is too little: CUDA itself takes up to"),
        ({}, {"wanted": 512 * 1024**2}, "is too little: CUDA itself takes up to"),
        ({}, {"workers": 2, "wanted": 4 * GIBIBYTE}, "2 submissions at once with 4 GiB each need 8 GiB"),
        ({"free_bytes": 3 * GIBIBYTE}, {"workers": 2}, "Other programs hold 5 GiB of the Stand-in 8000's memory"),
    ],
)
def test_what_is_not_there_cannot_be_shared_out(changed: dict[str, int], asked: dict[str, int], problem: str) -> None:
    with pytest.raises(ExpectedError, match=problem) as refused:
        share_out(card(**changed), 16, **asked)
    assert "--workers" in refused.value.cure


def test_a_share_decides_the_key_of_a_verdict() -> None:
    pytest.importorskip("msgpack", reason="keys are digests of MessagePack")
    from autograder.cells import LabNotebook
    from autograder.grading.cache_keys import key_of_lesson

    lesson = LabNotebook("lab", (), ())
    shares = [0, GIBIBYTE, 2 * GIBIBYTE]
    assert len({key_of_lesson(lesson, {}, Limits(gpu_bytes=share), "bubblewrap") for share in shares}) == 3
