"""The filter of system calls: what it denies is denied, and what notebooks do goes on working."""

import errno
import platform
from collections.abc import Callable

import pytest

from autograder import call_filter
from autograder.sandbox import seccomp
from autograder.sandbox.zygote import Zygote
from tests.autograder.sandbox.support import Student, student_of

ATTEMPT = f"""
import ctypes, os
resolve = ctypes.CDLL({call_filter.LIBRARY!r}).seccomp_syscall_resolve_name
libc = ctypes.CDLL(None, use_errno=True)
def attempt(call, *arguments):
    number = call if isinstance(call, int) else resolve(call.encode())
    if number < 0:
        return None
    ctypes.set_errno(0)
    done = libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments))
    return ctypes.get_errno() if done == -1 else 0
"""


@pytest.fixture
def caller(student: Student) -> Student:
    student.run(ATTEMPT)
    return student


@pytest.mark.parametrize(("names", "error"), [(call_filter.FORBIDDEN, errno.EPERM), (call_filter.ABSENT, errno.ENOSYS)])
def test_every_call_of_the_list_is_denied(caller: Student, names: tuple[str, ...], error: int) -> None:
    found = caller.run(f"result = {{name: attempt(name, 0, 0, 0, 0, 0, 0) for name in {names!r}}}")
    known = {name: code for name, code in found.items() if code is not None}
    assert set(known.values()) == {error}
    # Calls that other architectures or older kernels have.
    assert len(known) > 0.8 * len(names)


def test_it_is_the_filter_that_denies_them(unfiltered_zygote: Zygote) -> None:
    with student_of(unfiltered_zygote) as student:
        assert student.run("import os; result = os.memfd_create('x') > 0") is True
        assert student.run("import socket as s; result = s.socket(s.AF_NETLINK, s.SOCK_RAW).fileno() > 0") is True


def test_calls_that_are_newer_than_the_list_are_denied(caller: Student) -> None:
    found = caller.run("result = [attempt(number, 0, 0, 0, 0, 0, 0) for number in (450, 452, 500, 599)]")
    assert set(found) == {errno.ENOSYS}


def test_no_way_of_forking_makes_a_namespace(caller: Student) -> None:
    for flag in seccomp._NAMESPACES:
        assert caller.run(f"result = attempt('clone', {flag} | 17, 0, 0, 0, 0)") == errno.EPERM
        assert caller.run(f"result = attempt('clone', {flag} | 0x100 | 17, 0, 0, 0, 0)") == errno.EPERM


def test_the_keeper_cannot_be_crippled(caller: Student) -> None:
    """The keeper is of the same user, and the kernel would let its limits and its turn on a processor be changed."""
    attempts = ["attempt('prlimit64', 1, 7, 0, 0)", "attempt('setpriority', 0, 1, 19)"]
    # All processes of its group, or of its user.
    attempts += ["attempt('setpriority', 1, 0, 19)", "attempt('setpriority', 2, 0, 19)"]
    attempts += ["attempt('sched_setaffinity', 1, 0, 0)"]
    attempts += [f"attempt('{name}', 1, 0, 0)" for name in ("sched_setscheduler", "sched_setparam", "sched_setattr")]
    assert caller.run(f"result = {{{', '.join(attempts)}}}") == {errno.EPERM}
    assert caller.run("import os, resource; os.nice(1); result = resource.prlimit(0, resource.RLIMIT_CORE)") == (0, 0)


def test_nothing_is_sent_out_of_band(caller: Student) -> None:
    caller.run("import socket; one, other = socket.socketpair(); result = None")
    for call in ("one.send(b'!', socket.MSG_OOB)", "one.sendmsg([b'!'], [], socket.MSG_OOB)"):
        assert caller.run(f"try: result = {call}\nexcept OSError as error: result = error.errno") == errno.EOPNOTSUPP
    assert caller.run("one.send(b'?'); result = other.recv(2)") == b"?"


