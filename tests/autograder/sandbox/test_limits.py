"""Each limit is broken by a real program."""

from collections.abc import Callable

from tests.autograder.sandbox.support import MEGABYTE, TIGHT, Student


def test_a_fork_bomb_is_stopped_and_harms_no_other(new_student: Callable[[], Student]) -> None:
    bomb, other = new_student(), new_student()
    started = bomb.run(
        "import os, time\nresult = 0\ntry:\n    for _ in range(1000):\n"
        "        if os.fork() == 0:\n            time.sleep(1000)\n        result += 1\n"
        "except BlockingIOError:\n    pass"
    )
    assert 0 < started < TIGHT.processes
    assert other.run("import subprocess; result = subprocess.run(['true']).returncode") == 0
    bomb.process.kill()


def test_a_fork_bomb_that_never_stops_is_killed(new_student: Callable[[], Student]) -> None:
    bomb = new_student()
    bomb.send("import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass")
    bomb.process.kill()
    assert bomb.process.ending() == "was stopped by the grader"
    assert new_student().run("result = 1") == 1


def test_threads_count_as_processes(student: Student) -> None:
    assert "RuntimeError: can't start new thread" in student.error(
        "import threading\nwait = threading.Event()\n"
        "for _ in range(100): threading.Thread(target=wait.wait, daemon=True).start()"
    )


def test_memory_runs_out_inside_the_program(student: Student) -> None:
    assert student.error("block = bytearray(2 * 1024**3)").startswith("MemoryError")
    assert "RuntimeError" in student.error("import torch; torch.zeros(2 * 1024**3, dtype=torch.uint8)")
    assert "MemoryError" in student.error("import numpy; numpy.ones(2 * 1024**3, dtype=numpy.uint8)")
    assert student.run("result = len(bytearray(100 * 1024**2))") == 100 * MEGABYTE


def test_what_python_and_torch_need_themselves_is_not_taken_from_a_program(student: Student) -> None:
    ask = "import mmap; mmap.mmap(-1, {}, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close(); result = True"
    assert student.run(ask.format(TIGHT.memory_bytes - 16 * MEGABYTE))
    assert "OSError: [Errno 12]" in student.error(ask.format(TIGHT.memory_bytes + 64 * MEGABYTE))


def test_shared_memory_is_bounded(student: Student) -> None:
    assert student.error("import mmap; mmap.mmap(-1, 30 * 1024**3)").startswith("OSError: [Errno 12]")


def test_the_kernel_takes_a_submission_first_when_memory_runs_out(student: Student) -> None:
    assert student.run("result = int(open('/proc/self/oom_score_adj').read())") == 1000


def test_a_file_can_only_grow_so_far(student: Student) -> None:
    assert "OSError: [Errno 27]" in student.error(
        f"with open('big', 'wb', buffering=0) as f:\n    while True: f.write(bytes({MEGABYTE}))"
    )
    assert student.run("import os; result = os.path.getsize('big')") <= TIGHT.file_bytes


def test_the_disk_fills_up(student: Student) -> None:
    fill = (
        "for n in range(1000):\n"
        "    with open('{folder}/' + str(n), 'wb', buffering=0) as f: assert f.write(bytes(1024**2)) == 1024**2, 'full'"
    )
    for folder in ("/submission", "/tmp", "/dev/shm"):
        error = student.error(fill.format(folder=folder))
        assert "OSError: [Errno 28]" in error or "AssertionError: full" in error
    assert student.run("import os; s = os.statvfs('.'); result = s.f_blocks * s.f_frsize") == TIGHT.disk_bytes


def test_many_empty_files_run_out_too(student: Student) -> None:
    assert "OSError: [Errno 28]" in student.error("for n in range(10**6): open(str(n), 'w').close()")


def test_open_files_run_out(student: Student) -> None:
    assert "OSError: [Errno 24]" in student.error("kept = [open('/dev/null') for _ in range(1000)]")


def test_cpu_time_runs_out(new_student: Callable[[], Student]) -> None:
    student = new_student()
    student.send("while True: pass")
    assert student.answer() is None
    assert student.process.wait(60) == "used more than 2 CPU seconds"


def test_cpu_time_runs_out_for_a_program_that_ignores_the_signal(new_student: Callable[[], Student]) -> None:
    student = new_student()
    student.send("import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass")
    assert student.answer() is None
    assert student.process.wait(60) == "used more than 2 CPU seconds"


def test_limits_cannot_be_raised(student: Student) -> None:
    for name in ("CPU", "DATA", "AS", "NPROC", "NOFILE", "FSIZE", "CORE"):
        error = student.error(
            f"import resource as r; h = r.getrlimit(r.RLIMIT_{name})[1]; r.setrlimit(r.RLIMIT_{name}, (h + 1, h + 1))"
        )
        assert error.startswith(("ValueError", "PermissionError"))
