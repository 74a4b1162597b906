"""Short forms of plain values that are the same in two processes: to see whether both hold the same."""

import hashlib

import msgpack

from autograder.wall.codec import Encoder
from autograder.wall.errors import UnsendableError
from autograder.wall.values import Node

_LARGEST = 8 * 1024**2
_MOST_ITEMS = 100_000


def digest(value: object) -> str:
    """The digest of a plain value; empty for one that is not plain, or too large to be looked at for each test."""
    size = getattr(value, "nbytes", 0)
    if isinstance(size, int) and size > _LARGEST:
        return ""
    if isinstance(value, (list, tuple, dict, set, frozenset)) and len(value) > _MOST_ITEMS:
        return ""
    try:
        packed = msgpack.packb(Encoder(_refuse).write(value))
    except (UnsendableError, RuntimeError, TypeError, ValueError, OverflowError):
        return ""
    return hashlib.blake2b(packed, digest_size=16).hexdigest()


def _refuse(value: object, _: Encoder) -> Node:
    raise UnsendableError(f"a {type(value).__name__} is not plain")
