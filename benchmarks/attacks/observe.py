"""Runs attacks through a grader, and observes what became of them, of an honest student, and of the folder.

Several attacks share one run of a grader, with an honest student after them, as long as nothing but their own points
can be seen of them. If anything else can, they are run again in smaller parts, so that what is seen has one cause. Harm
to the honest student, and an attack without a result, must be seen twice: on a busy machine a grading may fail by
itself.
"""

import base64
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from benchmarks.attacks.container import Container, Order, Report
from benchmarks.attacks.graders import EARLIER, HONEST, NO_RESULT, WRONG, Grader, Points
from tests.attacks.attack import Attack, Kind
from tests.small_lab import EXERCISES, POINTS

NEIGHBOUR = "honest"
RUN_SECONDS = 40.0
"""Wall-clock seconds for one attack and the honest student; each further attack in the run adds as many."""
_TOGETHER = 4
_TOGETHER_ISOLATED = 24
"""Attacks in one run, and in one of a grader that claims to keep them apart."""
_ALONE = frozenset({Kind.TIMING, Kind.HANG, Kind.EXHAUSTION, Kind.PROCESS, Kind.FILE, Kind.NETWORK})
"""What is likely to be seen elsewhere is run alone at once, on graders that don't claim to keep submissions apart."""
_OWN = re.compile(
    r"^/home/course/(?:(?:autograded|results)/(?:attack-\d+|honest)|\.autograder/(?:answers|cache|levels|measures|receipts))(?:/|$)"
)
"""Where a grading may write: the results of these students, and what Gradlab keeps so as not to grade twice."""
_HOME = "/home/course/"


@dataclass(frozen=True)
class Observation:
    """What one attack did to one grader.

    Attributes:
        earned: points on the attacked exercises.
        possible: the points that they are worth.
        neighbour: what the honest student graded next earned, of 1; None where there is no result.
        changed: what changed outside of the submission's own folder, a few words each.
        survived: whether a process of the submission's was there after the grading.
        ended: whether the grading came to its end by itself.
        remarks: what the grader reports besides the points.
    """

    earned: float
    possible: float
    neighbour: float | None
    changed: tuple[str, ...]
    survived: bool
    ended: bool
    remarks: str

    @property
    def harmless(self) -> bool:
        """Whether nothing but its own points can be seen of it."""
        return self.neighbour == 1.0 and not self.changed and not self.survived and self.ended

    @property
    def doubtful(self) -> bool:
        """Whether a busy machine may have done what was seen: a grading that ended without somebody's result."""
        return self.ended and (self.neighbour != 1.0 or self.remarks == NO_RESULT)


Observations = list[tuple[Attack, Observation]]


