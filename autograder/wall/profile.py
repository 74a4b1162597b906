"""What the instructor's own solution did across the wall, which limits what a submission may do.

Before a class is graded, the solution is graded as if a student had handed it in. Wherever the tests got plain data
from it, they accept only plain data from a submission, and no object that decides itself what ``==``, ``-`` or
``.allclose()`` give. A submission's function may change only those of its arguments that the solution's changed:
otherwise it could turn the input into one whose answer it knows.

`Recorder` and `Profile` answer the same questions: the first permits everything and records it, the second permits
what was recorded. They are asked with all origins of a value (`autograder.wall.origins`): an object that was reached in
several ways is one object, as long as the solution had the same kinds of values wherever these ways lead.
"""

import itertools
from collections.abc import Sequence, Set
from dataclasses import dataclass, field

from autograder.wall.errors import NotPlainError, UnsendableError, UnsupportedValueError
from autograder.wall.origins import Origins, items, root
from autograder.wall.places import Path, Places, texts
from autograder.wall.sent_places import GRADIENT, SHARED, Place

_PLACE = " at "
_DRAWS = "draws"


@dataclass
class Recorder:
    """Records what happens while the solution is graded, and permits all of it.

    Attributes:
        handles: origins at which something else than plain data came.
        bare: those of them at which it had no plain value either, as a named tuple has.
        plain: origins at which plain data came.
        containers: origins at which an object came whose class is the notebook's and derives from a list, a tuple, a
            dictionary, a set or a text.
        own: what was asked of an object with a plain value: ``f() __eq__`` if its class has an ``__eq__`` of its own,
            ``f() no __eq__`` if it has none.
        swallowed: ``f() ValueError``, if an object swallowed such an error that was raised in its ``with`` statement.
        restored: what functions changed: ``f 0`` is the first argument of ``f``, ``f lr`` the one of that name,
            ``f 0.earlier`` items that it held before, ``f 0.grad`` its gradient, ``f 0.shape`` its shape or dtype,
            ``f 0.shared`` that it is in a second place, ``f leaves`` the student's own leaves,
            ``f 0/'x'`` the object under a key of it (see `autograder.wall.sent_places`), ``f draws`` a generator
            that the test had seeded, ``f seeds`` it anew, ``f 0.seed`` one that is an argument.
        kept: the same, for objects within an argument that a function was given and did not change.
        stops: origins at which a function raised StopIteration.
        moving: names that had another value when a test asked for them again, or than a test had given them.
        unasked: ids of the tests that sent the student's side no request.
        changes: functions of libraries that the notebook replaces: ``torch.allclose``.
        hiding: origins at which an array came that hides some of its items behind a mask.
        plain_places: ``f() 1``, if what ``f`` returned held plain data at that place: see `autograder.wall.places`.
        object_places: the same, if it held an object there.
    """

    handles: set[str] = field(default_factory=set)
    bare: set[str] = field(default_factory=set)
    plain: set[str] = field(default_factory=set)
    containers: set[str] = field(default_factory=set)
    own: set[str] = field(default_factory=set)
    swallowed: set[str] = field(default_factory=set)
    restored: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    stops: set[str] = field(default_factory=set)
    moving: set[str] = field(default_factory=set)
    unasked: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    hiding: set[str] = field(default_factory=set)
    plain_places: set[str] = field(default_factory=set)
    object_places: set[str] = field(default_factory=set)

    def finish(self) -> "Profile":
        """What was recorded."""
        # Where no object came, none is expected anywhere; and where one came at times, it is at no other.
        known = {
            place for place in self.plain_places - self.object_places if place.partition(_PLACE)[0] in self.handles
        }
        self.plain_places = known
        self.object_places.clear()
        return Profile(**{name: frozenset(recorded) for name, recorded in vars(self).items()})

    def expects_object(self, origins: Origins) -> bool:  # noqa: ARG002 - the same question as to a profile
        """See `Profile.expects_object`."""
        return True

    def require_object(self, origins: Origins, description: str) -> None:
        """See `Profile.require_object`."""

    def may_operate(self, origins: Origins, *, has_plain_value: bool) -> bool:  # noqa: ARG002 - the same question
        """See `Profile.may_operate`."""
        return True

    def require_operand(self, origins: Origins, description: str, *, has_plain_value: bool) -> None:
        """See `Profile.require_operand`."""

    def takes_plain_value(self, origins: Origins, *, has_plain_value: bool) -> bool:
        """See `Profile.takes_plain_value`."""
        self.handles.update(origins)
        if not has_plain_value:
            self.bare.update(origins)
        return False

    def item_origins(self, origins: Origins) -> Origins:
        """See `Profile.item_origins`."""
        # A submission may have a tuple there, whose items come with it.
        return (*origins, *items(origins))

    def record_container(self, origins: Origins) -> None:
        """Record that an object came whose class is the notebook's and derives from a builtin container's."""
        self.containers.update(origins)

    def record_plain(self, origins: Origins) -> None:
        """Record that plain data came."""
        self.plain.update(origins)

    def looks_at_places(self, origins: Origins) -> bool:  # noqa: ARG002 - the same question as to a profile
        """See `Profile.looks_at_places`."""
        return True

    def record_places(self, origins: Origins, places: Places) -> None:
        """Record which parts of an answer were plain data, and which held objects."""
        for origin in origins:
            for found, noted in ((places.plain, self.plain_places), (places.objects, self.object_places)):
                noted.update(f"{origin}{_PLACE}{text}" for path in found if path for text in texts(path))

    def refused_place(self, origins: Origins, places: Sequence[tuple[Path, bool]]) -> str:  # noqa: ARG002 - the same
        """See `Profile.refused_place`."""
        return ""

    def record_class(self, origin: str) -> None:
        """Record that an object came of a class that may be asked for by ``type``."""
        self.handles.add(origin)
        self.bare.add(origin)

    def are_alike(self, one: str, other: str) -> bool:  # noqa: ARG002 - the same question as to a profile
        """See `Profile.are_alike`."""
        return True

    def may_decide(self, origins: Origins, method: str, *, own: bool) -> bool:
        """See `Profile.may_decide`."""
        self.own.update(f"{origin} {method}" if own else f"{origin} no {method}" for origin in origins)
        return own

    def may_swallow(self, origins: Origins, error: str) -> bool:
        """See `Profile.may_swallow`."""
        self.swallowed.update(f"{origin} {error}" for origin in origins)
        return True

    def may_change(self, functions: Origins, place: Place, parts: Set[str]) -> bool:
        """See `Profile.may_change`."""
        for function, part in itertools.product(functions, parts if parts == {SHARED} else parts | {GRADIENT}):
            self.restored.update(f"{function} {text}{part}" for text in place.alike())
        return True

    def record_kept(self, functions: Origins, place: Place, parts: Set[str]) -> None:
        """Record that functions did not change these parts of an object within an argument."""
        if place.steps:
            self.kept.update(f"{function} {place}{part}" for function, part in itertools.product(functions, parts))

    def may_change_leaves(self, functions: Origins) -> bool:  # noqa: ARG002 - the same question as to a profile
        """See `Profile.may_change_leaves`."""
        return True

    def record_changed_leaves(self, functions: Origins) -> None:
        """Record that a function changed values of the student's own leaves."""
        self.restored.update(map(_leaves_of, functions))

    def may_draw(self, functions: Origins) -> bool:  # noqa: ARG002 - the same question as to a profile
        """See `Profile.may_draw`."""
        return True

    def record_draw(self, functions: Origins) -> None:
        """Record that a function drew from a generator that the test had seeded."""
        self.restored.update(map(_draws_of, functions))

    def may_reseed(self, functions: Origins) -> bool:
        """See `Profile.may_reseed`."""
        self.restored.update(map(_seeds_of, functions))
        return True

    def may_stop_iteration(self, origins: Origins) -> bool:
        """See `Profile.may_stop_iteration`."""
        self.stops.update(origins)
        return True

    def may_rebind(self, name: str) -> bool:
        """See `Profile.may_rebind`."""
        self.moving.add(name)
        return True

    def may_hide_items(self, origins: Origins) -> bool:
        """See `Profile.may_hide_items`."""
        self.hiding.update(origins)
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
    plain: frozenset[str] = frozenset()
    containers: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    swallowed: frozenset[str] = frozenset()
    restored: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    stops: frozenset[str] = frozenset()
    moving: frozenset[str] = frozenset()
    unasked: frozenset[str] = frozenset()
    changes: frozenset[str] = frozenset()
    hiding: frozenset[str] = frozenset()
    plain_places: frozenset[str] = frozenset()
    object_places: frozenset[str] = frozenset()

    def finish(self) -> None:
        """Nothing is recorded of a submission."""

    def expects_object(self, origins: Origins) -> bool:
        """Whether the instructor's solution had something else than plain data there, too."""
        return not self.handles.isdisjoint(origins)

    def require_object(self, origins: Origins, description: str) -> None:
        """Refuse to treat an object as an answer where plain data is expected.

        Args:
            origins: how the judge came by the object.
            description: what it is: "a generator".

        Raises:
            NotPlainError: the solution had plain data there.
        """
        if self.handles.isdisjoint(origins):
            raise NotPlainError(
                f"`{origins[0].removesuffix('[]')}` gave {description}, where a plain value is expected"
            )

    def may_operate(self, origins: Origins, *, has_plain_value: bool) -> bool:
        """Whether an object may be compared and computed with: the solution's had no plain value, or this one has.

        Where a class is the exercise, an honest one may hold a list where the solution's is one.
        """
        return has_plain_value or not self.bare.isdisjoint(origins) or not self.containers.isdisjoint(origins)

    def require_operand(self, origins: Origins, description: str, *, has_plain_value: bool) -> None:
        """Refuse to compare or compute with an object where the solution has one with a plain value.

        Args:
            origins: how the judge came by the object.
            description: what it is: "a generator".
            has_plain_value: whether its class derives from a plain one, as a named tuple's.

        Raises:
            NotPlainError: the solution had an object with a plain value there, as a named tuple, and this has none.
        """
        if not self.may_operate(origins, has_plain_value=has_plain_value):
            raise NotPlainError(f"`{origins[0]}` gave {description}, which is no plain value")

    def takes_plain_value(self, origins: Origins, *, has_plain_value: bool) -> bool:
        """Whether a test gets an object's plain value instead of the object: where the solution gave plain data."""
        return has_plain_value and self.handles.isdisjoint(origins)

    def item_origins(self, origins: Origins) -> Origins:
        """The origins of the items that come with an object whose class derives from a plain one.

        They are those of the items that any other object gives, whatever its class derives from.
        """
        return items(origins)

    def record_container(self, origins: Origins) -> None:
        """Nothing is recorded of a submission."""

    def record_plain(self, origins: Origins) -> None:
        """Nothing is recorded of a submission."""

    def looks_at_places(self, origins: Origins) -> bool:
        """Whether it matters where in an answer an object is."""
        return any(place.partition(_PLACE)[0] in origins for place in self.plain_places)

    def record_places(self, origins: Origins, places: Places) -> None:
        """Nothing is recorded of a submission."""

    def refused_place(self, origins: Origins, places: Sequence[tuple[Path, bool]]) -> str:
        """Where an object is in an answer in which the solution only had plain data there; empty if it had not.

        Args:
            origins: the answer's.
            places: the object's places in it, and whether that is all that is known of them.
        """
        for origin in origins:
            for path, known in places:
                for end in range(1, len(path) + 1):
                    if any(f"{origin}{_PLACE}{text}" in self.plain_places for text in texts(path[:end])):
                        return "/".join(path[:end])
                if not known:
                    starts = [f"{origin}{_PLACE}{text}/" if text else f"{origin}{_PLACE}" for text in texts(path)]
                    if any(place.startswith(tuple(starts)) for place in self.plain_places):
                        return "/".join(path) or "*"
        return ""

    def may_draw(self, functions: Origins) -> bool:
        """Whether a function may draw from a generator that the test has seeded: the solution's did."""
        return not self.restored.isdisjoint(map(_draws_of, functions))

    def record_draw(self, functions: Origins) -> None:
        """Nothing is recorded of a submission."""

    def record_class(self, origin: str) -> None:
        """Nothing is recorded of a submission."""

    def are_alike(self, one: str, other: str) -> bool:
        """Whether what is reached from two origins has the same rights, as far as the tests went that way from both.

        If so, an object that was reached in both ways can be one object for the test: it gains no right by it.
        """
        first, second = self._rights(one), self._rights(other)
        return all(first[step] == second[step] for step in first.keys() & second.keys())

    def _rights(self, origin: str) -> dict[str, frozenset[str]]:
        """What the solution did at all origins that begin with this one: the rest of the origin → what came."""
        operand = root(origin)
        rights: dict[str, set[str]] = {}
        for right in ("handles", "bare", "containers", "plain"):
            for found in getattr(self, right):
                step = _rest(found, origin, operand)
                if step is not None:
                    # Where an object came, it doesn't matter whether plain data came, too.
                    came = rights.setdefault(step, set())
                    came |= {right} if right != "plain" or not came else set()
        for found in self.own:
            step = _rest(found, origin, origin)
            if step is not None:
                came = rights.setdefault(step.replace(" no ", " "), set())
                came |= {"plain value"} if " no " in step and "class" not in came else {"class"}
                came -= {"plain value"} if "class" in came else set()
        for right in ("swallowed", "restored", "stops"):
            for found in getattr(self, right):
                step = _rest(found, origin, origin)
                if step is None:
                    continue
                # What a call changed or swallowed says nothing where the tests made no such call.
                where, _, what = step.rpartition(" ")
                if what == _DRAWS:
                    # Nor does it matter whether a test had seeded a generator before the call.
                    continue
                asked = {"swallowed": f"{where}.__exit__()", "restored": f"{where}()", "stops": step}[right]
                if asked in rights:
                    rights[asked].add(f"{right} {what}")
        return {step: frozenset(came) for step, came in rights.items()}

    def may_decide(self, origins: Origins, method: str, *, own: bool) -> bool:
        """Whether the class of an object with a plain value decides what a method gives: the solution's did.

        Args:
            origins: how the judge came by the object.
            method: the special method.
            own: whether its class has one of its own.
        """
        # Where the solution's had no plain value, any other class than such a one decides, too.
        bare = not self.bare.isdisjoint(origins)
        return own and (bare or any(f"{origin} {method}" in self.own for origin in origins))

    def may_swallow(self, origins: Origins, error: str) -> bool:
        """Whether an object may swallow an error that a test raised in its ``with`` statement: the solution's did."""
        return any(f"{origin} {error}" in self.swallowed for origin in origins)

    def may_change(self, functions: Origins, place: Place, parts: Set[str]) -> bool:
        """Whether a function may change one of the objects that it was given so: the solution's did.

        Args:
            functions: the function, for each of the origins at which it is.
            place: where the object is in its arguments. What the solution did to others there counts for an object
                that the solution never had.
            parts: the parts of the object that it changed.
        """
        return any(all(self._changed(function, place, part) for part in parts) for function in functions)

    def _changed(self, function: str, place: Place, part: str) -> bool:
        if f"{function} {place}{part}" in self.restored:
            return True
        if f"{function} {place}{part}" in self.kept:
            return False
        return any(f"{function} {text}{part}" in self.restored for text in place.alike())

    def record_kept(self, functions: Origins, place: Place, parts: Set[str]) -> None:
        """Nothing is recorded of a submission."""

    def may_change_leaves(self, functions: Origins) -> bool:
        """Whether a function may change values of the student's own leaves: the solution's did."""
        return not self.restored.isdisjoint(map(_leaves_of, functions))

    def record_changed_leaves(self, functions: Origins) -> None:
        """Nothing is recorded of a submission."""

    def may_reseed(self, functions: Origins) -> bool:
        """Whether a function may set a generator that the test has seeded to a state of its own: the solution's did."""
        return not self.restored.isdisjoint(map(_seeds_of, functions))

    def may_stop_iteration(self, origins: Origins) -> bool:
        """Whether a call may raise StopIteration, which ends a loop of the test's: the solution's did."""
        return not self.stops.isdisjoint(origins)

    def may_rebind(self, name: str) -> bool:
        """Whether a name may have another value when a test asks for it again: the solution's had."""
        return name in self.moving

    def may_hide_items(self, origins: Origins) -> bool:
        """Whether an array may hide some of its items behind a mask: some comparisons pass over those."""
        return not self.hiding.isdisjoint(origins)

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


def _seeds_of(function: str) -> str:
    return f"{function} seeds"


def _draws_of(function: str) -> str:
    return f"{function} {_DRAWS}"


def _rest(found: str, origin: str, operand: str) -> str | None:
    """What follows an origin in another one; what operations give follows the origin of the first operand."""
    rest = found[len(origin) :] if found.startswith(origin) else ""
    if rest and rest[0] in ".([":
        return rest
    rest = found[len(operand) :] if found.startswith(operand) else ""
    return rest if rest[:1] == " " and rest != " iterator" else None
