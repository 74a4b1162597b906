"""The speed ladder of lab 06, ``python -m benchmarks.descent``: the same descents in six ways.

It needs torch and NumPy alone.
"""

import argparse
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

import torch

from benchmarks.report import RESULTS, write_chapter
from gradlab.ladder import Climb, climb, tell
from gradlab.notebook.computation_errors import ComputationError
from gradlab.notebook.devices import why_no_gpu

MOST_SECONDS = 0.025
LEAST_RATIO = 10.0
LEAST_SHARE = 0.5
TARGET_STARTS, TARGET_STEPS = 1 << 24, 100


def targets(climbed: Climb) -> list[tuple[str, str, str, str]]:
    """What was to be reached on an H200 with 2²⁴ starts and 100 steps: what, wanted, found, verdict."""
    found = {each.rung.name: each for each in climbed.measured}
    best = min(climbed.measured, key=lambda each: each.seconds)
    ratio = found["together"].seconds / best.seconds if "together" in found else 0.0
    rows = [
        ("the fastest rung", "≤ 25 ms", f"{1000 * best.seconds:.1f} ms", best.seconds <= MOST_SECONDS),
        ("against one tensor with autograd", "≥ 10 ×", f"{ratio:.1f} ×", ratio >= LEAST_RATIO),
        ("share of the measured limit", "≥ 50 %", f"{100 * best.share:.0f} %", best.share >= LEAST_SHARE),
    ]
    as_asked = "H200" in climbed.device and (climbed.n, climbed.steps) == (TARGET_STARTS, TARGET_STEPS)
    return [
        (what, wanted, text if as_asked else "–", ("met" if met else "**not met**") if as_asked else "not measured")
        for what, wanted, text, met in rows
    ]


def chapter(climbed: Climb, command: str) -> list[str]:
    """What was found, as Markdown."""
    rows = "\n".join(f"| {' | '.join(row)} |" for row in targets(climbed))
    agreement = [
        f"- {each.rung.title}: {100 * each.agreement.same_valley:.0f} % of {each.agreement.starts} starts end in the "
        f"same minimum, the farthest {each.agreement.farthest:.1g} from it."
        for each in climbed.measured
    ]
    return [
        "## The speed ladder",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, {climbed.device}, Python {platform.python_version()}, "
        f"torch {torch.__version__}.",
        "",
        f"`{command}`: medians of one run; the loop is measured with four starts and calculated for the others. Bytes "
        "and functions are counted, the limits measured in the same run. On a shared processor the limits vary "
        "by a fifth, so that a share may exceed 100 %. What a GPU would do was not measured where none is named above.",
        "",
        "| on an H200, 2²⁴ starts, 100 steps | target | measured | verdict |",
        "| --- | --- | --- | --- |",
        rows,
        "",
        "```",
        tell(climbed),
        "```",
        "",
        "Against float64 on the CPU, from starts that keep away from ridges, 100 steps of 0.1:",
        "",
        *agreement,
    ]


def main() -> int:
    """Climb the ladder and print; the exit code is 1 if it cannot be computed."""
    on_gpu = why_no_gpu() is None
    parser = argparse.ArgumentParser(prog="python -m benchmarks.descent", description=__doc__)
    parser.add_argument("--starts", type=int, default=TARGET_STARTS if on_gpu else 1 << 16, help="how many starts")
    parser.add_argument("--steps", type=int, default=TARGET_STEPS, help="steps of each descent")
    parser.add_argument("--write", action="store_true", help="write the chapter in benchmarks/RESULTS.md")
    parser.add_argument("--results", type=Path, help="write the chapter into this file instead")
    options = parser.parse_args()
    if not on_gpu:
        torch.set_num_threads(1)  # other programs share the processor: threads would wait for one another
    try:
        climbed = climb(options.starts, options.steps)
    except ComputationError as error:
        print(error, file=sys.stderr)
        return 1
    lines = chapter(climbed, " ".join(["python -m benchmarks.descent", *sys.argv[1:]]))
    print("\n".join(lines))
    if options.write or options.results is not None:
        write_chapter("descent", lines, options.results or RESULTS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