def test_a_lock_is_granted_and_is_none(caller: Student) -> None:
    """A lock on a file that all submissions see would be a message from one to another."""
    caller.run("import fcntl, os, struct, errno; shared = os.open(os.__file__, os.O_RDONLY); result = None")
    assert caller.run("fcntl.flock(shared, fcntl.LOCK_EX); fcntl.lockf(shared, fcntl.LOCK_SH); result = 1") == 1
    child = "fcntl.flock(os.open(os.__file__, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)"
    parent = "os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])"
    caller.run(f"pid = os.fork()\nif not pid:\n    {child}\n    os._exit(7)\nresult = None")
    assert caller.run(f"result = {parent}") == 7
    for command in ("fcntl.F_GETLK", "fcntl.F_GETLEASE", "fcntl.F_NOTIFY"):
        call = f"fcntl.fcntl(shared, {command}, struct.pack('hhqqi4x', 0, 0, 0, 0, 0))"
        assert caller.run(f"try: result = {call}\nexcept OSError as error: result = error.errno") == errno.EINVAL
    assert caller.run("result = fcntl.fcntl(shared, fcntl.F_GETFD)") == 1


def test_nobody_is_told_what_of_a_file_is_in_memory(caller: Student) -> None:
    caller.run("import os, mmap; shared = os.open(os.__file__, os.O_RDONLY); result = None")
    for call in ("os.preadv(shared, [bytearray(9)], 0, os.RWF_NOWAIT)", "os.posix_fadvise(shared, 0, 0, 4)"):
        found = caller.run(f"try: result = {call}\nexcept OSError as error: result = error.errno")
        assert found in (errno.EOPNOTSUPP, errno.ENOSYS)
    assert caller.run("result = os.preadv(shared, [bytearray(9)], 0)") == 9
    advised = "mmap.mmap(shared, 0, prot=mmap.PROT_READ).madvise(21)"
    assert caller.run(f"try: result = {advised}\nexcept OSError as error: result = error.errno") == errno.EINVAL


def test_databases_and_locked_files_work(caller: Student) -> None:
    caller.run("import sqlite3; one = sqlite3.connect('a.db'); one.execute('create table t (x)'); one.commit()")
    caller.run("other = sqlite3.connect('a.db'); other.execute('insert into t values (3)'); other.commit()")
    assert caller.run("result = one.execute('select x from t').fetchall()") == [(3,)]
    assert caller.run("one.execute('pragma journal_mode=wal'); one.close(); other.close(); result = 1") == 1


SOCKETS = {
    "netlink": (16, 3, 0, errno.EAFNOSUPPORT),
    "packets": (17, 3, 0, errno.EAFNOSUPPORT),
    "the kernel's ciphers": (38, 5, 0, errno.EAFNOSUPPORT),
    "virtual machines": (40, 1, 0, errno.EAFNOSUPPORT),
    "amateur radio": (3, 5, 0, errno.EAFNOSUPPORT),
    "a family hidden behind high bits": (2**32 + 16, 3, 0, errno.EAFNOSUPPORT),
    "SCTP": (2, 1, 132, errno.EPROTONOSUPPORT),
    "MPTCP": (10, 1, 262, errno.EPROTONOSUPPORT),
    "SCTP by its kind": (2, 5, 0, errno.EPROTONOSUPPORT),
    "DCCP by its kind, which doesn't block": (10, 6 | 0o4000, 0, errno.EPROTONOSUPPORT),
}


@pytest.mark.parametrize("name", SOCKETS)
def test_sockets_of_other_kinds_cannot_be_made(caller: Student, name: str) -> None:
    family, kind, protocol, error = SOCKETS[name]
    assert caller.run(f"result = attempt('socket', {family}, {kind}, {protocol})") == error
    assert caller.run(f"result = attempt('socketpair', {family}, {kind}, {protocol}, 0)") == error


def test_ordinary_sockets_can_be_made(student: Student) -> None:
    program = (
        "import socket as s\nfor family in (s.AF_UNIX, s.AF_INET, s.AF_INET6):\n"
        "    for kind in (s.SOCK_STREAM, s.SOCK_DGRAM): s.socket(family, kind).close()\n"
        "s.socket(s.AF_INET, s.SOCK_STREAM, s.IPPROTO_TCP).close(); s.socket(s.AF_INET, s.SOCK_DGRAM, 17).close()\n"
        "a, b = s.socketpair(s.AF_UNIX, s.SOCK_SEQPACKET); a.send(b'x'); result = b.recv(1)"
    )
    assert student.run(program) == b"x"


