"""The benchmark of grading, side by side with nbgrader and otter-grader: ``python -m benchmarks.grading``.

Each lab of the course, a lab of small cells, and one of another subject. What was measured is kept in
benchmarks/grading.json; the chapter in RESULTS.md and the picture in the README are made of it.
"""

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from benchmarks import machine, other_graders, report
from benchmarks.classes import CLASSES
from benchmarks.figures import CLASS, Figures, breakdown, figures_of, keep, kept, labs_table, write_picture
from benchmarks.graders import AUTOGRADER, NBGRADER, OTTER, Run, Setup
from benchmarks.summary import GraderCost, differences, summarise

_MOST_ON_FLOOR = 20


class DisagreementError(Exception):
    """Two graders give an honest submission different scores; one line for each cell."""


@dataclass(frozen=True)
class Sizes:
    """How much is graded.

    Attributes:
        submissions: by the autograder; on the floor, at most `_MOST_ON_FLOOR` of them.
        nbgrader: by nbgrader, which needs seconds for each; 0 leaves it out.
        otter: by otter-grader, likewise.
        repeats: how often the autograder grades all of them.
    """

    submissions: int
    nbgrader: int
    otter: int
    repeats: int

    def of(self, grader: str) -> int:
        """How many a grader gets."""
        counts = {AUTOGRADER: self.submissions, NBGRADER: self.nbgrader, OTTER: self.otter}
        return counts.get(grader, min(self.submissions, _MOST_ON_FLOOR))


def compare(lab: str, sizes: Sizes, otter: Path | None, tell: Callable[[str], object]) -> dict[str, GraderCost]:
    """Let all graders grade the same class, in turn.

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
        setup = Setup(Path(folder), CLASSES[lab](), otter if sizes.otter else None)
        graders = {name: grade for name, grade in setup.graders().items() if sizes.of(name)}
        runs: dict[str, list[Run]] = {name: [] for name in graders}
        for repeat in range(sizes.repeats):
            for name, grade in graders.items():
                if repeat and name != AUTOGRADER:
                    continue
                run = grade(sizes.of(name))
                runs[name].append(run)
                tell(f"{lab}, {name}: {run.submissions} in {run.measurement.seconds:.1f} s")
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


def chapter(found: Iterable[Figures], notes: Iterable[str]) -> list[str]:
    """What was found with each lab, as Markdown."""
    found = list(found)
    lines = [
        "## Grading",
        "",
        *machine.describe(),
        "",
        "`python -m benchmarks.grading --write`: for each lab all graders in one run, one after another. Each starts "
        "cold and grades the same submissions, of which no two are alike; right ones, wrong ones and such as were left "
        "out get the same points in every cell from all of them. *Each* is the cost of one more submission. A class of "
        f"{CLASS} has one start; nbgrader's and otter-grader's are calculated from what they took for fewer. "
        "*All cells* and *needed cells* run in one warm process: no isolation, no files, no gradebook; the second ones "
        "are those that grading does not skip.",
        "",
    ]
    lines += [line for note in notes for line in (note, "")]
    lines += machine.circumstances(max((it.others for it in found), default=0.0))
    lines += [*labs_table(found), ""]
    lines += ["Where the autograder's CPU time goes, for one more submission:", "", *breakdown(found)]
    return lines


def main(
    lab: Annotated[list[str] | None, typer.Option("--lab", help="Only this lab; may be given again.")] = None,
    submissions: Annotated[int, typer.Option(min=2, help="For the autograder.")] = CLASS,
    nbgrader: Annotated[int, typer.Option("--nbgrader", min=0, help="For nbgrader; 0: without it.")] = 4,
    otter: Annotated[int, typer.Option("--otter", min=0, help="For otter-grader; 0: without it.")] = 2,
    repeats: Annotated[int, typer.Option(min=1, help="How often the autograder grades the class.")] = 1,
    quick: Annotated[bool, typer.Option("--quick", help="12 submissions, 2 for nbgrader and otter-grader.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Keep the figures; write chapter and picture.")] = False,
) -> None:
    """Grade the same submissions by all graders, in turn; print what they took."""
    sizes = Sizes(12, 2, 2, 1) if quick else Sizes(submissions, nbgrader, otter, repeats)
    if unknown := [name for name in lab or () if name not in CLASSES]:
        raise typer.BadParameter(f"{unknown[0]} is none of {', '.join(CLASSES)}", param_hint="--lab")
    command, notes = _otter(sizes)
    measured: list[Figures] = []
    differing: list[str] = []
    for name in lab or CLASSES:
        try:
            measured.append(figures_of(name, compare(name, sizes, command, report.tell)))
        except DisagreementError as error:
            differing.append(f"{name}:\n{error}")
            continue
        if write:
            keep(measured[-1])
    print("\n".join(chapter(measured, notes)))
    if write:
        report.write_chapter("grading", chapter(kept(), notes))
        write_picture(kept())
    if differing:
        report.tell("\n".join(differing))
        raise typer.Exit(1)


def _otter(sizes: Sizes) -> tuple[Path | None, list[str]]:
    if not sizes.otter:
        return None, [f"{OTTER} was left out."]
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
