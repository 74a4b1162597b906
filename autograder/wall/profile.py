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
    that, ``f()[]`` an item, ``f() mul`` a product with it.

    Attributes:
        handles: origins at which something else than plain data came.
        bare: those of them at which it had no plain value either, as a named tuple has.
        restored: what functions changed: ``f 0`` is the first argument of ``f``, ``f lr`` the one of that name,
            ``f 0.grad`` its gradient, ``f 0.shape`` its shape or dtype, ``f leaves`` the student's own leaves.
        stops: origins at which a function raised StopIteration.
        unasked: ids of the tests that asked nothing of the student's side.
        moving: names that had another value when a test asked for them again, or than a test had given them.
    """

    handles: set[str] = field(default_factory=set)
    bare: set[str] = field(default_factory=set)
    restored: set[str] = field(default_factory=set)
    stops: set[str] = field(default_factory=set)
    moving: set[str] = field(default_factory=set)
    unasked: set[str] = field(default_factory=set)

    def finish(self) -> "Profile":
        """What was noted."""
        return Profile(**{name: frozenset(noted) for name, noted in vars(self).items()})


@dataclass(frozen=True)
class Profile:
    """What a submission may do: see `Recorder`."""

    handles: frozenset[str] = frozenset()
    bare: frozenset[str] = frozenset()
    restored: frozenset[str] = frozenset()
    stops: frozenset[str] = frozenset()
    moving: frozenset[str] = frozenset()
    unasked: frozenset[str] = frozenset()
