"""Records as plain data and back: what goes over a socket, into a file or to another machine.

Plain data are None, bool, int, float, str, bytes, lists and dictionaries. A record's fields say what is read back, so
that a message or a file of another shape is an error and never half a record.
"""

from typing import Any, TypeVar

import msgspec

Record = TypeVar("Record")


class MalformedRecordError(ValueError):
    """Plain data that are not the record that was asked for."""


def to_plain(record: object) -> Any:  # noqa: ANN401 - plain data
    """A frozen dataclass, or a collection of such, as plain data. Long texts and bytes are not copied."""
    return msgspec.to_builtins(record, builtin_types=(bytes,))


def from_plain(kind: type[Record], plain: object) -> Record:
    """A record from what `to_plain` made of it.

    Args:
        kind: the record's class, or a collection of it, as ``tuple[Cell, ...]``.
        plain: plain data.

    Raises:
        MalformedRecordError: a field is missing or of another type.
    """
    try:
        return msgspec.convert(plain, kind)
    except msgspec.ValidationError as error:
        raise MalformedRecordError(f"not a {getattr(kind, '__name__', kind)}: {error}") from None
