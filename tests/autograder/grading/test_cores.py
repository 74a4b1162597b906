import os
import subprocess
import sys
from contextlib import ExitStack

from autograder.grading.cores import Cores, keep_to


def test_each_core_is_lent_once_and_comes_back() -> None:
    cores, allowed = Cores(), os.sched_getaffinity(0)
    for _ in range(2):
        with ExitStack() as lent:
            assert {lent.enter_context(cores.lent()) for _ in allowed} == allowed
            assert lent.enter_context(cores.lent()) is None


def test_a_process_keeps_to_its_core() -> None:
    core = min(os.sched_getaffinity(0))
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        keep_to(None, process.pid)
        assert os.sched_getaffinity(process.pid) == os.sched_getaffinity(0)
        keep_to(core, process.pid)
        assert os.sched_getaffinity(process.pid) == {core}
        process.communicate(b"\n")
    keep_to(core, process.pid)
