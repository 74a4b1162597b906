"""Programs that try to reach beyond their submission."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.sandbox.zygote import Zygote
from tests.autograder.sandbox.support import DAEMON, Student, all_gone, marker, sleepers, student_of

CHECKOUT = Path(__file__).parents[3]

NETWORK = {
    "an internet address": "s = socket.socket(); s.connect(('1.1.1.1', 53))",
    "an IPv6 address": "s = socket.socket(socket.AF_INET6); s.connect(('2606:4700:4700::1111', 53))",
    "a datagram": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('1.1.1.1', 53))",
    "a name": "socket.getaddrinfo('example.org', 80)",
    "the machine itself": "socket.create_connection(('127.0.0.1', int(PORT)))",
    "a raw packet": "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
    "a raw datagram": "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)",
}


@pytest.mark.parametrize("route", NETWORK)
def test_no_route_leads_out(student: Student, route: str, tmp_path: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        error = student.error(f"import socket; PORT = {port}\n{NETWORK[route]}")
    assert error.startswith(("OSError", "gaierror", "PermissionError", "ConnectionRefusedError"))


def test_abstract_sockets_of_the_machine_are_out_of_reach(student: Student) -> None:
    import socket

    name = "\0gradlab-" + marker()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(name)
        server.listen()
        error = student.error(f"import socket; socket.socket(socket.AF_UNIX).connect({name!r})")
    assert "ConnectionRefusedError" in error


def test_a_unix_socket_of_the_machine_is_out_of_reach(student: Student, tmp_path: Path) -> None:
    import socket

    path = str(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        assert "FileNotFoundError" in student.error(f"import socket; socket.socket(socket.AF_UNIX).connect({path!r})")


@pytest.mark.parametrize("name", ["course", "source", "solutions", "tests/submissions", ".git", "pyproject.toml"])
def test_the_course_is_not_there(student: Student, name: str) -> None:
    assert not student.run(f"import os; result = os.path.exists({str(CHECKOUT / name)!r})")


def test_only_the_packages_of_the_checkout_are_there(student: Student) -> None:
    shown = set(student.run(f"import os; result = os.listdir({str(CHECKOUT)!r})"))
    assert {"autograder", "gradlab"} <= shown
    # tests/ holds the program that these tests run, and nothing besides.
    assert shown <= {"autograder", "gradlab", "tests", Path(sys.prefix).name}
    walk = f"import os; result = [f for _, _, files in os.walk({str(CHECKOUT / 'tests')!r}) for f in files]"
    assert student.run(walk) == ["program.py"]


def test_the_users_files_are_not_there(student: Student, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    secret.chmod(0o644)
    for path in (secret, "/etc/shadow", "/etc/hostname", "/var/log", "/home", "/sys", "/run", "/mnt", "/opt"):
        assert "FileNotFoundError" in student.error(f"import os; os.stat({str(path)!r})")
    home = student.run(f"import os; h = {str(Path.home())!r}; result = os.listdir(h) if os.path.isdir(h) else []")
    # Python and the checkout may lie in it.
    on_the_way = {*Path(sys.base_prefix).parts, *CHECKOUT.parts, *Path(sys.prefix).parts}
    assert set(home) <= on_the_way


def test_the_environment_holds_nothing_of_the_users(
    student: Student,
) -> None:
    seen = student.run("import os; result = dict(os.environ)")
    assert seen["CUDA_VISIBLE_DEVICES"] == ""
    assert seen["HOME"] == "/tmp"
    assert seen["MPLBACKEND"] == "module://matplotlib_inline.backend_inline"
    assert not {"SSH_AUTH_SOCK", "PYTEST_CURRENT_TEST", "SHELL", "OLDPWD"} & set(seen)
    assert student.run("result = open('/proc/self/environ').read()").count("PYTEST") == 0


@pytest.mark.parametrize(
    "folder",
    [
        "/",
        "/usr",
        "/etc",
        "/dev",
        "/usr/bin",
        sys.prefix,
        sys.base_prefix,
        os.__file__.rpartition("/")[0],
        str(CHECKOUT / "autograder"),
        str(CHECKOUT / "gradlab"),
        str(CHECKOUT),
        "/proc/sys/kernel",
    ],
)
def test_only_the_private_folders_are_writable(student: Student, folder: str) -> None:
    attempt = f"open({folder!r} + '/written', 'w')"
    if folder == str(CHECKOUT) and CHECKOUT.is_relative_to("/tmp"):
        # In the submission's own /tmp there is a folder of that name in which the packages are shown.
        student.run(attempt)
    else:
        assert student.error(attempt).startswith(("OSError: [Errno 30]", "PermissionError", "FileNotFoundError"))
    assert not Path(folder, "written").exists()


def test_existing_files_cannot_be_changed(student: Student) -> None:
    for path in (os.__file__, str(CHECKOUT / "autograder" / "limits.py"), sys.executable, "/usr/bin/env"):
        for attempt in (
            f"open({path!r}, 'ab')",
            f"os.chmod({path!r}, 0o777)",
            f"os.remove({path!r})",
            f"os.rename({path!r}, '/tmp/x')",
        ):
            assert student.error(f"import os\n{attempt}").startswith(("OSError", "PermissionError"))


def test_a_submission_sees_only_its_own_processes(student: Student) -> None:
    pids = student.run("import os; result = sorted(int(p) for p in os.listdir('/proc') if p.isdigit())")
    assert pids == [1, 2]
    assert student.run("result = os.getpid()") == 2


def test_other_processes_cannot_be_signalled(student: Student) -> None:
    # Which has a number that stands for another process inside only where this is the first or second of a container.
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as other:
        assert "ProcessLookupError" in student.error(f"import os; os.kill({other.pid}, 0)")
        assert other.poll() is None
    # The keeper, the first process of the namespace, takes no signal from within it that would end it.
    assert student.run(
        "import os, signal; os.kill(1, signal.SIGKILL); os.kill(1, signal.SIGTERM); result = 'alive'"
    ) == ("alive")
    assert student.process.ending() is None


def test_killing_everything_kills_the_submission_alone(student: Student, new_student: Callable[[], Student]) -> None:
    other = new_student()
    other.run("result = 1")
    student.send(
        "import os, signal, subprocess\nsubprocess.Popen(['sleep', '1000'])\n"
        "os.kill(-1, signal.SIGKILL)\nos.kill(os.getpid(), signal.SIGKILL)"
    )
    assert student.answer() is None
    assert student.process.wait(30) == "was killed (signal 9, SIGKILL)"
    assert other.run("result = 2") == 2


PTRACE = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
if libc.ptrace({request}, {pid}, 0, 0) != 0:
    raise OSError(ctypes.get_errno(), "ptrace")
"""


