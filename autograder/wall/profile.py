"""What the instructor's own solution did across the wall, which limits what a submission may do.

Before a class is graded, the solution is graded as if a student had handed it in. Wherever the tests got plain data
from it, they accept only plain data from a submission, and no object that decides itself what ``==``, ``-`` or
``.allclose()`` give. A submission's function may change only those of its arguments that the solution's changed:
otherwise it could turn the input into one whose answer it knows.

`Recorder` and `Profile` answer the same questions: the first permits everything and records it, the second permits
what was recorded.
"""

from collections.abc import Set
from dataclasses import dataclass, field

from autograder.wall.errors import NotPlainError, UnsendableError, UnsupportedValueError


@dataclass
class Recorder:
    """Records what happens while the solution is graded, and permits all of it.

    An origin says how a value was reached: ``f`` is the name, ``f()`` what it returned, ``f().step`` an attribute of
    that, ``f()[]`` an item, ``f() mul`` a product with it.

    Attributes:
        handles: origins at which something else than plain data came.
        bare: those of them at which it had no plain value either, as a named tuple has.
        restored: what functions changed: ``f 0`` is the first argument of ``f``, ``f lr`` the one of that name,
            ``f 0.grad`` its gradient, ``f 0.shape`` its shape or dtype, ``f leaves`` the student's own leaves,
            ``f draws`` a generator that the test had seeded.
        stops: origins at which a function raised StopIteration.
        moving: names that had another value when a test asked for them again, or than a test had given them.
        unasked: ids of the tests that sent the student's side no request.
        changes: functions of libraries that the notebook replaces: ``torch.allclose``.
    """

    handles: set[str] = field(default_factory=set)
    bare: set[str] = field(default_factory=set)
    restored: set[str] = field(default_factory=set)
    stops: set[str] = field(default_factory=set)
    moving: set[str] = field(default_factory=set)
    unasked: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)

    def finish(self) -> "Profile":
        """What was recorded."""
        return Profile(**{name: frozenset(recorded) for name, recorded in vars(self).items()})

    def expects_object(self, origin: str) -> bool:  # noqa: ARG002 - the same question as to a profile
        """See `Profile.expects_object`."""
        return True

    def require_object(self, origin: str, description: str) -> None:
        """See `Profile.require_object`."""

    def require_operand(self, origin: str, description: str, *, has_plain_value: bool) -> None:
        """See `Profile.require_operand`."""

    def takes_plain_value(self, origin: str, *, has_plain_value: bool) -> bool:
        """See `Profile.takes_plain_value`."""
        self.handles.add(origin)
        if not has_plain_value:
            self.bare.add(origin)
        return False

    def may_change_arguments(self, changes: Set[str]) -> bool:
        """See `Profile.may_change_arguments`."""
        self.restored |= changes | {f"{change.removesuffix('.grad')}.grad" for change in changes}
        return True

    def may_change_leaves(self, function: str) -> bool:  # noqa: ARG002 - the same question as to a profile
        """See `Profile.may_change_leaves`."""
        return True

    def record_changed_leaves(self, function: str) -> None:
        """Record that a function changed values of the student's own leaves."""
        self.restored.add(_leaves_of(function))

    def may_draw(self, function: str) -> bool:  # noqa: ARG002 - the same question as to a profile
        """See `Profile.may_draw`."""
        return True

    def record_draw(self, function: str) -> None:
        """Record that a function drew from a generator that the test had seeded."""
        self.restored.add(_draws_of(function))

    def may_stop_iteration(self, origin: str) -> bool:
        """See `Profile.may_stop_iteration`."""
        self.stops.add(origin)
        return True

    def may_rebind(self, name: str) -> bool:
        """See `Profile.may_rebind`."""
        self.moving.add(name)
        return True

    def record_blind_test(self, grade_id: str) -> None:
        """Record that a test sent the student's side no request."""
        self.unasked.add(grade_id)

    def record_changes(self, names: Set[str]) -> None:
        """Record which functions of libraries the notebook replaced."""
        self.changes |= names

    def too_large(self, error: UnsendableError) -> BaseException:
        """See `Profile.too_large`."""
        return UnsupportedValueError(f"a test sends the student a value that is too large: {error}")


@dataclass(frozen=True)
class Profile:
    """What a submission may do: the attributes are those of `Recorder`."""

    handles: frozenset[str] = frozenset()
    bare: frozenset[str] = frozenset()
    restored: frozenset[str] = frozenset()
    stops: frozenset[str] = frozenset()
    moving: frozenset[str] = frozenset()
    unasked: frozenset[str] = frozenset()
    changes: frozenset[str] = frozenset()

    def finish(self) -> None:
        """Nothing is recorded of a submission."""

    def expects_object(self, origin: str) -> bool:
        """Whether the instructor's solution had something else than plain data there, too."""
        return origin in self.handles

    def require_object(self, origin: str, description: str) -> None:
        """Refuse to treat an object as an answer where plain data is expected.

        Args:
            origin: how the judge came by the object.
            description: what it is: "a generator".

        Raises:
            NotPlainError: the solution had plain data there.
        """
        if origin not in self.handles:
            raise NotPlainError(f"`{origin.removesuffix('[]')}` gave {description}, where a plain value is expected")

    def require_operand(self, origin: str, description: str, *, has_plain_value: bool) -> None:
        """Refuse to compare or compute with an object where the solution has one with a plain value.

        Args:
            origin: how the judge came by the object.
            description: what it is: "a generator".
            has_plain_value: whether its class derives from a plain one, as a named tuple's.

        Raises:
            NotPlainError: the solution had an object with a plain value there, as a named tuple, and this has none.
        """
        if not has_plain_value and origin not in self.bare:
            raise NotPlainError(f"`{origin}` gave {description}, which is no plain value")

    def takes_plain_value(self, origin: str, *, has_plain_value: bool) -> bool:
        """Whether a test gets an object's plain value instead of the object: where the solution gave plain data."""
        return has_plain_value and origin not in self.handles

    def may_change_arguments(self, changes: Set[str]) -> bool:
        """Whether a function may change its arguments so: the solution's did."""
        return changes <= self.restored

    def may_change_leaves(self, function: str) -> bool:
        """Whether a function may change values of the student's own leaves: the solution's did."""
        return _leaves_of(function) in self.restored

    def record_changed_leaves(self, function: str) -> None:
        """Nothing is recorded of a submission."""

    def may_draw(self, function: str) -> bool:
        """Whether a function may draw from a generator that the test has seeded: the solution's did."""
        return _draws_of(function) in self.restored

    def record_draw(self, function: str) -> None:
        """Nothing is recorded of a submission."""

    def may_stop_iteration(self, origin: str) -> bool:
        """Whether a call may raise StopIteration, which ends a loop of the test's: the solution's did."""
        return origin in self.stops

    def may_rebind(self, name: str) -> bool:
        """Whether a name may have another value when a test asks for it again: the solution's had."""
        return name in self.moving

    def record_blind_test(self, grade_id: str) -> None:
        """Nothing is recorded of a submission."""

    def record_changes(self, names: Set[str]) -> None:
        """Nothing is recorded of a submission."""

    def too_large(self, error: UnsendableError) -> BaseException:
        """What is raised where a test sends the student's side a value that is too large.

        While the solution is graded, the lab is wrong. After that, the value must come from the student, since the
        solution's could be sent.
        """
        return NotPlainError(f"a value that your code gave is too large to be handed back to it: {error}")


def _leaves_of(function: str) -> str:
    return f"{function} leaves"


def _draws_of(function: str) -> str:
    return f"{function} draws"
