"""What a submission uses in all its processes together is bounded, and only that."""

from collections.abc import Iterator

import pytest

from autograder.sandbox.mode import Mode
from autograder.sandbox.zygote import Zygote
from tests.autograder.sandbox.support import FORK_AND_ALLOCATE, SMALL, Student, start, student_of

TOO_MUCH_MEMORY = "used more than 512 MiB of memory in all its processes"
TOO_MUCH_TIME = "used more than 3 CPU seconds"

MEMORY = {
    "private memory of many processes": FORK_AND_ALLOCATE,
    "private memory of a bomb": FORK_AND_ALLOCATE.replace("while True:", "while True:\n  try:").replace(
        "\n    time.sleep(0.05)", "\n  except OSError: pass"
    ),
    "shared memory": "import mmap\nblocks = [mmap.mmap(-1, 100 * 1024**2) for _ in range(8)]\n"
    "for block in blocks: block.write(bytes(100 * 1024**2))\nimport time; time.sleep(1000)",
    "files in folders held in memory": "import time\nfor folder in ('/submission', '/tmp', '/dev/shm'):\n"
    "    open(folder + '/big', 'wb').write(bytes(200 * 1024**2))\ntime.sleep(1000)",
    "memory that hides": "import ctypes, os, time\n"
    "while True:\n    if os.fork() == 0:\n        ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)\n"
    "        block = bytearray(50 * 1024**2)\n        time.sleep(1000)\n    time.sleep(0.05)",
}

BURN = "import time, os, signal, sys\ndef burn(s):\n    while time.process_time() < s: pass\n    os._exit(0)\n"
TIME = {
    "at the same time": BURN + "for _ in range(4):\n    if os.fork() == 0: burn(2)\ntime.sleep(1000)",
    "one after another": BURN + "while True:\n    if os.fork() == 0: burn(0.4)\n    os.wait()",
    "unobserved by the parent": BURN
    + "signal.signal(signal.SIGCHLD, signal.SIG_IGN)\nwhile True:\n    if os.fork() == 0: burn(0.8)\n"
    "    time.sleep(1.2)",
}
IN_DAEMONS = (
    BURN
    + "while True:\n    if os.fork() == 0:\n        if os.fork() == 0: burn(0.4)\n        os._exit(0)\n    os.wait()\n"
    "    time.sleep(0.2)"
)


@pytest.fixture(scope="module")
def small_zygote() -> Iterator[Zygote]:
    with start(Mode.BUBBLEWRAP, SMALL) as started:
        yield started


@pytest.fixture(scope="module")
def small_bare_zygote() -> Iterator[Zygote]:
    with start(Mode.NONE, SMALL) as started:
        yield started


def ending(zygote: Zygote, program: str) -> str | None:
    student = Student(zygote.fork())
    student.send(program)
    try:
        return student.process.wait(120)
    finally:
        student.end()


@pytest.mark.parametrize("way", MEMORY)
def test_memory_is_bounded_in_sum(small_zygote: Zygote, way: str) -> None:
    with student_of(small_zygote) as other:
        assert ending(small_zygote, MEMORY[way]) == TOO_MUCH_MEMORY
        assert other.run("result = len(bytearray(1000))") == 1000


@pytest.mark.parametrize("way", TIME)
def test_cpu_time_is_bounded_in_sum(small_zygote: Zygote, way: str) -> None:
    assert ending(small_zygote, TIME[way]) == TOO_MUCH_TIME


@pytest.mark.slow
def test_both_are_bounded_without_a_sandbox_too(small_bare_zygote: Zygote) -> None:
    assert ending(small_bare_zygote, FORK_AND_ALLOCATE) == TOO_MUCH_MEMORY
    assert ending(small_bare_zygote, IN_DAEMONS) == TOO_MUCH_TIME


def test_what_processes_share_counts_once(small_zygote: Zygote) -> None:
    """Each of them has the zygote's memory, and half of what may be used, from its parent."""
    program = (
        "import os, time\nblock = bytearray(150 * 1024**2)\nchildren = []\n"
        "for _ in range(12):\n    children.append(os.fork())\n    if children[-1] == 0:\n        time.sleep(1000)\n"
        "time.sleep(1.5)\nresult = len(children)"
    )
    with student_of(small_zygote) as student:
        assert student.run(program) == 12
        assert student.process.ending() is None


def test_commands_and_pools_of_processes_go_on_working(small_zygote: Zygote) -> None:
    program = (
        "import subprocess, time\nfrom concurrent.futures import ProcessPoolExecutor\n"
        "import multiprocessing\n"
        "with ProcessPoolExecutor(4, multiprocessing.get_context('fork')) as pool:\n"
        "    total = sum(pool.map(abs, range(9)))\n"
        "for _ in range(8): subprocess.run(['sleep', '0.1'], check=True)\nresult = total"
    )
    with student_of(small_zygote) as student:
        assert student.run(program) == 36
