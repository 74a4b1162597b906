"""``python -m gradlab.ladder``: climb the ladder on this machine."""

import argparse
import sys

from gradlab.ladder import climb, tell
from gradlab.notebook.computation_errors import ComputationError
from gradlab.words import ladder as words


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; the exit code is 1 if something stands in the way."""
    parser = argparse.ArgumentParser(prog="python -m gradlab.ladder", description=words.PROGRAM)
    parser.add_argument("--starts", type=int, default=1 << 16, help=words.STARTS.format(default=1 << 16))
    parser.add_argument("--steps", type=int, default=100, help=words.STEPS.format(default=100))
    parser.add_argument("--rate", type=float, default=0.1, help=words.RATE.format(default=0.1))
    parser.add_argument("--device", default=None, help=words.DEVICE)
    options = parser.parse_args(arguments)
    try:
        table = tell(climb(options.starts, options.steps, rate=options.rate, device=options.device))
    except ComputationError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command
        return 1
    print(table)  # noqa: T201 - a command
    return 0


if __name__ == "__main__":
    sys.exit(main())
