"""Counting CPU time and memory, of commands that hide their processes as a sandbox does."""

import sys
from pathlib import Path
from textwrap import indent

import pytest

from benchmarks.accounting import account
from benchmarks.measure import files_written, measure

pytestmark = pytest.mark.slow

# A kernel may count CPU time in ticks, the clocks of a process and of its account begin apart, and on a busy virtual
# machine an account was seen to count a quarter of what the process's own clock said: so each burns six times what must
# be found.
FOUND = 0.3
BURN = f"begin = time.process_time()\nwhile time.process_time() - begin < {6 * FOUND}: pass\n"
ORPHAN = f"""
import os, signal, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
{indent(BURN, "    ")}
    open("done", "w").close()
    os._exit(0)
while not os.path.exists("done"):
    time.sleep(0.01)
"""


@pytest.fixture
def grouped() -> None:
    with account() as counted:
        if not counted.exact:
            pytest.skip("no control group can be made here")


@pytest.mark.usefixtures("grouped")
def test_the_time_of_a_process_that_nobody_waits_for_is_counted(tmp_path: Path) -> None:
    taken = measure([sys.executable, "-c", ORPHAN], tmp_path, results=files_written(tmp_path, "done"))
    assert taken.exact
    assert taken.status == 0, taken.errors
    assert taken.cpu.total >= FOUND
    assert len(taken.results) == 1


@pytest.mark.usefixtures("grouped")
def test_processes_of_a_kind_are_counted_apart(tmp_path: Path) -> None:
    # It begins when it has been given an account of its own, however late that is.
    settled = "import time\nwhile 'judges' not in open('/proc/self/cgroup').read(): pass\n"
    kind = [sys.executable, "-c", settled + BURN, "autograder.judging.server"]
    taken = measure([sys.executable, "-c", f"import subprocess; subprocess.run({kind!r})"], tmp_path)
    assert taken.by_kind.keys() == {"judges", "coordinator"}
    assert taken.by_kind["judges"].total >= FOUND
    assert taken.by_kind["judges"].total + taken.by_kind["coordinator"].total == pytest.approx(taken.cpu.total)


def test_a_command_s_words_status_and_memory_are_kept(tmp_path: Path) -> None:
    words = "import sys, time; held = bytearray(2**26); time.sleep(0.2); print('out'); sys.exit('err')"
    taken = measure([sys.executable, "-c", words], tmp_path)
    assert (taken.output, taken.errors, taken.status) == ("out\n", "err\n", 1)
    assert taken.peak_bytes >= 2**26
