"""What the benchmark of grading has found for each lab: kept in a file, shown as a table and as a picture."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from benchmarks.classes import CLASSES
from benchmarks.graders import AUTOGRADER, FLOOR, NBGRADER, NEEDED, OTTER
from benchmarks.report import table
from benchmarks.summary import GraderCost

CLASS = 100
"""The size of the class for which figures are told."""
MOST_OVERHEAD_SECONDS = 0.060
FIRST_SECONDS = 4.0
LEAST_RATIO = 40.0
"""How many times nbgrader's throughput is wanted."""
FIGURES = Path(__file__).resolve().parent / "grading.json"
PICTURE = Path(__file__).resolve().parents[1] / "docs" / "images" / "grading-speed.svg"


@dataclass(frozen=True)
class Figures:
    """What was measured with one lab, all graders in one run.

    Attributes:
        lab: the lab.
        date: the day, YYYY-MM-DD.
        submissions: how many the autograder graded.
        class_seconds: grader → wall-clock seconds for a class of `CLASS`, one start included.
        first_seconds: wall-clock seconds from the autograder's cold start to its first result.
        each_cpu: grader → CPU seconds of one more submission.
        by_kind: kind of the autograder's processes → (user, system) CPU seconds of one more submission.
        others: the share of the machine's CPU time that other programs used meanwhile, from 0 to 1.
        exact: False if CPU times are the whole machine's.
    """

    lab: str
    date: str
    submissions: int
    class_seconds: Mapping[str, float]
    first_seconds: float
    each_cpu: Mapping[str, float]
    by_kind: Mapping[str, tuple[float, float]]
    others: float
    exact: bool

    def times(self, grader: str) -> float | None:
        """How many times the throughput of another grader the autograder has; None if that was not measured."""
        theirs = self.class_seconds.get(grader)
        return None if theirs is None or self.submissions < CLASS else theirs / self.class_seconds[AUTOGRADER]

    @property
    def over_floor(self) -> float | None:
        """CPU seconds of one more submission above what the needed cells take; None if that was not measured."""
        floor = self.each_cpu.get(NEEDED)
        return None if floor is None else self.each_cpu[AUTOGRADER] - floor


def figures_of(lab: str, costs: Mapping[str, GraderCost]) -> Figures:
    """The figures of one lab."""
    ours = costs[AUTOGRADER]
    return Figures(
        lab=lab,
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        submissions=ours.submissions,
        class_seconds={name: round(found.seconds_for(CLASS), 3) for name, found in costs.items()},
        first_seconds=round(ours.first_seconds, 3),
        each_cpu={name: round(found.each_cpu_seconds, 5) for name, found in costs.items()},
        by_kind={kind: (round(cpu.user, 5), round(cpu.system, 5)) for kind, cpu in sorted(ours.each_by_kind.items())},
        others=round(max(found.others for found in costs.values()), 3),
        exact=all(found.exact for found in costs.values()),
    )


def kept(path: Path = FIGURES) -> list[Figures]:
    """The figures that were kept, in the order of `CLASSES`."""
    found = msgspec.json.decode(path.read_bytes(), type=dict[str, Figures]) if path.is_file() else {}
    return [found[lab] for lab in CLASSES if lab in found]


def keep(figures: Figures, path: Path = FIGURES) -> None:
    """Keep the figures of a lab, instead of its last ones."""
    found = {it.lab: it for it in kept(path)} | {figures.lab: figures}
    path.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")


def labs_table(found: Sequence[Figures]) -> list[str]:
    """One line for each lab: what was measured, and whether it is what it should be."""
    head = [
        *("lab", f"class of {CLASS}: ours", "nbgrader", "otter", f"× nbgrader (≥ {LEAST_RATIO:.0f})", "× otter"),
        f"first verdict (≤ {FIRST_SECONDS:.0f} s)",
        *("each: CPU", "all cells", "needed cells"),
        f"above these (≤ {1000 * MOST_OVERHEAD_SECONDS:.0f} ms)",
    ]
    rows = [
        [
            it.lab,
            *(_seconds(it.class_seconds.get(name)) for name in (AUTOGRADER, NBGRADER, OTTER)),
            *(_times(it.times(NBGRADER), LEAST_RATIO), _times(it.times(OTTER))),
            _marked(f"{it.first_seconds:.1f} s", met=it.first_seconds <= FIRST_SECONDS),
            *(_milliseconds(it.each_cpu.get(name)) for name in (AUTOGRADER, FLOOR, NEEDED)),
            _marked(_milliseconds(it.over_floor), met=it.over_floor is None or it.over_floor <= MOST_OVERHEAD_SECONDS),
        ]
        for it in found
    ]
    return [*table(head, rows), "", "**Bold**: not what it should be."]


def breakdown(found: Sequence[Figures]) -> list[str]:
    """One line for each lab: CPU time by kind of process, user and system."""
    kinds = sorted({kind for it in found for kind in it.by_kind})
    rows = [
        [
            it.lab,
            *(
                f"{1000 * it.by_kind[kind][0]:.0f} + {1000 * it.by_kind[kind][1]:.0f} ms" if kind in it.by_kind else "–"
                for kind in kinds
            ),
        ]
        for it in found
    ]
    return table(["lab", *(f"{kind}: user + system" for kind in kinds)], rows)


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f} s"


def _milliseconds(value: float | None) -> str:
    return "–" if value is None else f"{1000 * value:.0f} ms"


def _times(value: float | None, least: float = 0.0) -> str:
    return "–" if value is None else _marked(f"{value:.0f} ×", met=value >= least)


def _marked(text: str, *, met: bool) -> str:
    return text if met else f"**{text}**"


def write_picture(found: Iterable[Figures], path: Path = PICTURE) -> None:
    """Draw how long a class takes with each grader; the same figures give the same bytes."""
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt
    from matplotlib.patches import Rectangle

    complete = [it for it in found if it.times(NBGRADER) is not None]
    with plt.rc_context({"svg.hashsalt": "gradlab", "svg.fonttype": "none", "font.family": "sans-serif"}):
        fig, ax = plt.subplots(figsize=(8, 0.7 + 0.55 * len(complete)))
        colours = {AUTOGRADER: "#1b7f5c", NBGRADER: "#c2672b", OTTER: "#8a6db1"}
        for place, figures in enumerate(reversed(complete)):
            for offset, (grader, colour) in enumerate(colours.items()):
                seconds = figures.class_seconds.get(grader)
                if seconds is not None:
                    bar = ax.barh(place + 0.27 - 0.27 * offset, seconds, 0.25, color=colour)
                    label = f"{seconds:.0f} s"
                    if grader == AUTOGRADER:
                        label += f" ({figures.times(NBGRADER):.0f} × nbgrader)"
                    ax.bar_label(bar, [label], padding=3, fontsize=8)
        ax.set_yticks(range(len(complete)), [it.lab for it in reversed(complete)])
        ax.set_xscale("log")
        ax.set_xlim(right=3 * max((max(it.class_seconds.values()) for it in complete), default=1.0))
        ax.set_xlabel(f"seconds for a class of {CLASS}, logarithmic")
        ax.spines[["top", "right"]].set_visible(False)
        handles = [Rectangle((0, 0), 1, 1, color=colour) for colour in colours.values()]
        ax.legend(handles, list(colours), loc="lower right", bbox_to_anchor=(1, 1), ncols=3, frameon=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        fig.savefig(path, metadata={"Date": None}, bbox_inches="tight", facecolor="white")
        plt.close(fig)
