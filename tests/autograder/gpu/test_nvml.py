"""The driver's library, played by one of our own that is compiled here: what it says is read as NVML lays it out."""

import ctypes
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.errors import ExpectedError
from autograder.gpu import nvml
from autograder.gpu.nvml import GpuInfo, Nvml, NvmlError
from tests.autograder.gpu.fake_driver import no_driver

pynvml = pytest.importorskip("pynvml", reason="needs nvidia-ml-py")

pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler to make such a library")

SOURCE = r"""
#include <string.h>
typedef struct { unsigned long long total, free, used; } memory_t;
typedef struct { unsigned pid; unsigned long long memory; unsigned gpu, compute; } process_t;
typedef struct { char legacy[16]; unsigned domain, bus, device, kind, subsystem; char address[32]; } place_t;
static int cards = 2, processes = 0, state = 0, cut = 0;
void play(int c, int p, int s, int m) { cards = c; processes = p; state = s; cut = m; }
const char *nvmlErrorString(int e) { return e == 15 ? "GPU is lost" : e == 9 ? "Driver Not Loaded" : "Other"; }
int nvmlInitWithFlags(unsigned f) { return state == 9 || state == 18 ? state : 0; }
int nvmlSystemGetDriverVersion(char *t, unsigned n) { strncpy(t, "570.169", n); return 0; }
int nvmlSystemGetCudaDriverVersion_v2(int *v) { *v = 12080; return 0; }
int nvmlDeviceGetCount_v2(unsigned *n) { *n = cards; return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned i, void **d) { *d = (void *)(long)(i + 1); return 0; }
int nvmlDeviceGetHandleByUUID(const char *u, void **d) { *d = (void *)(long)(u[4] - 'a' + 1); return state; }
int nvmlDeviceGetUUID(void *d, char *t, unsigned n) { strncpy(t, "GPU-a", n); t[4] += (long)d - 1; return 0; }
int nvmlDeviceGetName(void *d, char *t, unsigned n) { strncpy(t, "Fake", n); return 0; }
int nvmlDeviceGetMinorNumber(void *d, unsigned *m) { *m = 2 * ((long)d - 1); return 0; }
int nvmlDeviceGetPciInfo_v3(void *d, place_t *p) {
    memset(p, 255, sizeof *p); strcpy(p->address, "00000000:C1:00.0"); return 0;
}
int nvmlDeviceGetMemoryInfo(void *d, memory_t *m) { m->total = 1ULL << 33; m->free = 3; m->used = 4; return 0; }
int nvmlDeviceGetMigMode(void *d, unsigned *now, unsigned *then) { *now = *then = cut; return cut ? 0 : 3; }
static int list(unsigned *n, process_t *p, int first, int count) {
    unsigned size = *n; *n = count;
    if (size < (unsigned)count) return 7;
    for (int i = 0; i < count; i++) {
        memset(p + i, 255, sizeof *p); p[i].pid = first + i;
        if (i) p[i].memory = (1ULL << 32) + i;
    }
    return 0;
}
int nvmlDeviceGetComputeRunningProcesses_v3(void *d, unsigned *n, process_t *p) { return list(n, p, 100, processes); }
int nvmlDeviceGetGraphicsRunningProcesses_v2(void *d, unsigned *n, process_t *p) { return list(n, p, 7000, 2); }
"""

Play = Callable[[int, int, int, int], None]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    (folder / "nvml.c").write_text(SOURCE, encoding="ascii")
    library = folder / "libnvidia-ml.so.1"
    subprocess.run(["cc", "-shared", "-fPIC", "-w", "-o", library, folder / "nvml.c"], check=True)
    return library


@pytest.fixture
def play(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Play]:
    library = ctypes.CDLL(str(path))
    monkeypatch.setattr(pynvml, "nvmlLib", library)
    monkeypatch.setattr(pynvml, "_nvmlGetFunctionPointer_cache", {})
    played = library.play
    yield played
    played(2, 0, 0, 0)


def test_the_gpus_are_read(play: Play) -> None:
    driver = Nvml()
    assert (driver.version, driver.cuda) == ("570.169", (12, 8))
    first, second = driver.gpus()
    assert first == GpuInfo(0, "GPU-a", "Fake", 0, "0000:c1:00.0", 2**33, 3)
    assert (second.uuid, second.minor, second.index) == ("GPU-b", 2, 1)
    play(1, 0, 0, 1)
    assert [info.mig_enabled for info in driver.gpus()] == [True]


@pytest.mark.parametrize("count", [0, 1, 3, 64, 65, 300])
def test_all_who_hold_memory_are_read_however_many(play: Play, count: int) -> None:
    play(2, count, 0, 0)
    held = Nvml().holders("GPU-a")
    # Of the first in each list the driver does not know how much.
    expected = {100 + i: 2**32 + i if i else None for i in range(count)}
    assert held == expected | {7000: None, 7001: 2**32 + 1}


def test_a_gpu_that_is_lost_is_an_error(play: Play) -> None:
    driver = Nvml()
    play(2, 0, 15, 0)
    with pytest.raises(NvmlError, match="GPU is lost"):
        driver.holders("GPU-a")


@pytest.mark.parametrize(("state", "cure"), [(9, "modprobe nvidia"), (18, "restart the machine")])
def test_a_driver_that_does_not_run_is_told_with_what_helps(play: Play, state: int, cure: str) -> None:
    play(2, 0, state, 0)
    with pytest.raises(ExpectedError, match="NVIDIA's driver does not answer: ") as refused:
        Nvml()
    assert cure in refused.value.cure


def test_a_library_that_lacks_a_function_is_too_old(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nvml, "_PROCESS_LISTS", ("nvmlDeviceGetMPSComputeRunningProcesses",))
    lacks = "the driver is too old: its library lacks nvmlDeviceGetMPSComputeRunningProcesses_v2"
    with pytest.raises(NvmlError, match=lacks):
        Nvml().holders("GPU-a")


def test_processes_that_start_between_two_questions_do_not_hide_the_others(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    play(2, 3, 0, 0)
    driver = Nvml()
    ask = pynvml.nvmlDeviceGetComputeRunningProcesses_v3
    answers = [pynvml.NVMLError(pynvml.NVML_ERROR_INSUFFICIENT_SIZE)] * 2

    def crowded(device: object) -> object:
        if answers:
            raise answers.pop()
        return ask(device)

    monkeypatch.setattr(pynvml, "nvmlDeviceGetComputeRunningProcesses_v3", crowded)
    assert set(driver.holders("GPU-a")) == {100, 101, 102, 7000, 7001}
    answers += [pynvml.NVMLError(pynvml.NVML_ERROR_INSUFFICIENT_SIZE)] * 100
    with pytest.raises(NvmlError, match="Insufficient Size"):
        driver.holders("GPU-a")


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    with pytest.raises(ExpectedError, match="needs the package nvidia-ml-py") as refused:
        Nvml()
    assert 'pip install "gradlab[gpu]"' in refused.value.cure


def test_no_library_means_no_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    no_driver(monkeypatch)
    with pytest.raises(ExpectedError, match="This machine has no driver for an NVIDIA GPU") as refused:
        Nvml()
    assert "nvidia-smi" in refused.value.cure
