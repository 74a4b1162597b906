import os
import signal
import weakref

import pytest

from autograder.grading import interrupts


class Thing:
    """Something that a weak reference can point to."""


def test_an_interrupt_is_raised_where_the_program_is() -> None:
    with pytest.raises(KeyboardInterrupt), interrupts.heeded():
        os.kill(os.getpid(), signal.SIGINT)


def test_a_termination_is_told_apart() -> None:
    with pytest.raises(interrupts.Terminated), interrupts.heeded():
        os.kill(os.getpid(), signal.SIGTERM)


def test_an_interrupt_that_python_drops_is_raised_later(capfd: pytest.CaptureFixture[str]) -> None:
    thing = Thing()
    reference = weakref.ref(thing, lambda _: os.kill(os.getpid(), signal.SIGINT))
    with interrupts.heeded():
        interrupts.check()
        del thing
        assert reference() is None
        with pytest.raises(KeyboardInterrupt):
            interrupts.check()
    interrupts.check()
    assert not capfd.readouterr().err


def test_what_was_heeded_before_is_heeded_again() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with interrupts.heeded():
        assert signal.getsignal(signal.SIGINT) is not before[0]
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
