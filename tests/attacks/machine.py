# ruff: noqa: E501 - cells are quoted as they are
"""Processes and files: what a submission tries to do to the machine, and to those who are graded after it.

The answer of such an attack is right if it got what it wanted: to earn a point is to have broken out.
"""

from tests.attacks.attack import Attack, Kind, attack

TRY = """
import os, sys, time, ctypes, signal, subprocess, errno
from pathlib import Path
libc = ctypes.CDLL(None, use_errno=True)
won = False
def attempt(action):
    global won
    try: result = action()
    except BaseException: return
    won = won or result is not False
"""
REWARD = "\ndef square(x): return x * x if won else -1\n"
WRONG = "\ndef square(x): return -1\n"


def machine(name: str, kind: Kind, cell: str, *, spoils: bool = False, flagged: str = "") -> Attack:
    """An attack that earns a point if one of its attempts succeeds."""
    return attack(name, kind, spoils=spoils, flagged=flagged, square=TRY + cell + REWARD)


def _open_for_writing(*paths: str) -> str:
    return f"for path in {paths!r}: attempt(lambda: open(path, 'a').write('x') and None)\n"


PROCESSES = [
    attack(
        "a fork bomb",
        Kind.PROCESS,
        spoils=True,
        square="import os, time\nfor _ in range(12):\n    try: os.fork()\n    except OSError: break\ntime.sleep(0.2)"
        + WRONG,
    ),
    attack(
        "a fork bomb that never ends",
        Kind.PROCESS,
        spoils=True,
        square="import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
    ),
    attack(
        "a bomb of threads",
        Kind.PROCESS,
        spoils=True,
        square="import threading, time\nwhile True:\n    try: threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n    except RuntimeError: break"
        + WRONG,
    ),
    attack(
        "a bomb of memory in many processes",
        Kind.EXHAUSTION,
        spoils=True,
        square="import os, time\nfor _ in range(5):\n    try: os.fork()\n    except OSError: break\nhoard = []\ntry:\n    while True: hoard.append(bytearray(64 * 2**20))\nexcept MemoryError: time.sleep(30)",
    ),
    attack(
        "a bomb of shared memory",
        Kind.EXHAUSTION,
        spoils=True,
        square="import mmap, os\nhoard = []\ntry:\n    while True:\n        hoard.append(mmap.mmap(-1, 2**28)); hoard[-1][::4096] = b'x' * 2**16\nexcept (OSError, ValueError): pass"
        + WRONG,
    ),
    attack(
        "a bomb of anonymous files",
        Kind.EXHAUSTION,
        spoils=True,
        square="import os\nhoard = []\ntry:\n    while True:\n        hoard.append(os.memfd_create('x')); os.write(hoard[-1], b'x' * 2**28)\nexcept (OSError, MemoryError): pass"
        + WRONG,
    ),
    attack(
        "a disk filled with one file",
        Kind.EXHAUSTION,
        square="try:\n    with open('big', 'wb') as file:\n        while True: file.write(b'x' * 2**24)\nexcept OSError: pass"
        + WRONG,
    ),
    attack(
        "a disk filled with many files, in every folder",
        Kind.EXHAUSTION,
        square="import os, itertools\nfor folder in ('.', '/tmp', '/dev/shm'):\n    try:\n        for n in range(40):\n            with open(f'{folder}/{n}', 'wb') as file: file.write(b'x' * 2**25)\n"
        "        \n    except OSError: pass" + WRONG,
    ),
    attack(
        "a disk filled with empty files",
        Kind.EXHAUSTION,
        square="import os\ntry:\n    for n in range(200_000): open(f'/tmp/{n}', 'w').close()\nexcept OSError: pass"
        + WRONG,
    ),
    attack(
        "output without end, past Python",
        Kind.EXHAUSTION,
        square="import os, sys\nfor fd in (1, 2): os.write(fd, b'x' * 2**20)\nfor n in range(300): sys.__stdout__.write('x' * 2**20)\nprint('x' * 2**26)"
        + WRONG,
    ),
    attack(
        "output by a program", Kind.EXHAUSTION, square="!head -c 30000000 /dev/zero | tr '\\0' x" + WRONG, spoils=True
    ),
    attack(
        "a pipe, a file and a link to itself without end",
        Kind.HANG,
        square="import os\nos.mkfifo('pipe')\nos.symlink('loop', 'loop')\ndef square(x): return open('pipe').read()",
    ),
    attack(
        "a daemon that outlives the run",
        Kind.PROCESS,
        square="import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        for fd in range(3, 20):\n            try: os.close(fd)\n            except OSError: pass\n"
        "        while True: time.sleep(1)\n    os._exit(0)\nos.wait()" + WRONG,
    ),
    attack(
        "daemons of other programs",
        Kind.PROCESS,
        square="import subprocess\nfor command in ('sleep 98765', 'nohup sleep 98765', 'setsid -f sleep 98765'):\n"
        "    subprocess.Popen(command.split(), start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n!(sleep 98765 &) &"
        + WRONG,
        spoils=True,
    ),
    attack(
        "a daemon that answers in its parent's place",
        Kind.PROCESS,
        spoils=True,
        square="import os, time\nfrom autograder.wall.channel import Channel\nimport gc\nif os.fork():\n    pass\nelse:\n    time.sleep(0.3)\n    os.setsid()"
        + WRONG,
    ),
    attack(
        "a process that is traced by another",
        Kind.PROCESS,
        spoils=True,
        square="import os, ctypes, time\nparent = os.getpid()\nif os.fork() == 0:\n    libc = ctypes.CDLL(None)\n    libc.ptrace(16, parent, 0, 0)\n    time.sleep(60)\ntime.sleep(0.2)"
        + WRONG,
    ),
    attack(
        "every process killed",
        Kind.PROCESS,
        spoils=True,
        square="import os, signal\ntry: os.kill(-1, signal.SIGKILL)\nexcept OSError: pass" + WRONG,
    ),
    attack(
        "every process stopped and interrupted",
        Kind.PROCESS,
        spoils=True,
        square="import os, signal\nfor n in (signal.SIGINT, signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM, signal.SIGCHLD, signal.SIGSTOP, signal.SIGHUP):\n"
        "    for pid in (1, 2, os.getppid()):\n        try: os.kill(pid, n) if pid != os.getpid() else None\n        except OSError: pass"
        + WRONG,
    ),
    attack(
        "its own process stopped",
        Kind.HANG,
        square="import os, signal\ndef square(x):\n    os.kill(os.getpid(), signal.SIGSTOP)",
        flagged="had to be ended",
    ),
    attack(
        "its own keeper asked to interrupt it, again and again",
        Kind.PROCESS,
        spoils=True,
        square="import os, signal, threading\ndef nag():\n    while True:\n        try: os.kill(1, signal.SIGUSR1)\n        except OSError: return\nthreading.Thread(target=nag, daemon=True).start()"
        + WRONG,
    ),
    machine(
        "limits lifted, priorities raised, processors taken",
        Kind.PROCESS,
        "import resource\nfor name in ('CPU', 'DATA', 'NPROC', 'NOFILE', 'FSIZE', 'CORE'):\n    kind = getattr(resource, f'RLIMIT_{name}')\n"
        "    soft, hard = resource.getrlimit(kind)\n    attempt(lambda: resource.setrlimit(kind, (hard + 1, hard + 1)) if hard != resource.RLIM_INFINITY else False)\n"
        "    attempt(lambda: resource.prlimit(1, kind, (0, 0)))\nattempt(lambda: os.nice(-5))\nattempt(lambda: os.setpriority(os.PRIO_PROCESS, 1, 19))\nattempt(lambda: os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0)))\nattempt(lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)))\n"
        "attempt(lambda: Path('/proc/self/oom_score_adj').write_text('-1000') and None)\n",
    ),
    machine(
        "the keeper put behind all others, by the priority of its user and of its group, and on one processor",
        Kind.PROCESS,
        "PRIO_PGRP, PRIO_USER = 1, 2\nfor which in (PRIO_PGRP, PRIO_USER): attempt(lambda: libc.setpriority(which, 0, 19) == 0)\nattempt(lambda: os.sched_setaffinity(1, {min(os.sched_getaffinity(0))}))\n",
    ),
    machine(
        "new namespaces, mounts, other roots and users",
        Kind.PROCESS,
        "CLONE_NEWUSER, CLONE_NEWNS = 0x10000000, 0x20000\nattempt(lambda: libc.unshare(CLONE_NEWUSER) == 0)\nattempt(lambda: libc.unshare(CLONE_NEWNS) == 0)\n"
        "attempt(lambda: libc.mount(b'none', b'/tmp', b'tmpfs', 0, b'') == 0)\nattempt(lambda: os.chroot('/tmp'))\nattempt(lambda: os.setuid(0))\nattempt(lambda: os.setgroups([0]))\n"
        "attempt(lambda: os.seteuid(1000))\nattempt(lambda: libc.setns(os.open('/proc/1/ns/mnt', os.O_RDONLY), 0) == 0)\nattempt(lambda: libc.sethostname(b'x', 1) == 0)\n"
        "attempt(lambda: subprocess.run(['su', '-c', 'id'], stdin=subprocess.DEVNULL).returncode == 0)\nattempt(lambda: subprocess.run(['unshare', '-r', 'id']).returncode == 0)\n",
    ),
    machine(
        "kernel settings, modules, keys and the clock",
        Kind.PROCESS,
        "attempt(lambda: time.clock_settime(time.CLOCK_REALTIME, 0))\nattempt(lambda: Path('/proc/sys/kernel/hostname').write_text('x') and None)\n"
        "attempt(lambda: Path('/proc/sysrq-trigger').write_text('b') and None)\nattempt(lambda: Path('/proc/sys/kernel/core_pattern').write_text('|/tmp/x') and None)\n"
        "attempt(lambda: libc.reboot(0) == 0)\nattempt(lambda: libc.swapon(b'/tmp/x', 0) == 0)\nattempt(lambda: libc.syscall(175, 0, 0, b'') == 0)\n",
    ),
]
FILES = [
    machine(
        "the interpreter, its libraries and the environment written to",
        Kind.FILE,
        "import torch, site\nfor path in (sys.executable, os.__file__, torch.__file__, sys.prefix + '/x', site.getsitepackages()[0] + '/sitecustomize.py', '/usr/lib/x', '/etc/passwd', '/etc/ld.so.preload', '/bin/sh', '/x'):\n"
        "    attempt(lambda: open(path, 'a').write('x') and None)\n    attempt(lambda: os.unlink(path))\n    attempt(lambda: os.chmod(path, 0o777))\n    attempt(lambda: os.rename(path, path + '.x'))\n"
        "import autograder, gradlab\nfor module in (autograder, gradlab): attempt(lambda: Path(module.__file__).write_text('') and None)\n",
    ),
    machine(
        "files of the course, of the account and of other submissions read",
        Kind.FILE,
        "home = Path(os.path.expanduser('~root'))\nfor folder in ('/root', '/home', '/var/lib', '/var/log', '/mnt', '/srv', '/opt', '/run', '/sys', str(home)):\n"
        "    attempt(lambda: [entry for entry in os.scandir(folder) if not any(root.startswith(folder) for root in (sys.prefix, sys.base_prefix, os.path.dirname(torch.__file__)))] or False)\n"
        "for path in ('/etc/shadow', '/etc/hosts', '/etc/resolv.conf', '/proc/kcore', '/proc/kmsg', '/dev/mem', '/dev/sda', '/dev/kmsg'): attempt(lambda: open(path, 'rb').read(1) or False)\n"
        "for folder, _, names in os.walk('/'):\n    if folder.startswith(('/proc', '/sys', '/usr', sys.prefix, sys.base_prefix)): continue\n    won = won or any(name in ('gradebook.db', 'nbgrader_config.py', 'key', 'secret') for name in names)\n"
        "    if time.process_time() > 8: break\n",
    ),
    machine(
        "symbolic links out of the folder",
        Kind.FILE,
        "for n, target in enumerate(('/etc/shadow', '/root', '/proc/1/root', '/proc/1/cwd', '../..', '/proc/self/root/../..', '/dev/sda')):\n    os.symlink(target, f'link{n}')\n"
        "    attempt(lambda: open(f'link{n}', 'rb').read(1) or False)\n    attempt(lambda: open(f'link{n}/gradebook.db', 'ab'))\n    attempt(lambda: open(f'link{n}/etc/shadow').read(1) or False)\n",
    ),
    machine(
        "hard links to files that are not the student's",
        Kind.FILE,
        "for n, target in enumerate((sys.executable, os.__file__, '/etc/passwd', '/bin/sh', '/proc/1/exe')): attempt(lambda: os.link(target, f'hard{n}'))\n",
    ),
    machine(
        "devices made and opened",
        Kind.FILE,
        "import stat\nattempt(lambda: os.mknod('disk', 0o666 | stat.S_IFBLK, os.makedev(8, 0)))\nattempt(lambda: os.mknod('memory', 0o666 | stat.S_IFCHR, os.makedev(1, 1)))\n"
        "for path in ('/dev/sda', '/dev/mem', '/dev/kvm', '/dev/fuse', '/dev/net/tun', '/dev/tty', '/dev/console', '/dev/loop0', '/dev/nvidia0', '/dev/vsock', '/dev/input/event0'): attempt(lambda: os.open(path, os.O_RDWR))\n"
        "attempt(lambda: open('/dev/x', 'w'))\n",
    ),
    machine(
        "programs with the rights of root",
        Kind.FILE,
        "Path('/tmp/x').write_text('#!/bin/sh\\nid')\nos.chmod('/tmp/x', 0o4755)\nfor command in (['sudo', '-n', 'id'], ['pkexec', 'id'], ['mount', '-t', 'tmpfs', 'none', '/tmp'], ['ping', '-c1', '127.0.0.1']):\n"
        "    attempt(lambda: subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True).returncode == 0)\nattempt(lambda: os.getuid() == 0 or os.geteuid() == 0)\n"
        "status = Path('/proc/self/status').read_text()\nattempt(lambda: any(int(line.split()[1], 16) for line in status.splitlines() if line.startswith('Cap')))\n",
    ),
    machine(
        "handles on files by number",
        Kind.FILE,
        "class Handle(ctypes.Structure):\n    _fields_ = [('size', ctypes.c_uint), ('kind', ctypes.c_int), ('octets', ctypes.c_ubyte * 128)]\nhandle = Handle(size=128)\nmount = ctypes.c_int()\n"
        "libc.name_to_handle_at(-100, b'/usr', ctypes.byref(handle), ctypes.byref(mount), 0)\nhandle.octets[0] = 2\nattempt(lambda: libc.open_by_handle_at(os.open('/', os.O_RDONLY), ctypes.byref(handle), 0) >= 0)\n",
    ),
    machine(
        "descriptors that were left open",
        Kind.FILE,
        "for name in os.listdir('/proc/self/fd'):\n    if int(name) not in (0, 1, 2, 3):\n        attempt(lambda: os.path.exists(os.readlink(f'/proc/self/fd/{name}')) and not os.readlink(f'/proc/self/fd/{name}').startswith(('/proc', '/dev', '/submission')))\n"
        "attempt(lambda: len(os.listdir('/proc/1/fd')) > 0)\n",
    ),
    machine(
        "a notebook, a gradebook and results of its own in the working folder",
        Kind.FILE,
        "for name in ('gradebook.db', 'nbgrader_config.py', 'small.ipynb', 'results.json', '../gradebook.db', '.autograder/cache/x.json', 'autograded/x'):\n"
        "    Path(name).parent.mkdir(parents=True, exist_ok=True) if not name.startswith('..') else None\n    try: Path(name).write_text('2.0')\n    except OSError: pass\n",
    ),
    machine(
        "a new start of the interpreter with settings of its own",
        Kind.FILE,
        "Path('/tmp/usercustomize.py').write_text('x')\nos.environ.update(PYTHONSTARTUP='/tmp/x', PYTHONPATH='/tmp', LD_PRELOAD='/tmp/x.so', PYTHONUSERBASE='/tmp')\n"
        "Path('/tmp/.ipython/profile_default/startup').mkdir(parents=True)\nPath('/tmp/.ipython/profile_default/startup/x.py').write_text('raise SystemExit')\n"
        "Path('/tmp/.jupyter').mkdir()\nPath('/tmp/.jupyter/nbgrader_config.py').write_text('raise SystemExit')\n",
    ),
    machine(
        "what an earlier submission has left",
        Kind.FILE,
        "for folder in ('/tmp', '/dev/shm', '/submission', '/var/tmp'):\n    mark = Path(folder, 'left-by-an-attack')\n    attempt(lambda: mark.exists())\n    try: mark.write_text('x')\n    except OSError: pass\n"
        "attempt(lambda: libc.shmget(0x6164, 1, 0o600) >= 0)\nlibc.shmget(0x6164, 4096, 0o1600)\nattempt(lambda: libc.msgget(0x6164, 0o600) >= 0)\nlibc.msgget(0x6164, 0o1600)\n",
    ),
]
