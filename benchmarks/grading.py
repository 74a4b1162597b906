"""The benchmark of grading, side by side with nbgrader and otter-grader: ``python -m benchmarks.grading``."""

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from benchmarks import machine, other_graders, report, small_lab
from benchmarks.classes import CLASSES, MINIMUM
from benchmarks.graders import AUTOGRADER, FLOOR, NBGRADER, OTTER, Run, Setup
from benchmarks.summary import GraderCost, differences, summarise


class LabName(StrEnum):
    """The labs of `CLASSES`, as the command line names them."""

    SMALL = small_lab.NAME
    MINIMUM = MINIMUM


class DisagreementError(Exception):
    """Two graders give an honest submission different scores; one line for each cell."""


@dataclass(frozen=True)
class Sizes:
    """How much is graded.

    Attributes:
        submissions: by the autograder and on the floor.
        peers: by nbgrader and otter-grader, which need seconds for each; 0 leaves both out.
        repeats: how often all of it is done.
    """

    submissions: int
    peers: int
    repeats: int


def compare(lab: str, sizes: Sizes, otter: Path | None, tell: Callable[[str], object]) -> dict[str, GraderCost]:
    """Let all graders grade the same class, in turn, again and again.

    Args:
        lab: the lab, one of `CLASSES`.
        sizes: how much is graded.
        otter: the ``otter`` command; None without otter-grader.
        tell: receives a line after each run.

    Returns:
        The cost by grader.

    Raises:
        DisagreementError: the graders' scores differ.
    """
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        setup = Setup(Path(folder), CLASSES[lab](), otter if sizes.peers else None)
        graders = setup.graders()
        if not sizes.peers:
            del graders[NBGRADER]
        runs: dict[str, list[Run]] = {name: [] for name in graders}
        for repeat in range(sizes.repeats):
            for name, grade in graders.items():
                run = grade(sizes.submissions if name in (AUTOGRADER, FLOOR) else sizes.peers)
                runs[name].append(run)
                tell(f"{lab}, {repeat + 1}/{sizes.repeats}, {name}: {run.measurement.seconds:.1f} s")
            check_scores({name: found[-1] for name, found in runs.items()}, _full_points(setup))
        return {name: summarise(found) for name, found in runs.items()}


def check_scores(runs: Mapping[str, Run], full: Mapping[str, float]) -> None:
    """Check that all graders give the same scores.

    Raises:
        DisagreementError: they don't.
    """
    ours = runs[AUTOGRADER].scores
    wrong: list[str] = []
    for name, run in runs.items():
        # nbgrader knows each cell, a person's included; otter-grader knows no partial credit.
        found = differences(ours, run.scores, full_marks_only=full if name == OTTER else None)
        wrong += [f"{AUTOGRADER} and {name}, {line}" for line in found]
    if wrong:
        raise DisagreementError("\n".join(wrong))


def _full_points(setup: Setup) -> dict[str, float]:
    cells = (cell for cell in setup.lab.source.cells if other_graders.is_test(cell))
    return {cell.metadata.nbgrader.grade_id: float(cell.metadata.nbgrader.points) for cell in cells}


def chapter(lab: str, costs: Mapping[str, GraderCost], sizes: Sizes, notes: Iterable[str]) -> list[str]:
    """What was found with one lab, as Markdown."""
    if not all(found.exact for found in costs.values()):
        notes = [*notes, "No control group could be made: CPU times are the whole machine's."]
    repeats = "run once" if sizes.repeats == 1 else f"medians over {sizes.repeats} repeats"
    lines = [
        f"## Grading: {lab}",
        "",
        *machine.describe(),
        "",
        f"`{command(lab, sizes)}`: {repeats}, all graders in turn. Each starts cold and grades the "
        "same submissions; honest ones, right and wrong and left out, get the same scores from all of them. *Each* is "
        "the cost of one more submission; *a class* has one start. nbgrader's and otter-grader's classes are "
        "calculated from what they took for fewer. The floor runs the same cells in one warm process: no isolation, "
        "no files, no gradebook.",
        "",
    ]
    lines += [line for note in notes for line in (note, "")]
    lines += machine.circumstances(max(found.others for found in costs.values()))
    lines += [*report.targets_table(report.targets(lab, costs)), "", *report.costs_table(costs), ""]
    lines += [line for sentence in report.ratios(costs) for line in (sentence, "")]
    ours = costs[AUTOGRADER]
    if ours.each_by_kind:
        lines += ["Where the autograder's CPU time goes:", "", *report.breakdown(ours), ""]
    return lines[:-1]


def command(lab: str, sizes: Sizes) -> str:
    """The command that measures this again."""
    return (
        f"python -m benchmarks.grading --lab {lab} --submissions {sizes.submissions} --peers {sizes.peers} "
        f"--repeats {sizes.repeats} --write"
    )


def main(
    lab: Annotated[list[LabName] | None, typer.Option("--lab", help="Only this lab; may be given again.")] = None,
    submissions: Annotated[int, typer.Option(min=2, help="For the autograder and the floor.")] = report.CLASS,
    peers_grade: Annotated[int, typer.Option("--peers", min=0, help="For nbgrader and otter; 0: without them.")] = 6,
    repeats: Annotated[int, typer.Option(min=1)] = 3,
    quick: Annotated[bool, typer.Option("--quick", help="12 submissions, 2 for the peers, once.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Write each lab's chapter in benchmarks/RESULTS.md.")] = False,
) -> None:
    """Grade the same submissions by all graders, in turn; print what they took."""
    sizes = Sizes(12, 2, 1) if quick else Sizes(submissions, peers_grade, repeats)
    otter, notes = _otter(sizes)
    for name in map(str, lab or CLASSES):
        lines = chapter(name, compare(name, sizes, otter, report.tell), sizes, notes)
        print("\n".join([*lines, ""]), flush=True)
        if write:
            report.write_chapter(f"grading {name}", lines)


def _otter(sizes: Sizes) -> tuple[Path | None, list[str]]:
    if not sizes.peers:
        return None, ["The peers were left out."]
    try:
        return other_graders.otter_environment(), []
    except other_graders.UnavailableError as error:
        return None, [f"{OTTER} was not measured: {error}"]


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark with these arguments, those of the command line if left out."""
    application = typer.Typer(add_completion=False)
    application.command()(main)
    application(arguments)


if __name__ == "__main__":
    run()
