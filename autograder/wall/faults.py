"""What can go wrong at the wall, and whose fault it is.

All of them are `BaseException`s: a grade cell, or a check, that catches ``Exception`` to diagnose a student's error
must not swallow the fact that the student's process has died or that the time is over.
"""


class WallFault(BaseException):
    """Something ended the conversation with the student's side."""

    question: str = ""
    """What a test had asked and got no answer to, in words: "`f(…)` had been called". Never with what."""
    waited: float = 0.0
    """Seconds for which it had waited then."""


class StudentGone(WallFault):
    """The student's process ended: no more can be asked of it."""


class Misspoke(StudentGone):
    """The student's process said what no honest student's side says. It isn't listened to any more."""


class OutOfTime(WallFault):
    """The time for this cell is over."""


class Refused(WallFault):
    """The judge was to send what must not or cannot cross the wall: the lab's own fault, found when it is built."""


class MalformedError(Exception):
    """The bytes that arrived are not what the codec writes. The channel's owner turns this into `StudentGone`."""


class UnsendableError(Exception):
    """A value is too large, or nested too deeply, to cross the wall."""


class NotPlainError(TypeError):
    """The student's side gave an object where the instructor's own solution gave plain data."""


class MissingNameError(NameError):
    """The student's notebook doesn't define a name that a test asks for."""


class MissingAttributeError(AttributeError):
    """A test asks for something of an object that is never forwarded to the student's side."""
