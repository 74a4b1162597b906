"""What a lesson gives and a submission may have changed: a list that it sorts in place, a variable that it binds anew.

In one process a test sees the changed value. It must not see it alone, or a submission could choose the values that its
answer is compared with. So a test that looks at a changed value runs with both values, and must pass both times.
"""

import numbers
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from autograder.wall.digests import digest
from autograder.wall.ipython_shell import Execution
from autograder.wall.judge_end import Wall
from autograder.wall.namespace import Namespace


def changed_values(names: Iterable[str], namespace: Namespace, wall: Wall) -> dict[str, Any]:
    """The student's values of those names of the lesson that have another value there.

    A student's side that says that nothing has changed gains nothing: the test then sees the judge's value alone.

    Args:
        names: names of the lesson.
        namespace: the judge's names.
        wall: the connection to the student's side.

    Raises:
        WallError: there is no answer.
    """
    own = {name: digest(dict.get(namespace, name)) for name in sorted(names) if dict.__contains__(namespace, name)}
    own = {name: content for name, content in own.items() if content}
    if not own:
        return {}
    theirs = dict(zip(own, wall.digests(list(own)), strict=True))
    changed = {}
    for name, content in own.items():
        if theirs[name] and theirs[name] != content:
            try:
                changed[name] = wall.ask("fetch", name, origin=name)
            except Exception:  # noqa: BLE001, S112 - the student's side must not be able to stop the judge
                continue
    return changed


@contextmanager
def with_values(namespace: Namespace, values: Mapping[str, Any]) -> Iterator[None]:
    """Bind names to other values for a while; a name that is bound to something else meanwhile keeps that."""
    before = {name: dict.get(namespace, name) for name in values}
    dict.update(namespace, values)
    try:
        yield
    finally:
        for name, value in values.items():
            if dict.get(namespace, name) is value:
                dict.__setitem__(namespace, name, before[name])


def worse(first: Execution, second: Execution) -> Execution:
    """That of two runs of a test that gives fewer points; the second if both give none."""
    if second.error is not None or first.error is not None:
        return second if second.error is not None else first
    given = (first.value, second.value)
    if all(isinstance(value, numbers.Real) and not isinstance(value, bool) for value in given):
        return min(first, second, key=lambda execution: float(execution.value))
    return first
