"""JSON on stdout, for other programs: all that is there, with a line end."""

import json
import sys


def print_json(value: object) -> None:
    """Print one JSON value on stdout; paths as text.

    Args:
        value: dicts, lists, strings, numbers, booleans, None and paths.
    """
    json.dump(value, sys.stdout, indent=2, default=str, allow_nan=False)
    sys.stdout.write("\n")
