"""``python -m website``: build the site of this checkout's course."""

import argparse
import sys
from pathlib import Path

from autograder.errors import ExpectedError
from website.build import build


def main() -> int:
    """Build the site; 1 if it is refused."""
    parser = argparse.ArgumentParser(prog="python -m website", description="Build the course's website.")
    parser.add_argument("--course", type=Path, default=Path(), help="the course's folder (this one)")
    parser.add_argument("--output", type=Path, default=Path("_site"), help="the site's folder, replaced (_site)")
    chosen = parser.parse_args()
    try:
        labs = build(chosen.course.resolve(), chosen.output)
    except ExpectedError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    sys.stdout.write(f"{len(labs)} labs; open {chosen.output / 'index.html'}\n")
    return 0


sys.exit(main())
