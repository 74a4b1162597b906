"""Student processes that run programs, and what the machine outside the sandbox sees of them."""

import ast
import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.sandbox.student_process import StudentProcess
from autograder.sandbox.zygote import Zygote

PROGRAM = Path(__file__).parent / "program.py"
ENTRY = f"{PROGRAM}:serve"
MEGABYTE = 1024**2
TIGHT = Limits(
    cpu_seconds=2,
    memory_bytes=1024 * MEGABYTE,
    processes=16,
    open_files=64,
    file_bytes=4 * MEGABYTE,
    disk_bytes=16 * MEGABYTE,
)
SMALL = Limits(cpu_seconds=3, memory_bytes=512 * MEGABYTE, processes=24, disk_bytes=220 * MEGABYTE)
FORK_AND_ALLOCATE = """
import os, time
while True:
    if os.fork() == 0:
        block = bytearray(50 * 1024**2)
        time.sleep(1000)
    time.sleep(0.05)
"""
"""A program that uses more and more memory, in ever more processes."""


class Student:
    """A student process that runs programs."""

    def __init__(self, process: StudentProcess) -> None:
        self.process = process
        process.connection.settimeout(30)
        self._answers = process.connection.makefile("rb")

    def send(self, source: str) -> None:
        self.process.connection.sendall(json.dumps(source).encode() + b"\n")

    def answer(self) -> tuple[str, str] | None:
        """The kind of the answer and its text; None if the process has hung up."""
        try:
            line = self._answers.readline()
        except ConnectionResetError:
            return None
        return tuple(json.loads(line)) if line else None

    def run(self, source: str) -> Any:
        """What the program left in ``result``."""
        self.send(source)
        answer = self.answer()
        assert answer is not None, self.process.wait(5)
        kind, text = answer
        assert kind == "result", text
        return ast.literal_eval(text)

    def error(self, source: str) -> str:
        """The error that the program raised."""
        self.send(source)
        answer = self.answer()
        assert answer is not None, self.process.wait(5)
        kind, text = answer
        assert kind == "error", f"expected an error, found {text}"
        return text

    def end(self) -> None:
        self.process.kill()
        self._answers.close()
        self.process.connection.close()


def start(mode: Mode, limits: Limits = TIGHT) -> Zygote:
    return Zygote(mode, limits, readable=[PROGRAM], entry=ENTRY)


@contextmanager
def student_of(zygote: Zygote) -> Iterator[Student]:
    student = Student(zygote.fork())
    try:
        yield student
    finally:
        student.end()


def marker() -> str:
    """A number of seconds that no other process sleeps: `sleep` with it can be found among all processes."""
    return str(10**9 + uuid.uuid4().int % 10**9)


def sleepers(mark: str) -> list[int]:
    """The processes that have the mark in their command line."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if mark.encode() in line.split(b"\0"):
                found.append(int(entry.name))
    return found


def all_gone(mark: str, seconds: float = 30.0) -> bool:
    """Whether no process has the mark any more, or soon has not."""
    end = time.monotonic() + seconds
    while sleepers(mark):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


DAEMON = r"""
import os, subprocess
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execvp("sleep", ["sleep", "{mark}"])
    os._exit(0)
os.wait()
import time

def sleeps(p):
    try:
        return open(f"/proc/{{p}}/cmdline", "rb").read().split(b"\0")[:2] == [b"sleep", b"{mark}"]
    except OSError:
        return False
while not any(sleeps(p) for p in os.listdir("/proc") if p.isdigit()):
    time.sleep(0.01)
"""
"""A program that leaves a detached process behind."""
