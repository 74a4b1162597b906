"""Which cells of a submission its judge skips, and what may show that the submission relies on them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Self

from autograder.cells import Cell
from autograder.judging.case import Case
from autograder.judging.instructor_run import InstructorRun
from autograder.judging.reliance import own_cells, reliance, skippable
from autograder.wall.traces import may_come_of_absence, read_told


class ReliesOnSkippedCellsError(Exception):
    """A submission may rely on cells that it was judged without: it must be judged again with all of them."""


@dataclass(frozen=True)
class SkipWatch:
    """What one judge skips.

    Attributes:
        skipped: the indices of the submission's cells that are not run.
        watching: whether the submission is watched: whether it may rely on them.
        own: the indices of the cells whose random numbers may depend on the skipped ones.
        draws_matter: whether the skipped cells would change what is drawn.
        answers: names that answers alone bind: their absence has nothing to do with skipped cells.
    """

    skipped: frozenset[int] = frozenset()
    watching: bool = False
    own: frozenset[int] = frozenset()
    draws_matter: bool = False
    answers: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, case: Case, run: InstructorRun, lesson: Sequence[Cell]) -> Self:
        """Decide what is skipped.

        Args:
            case: what is judged.
            run: the instructor's notebook, which has run.
            lesson: the cells of the release that are neither answers nor tests.
        """
        known = run.skipped
        if known is None or case.all_cells:
            return cls()
        cells = case.submitted.cells
        skipped = skippable(cells, run.cells, known)
        if case.rehearsal or not skipped:
            return cls(skipped)
        if reliance(cells, lesson, known):
            return cls()
        own, missing = own_cells(cells, lesson)
        if not missing:
            # Those of the lesson that draw depend on nothing but the lesson: the instructor's notebook has shown it.
            drawing = {run.cells[index].source.strip() for index in known.drawing}
            steady = {index for index, cell in enumerate(cells) if cell.source.strip() in drawing} - own
            own = frozenset(range(len(cells))) - steady
        else:
            own = frozenset(range(len(cells)))
        return cls(skipped, True, own, known.draw or known.call_answers, run.student_names - known.touched)

    def see_cell(self, index: int, drew: object, told: object) -> None:
        """Look at what the student's side says with a cell's outcome.

        Raises:
            ReliesOnSkippedCellsError: it may come of the skipped cells' absence.
        """
        if self.draws_matter and drew is True and index in self.own:
            raise ReliesOnSkippedCellsError("a cell of its own draws random numbers")
        self.see(told)

    def see(self, told: object) -> None:
        """Look at what the student's side says of `autograder.wall.traces`; raises as `see_cell`."""
        if not self.watching:
            return
        errors, drew = read_told(told)
        if self.draws_matter and drew:
            raise ReliesOnSkippedCellsError("its functions draw random numbers")
        for kind, message in errors:
            self.see_error(kind, message)

    def see_error(self, kind: str, message: str) -> None:
        """Look at an error; raises as `see_cell`."""
        if self.watching and may_come_of_absence(kind, message, self.answers):
            raise ReliesOnSkippedCellsError(f"without them it raises {kind}")

    def see_missing(self, names: Iterable[str]) -> None:
        """Look at the names that tests have missed; raises as `see_cell`."""
        if self.watching and (missing := set(names) - self.answers):
            raise ReliesOnSkippedCellsError(f"a test misses {min(missing)}")
