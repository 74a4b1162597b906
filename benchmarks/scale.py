"""Does the cost of a class grow with anything but its size? ``python -m benchmarks.scale``, 10,000 submissions.

With ``--machines``: do more workers help, here and on a Dask cluster, and what would 100,000 submissions cost?

Each submission is run for real: it is a notebook of its own, with hidden inputs of its own. The last and largest class
is then graded again, unchanged.
"""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from benchmarks import machine, other_graders, projection, workers
from benchmarks.classes import tiny_class
from benchmarks.graders import FailedError, grade
from benchmarks.measure import Measurement
from benchmarks.report import Target, table, targets_table, tell, write_chapter

SIZES = (100, 1_000, 10_000)
REGRADE_SECONDS = 60.0
MOST_GROWTH = 0.10
"""Memory counts as flat if the largest class needs at most this share more than the smallest."""


@dataclass(frozen=True)
class Scale:
    """What classes of several sizes took.

    Attributes:
        graded: size of the class → what grading it took.
        again: what grading the largest one again took.
    """

    graded: dict[int, Measurement]
    again: Measurement


def measure_scale(sizes: Sequence[int]) -> Scale:
    """Grade generated classes of these sizes, from small to large, each in a new course, and the last one twice.

    Raises:
        FailedError: a submission was not graded, got the wrong score, or got another one the second time.
    """
    lab = tiny_class()
    graded: dict[int, Measurement] = {}
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        for size in sizes:
            course = Path(folder, str(size))
            released = other_graders.make_nbgrader_course(course, lab.name, lab.source, other_graders.OURS)
            other_graders.hand_in(course, lab.name, lab.submissions(released, size))
            graded[size] = grade(course, lab.name, watched=False)
            tell(f"{size} submissions: {graded[size].seconds:.1f} s")
            _check(graded[size], size)
        again = grade(course, lab.name, watched=False)
        tell(f"{size} submissions again: {again.seconds:.1f} s")
        _check(again, size)
    return Scale(graded, again)


def _check(taken: Measurement, size: int) -> None:
    """Check that every submission was graded, and that wrong ones got less."""
    records = json.loads(taken.output)
    if len(records) != size:
        raise FailedError(f"{len(records)} of {size} submissions were graded")
    for record in records:
        wrong = int(record["student"].rpartition("_")[2]) % 3 == 0
        wanted = record["max_score"] / 2 if wrong else record["max_score"]
        if record["status"] != "graded" or record["score"] != wanted:
            raise FailedError(f"{record['student']}: {record['status']}, {record['score']} for {wanted}")


def targets(scale: Scale) -> list[Target]:
    """What was to be reached, and whether it was."""
    sizes = sorted(scale.graded)
    small, large = (scale.graded[size].peak_bytes for size in (sizes[0], sizes[-1]))
    growth = large / small - 1
    complete = sizes[0] <= SIZES[0] and sizes[-1] >= SIZES[-1]
    return [
        Target(
            f"coordinator's memory, {sizes[0]:,} → {sizes[-1]:,} submissions",
            f"flat: at most {100 * MOST_GROWTH:.0f} % more, {SIZES[0]:,} → {SIZES[-1]:,}",
            f"{growth:+.0%}",
            growth <= MOST_GROWTH if complete else None,
        ),
        Target(
            f"{sizes[-1]:,} unchanged submissions graded again",
            f"≤ {REGRADE_SECONDS:.0f} s for {SIZES[-1]:,}",
            f"{scale.again.seconds:.1f} s",
            scale.again.seconds <= REGRADE_SECONDS if complete else None,
        ),
    ]


def chapter(scale: Scale) -> list[str]:
    """What was found, as Markdown."""
    sizes = sorted(scale.graded)
    rows = [_row(f"{size:,}", taken, size) for size, taken in sorted(scale.graded.items())]
    rows.append(_row(f"{sizes[-1]:,} again, unchanged", scale.again, sizes[-1]))
    busy = max(taken.others for taken in (*scale.graded.values(), scale.again))
    return [
        "## Classes of thousands",
        "",
        *machine.describe(),
        "",
        f"`python -m benchmarks.scale {' '.join(str(size) for size in sizes)} --write`: `autograder grade` on "
        "generated classes, each submission run for real, once; then the largest class again. Start included. Memory "
        "is the largest resident size of the coordinator.",
        "",
        *machine.circumstances(busy),
        *targets_table(targets(scale)),
        "",
        *table(["submissions", "all of them", "each: wall", "each: CPU", "coordinator's memory"], rows),
    ]


def _row(name: str, taken: Measurement, size: int) -> list[str]:
    return [
        name,
        f"{taken.seconds:.1f} s",
        f"{1000 * taken.seconds / size:.1f} ms",
        f"{1000 * taken.cpu.total / size:.1f} ms",
        f"{taken.peak_bytes / 1024**2:.0f} MiB",
    ]


def main(
    sizes: Annotated[list[int] | None, typer.Argument(help="Sizes of the classes, from small to large.")] = None,
    more: Annotated[
        bool, typer.Option("--machines", help="More and more workers instead, here and on a Dask cluster.")
    ] = False,
    submissions: Annotated[int, typer.Option(min=1, help="Submissions in each run of --machines.")] = 300,
    write: Annotated[bool, typer.Option("--write", help="Write the chapter in benchmarks/RESULTS.md.")] = False,
) -> None:
    """Grade generated classes of several sizes; print what they took."""
    name = "machines" if more else "scale"
    if more:
        measured = workers.measure_workers(submissions, max(submissions // 6, 2), workers.COUNTS)
        command = f"python -m benchmarks.scale --machines --submissions {submissions} --write"
        lines = projection.chapter(measured, command)
    else:
        lines = chapter(measure_scale(sizes or SIZES))
    print("\n".join(lines))
    if write:
        write_chapter(name, lines)


if __name__ == "__main__":
    typer.run(main)
