import os
import signal
import weakref

import pytest

from autograder.grading import interrupts


class Thing:
    """Something that a weak reference can point to."""


def test_an_interrupt_is_raised_where_the_program_is() -> None:
    with pytest.raises(KeyboardInterrupt), interrupts.interruptible():
        os.kill(os.getpid(), signal.SIGINT)


def test_a_termination_is_told_apart() -> None:
    with pytest.raises(interrupts.Terminated), interrupts.interruptible():
        os.kill(os.getpid(), signal.SIGTERM)


def test_an_interrupt_that_python_drops_is_raised_later(capfd: pytest.CaptureFixture[str]) -> None:
    thing = Thing()
    reference = weakref.ref(thing, lambda _: os.kill(os.getpid(), signal.SIGINT))
    with interrupts.interruptible():
        interrupts.raise_pending()
        del thing
        assert reference() is None
        with pytest.raises(KeyboardInterrupt):
            interrupts.raise_pending()
    interrupts.raise_pending()
    assert not capfd.readouterr().err


def test_the_handlers_that_were_set_before_are_set_again() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with interrupts.interruptible():
        assert signal.getsignal(signal.SIGINT) is not before[0]
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
