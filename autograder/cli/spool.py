"""JSON that is longer than memory, and printed as a whole or not at all."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from textwrap import indent
from typing import Any, TextIO


@contextmanager
def spooled_json(items: Iterable[Any]) -> Iterator[TextIO]:
    """Write items as a JSON list into a file that is gone afterwards.

    Args:
        items: JSON values; all of them are taken before anything can be read.

    Yields:
        The file, at its beginning.
    """
    with TemporaryFile("w+", encoding="utf-8") as spool:
        spool.write("[")
        for place, item in enumerate(items):
            spool.write(",\n" if place else "\n")
            spool.write(indent(json.dumps(item, indent=2), "  "))
        spool.write("\n]\n")
        spool.seek(0)
        yield spool
