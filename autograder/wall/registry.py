"""The classes whose values cross, beside the codec's own; those of libraries are looked up only where they are loaded.

A lab without pandas doesn't pay for importing it.
"""

import functools
import importlib.util
import sys
from collections.abc import Mapping
from types import MappingProxyType

from autograder.wall import collection_values, numpy_values
from autograder.wall.errors import MalformedError
from autograder.wall.kinds import Kind, Kinds

_LIBRARIES = frozenset({"pandas", "scipy"})
_KINDS: Kinds = {**collection_values.KINDS, **numpy_values.KINDS}
_TAGS = {kind.tag: kind for kind in (*_KINDS.values(), numpy_values.OBJECTS) if kind.tag != "array"}


def find_kind(kind: type) -> Kind | None:
    """How values of this class cross; None if it isn't known."""
    found = _KINDS.get(kind)
    if found is not None:
        return found
    root = str(kind.__module__).partition(".")[0]
    return _kinds_of(root).get(kind) if root in _LIBRARIES and root in sys.modules else None


def kind_of_tag(tag: str) -> Kind | None:
    """How values cross whose nodes begin with this tag; None if there are none.

    Raises:
        MalformedError: they are a library's that isn't here.
    """
    if tag in _TAGS:
        return _TAGS[tag]
    root = tag.partition(".")[0]
    if root not in _LIBRARIES:
        return None
    if importlib.util.find_spec(root) is None:
        raise MalformedError(f"{root} is not installed")
    return _tags_of(root).get(tag)


@functools.cache
def _tags_of(library: str) -> Mapping[str, Kind]:
    return {kind.tag: kind for kind in _kinds_of(library).values()}


@functools.cache
def _kinds_of(library: str) -> Mapping[type, Kind]:
    if library == "pandas":
        from autograder.wall import pandas_values  # takes a second to import, and few labs need it

        return MappingProxyType(dict(pandas_values.KINDS))
    from autograder.wall import scipy_values  # likewise

    return MappingProxyType(dict(scipy_values.KINDS))
