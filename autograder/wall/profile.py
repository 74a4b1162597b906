"""What the instructor's own solution did across the wall: the measure of what a submission may do.

Before a class is graded, the solution is graded as if a student had handed it in. Wherever the tests got plain data
from it, they take nothing but plain data from a submission: an object that answers ``==``, ``-`` or ``.allclose()``
as it likes is no answer there. And only the arguments that a function changed in the solution's run may it change in a
submission's: otherwise a submission could turn the input into one whose answer it knows.
"""

from dataclasses import dataclass, field


@dataclass
class Recorder:
    """Notes what happens while the solution is graded.

    An origin says how a value was reached: ``f`` is the name, ``f()`` what it returned, ``f().step`` an attribute of
    that, ``f()[]`` an item.

    Attributes:
        handles: origins at which something else than plain data came.
        restored: what functions changed: ``f 0`` is the first argument of ``f``, ``f lr`` the one of that name,
            ``f 0.grad`` its gradient, ``f leaves`` the student's own leaves.
        stops: origins at which a function raised StopIteration.
    """

    handles: set[str] = field(default_factory=set)
    restored: set[str] = field(default_factory=set)
    stops: set[str] = field(default_factory=set)

    def finish(self) -> "Profile":
        """What was noted."""
        return Profile(frozenset(self.handles), frozenset(self.restored), frozenset(self.stops))


@dataclass(frozen=True)
class Profile:
    """What a submission may do: see `Recorder`."""

    handles: frozenset[str] = frozenset()
    restored: frozenset[str] = frozenset()
    stops: frozenset[str] = frozenset()