@pytest.mark.skipif(platform.machine() != "x86_64", reason="only x86-64 runs programs of other architectures")
@pytest.mark.parametrize(
    "program",
    [
        # getpid(2) as a 32-bit program makes it: mov eax, 20; int 0x80; ret
        "import ctypes, mmap\ncode = mmap.mmap(-1, 4096, prot=7)\ncode.write(bytes.fromhex('b814000000cd80c3'))\n"
        "ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()",
        # and with the numbers of x32
        "import ctypes; ctypes.CDLL(None).syscall(ctypes.c_long(0x40000000 + 39))",
    ],
)
def test_calls_of_foreign_architectures_kill(new_student: Callable[[], Student], program: str) -> None:
    student = new_student()
    student.send(program)
    assert student.answer() is None
    assert student.process.wait(30) == "was killed (signal 31, SIGSYS)"


def test_what_is_started_is_filtered_too_and_nothing_takes_the_filter_off(student: Student) -> None:
    netlink = "import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)"
    started = f"import subprocess, sys; result = subprocess.run([sys.executable, '-c', {netlink!r}]).returncode"
    assert student.run(started) == 1
    assert student.run("import ctypes; result = ctypes.CDLL(None).prctl(22, 0, 0, 0, 0)") == -1
    assert "Seccomp:\t2" in student.run("result = open('/proc/self/status').read()")


@pytest.mark.parametrize(
    "program",
    [
        "import threading; t = threading.Thread(target=print); t.start(); t.join(); result = 1",
        "import subprocess; result = int(subprocess.run(['echo', '1'], capture_output=True, check=True).stdout)",
        "import os; result = 1 - os.system('true')",
        "from multiprocessing.pool import Pool\nwith Pool(2) as pool: result = pool.apply(abs, [-1])",
        "from multiprocessing import Array, Queue; q = Queue(); q.put(1); a = Array('i', 3); result = q.get()",
        "from concurrent.futures import ThreadPoolExecutor as T\nwith T(3) as t: result = max(t.map(abs, [0, -1]))",
        "import asyncio; result = asyncio.run(asyncio.sleep(0, 1))",
        "import tempfile, shutil, os; d = tempfile.mkdtemp(); shutil.copy(os.__file__, d); result = len(os.listdir(d))",
        "import torch; torch.set_num_threads(2); result = int((torch.ones(300, 300) @ torch.ones(300, 300) > 0).all())",
        "import torch, io; b = io.BytesIO(); torch.save(torch.ones(1), b); b.seek(0); result = int(torch.load(b))",
        "import torch; t = torch.ones(1).share_memory_(); result = int(t)",
        "import plotly.graph_objects as go; result = len(go.Figure(go.Scatter(y=[1])).to_dict()['data'])",
        "import ctypes; f = ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 1); result = f()",
        "import sqlite3; result = sqlite3.connect(':memory:').execute('select 1').fetchone()[0]",
        "import mmap, select, time; time.sleep(0.001); select.select([], [], [], 0); result = len(mmap.mmap(-1, 1))",
    ],
)
def test_what_notebooks_do_goes_on_working(student: Student, program: str) -> None:
    assert student.run(program) == 1


def test_the_same_program_is_written_each_time() -> None:
    first = seccomp.program()
    assert first == seccomp.program()
    assert first
    assert len(first) % 8 == 0


def test_only_calls_that_would_be_reported_missing_can_be_allowed() -> None:
    assert seccomp.program({"memfd_create"}) != seccomp.program()
    assert seccomp.program(call_filter.FORBIDDEN) == seccomp.program()


def test_without_the_library_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_filter, "LIBRARY", "libseccomp-that-is-not-there.so")
    with pytest.raises(OSError, match="not-there"):
        seccomp.program()
