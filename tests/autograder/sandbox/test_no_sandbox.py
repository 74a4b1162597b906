"""What still holds without bubblewrap and namespaces."""

from pathlib import Path

from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.sandbox.zygote import Zygote
from tests.autograder.sandbox.support import DAEMON, ENTRY, Student, marker, sleepers, start, student_of


def test_a_student_runs_and_its_folder_goes_with_it(bare_zygote: Zygote) -> None:
    with student_of(bare_zygote) as student:
        folder = student.run("import os; open('left', 'w').close(); result = os.getcwd()")
        assert student.run("import tempfile; result = tempfile.gettempdir()") == folder
    with student_of(bare_zygote) as student:
        assert not student.run(f"import os; result = os.path.exists({folder!r})")


def test_a_folder_goes_however_deep_and_closed_it_is(bare_zygote: Zygote) -> None:
    # Deeper than functions call themselves, and its path longer than any that the kernel takes.
    deep = "import os\nname = 'deep' * 5\nfor _ in range(1200):\n    os.mkdir(name)\n    os.chdir(name)\nresult = None"
    with student_of(bare_zygote) as student:
        folder = student.run("import os; result = os.getcwd()")
        student.run("os.makedirs('closed/inside'); open('closed/inside/file', 'w').close()\nresult = None")
        student.run("os.symlink('/usr', 'link'); os.chmod('closed/inside', 0); os.chmod('closed', 0); result = None")
        student.run(deep)
        student.run(f"os.chmod({folder!r}, 0); result = None")
    assert not Path(folder).exists()
    assert student.process.ending() == "was stopped by the grader"


def test_folders_go_with_the_zygote() -> None:
    with start(Mode.NONE) as zygote:
        student = Student(zygote.fork())
        folder = student.run("import os; result = os.getcwd()")
        assert Path(folder).is_dir()
    student.end()
    assert not Path(folder).parent.exists()


def test_limits_hold(bare_zygote: Zygote) -> None:
    with student_of(bare_zygote) as student:
        assert student.error("block = bytearray(2 * 1024**3)").startswith("MemoryError")
        student.send("while True: pass")
        assert student.answer() is None
        assert student.process.wait(60) == "used more than 2 CPU seconds"


def test_a_daemon_dies_with_its_submission(bare_zygote: Zygote) -> None:
    mark = marker()
    with student_of(bare_zygote) as student:
        student.run(DAEMON.format(mark=mark))
        assert len(sleepers(mark)) == 1
    assert sleepers(mark) == []


def test_the_zygote_goes_on_when_a_student_kills_its_keeper(bare_zygote: Zygote) -> None:
    process = bare_zygote.fork()
    student = Student(process)
    student.send("import os, signal; os.kill(os.getppid(), signal.SIGKILL)\nwhile True: pass")
    assert process.wait(60) == "was killed (signal 9)"
    student.end()
    with student_of(bare_zygote) as another:
        assert another.run("result = 1") == 1


def test_an_ending_says_how(bare_zygote: Zygote) -> None:
    student = Student(bare_zygote.fork())
    student.send("import os; os._exit(3)")
    assert student.process.wait(60) == "ended by itself with exit code 3"
    student.end()


def test_known_hole_a_student_reads_what_the_user_can_read() -> None:
    with Zygote(Mode.NONE, Limits(), entry=ENTRY) as zygote, student_of(zygote) as student:
        assert student.run(f"import os; result = os.path.exists({__file__!r})") is True