class Observer:
    """Observes one grader; the courses of all runs are copies of one that it prepares.

    Args:
        grader: the grader.
        folder: a folder to work in. It is empty, or holds a course that is ready for this grader, as ``template``.
        control: what it does with honest submissions; if left out, that is observed when it is needed.
        seconds: wall-clock seconds for a run with one attack.
        at_once: how many runs there are at once.
    """

    def __init__(
        self,
        grader: Grader,
        folder: Path,
        control: "Control | None" = None,
        seconds: float = RUN_SECONDS,
        at_once: int = 1,
    ) -> None:
        self._grader = grader
        # The account of the container's processes must be able to read it.
        folder.chmod(0o755)
        self._template = folder / "template"
        self._known = control
        self._seconds = seconds
        self._at_once = at_once
        self._ending = ExitStack()
        self._free: SimpleQueue[tuple[Container, Path]] = SimpleQueue()
        for number in range(at_once):
            own = folder / f"container-{number}"
            own.mkdir()
            self._free.put((self._ending.enter_context(Container(own, grader.machine, number)), own))
        if not self._template.exists():
            grader.prepare(self._template)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.close()

    @cached_property
    def control(self) -> "Control":
        """What the grader does with honest submissions.

        Raises:
            RuntimeError: a right answer doesn't earn full marks on most exercises: then nothing can be compared.
        """
        if self._known is not None:
            return self._known
        report, results = self._run([HONEST, WRONG])
        right, wrong = results.get("attack-00") or {}, results.get("attack-01") or {}
        usable = {name for name in EXERCISES if right.get(name) == POINTS and wrong.get(name) == 0.0}
        if len(usable) < len(EXERCISES) * 3 // 4 or not report.in_time:
            raise RuntimeError(
                f"{self._grader.name} grades honest submissions wrongly: {right} {wrong}\n{report.words}"
            )
        return Control(frozenset(usable), frozenset(_changes(report)))

    def observe(self, attacks: Sequence[Attack]) -> Iterator[tuple[Attack, Observation]]:
        """Yield what was observed of each attack, as it comes."""
        parts = self._parts(attacks)
        # Before the threads need it.
        assert self.control
        with ThreadPoolExecutor(self._at_once) as pool:
            running = [pool.submit(self._in_parts, part) for part in parts]
            try:
                for done in as_completed(running):
                    yield from done.result()
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

    def _parts(self, attacks: Sequence[Attack]) -> list[Sequence[Attack]]:
        isolated = self._grader.isolates
        together = [attack for attack in attacks if isolated or not _violent(attack)]
        alone = [attack for attack in attacks if not isolated and _violent(attack)]
        number = _TOGETHER_ISOLATED if isolated else _TOGETHER
        parts: list[Sequence[Attack]] = [together[first : first + number] for first in range(0, len(together), number)]
        # The order in which they were given, as far as it goes: a run that is stopped early has seen something of all.
        return sorted([*parts, *([attack] for attack in alone)], key=lambda part: attacks.index(part[0]))

    def _in_parts(self, attacks: Sequence[Attack]) -> Observations:
        observations = self.observe_together(attacks)
        if len(attacks) > 1 and not all(observation.harmless for _, observation in observations):
            half = len(attacks) // 2
            return [*self._in_parts(attacks[:half]), *self._in_parts(attacks[half:])]
        return self._confirmed(observations)

    def _confirmed(self, observations: Observations) -> Observations:
        if not any(observation.doubtful for _, observation in observations):
            return observations
        again = self.observe_together([attack for attack, _ in observations])
        return [
            max(pair, key=lambda seen: (seen[1].neighbour or 0.0, seen[1].earned))
            for pair in zip(observations, again, strict=True)
        ]

    def observe_together(self, attacks: Sequence[Attack]) -> Observations:
        """Observe attacks in one run; what is seen besides their points may be due to any of them."""
        control = self.control
        remarks: dict[str, str] = {}

        def note(folder: Path) -> None:
            remarks.update({name: self._grader.remarks(folder, name) for name in _names(attacks)})

        report, results = self._run(attacks, note)
        # A grading that is stopped leaves its own temporary files behind.
        changed = sorted(_shown(path) for path in _changes(report) - control.changes) if report.in_time else []
        if _full(results.get(EARLIER), control.usable) != 1.0:
            changed.append("the grades of a student graded before")
        if report.starved:
            changed.append("the machine's memory ran out")
        observations = [
            Observation(
                earned=sum((results.get(name) or {}).get(exercise, 0.0) for exercise in control.attacked(attack)),
                possible=POINTS * len(control.attacked(attack)),
                neighbour=_full(results.get(NEIGHBOUR), control.usable),
                changed=tuple(changed),
                survived=bool(report.survivors) and report.in_time,
                ended=report.in_time,
                remarks=remarks[name],
            )
            for name, attack in zip(_names(attacks), attacks, strict=True)
        ]
        return list(zip(attacks, observations, strict=True))

    def _run(
        self, attacks: Sequence[Attack], note: Callable[[Path], None] | None = None
    ) -> tuple[Report, dict[str, Points | None]]:
        container, folder = self._free.get()
        try:
            with tempfile.TemporaryDirectory(dir=folder) as name:
                return self._run_in(container, Path(name), attacks, note)
        finally:
            self._free.put((container, folder))

    def _run_in(
        self, container: Container, folder: Path, attacks: Sequence[Attack], note: Callable[[Path], None] | None
    ) -> tuple[Report, dict[str, Points | None]]:
        students = [*_names(attacks), NEIGHBOUR]
        given, back = folder / "given", folder / "back"
        folder.chmod(0o755)
        shutil.copytree(self._template, given)
        for student, attack in zip(students, [*attacks, HONEST], strict=True):
            self._grader.hand_in(given, student, self._grader.notebook_of(attack))
        commands, collected = self._grader.commands(students), self._grader.collected(students)
        report = container.run(Order(given, commands, self._seconds * len(attacks), collected))
        for path, content in report.collected.items():
            if content is not None:
                (back / path).parent.mkdir(parents=True, exist_ok=True)
                (back / path).write_bytes(base64.b64decode(content))
        if note is not None:
            note(back)
        return report, {student: self._grader.points(back, student) for student in (*students, EARLIER)}


@dataclass(frozen=True)
class Control:
    """What honest submissions show.

    Attributes:
        usable: exercises on which a right answer earns full marks and a wrong one nothing.
        changes: files that a grading changes even without an attack.
    """

    usable: frozenset[str]
    changes: frozenset[str]

    def attacked(self, attack: Attack) -> frozenset[str]:
        """The exercises that an attack tries to earn."""
        return self.usable & attack.answers.keys()


def _violent(attack: Attack) -> bool:
    return attack.kind in _ALONE or attack.spoils or any("while True" in cell for cell in attack.answers.values())


def _names(attacks: Sequence[Attack]) -> list[str]:
    return [f"attack-{number:02}" for number in range(len(attacks))]


def _full(points: Points | None, usable: frozenset[str] | None = None) -> float | None:
    """The share of full marks; None where there is no result."""
    if points is None:
        return None
    names = EXERCISES.keys() if usable is None else usable
    return sum(points.get(name, 0.0) for name in names) / (POINTS * len(names))


def _changes(report: Report) -> set[str]:
    paths = report.before.keys() | report.after.keys()
    changed = {path for path in paths if report.before.get(path) != report.after.get(path)}
    return {path for path in changed if not _OWN.match(path)}


def _shown(path: str) -> str:
    """Where a change is, for a table: one word for each folder."""
    return path.removeprefix(_HOME) if path.startswith(_HOME) else path
