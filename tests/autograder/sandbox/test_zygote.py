"""The life of a zygote and of the processes that it forks."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autograder.errors import ExpectedError
from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.sandbox.zygote import Zygote
from tests.autograder.sandbox.support import (
    DAEMON,
    ENTRY,
    PROGRAM,
    Student,
    all_gone,
    marker,
    sleepers,
    start,
    student_of,
)


def test_autograd_works_in_a_student(student: Student) -> None:
    program = "import torch; x = torch.ones(3, requires_grad=True); (x**2).sum().backward(); result = x.grad.tolist()"
    assert student.run(program) == [2.0, 2.0, 2.0]
    assert student.run("result = (torch.get_num_threads(), torch.cuda.is_available())") == (1, False)


def test_what_a_notebook_needs_is_loaded_before_the_fork_and_started_no_thread(student: Student) -> None:
    loaded = set(student.run("import sys; result = [name for name in sys.modules]"))
    assert {"torch", "numpy", "matplotlib.pyplot", "plotly.graph_objects", "IPython", "gradlab"} <= loaded
    assert student.run("import os; result = len(os.listdir('/proc/self/task'))") == 1


@pytest.mark.parametrize("which", ["zygote", "bare_zygote"])
def test_a_student_keeps_to_the_core_that_it_is_given(which: str, request: pytest.FixtureRequest) -> None:
    zygote: Zygote = request.getfixturevalue(which)
    question = "import os; result = sorted(os.sched_getaffinity(0))"
    cores = os.sched_getaffinity(0)
    for core, expected in ((min(cores), [min(cores)]), (10**4, sorted(cores)), (None, sorted(cores))):
        student = Student(zygote.fork(core))
        assert student.run(question) == expected
        student.end()


def test_figures_are_drawn_without_a_display(student: Student) -> None:
    program = "import matplotlib.pyplot as plt; f, a = plt.subplots(); a.plot([1, 2]); f.savefig('f.png'); import os; "
    assert student.run(program + "result = os.path.getsize('f.png')") > 1000


def test_shell_commands_work_in_a_terminal_of_their_own(student: Student) -> None:
    assert student.run("import os, pty; result = pty.spawn(['true'], lambda fd: os.read(fd, 100), lambda fd: b'')") == 0


def test_modules_are_imported_once_and_unknown_ones_are_skipped() -> None:
    modules = ["wave", "no_such_module_at_all", "autograder.sandbox.escape_attempts"]
    with Zygote(Mode.BUBBLEWRAP, Limits(), modules, [PROGRAM], ENTRY) as zygote, student_of(zygote) as student:
        loaded = student.run("import sys; result = list(sys.modules)")
        assert {"wave", "autograder.sandbox.escape_attempts"} <= set(loaded)


@pytest.mark.slow
def test_the_python_may_be_named_from_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("executable", "prefix"):
        monkeypatch.setattr(sys, name, f"{tmp_path}/{os.path.relpath(getattr(sys, name), tmp_path)}")
    with Zygote(Mode.BUBBLEWRAP, Limits(), readable=[PROGRAM], entry=ENTRY) as started, student_of(started) as student:
        assert student.run("import gradlab; result = 7") == 7


def test_what_is_readable_in_tmp_stays_readable(tmp_path: Path) -> None:
    folder = tmp_path / "shown"
    folder.mkdir()
    for path in (folder, *(parent for parent in folder.parents if parent.is_relative_to("/tmp/"))):
        if path != Path("/tmp"):
            path.chmod(0o755)
    (folder / "data.csv").write_text("1,2")
    (tmp_path / "hidden").write_text("secret")
    with Zygote(Mode.BUBBLEWRAP, Limits(), (), [PROGRAM, folder], ENTRY) as zygote, student_of(zygote) as student:
        assert student.run(f"result = open({str(folder / 'data.csv')!r}).read()") == "1,2"
        assert "FileNotFoundError" in student.error(f"open({str(tmp_path / 'hidden')!r})")
        assert student.error(f"open({str(folder / 'data.csv')!r}, 'w')").startswith(("OSError", "PermissionError"))


def test_a_running_student_has_no_ending(student: Student) -> None:
    assert student.run("result = 1") == 1
    assert student.process.ending() is None


@pytest.mark.parametrize(
    ("program", "ending"),
    [
        ("import os; os._exit(0)", "ended by itself with exit code 0"),
        ("import os; os._exit(3)", "ended by itself with exit code 3"),
        ("raise SystemExit(4)", "ended by itself with exit code 4"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "was killed (signal 9, SIGKILL)"),
        ("import os; os.abort()", "was killed (signal 6, SIGABRT)"),
        ("import ctypes; ctypes.string_at(0)", "was killed (signal 11, SIGSEGV)"),
    ],
)
def test_an_ending_says_how(new_student: Callable[[], Student], program: str, ending: str) -> None:
    student = new_student()
    student.send(program)
    assert student.answer() is None
    assert student.process.wait(30) == ending
    assert student.process.ending() == ending
    assert new_student().run("result = 1") == 1


def test_an_interrupt_stops_what_runs_and_the_process_goes_on(student: Student) -> None:
    student.send(
        'import os\nbusy = True\ntry:\n    os.write(3, b\'["result", "busy"]\\n\')\n    while True: pass\n'
        "except KeyboardInterrupt:\n    result = 'interrupted'"
    )
    assert student.answer() == ("result", "busy")
    student.process.interrupt()
    assert student.answer() == ("result", "'interrupted'")
    assert student.process.ending() is None
    assert student.run("result = busy") is True


def test_two_students_at_once_are_apart(new_student: Callable[[], Student]) -> None:
    first, second = new_student(), new_student()
    first.run("import torch; torch.allclose = lambda *a, **k: True")
    assert second.run("import torch; result = torch.allclose(torch.zeros(1), torch.ones(1))") is False
    first.process.kill()
    assert first.process.ending() == "was stopped by the grader"
    assert second.run("result = 2") == 2


def test_killing_twice_and_interrupting_the_dead_do_nothing(new_student: Callable[[], Student]) -> None:
    student = new_student()
    student.process.kill()
    student.process.interrupt()
    student.process.kill()
    assert student.process.ending() == "was stopped by the grader"


def test_many_threads_share_a_zygote(zygote: Zygote) -> None:
    def ask(number: int) -> int:
        with student_of(zygote) as student:
            result: int = student.run(f"result = {number} * 2")
            return result

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(ask, range(12))) == [number * 2 for number in range(12)]


def test_a_zygote_outlives_the_thread_that_made_it() -> None:
    made: list[Zygote] = []
    thread = threading.Thread(target=lambda: made.append(start(Mode.BUBBLEWRAP)))
    thread.start()
    thread.join()
    with made[0] as zygote, student_of(zygote) as student:
        assert student.run("result = 1") == 1


@pytest.mark.slow
def test_a_zygote_that_is_killed_is_reported_and_can_be_replaced() -> None:
    mark = marker()
    with start(Mode.BUBBLEWRAP) as zygote:
        process = zygote.fork()
        student = Student(process)
        student.run(DAEMON.format(mark=mark))
        # The sleeper's ancestors on the machine: daemon ← keeper ← zygote.
        victim = parent(parent(sleepers(mark)[0]))
        os.kill(victim, signal.SIGKILL)
        assert process.wait(30) == "died with the sandbox"
        assert all_gone(mark)
        process.kill()
        with pytest.raises(ExpectedError, match="The sandbox has died"):
            zygote.fork()
        student.end()
    with start(Mode.BUBBLEWRAP) as another, student_of(another) as student:
        assert student.run("result = 1") == 1


def parent(process: int) -> int:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("PPid:"))


def test_nothing_runs_after_close() -> None:
    mark = marker()
    zygote = start(Mode.BUBBLEWRAP)
    student = Student(zygote.fork())
    student.run(DAEMON.format(mark=mark))
    zygote.close()
    assert sleepers(mark) == []
    assert student.process.ending() == "died with the sandbox"
    student.end()
    with pytest.raises(ExpectedError, match="closed"):
        zygote.fork()
    zygote.close()


COORDINATOR = """
import sys
from autograder.sandbox.mode import Mode
from tests.autograder.sandbox.support import DAEMON, Student, start
zygote = start(Mode(sys.argv[1]))
student = Student(zygote.fork())
student.run(DAEMON.format(mark=input()))
print("up", flush=True)
student.run("import time; time.sleep(1000)")
"""


@pytest.mark.parametrize("mode", [Mode.BUBBLEWRAP, pytest.param(Mode.NONE, marks=pytest.mark.slow)])
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_survives_the_coordinator(mode: Mode, ending: signal.Signals) -> None:
    mark = marker()
    coordinator = subprocess.Popen(
        [sys.executable, "-c", COORDINATOR, mode.value],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )
    with coordinator:
        assert coordinator.stdin is not None
        assert coordinator.stdout is not None
        coordinator.stdin.write(mark.encode() + b"\n")
        coordinator.stdin.flush()
        assert coordinator.stdout.readline() == b"up\n"
        assert len(sleepers(mark)) == 1
        coordinator.send_signal(ending)
        coordinator.wait()
        assert all_gone(mark)


def test_without_bubblewrap_nothing_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with start(Mode.BUBBLEWRAP) as zygote, pytest.raises(ExpectedError) as caught:
        zygote.fork()
    assert "bubblewrap" in caught.value.problem
    assert "apt-get install bubblewrap" in caught.value.cure


def test_a_bubblewrap_that_may_not_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    refusing = tmp_path / "bwrap"
    refusing.write_text("#!/bin/sh\necho 'bwrap: No permissions to create a new namespace' >&2\nexit 1\n")
    refusing.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with start(Mode.BUBBLEWRAP) as zygote, pytest.raises(ExpectedError) as caught:
        zygote.fork()
    assert "outer wall" in caught.value.problem
    assert "No permissions to create a new namespace" in caught.value.problem
    assert caught.value.cure


def test_a_zygote_that_cannot_start_says_why() -> None:
    zygote = Zygote(Mode.BUBBLEWRAP, Limits(), entry="no_such_module:serve")
    with zygote, pytest.raises(ExpectedError, match="No module named 'no_such_module'"):
        zygote.fork()


def test_an_environment_that_holds_the_course_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sys.prefix)
    with start(Mode.BUBBLEWRAP) as zygote, pytest.raises(ExpectedError) as caught:
        zygote.fork()
    assert sys.prefix in caught.value.problem
    assert "venv" in caught.value.cure


@pytest.mark.skipif(os.geteuid() != 0, reason="not root: an ordinary user's sandbox reads what that user can read")
def test_what_root_alone_can_read_cannot_be_shown(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with Zygote(Mode.BUBBLEWRAP, Limits(), (), [tmp_path]) as zygote, pytest.raises(ExpectedError) as caught:
        zygote.fork()
    assert caught.value.cure == f"Open it: chmod -R o+rX {tmp_path}"
