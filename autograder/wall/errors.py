"""What can go wrong at the wall, and on which side.

Every `WallError` is a `BaseException`: a grade cell, or a check, that catches ``Exception`` to diagnose a student's
error must not swallow the fact that the student's process has died or that the time is over.
"""


class WallError(BaseException):
    """Something ended the exchange with the other side."""

    question: str = ""
    """The request of a test that got no answer, in words: "`f(…)` had been called". Never with which arguments."""
    waited: float = 0.0
    """Seconds for which the test had waited."""


class ConnectionClosedError(WallError):
    """The other process ended, or has closed the connection: nothing more can be asked of it."""


class ProtocolError(ConnectionClosedError):
    """The student's process sent what no honest student's side sends. Nothing more is read from it."""


class DeadlineExceededError(WallError):
    """The time for this cell, or for this message, is over."""


class UnsupportedValueError(WallError):
    """A test sends a value that must not or cannot cross the wall: the lab's own fault, found when it is built."""


class MalformedError(Exception):
    """The bytes that arrived are not what the codec writes. The channel's owner turns this into `ProtocolError`."""


class UnsendableError(Exception):
    """A value is too large, or nested too deeply, to cross the wall."""


class NotPlainError(TypeError):
    """The student's side gave an object where the instructor's own solution gave plain data."""


class MissingNameError(NameError):
    """The student's notebook doesn't define a name that a test asks for."""


class MissingAttributeError(AttributeError):
    """A test asks for something of an object that is never forwarded to the student's side."""
