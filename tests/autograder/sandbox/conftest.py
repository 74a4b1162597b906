"""Real student processes in the real sandbox."""

from collections.abc import Callable, Iterator

import pytest

from autograder.sandbox.mode import Mode
from autograder.sandbox.zygote import Zygote
from tests.autograder.sandbox import machines
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
    # The first student waits until the zygote has started; others that start later must find the library again.
    with machines.without_libseccomp():
        started = start(Mode.BUBBLEWRAP)
        Student(started.fork()).end()
    with started:
        yield started


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