def test_the_keeper_cannot_be_traced_or_looked_into(student: Student) -> None:
    seize = 0x4206
    assert "PermissionError" in student.error(PTRACE.format(request=seize, pid=1))
    for name in ("mem", "fd", "environ"):
        action = "os.listdir" if name == "fd" else "open"
        assert "PermissionError" in student.error(f"{action}('/proc/1/{name}')")


CALL = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
if libc.{call} != 0:
    raise OSError(ctypes.get_errno(), 'refused')
"""


LEADING_OUT = (
    "unshare(0x10000000)",  # a user namespace, the gate to all others
    "unshare(0x00020000)",
    "unshare(0x20000000)",
    "unshare(0x40000000)",
    "mount(b'tmpfs', b'/submission', b'tmpfs', 0, None)",
    "mount(b'proc', b'/proc', b'proc', 0, None)",
    "umount2(b'/proc', 2)",
    "umount2(b'/tmp', 2)",
    "chroot(b'/tmp')",
    "setuid(0)",
    "sethostname(b'x', 1)",
    "setns(os.open('/proc/1/ns/mnt', 0) if os.access('/proc/1/ns/mnt', 4) else os.open('/proc/self/ns/mnt', 0), 0)",
)


@pytest.mark.parametrize("call", LEADING_OUT)
def test_no_call_leads_out_of_the_namespaces(student: Student, call: str) -> None:
    assert student.error(CALL.format(call=call)).startswith(
        ("PermissionError", "OSError: [Errno 28]", "OSError: [Errno 22]")
    )


def test_there_are_no_privileges_to_regain(student: Student) -> None:
    status = student.run("result = open('/proc/self/status').read()")
    fields = dict(line.split(":\t", 1) for line in status.splitlines())
    for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(fields[name], 16) == 0
    assert fields["NoNewPrivs"] == "1"
    assert student.run("import os; result = os.getresuid()") != (0, 0, 0)
    assert "PermissionError" in student.error("open('/proc/sys/user/max_user_namespaces', 'w').write('9')")
    assert student.run("import subprocess; result = subprocess.run(['unshare', '-Ur', 'id']).returncode") != 0


def test_only_the_connection_is_open(student: Student) -> None:
    links = student.run(
        "import os\nresult = {}\nfor n in os.listdir('/proc/self/fd'):\n"
        "    try: result[int(n)] = os.readlink('/proc/self/fd/' + n)\n    except FileNotFoundError: pass"
    )
    assert {links.pop(number) for number in (0, 1, 2)} == {"/dev/null"}
    assert links.pop(3).startswith("socket:")
    assert links == {}


def test_submissions_share_no_files(new_student: Callable[[], Student]) -> None:
    first, second = new_student(), new_student()
    for folder in ("/submission", "/tmp", "/dev/shm"):
        first.run(f"open('{folder}/left', 'w').write('answer')")
        # Of the checkout and of pytest's own folder, the way to what is shown in them may lie in /tmp.
        ways = {path.parts[2] for path in (CHECKOUT, Path(sys.prefix)) if path.is_relative_to("/tmp")}
        shown = set(second.run(f"import os; result = os.listdir('{folder}')"))
        assert shown <= ways | {"pytest-of-root"}
        assert "FileNotFoundError" in second.error(f"open('{folder}/left')")
    assert first.run("import os; result = os.getcwd()") == "/submission"


def test_submissions_share_no_memory_sockets_or_terminals(new_student: Callable[[], Student]) -> None:
    first, second = new_student(), new_student()
    first.run("from multiprocessing.shared_memory import SharedMemory; m = SharedMemory('x', create=True, size=10)")
    assert "FileNotFoundError" in second.error(
        "from multiprocessing.shared_memory import SharedMemory; SharedMemory('x')"
    )
    first.run("import socket; s = socket.socket(socket.AF_UNIX); s.bind('\\0x'); s.listen()")
    assert "ConnectionRefusedError" in second.error("import socket; socket.socket(socket.AF_UNIX).connect('\\0x')")
    first.run("import os; a, b = os.openpty()")
    assert first.run("result = os.ttyname(b)") == "/dev/pts/0"
    assert "FileNotFoundError" in second.error("open('/dev/pts/0')")


ADD_KEY = """
import ctypes, platform
add, control = {{"x86_64": (248, 250), "aarch64": (217, 219)}}[platform.machine()]
syscall = ctypes.CDLL(None, use_errno=True).syscall
session, search, user = -3, 10, -4
{action}
"""


def test_without_the_filter_of_system_calls_submissions_share_no_keys_or_segments(unfiltered_zygote: Zygote) -> None:
    with student_of(unfiltered_zygote) as first, student_of(unfiltered_zygote) as second:
        for ring in ("session", "user"):
            first.run(ADD_KEY.format(action=f"assert syscall(add, b'user', b'mine', b'answer', 6, {ring}) > 0"))
            look = ADD_KEY.format(action=f"result = syscall(control, search, {ring}, b'user', b'mine', 0)")
            assert first.run(look) > 0
            assert second.run(look) == -1
        shmget = "import ctypes; result = ctypes.CDLL(None).shmget(77, 100, {flags})"
        assert first.run(shmget.format(flags=0o1666)) >= 0
        assert second.run(shmget.format(flags=0)) == -1


@pytest.mark.parametrize("call", LEADING_OUT)
def test_without_the_filter_of_system_calls_no_call_leads_out(unfiltered_zygote: Zygote, call: str) -> None:
    with student_of(unfiltered_zygote) as student:
        assert student.error(CALL.format(call=call)).startswith(
            ("PermissionError", "OSError: [Errno 28]", "OSError: [Errno 22]")
        )


def test_a_daemon_dies_with_its_submission(new_student: Callable[[], Student]) -> None:
    mark = marker()
    student = new_student()
    student.run(DAEMON.format(mark=mark))
    assert len(sleepers(mark)) == 1
    student.process.kill()
    assert sleepers(mark) == []


def test_a_daemon_dies_when_the_student_ends_by_itself(new_student: Callable[[], Student]) -> None:
    mark = marker()
    student = new_student()
    student.run(DAEMON.format(mark=mark))
    student.send("os._exit(3)")
    assert student.process.wait(30) == "ended by itself with exit code 3"
    assert all_gone(mark)


def test_the_zygote_holds_nothing_of_the_graders(student: Student) -> None:
    loaded = student.run("import sys; result = [n for n in sys.modules if n.startswith(('autograder', 'nbgrader'))]")
    assert not [name for name in loaded if name.startswith(("autograder.grading", "autograder.build", "nbgrader"))]
