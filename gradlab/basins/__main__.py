"""``python -m gradlab.basins FILE``: the basin map as an image."""

import argparse
import sys
import time
from pathlib import Path

from gradlab.basins import picture, settle
from gradlab.notebook.computation_errors import ComputationError
from gradlab.words import basins as words


def main(arguments: list[str] | None = None) -> int:
    """Draw one map for each rate; the exit code is 1 if something stands in the way."""
    parser = _parser()
    options = parser.parse_args(arguments)
    steps = options.steps * len(options.rates) if len(options.steps) == 1 else options.steps
    if len(steps) != len(options.rates):
        parser.error(words.STEPS_FOR_RATES)
    begin = time.perf_counter()
    try:
        runs = zip(options.rates, steps, strict=True)
        maps = [settle(options.n, rate, most, device=options.device) for rate, most in runs]
        seconds = time.perf_counter() - begin
        drawn = picture(*maps, pixels=options.pixels)
        drawn.write(options.file)
    except (ComputationError, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command
        return 1
    size = len(drawn.png) // 1000
    line = words.WRITTEN.format(file=options.file, size=size, device=options.device, seconds=seconds)
    print(line, drawn.description, sep="\n")  # noqa: T201 - a command
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m gradlab.basins", description=words.PROGRAM)
    parser.add_argument("file", type=Path, help=words.FILE)
    parser.add_argument("--n", type=int, default=256, help=words.N.format(default=256))
    parser.add_argument("--rates", type=float, nargs="+", default=[0.1], help=words.RATES.format(default=0.1))
    parser.add_argument("--steps", type=int, nargs="+", default=[1000], help=words.STEPS.format(default=1000))
    parser.add_argument("--device", default="cpu", help=words.DEVICE.format(default="cpu"))
    parser.add_argument("--pixels", type=int, default=600, help=words.PIXELS.format(default=600))
    return parser


if __name__ == "__main__":
    sys.exit(main())
