"""What a test binds and the student's side must see, as it would in one process.

Two kinds of names cross: those that the solution's functions look up when they are called (a test that sets ``SCALE``),
at once; and those that a submission mentions and that only the released part of the test binds, when the test has
ended, for the cells below it. So no answer can take what it is compared with from the test that runs. The values of
hidden parts that the solution doesn't need stay on this side.
"""

import ast
import re
from collections.abc import Iterable, Mapping
from types import FunctionType, ModuleType
from typing import Any

import numpy
import torch

from autograder.cells import Cell, Role
from autograder.judging.fingerprints import Print, fingerprint
from autograder.judging.instructor_run import InstructorRun
from autograder.judging.one_process import one_process_reason
from autograder.python_names import binding_statements, times_bound
from autograder.wall.handles import is_handle
from autograder.wall.judge_end import Given
from autograder.wall.namespace import Namespace

_WORD = re.compile(r"[^\W\d]\w*")
_MOST_COMPARED = 10_000
_UNBOUND = object()


class GivenNames:
    """Follows what the tests of one submission bind.

    Args:
        namespace: the judge's names.
        instructor: the instructor's notebook.
        released: the released text of each graded cell, by its id.
        cells: the submission's cells.
    """

    def __init__(
        self,
        namespace: Namespace,
        instructor: InstructorRun,
        released: Mapping[str, Cell],
        cells: Iterable[Cell],
    ) -> None:
        self._namespace = namespace
        self._instructor = instructor
        self._released = released
        public = frozenset[str]().union(*instructor.public_names.values())
        watched = frozenset[str]().union(*instructor.watched_names.values())
        own = {Role.SOLUTION, Role.ANSWER, Role.FREE, Role.TASK}
        code = [cell for cell in cells if cell.kind == "code" and cell.role is not Role.TEST]
        self._mentioned = _mentioned(public, code)
        self.changeable = _mentioned(watched, (cell for cell in code if cell.role in own))
        """The names of lessons that tests look at and that the submission mentions in its own cells."""
        self._testing = False
        self._at_once = instructor.given_names
        self._names = frozenset[str]()
        self._text = ""
        self._known: dict[str, tuple[object, Print]] = {}
        self._pending: list[Given] = []
        self.given: list[Given] = []
        """All that was given so far, in order."""

    def settle(self) -> None:
        """A test has ended: what is bound from now on is given to nobody."""
        self._pending += self._changes(self._names)
        self._names = frozenset()

    def begin(self, grade_id: str) -> None:
        """A test begins: what it binds from now on is given, at once or when it has ended."""
        self._testing = True
        public = self._instructor.public_names.get(grade_id, frozenset()) & self._mentioned
        self._text = self._released[grade_id].source if public and grade_id in self._released else ""
        self._names = self._at_once | public
        self._known = {name: self._state(name) for name in self._names}

    def end(self) -> None:
        """The test has ended: what it has bound is given to the cells below it."""
        self._testing = False

    def public_text(self, grade_id: str) -> str:
        """The statements of a test's released part that bind what the submission mentions."""
        public = self._instructor.public_names.get(grade_id, frozenset()) & self._mentioned
        if not public or grade_id not in self._released:
            return ""
        modules = {name for name, value in dict.items(self._namespace) if isinstance(value, (ModuleType, type))}
        statements = map(ast.unparse, binding_statements(self._released[grade_id].source, public))
        return "\n".join(statement for statement in statements if not one_process_reason(statement, modules))

    def collect(self) -> list[Given]:
        """What has been bound, changed or deleted since the last call."""
        found = self._pending + self._changes(self._at_once if self._testing else self._names)
        self._pending = []
        self.given += found
        return found

    def _changes(self, names: frozenset[str]) -> list[Given]:
        # Python binds a name that a function declares global past the namespace, which would ask the other side.
        local = [name for name in self._instructor.student_names if dict.__contains__(self._namespace, name)]
        found = [Given(name, dict.pop(self._namespace, name)) for name in local]
        for name in names:
            state = self._state(name)
            if state[0] is not self._known[name][0] or state[1] != self._known[name][1]:
                self._known[name] = state
                found.append(self._give(name, state[0]))
        return found

    def _state(self, name: str) -> tuple[object, Print]:
        value = dict.get(self._namespace, name, _UNBOUND)
        return value, fingerprint(value) if _is_small(value) else None

    def _give(self, name: str, value: object) -> Given:
        text = ""
        if self._text and times_bound(self._text, name) == 1:
            text = "\n".join(ast.unparse(statement) for statement in binding_statements(self._text, {name}))
        if value is _UNBOUND:
            return Given(name, None, bound=False)
        # Functions and classes are defined there, among the student's names, as in one process.
        by_text = not is_handle(value) and isinstance(value, (type, FunctionType)) and value.__module__ == "__main__"
        return Given(name, value, text=text, by_text=by_text and bool(text))


def _mentioned(names: frozenset[str], cells: Iterable[Cell]) -> frozenset[str]:
    if not names:
        return names
    return names & frozenset(word for cell in cells for word in _WORD.findall(cell.source))


def _is_small(value: Any) -> bool:  # noqa: ANN401 - any value
    # By its type alone: to look at a handle sends a request.
    if type(value) in (list, dict, set):
        return len(value) <= _MOST_COMPARED
    return type(value) in (numpy.ndarray, torch.Tensor, torch.nn.Parameter) and value.nbytes <= _MOST_COMPARED
