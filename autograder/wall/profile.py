"""What the instructor's own solution did across the wall: the measure of what a submission may do.

Before a class is graded, the solution is graded as if a student had handed it in. Wherever the tests got plain data
from it, they take nothing but plain data from a submission: an object that answers ``==``, ``-`` or ``.allclose()``
as it likes is no answer there. And only functions that changed their arguments in the solution's run may change the
judge's: otherwise a submission could turn the input into one whose answer it knows.
"""

from dataclasses import dataclass, field


@dataclass
class Recorder:
    """Notes what happens while the solution is graded.

    An origin says how a value was reached: ``f`` is the name, ``f()`` what it returned, ``f().step`` an attribute of
    that, ``f()[]`` an item.

    Attributes:
        handles: origins at which something else than plain data came.
        restored: origins of functions that changed their arguments.
    """

    handles: set[str] = field(default_factory=set)
    restored: set[str] = field(default_factory=set)

    def finish(self) -> "Profile":
        """What was noted."""
        return Profile(frozenset(self.handles), frozenset(self.restored))


@dataclass(frozen=True)
class Profile:
    """What a submission may do: see `Recorder`."""

    handles: frozenset[str] = frozenset()
    restored: frozenset[str] = frozenset()
