"""What can go wrong at the wall, and whose fault it is.

All of them are `BaseException`s: a grade cell, or a check, that catches ``Exception`` to diagnose a student's error
must not swallow the fact that the student's process has died or that the time is over.
"""


class WallFault(BaseException):
    """Something ended the conversation with the student's side."""


class StudentGone(WallFault):
    """The student's process ended, or said something that is no message: no more can be asked of it."""


class OutOfTime(WallFault):
    """The time for this cell is over."""


class Refused(WallFault):
    """The judge was asked to send what must not or cannot cross the wall: the lab's own fault, found when it is built."""


class Malformed(Exception):
    """The bytes that arrived are not what the codec writes. The channel's owner turns this into `StudentGone`."""


class Unsendable(Exception):
    """A value is too large, or nested too deeply, to cross the wall."""
