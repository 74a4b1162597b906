"""Real student processes in the real sandbox."""

import ctypes
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from autograder.sandbox import bubblewrap, system_calls
from autograder.sandbox.mode import Mode
from autograder.sandbox.zygote import Zygote
from tests.autograder.sandbox.support import Student, start, student_of


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    with start(Mode.BUBBLEWRAP) as started:
        yield started


@pytest.fixture(scope="session")
def bare_zygote() -> Iterator[Zygote]:
    with start(Mode.NONE) as started:
        yield started


@pytest.fixture(scope="session")
def unfiltered_zygote() -> Iterator[Zygote]:
    """A zygote that finds no libseccomp: the optional layer is missing, the required ones must do."""
    with pytest.MonkeyPatch.context() as patch:
        arguments = bubblewrap.arguments

        def without_library(*given: Any) -> list[str]:
            command = arguments(*given)
            for path in libraries():
                command[-5:-5] = ["--ro-bind", "/dev/null", path]
            return command

        patch.setattr(bubblewrap, "arguments", without_library)
        with start(Mode.BUBBLEWRAP) as started, student_of(started):
            yield started


def libraries() -> set[str]:
    """Where libseccomp lies; nowhere if it isn't installed."""
    with suppress(OSError):
        ctypes.CDLL(system_calls.LIBRARY)
    maps = Path("/proc/self/maps").read_text().splitlines()
    return {line.split()[-1] for line in maps if "libseccomp" in line}


@pytest.fixture
def student(zygote: Zygote) -> Iterator[Student]:
    with student_of(zygote) as started:
        yield started


@pytest.fixture
def new_student(zygote: Zygote) -> Iterator[Callable[[], Student]]:
    started: list[Student] = []

    def make() -> Student:
        started.append(Student(zygote.fork()))
        return started[-1]

    yield make
    for one in started:
        one.end()
