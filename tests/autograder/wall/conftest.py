"""A real student process, without namespaces: the wall itself must hold by what it carries."""

from collections.abc import Callable, Iterator

import pytest

from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.sandbox.student_process import StudentProcess
from autograder.sandbox.zygote import Zygote
from autograder.wall.channel import Channel
from autograder.wall.handshake import send_setup
from autograder.wall.judge_end import Wall
from autograder.wall.profile import Profile, Recorder

LIMITS = Limits(message_bytes=16 * 1024**2)
Meet = Callable[..., Wall]


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    with Zygote(Mode.NONE, LIMITS) as zygote:
        yield zygote


@pytest.fixture
def meet(zygote: Zygote) -> Iterator[Meet]:
    """Start a student process that has run some code, and speak with it across the wall."""
    students: list[StudentProcess] = []

    def start(
        source: str,
        profile: Profile | Recorder | None = None,
        student_has: Callable[[str, object], bool] = lambda *_: False,
        find_class: Callable[[str], object] = lambda _: None,
        *,
        check: bool = True,
    ) -> Wall:
        student = zygote.fork()
        students.append(student)
        channel = Channel(student.connection, LIMITS.message_bytes)
        send_setup(channel, {}, LIMITS)
        wall = Wall(channel, Recorder() if profile is None else profile, student_has, find_class)
        ran = wall.run(source)
        assert not check or ran["failed"] is None
        return wall

    yield start
    for student in students:
        student.connection.close()
        student.kill()
