"""The sandbox without namespaces: what a submission can't do to processes and files of the very same user.

`test_without_namespaces` runs these tests as an ordinary user in a process tree in which namespaces are refused.
"""

import ctypes
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autograder import call_filter
from autograder.errors import ExpectedError
from autograder.limits import Limits
from autograder.sandbox import self_test
from autograder.sandbox.choice import choose
from autograder.sandbox.mode import Mode
from autograder.sandbox.zygote import Zygote
from tests.autograder.sandbox.support import (
    FORK_AND_ALLOCATE,
    SMALL,
    TIGHT,
    Student,
    all_gone,
    marker,
    start,
    student_of,
)

_resolve = ctypes.CDLL(call_filter.LIBRARY).seccomp_syscall_resolve_name
NUMBERS = {
    name: int(_resolve(name.encode()))
    for name in ("tgkill", "sched_setaffinity", "ioprio_set", "keyctl", "io_uring_setup", "exit")
}
"""Numbers of system calls that the C library doesn't wrap."""
CHAIN = """
import subprocess, sys, time
hop = "import os\\nos.setsid()\\nwhile True:\\n    if os.fork(): os._exit(0)"
subprocess.Popen([sys.executable, "-I", "-S", "-c", hop, "{mark}"]).wait()
time.sleep(0.2)
"""
"""A process that is gone as soon as it has forked, again and again: nobody can look it up and then kill it."""
CALL = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
ctypes.set_errno(0)
if libc.{call} < 0:
    raise OSError(ctypes.get_errno(), 'refused')
"""
REFUSED = {
    "a file read": "open(SECRET)",
    "a file written": "open(SECRET, 'a')",
    "a file cut short": "os.truncate(SECRET, 0)",
    "a file removed": "os.remove(SECRET)",
    "a file moved": "os.rename(SECRET, 'moved')",
    "a file linked": "os.link(SECRET, 'linked')",
    "a file read by a link": "os.symlink(SECRET, 'link'); open('link')",
    "a folder listed": "os.listdir(os.path.dirname(SECRET))",
    "a file's rights": "os.chmod(SECRET, 0o777)",
    "a file's rights, by descriptor": "os.fchmod(os.open(os.__file__, os.O_RDONLY), 0o777)",
    "a file's times": "os.utime(SECRET, (1, 1))",
    "a file's attributes": "os.setxattr(SECRET, 'user.x', b'x')",
    "a file of libraries sealed": "import fcntl; fcntl.ioctl(os.open(os.__file__, os.O_RDONLY), 0x40086602, b'x' * 8)",
    "shared memory": "open('/dev/shm/' + NAME)",
    "shared memory made": "open('/dev/shm/' + NAME + 'x', 'w')",
    "a segment by its number": CALL.format(call="shmat({SEGMENT}, None, 0)"),
    "a queue of messages": CALL.format(call="mq_open(b'/x', os.O_RDWR | os.O_CREAT, 0o600, None)"),
    "a signal": "os.kill(PID, 0)",
    "a signal to a thread": CALL.format(call="syscall({TGKILL}, {PID}, {PID}, 0)"),
    "a signal by a descriptor": "import signal; signal.pidfd_send_signal(os.pidfd_open(PID), 0)",
    "a signal to the keeper": "os.kill(os.getppid(), 9)",
    "memory": "open(f'/proc/{PID}/mem', 'rb')",
    "the environment": "open(f'/proc/{PID}/environ', 'rb')",
    "the command line": "open(f'/proc/{PID}/cmdline', 'rb')",
    "its files": "os.listdir(f'/proc/{PID}/fd')",
    "its folder": "os.listdir(f'/proc/{PID}/cwd/.')",
    "tracing": CALL.format(call="ptrace(0x4206, {PID}, 0, 0)"),
    "tracing the keeper": CALL.format(call="ptrace(0x4206, os.getppid(), 0, 0)"),
    "reading across": CALL.format(call="process_vm_readv({PID}, None, 0, None, 0, 0)"),
    "limits": "import resource; resource.prlimit(PID, resource.RLIMIT_CPU, (1, 1))",
    "a priority": "os.setpriority(os.PRIO_PROCESS, PID, 19)",
    "a priority of all": "os.setpriority(os.PRIO_USER, 0, 19)",
    "a processor": "os.sched_setaffinity(PID, {0})",
    "a processor, with a number that is cut": CALL.format(
        call="syscall({SCHED_SETAFFINITY}, ctypes.c_long({PID} | 1 << 32), 8, b'x' * 8)"
    ),
    "a turn at the disk": CALL.format(call="syscall({IOPRIO_SET}, 1, {PID}, 3 << 13)"),
    "a socket in a folder": "socket.socket(socket.AF_UNIX).connect(SERVICE)",
    "a datagram to a socket in a folder": "socket.socketpair(type=socket.SOCK_DGRAM)[0].sendto(b'x', SERVICE)",
    "an abstract socket": "socket.socket(socket.AF_UNIX).connect('\\0' + NAME)",
    "a connection": "socket.create_connection(('127.0.0.1', PORT), 2)",
    "a datagram": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', PORT))",
    "a server": "socket.create_server(('127.0.0.1', 0))",
    "the kernel's sockets": "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    "the user's terminal": "open('/dev/tty')",
    "a terminal": "os.openpty()",
    "a namespace": CALL.format(call="unshare(0x10000000)"),
    "a mount": CALL.format(call="mount(b'none', b'.', b'tmpfs', 0, None)"),
    "memory without a name": "os.memfd_create('x')",
    "keys": CALL.format(call="syscall({KEYCTL}, 0, -4, 1)"),
    "hiding from the keeper": CALL.format(call="prctl(4, 0, 0, 0, 0)"),
    "io_uring": CALL.format(call="syscall({IO_URING_SETUP}, 1, 0)"),
    "disk without writing": CALL.format(call="fallocate(os.open('f', os.O_RDWR | os.O_CREAT), 0, 0, 4096)"),
    "the system's folder": "open('/usr/written', 'w')",
    "the environment's": "import sys; open(sys.prefix + '/written', 'w')",
    "/tmp": "open('/tmp/written', 'w')",
    "the folder of all submissions": "os.listdir('..')",
    "accounts": "open('/etc/passwd')",
}
HONEST = {
    "import torch; x = torch.ones(3, requires_grad=True); (x**2).sum().backward(); result = x.grad.tolist()": [2.0] * 3,
    "from multiprocessing.pool import Pool\nwith Pool(2) as p: result = p.map(abs, [-1, 2, -3])": [1, 2, 3],
    "from concurrent.futures import ProcessPoolExecutor\n"
    "with ProcessPoolExecutor(2) as p: result = list(p.map(abs, [-4]))": [4],
    "import torch; from torch.utils.data import DataLoader\n"
    "result = [x.tolist() for x in DataLoader(torch.arange(4.0), batch_size=2, num_workers=2)]": [
        [0.0, 1.0],
        [2.0, 3.0],
    ],
    "import torch, torch.multiprocessing as mp; t = torch.zeros(2).share_memory_()\n"
    "p = mp.Process(target=t.fill_, args=(3,)); p.start(); p.join(); result = t.tolist()": [3.0, 3.0],
    "from multiprocessing.shared_memory import SharedMemory; a = SharedMemory(create=True, size=9); a.buf[0] = 7\n"
    "b = SharedMemory(a.name); result = b.buf[0]; b.close(); a.close(); a.unlink()": 7,
    "import asyncio; result = asyncio.run(asyncio.sleep(0, 5))": 5,
    "import os, subprocess; result = subprocess.check_output(['echo', 'said'], text=True)": "said\n",
    "import os, pathlib, shutil; pathlib.Path('a').write_text('x'); shutil.copy2('a', 'b'); os.mkdir('c')\n"
    "pathlib.Path('b').touch(); os.rename('b', 'c/d'); shutil.copytree('c', 'e'); result = sorted(os.listdir())": [
        *("a", "c", "e")
    ],
    "import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.savefig('f.png'); import os\n"
    "result = os.path.getsize('f.png') > 1000": True,
    "import tempfile; f = tempfile.NamedTemporaryFile(); f.write(b'x'); result = f.tell()": 1,
    "from IPython.core import interactiveshell; result = interactiveshell.system('exit 3')": 3,
}
ENDINGS = {
    "processes": (
        "import os, signal\nfor _ in range(40):\n    if os.fork() == 0: signal.pause()\nsignal.pause()",
        "started more than 24 processes and threads",
    ),
    "memory": (FORK_AND_ALLOCATE, "used more than 512 MiB of memory in all its processes"),
    "files": (
        "n = 0\nwhile True:\n    n += 1\n    open(str(n), 'wb').write(b'x' * 2**20)",
        "used more than 220 MiB of disk",
    ),
    "files without names": (
        "import os\nheld = []\nwhile True:\n    held.append(open('f', 'wb', buffering=0)); os.remove('f')\n"
        "    for _ in range(8): held[-1].write(b'x' * 2**20)\n    if len(held) > 200: held.pop(0).close()",
        "used more than 220 MiB of disk",
    ),
    "files that are mapped alone": (
        "import ctypes, os\nlibc = ctypes.CDLL(None)\nlibc.mmap.restype = ctypes.c_void_p\nwhile True:\n"
        "    f = os.open('f', os.O_RDWR | os.O_CREAT); os.write(f, b'x' * 2**22)\n"
        "    libc.mmap(None, ctypes.c_size_t(4096), 1, 1, f, ctypes.c_long(0)); os.close(f); os.remove('f')",
        "used more than 220 MiB of disk",
    ),
    "files in a folder that can't be read": (
        "import os, time\nos.mkdir('d', 0o300)\nopen('d/f', 'w').write('x')\ntime.sleep(60)",
        "used more than 220 MiB of disk",
    ),
    "a main thread that ends": (
        "import ctypes, threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\n"
        f"ctypes.CDLL(None).syscall({NUMBERS['exit']}, 0)",
        "ended the main thread of a process that goes on, so that nobody sees what it uses",
    ),
    "time": ("while True: pass", "used more than 3 CPU seconds"),
}


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    with start(Mode.LANDLOCK, replace(Limits(), processes=32)) as started:
        yield started


@pytest.fixture(scope="module")
def small_zygote() -> Iterator[Zygote]:
    with start(Mode.LANDLOCK, SMALL) as started:
        yield started


@pytest.fixture(scope="module")
def neighbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, object]]:
    """A process of the same user, and what such a process has: a file, sockets, memory."""
    place = tmp_path_factory.mktemp("neighbour")
    secret, service, name = place / "secret", place / "service", f"neighbour-{marker()}"
    secret.write_text("secret")
    shared = Path("/dev/shm", name)
    shared.write_text("secret")
    segment = ctypes.CDLL(None).shmget(0, 4096, 0o1600)
    with (
        subprocess.Popen(["sleep", marker()]) as other,
        socket.socket(socket.AF_UNIX) as listening,
        socket.socket(socket.AF_UNIX) as abstract,
        socket.create_server(("127.0.0.1", 0)) as server,
    ):
        listening.bind(str(service))
        listening.listen()
        abstract.bind(f"\0{name}")
        abstract.listen()
        port = server.getsockname()[1]
        known = {"SECRET": str(secret), "SERVICE": str(service), "NAME": name, "PID": other.pid, "PORT": port}
        yield known | {"SEGMENT": segment}
        assert other.poll() is None
        other.kill()
    shared.unlink()
    ctypes.CDLL(None).shmctl(segment, 0, None)
    assert secret.read_text() == "secret"


def test_it_is_what_this_machine_gets_by_itself() -> None:
    assert os.getuid() != 0
    assert choose() is Mode.LANDLOCK
    with (
        start(Mode.BUBBLEWRAP) as refused,
        pytest.raises(ExpectedError, match="layer of the sandbox is missing") as caught,
    ):
        refused.fork()
    assert "--sandbox landlock" in caught.value.cure


def test_nothing_of_the_same_user_is_within_reach(zygote: Zygote, neighbour: dict[str, object]) -> None:
    with student_of(zygote) as student:
        student.run("import os, socket\n" + "\n".join(f"{name} = {value!r}" for name, value in neighbour.items()))
        got = []
        for name, attempt in REFUSED.items():
            text = attempt
            for word, value in (neighbour | {name.upper(): number for name, number in NUMBERS.items()}).items():
                text = text.replace(f"{{{word}}}", str(value))
            student.send(text)
            answer = student.answer()
            assert answer is not None, (name, student.process.wait(5))
            if answer[0] != "error" or not answer[1].startswith(("PermissionError", "OSError")):
                got.append((name, answer))
        assert got == []
        assert student.run("import os; result = os.getuid()") == os.getuid()


def test_two_submissions_are_apart(zygote: Zygote) -> None:
    with student_of(zygote) as first, student_of(zygote) as second:
        place, number = first.run("import os; open('left', 'w').write('x'); result = os.getcwd(), os.getpid()")
        for attempt in (f"open('{place}/left')", f"os.listdir({place!r})", f"os.kill({number}, 0)"):
            assert "PermissionError" in second.error(f"import os; {attempt}")
        second.send("import os; os.kill(-1, 9)")
        assert first.run("result = 1") == 1
    assert not Path(place).exists()


def test_what_notebooks_do_works(zygote: Zygote) -> None:
    with student_of(zygote) as student:
        assert {program: student.run(program) for program in HONEST} == HONEST


def test_what_forks_again_and_again_ends_with_its_submission(zygote: Zygote) -> None:
    mark = marker()
    for how in ("kill", "end"):
        with student_of(zygote) as student:
            student.run(CHAIN.format(mark=mark))
            if how == "end":
                student.send("import os; os._exit(3)")
                assert student.process.wait(60) == "ended by itself with exit code 3"
        assert all_gone(mark, 5.0)


@pytest.mark.parametrize("what", ENDINGS)
def test_what_uses_too_much_is_ended(small_zygote: Zygote, what: str) -> None:
    program, ending = ENDINGS[what]
    student = Student(small_zygote.fork())
    student.send(program)
    assert student.process.wait(120) == ending
    student.end()
    with student_of(small_zygote) as another:
        assert another.run("import os; result = os.listdir()") == []


def test_nothing_is_left_when_the_zygote_ends_or_dies() -> None:
    for ending in ("close", "kill"):
        mark = marker()
        zygote = start(Mode.LANDLOCK, TIGHT)
        student = Student(zygote.fork())
        student.run(CHAIN.format(mark=mark))
        place, number = student.run("import os; result = os.getcwd(), os.getpid()")
        if ending == "kill":
            os.kill(_parent(_parent(number)), signal.SIGKILL)
            assert student.process.wait(60) == "died with the sandbox"
        zygote.close()
        student.end()
        assert all_gone(mark)
        assert not Path(place).exists()


def _parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def test_every_layer_is_tried_and_holds(tmp_path: Path) -> None:
    (tmp_path / "gradebook.db").touch()
    layers = self_test.probe([tmp_path], Mode.LANDLOCK)
    assert [layer for layer in layers if layer.required and not layer.active] == []
    assert {layer.name for layer in layers if not layer.required} == {
        *("own /proc", "private folders", "own pseudoterminals")
    }
    held = {layer.name for layer in layers if layer.active}
    assert {"outer wall", "own processes", "no network", "no privileges", "system-call filter"} <= held
