"""Cells that grading skips: lesson cells that their author has tagged, since no point depends on them.

What such a cell does to names and to the process is found out by running the instructor's notebook twice, with them and
without. They are skipped only if nothing else of the notebook sees the difference; see also
`autograder.judging.reliance`, for submissions.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from autograder.cells import ANSWERS, SKIP, Cell, LabNotebook, Role
from autograder.judging.failure_messages import capital, name_cell
from autograder.judging.lookups import Lookups, closure, lookups
from autograder.python_names import (
    bound_names,
    globals_of_functions,
    imported_names,
    imported_packages,
    replaced_parts,
)

NOTICE: Final = "This cell is shown for the reader. It was not run while grading, since no point depends on it."
"""What stands in place of the outputs of such a cell."""
_KEEP: Final = f"Remove the tag {SKIP!r} from it, or move what is needed into a cell without the tag."
_HISTORY: Final = frozenset({"_", "__", "___", "_i", "_ii", "_iii", "_ih", "_oh", "In", "Out"})


@dataclass(frozen=True)
class CellNote:
    """What a cell did when the instructor's notebook ran.

    Attributes:
        touched: names that it bound, deleted, or whose values it changed or may have changed.
        kept: names that were bound before to what they are bound to afterwards.
        data: those of the touched names that are bound to what can be changed: no functions, classes, numbers or texts.
        error: what it raised; None if nothing.
        values: digests of what it left under names, where there are such.
        generators: a digest of the random generators' states afterwards; empty if it has not drawn or seeded.
        settings: what else of the process it changed, in words.
        files: the files that it wrote, changed or deleted.
    """

    touched: tuple[str, ...]
    kept: tuple[str, ...]
    data: tuple[str, ...]
    error: str | None
    values: Mapping[str, str]
    generators: str
    settings: tuple[str, ...]
    files: tuple[str, ...]


@dataclass(frozen=True)
class SkippedCells:
    """The cells of a notebook that grading skips, and what they would do.

    Attributes:
        cells: their indices in the instructor's notebook.
        touched: names that they bind, delete or change.
        draw: whether they draw random numbers or seed a generator.
        files: names of files that they write, change or delete.
        call_answers: whether they look up names that answers bind.
        packages: the packages that the rest of the notebook imports.
        lent: data that they look up, and may hand to an answer.
        shared: those of it that the rest of the notebook looks up, too.
        drawing: the indices of the other cells of the lesson that draw random numbers.
    """

    cells: tuple[int, ...]
    touched: frozenset[str]
    draw: bool = False
    files: frozenset[str] = frozenset()
    call_answers: bool = False
    packages: frozenset[str] = frozenset()
    lent: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()
    drawing: tuple[int, ...] = ()


@dataclass(frozen=True)
class SkipProblem:
    """Why all cells of a notebook are run.

    Attributes:
        cell: the index of the tagged cell that is the cause; None if it is unknown which.
        problem: what is wrong, as the rest of a sentence about that cell.
        cure: what the author can do.
    """

    cell: int | None
    problem: str
    cure: str = _KEEP

    def sentence(self, notebook: LabNotebook) -> str:
        """What the instructor is told of a notebook whose tagged cells are run all the same."""
        where = "" if self.cell is None else f"{name_cell(notebook.source[self.cell])} can't be skipped: "
        why = capital(f"{where}{self.problem}")
        return f"{notebook.name}: the cells with the tag {SKIP!r} are run all the same. {why}. {self.cure}"


def tagged_cells(cells: Sequence[Cell]) -> frozenset[int]:
    """The indices of the tagged cells; one whose text another cell has, too, is no different from that one."""
    others = {cell.source.strip() for cell in cells if not cell.skipped}
    return frozenset(i for i, cell in enumerate(cells) if cell.skipped and cell.source.strip() not in others)


def examine(
    cells: Sequence[Cell], with_all: Mapping[int, CellNote], without: Mapping[int, CellNote]
) -> SkippedCells | SkipProblem:
    """Find out whether the tagged cells of a notebook can be skipped.

    Args:
        cells: the instructor's cells.
        with_all: what each cell but tests did when all of them ran; by its index.
        without: the same when the tagged ones did not run.
    """
    tagged = tagged_cells(cells)
    looked_up = {index: lookups(cell.source) for index, cell in enumerate(cells) if cell.kind == "code"}
    touched = {index: _touched(cells[index].source, with_all.get(index)) for index in tagged}
    problem = (
        _settings(tagged, with_all) or _used(cells, looked_up, touched) or _differing(cells, tagged, with_all, without)
    )
    if problem is not None:
        return problem
    called = closure(frozenset[str]().union(*(looked_up[i].all for i in tagged)), looked_up.values())
    answers = frozenset[str]().union(*(bound_names(cell.source) for cell in cells if cell.role in ANSWERS))
    rest = [found for index, found in looked_up.items() if index not in tagged]
    others = [cell.source for i, cell in enumerate(cells) if i in looked_up and i not in tagged]
    lent = called & frozenset(name for i, note in with_all.items() if i not in tagged for name in note.data)
    drawing = [
        i for i, note in with_all.items() if note.generators and i not in tagged and cells[i].role not in ANSWERS
    ]
    return SkippedCells(
        tuple(sorted(tagged)),
        frozenset[str]().union(*touched.values()),
        any(with_all[index].generators for index in tagged if index in with_all),
        frozenset(name for index in tagged if index in with_all for name in with_all[index].files),
        bool(called & answers),
        imported_packages(others),
        lent,
        lent & frozenset[str]().union(*(found.all for found in rest)),
        tuple(drawing),
    )


def _touched(source: str, note: CellNote | None) -> frozenset[str]:
    """The names that a tagged cell binds or changes: those of its text, and those that it was seen to."""
    declared = frozenset[str]().union(*globals_of_functions(source).values())
    written = bound_names(source) | imported_names(source) | declared | replaced_parts(source)
    if note is None:
        return written
    # To import once more what is imported already touches nothing.
    return frozenset(note.touched) | (written - frozenset(note.kept))


def _settings(tagged: Iterable[int], notes: Mapping[int, CellNote]) -> SkipProblem | None:
    for index in sorted(tagged):
        if index in notes and notes[index].settings:
            return SkipProblem(index, f"it changes {', '.join(notes[index].settings)}, which cells below it would see")
    return None


def _used(
    cells: Sequence[Cell], looked_up: Mapping[int, Lookups], touched: Mapping[int, frozenset[str]]
) -> SkipProblem | None:
    """Whether another cell looks up a name as a tagged one has left it."""
    last: dict[str, int | None] = {}
    for index, found in looked_up.items():
        if index in touched:
            last |= dict.fromkeys(touched[index], index)
            continue
        if history := sorted(found.all & _HISTORY):
            culprit = next((i for i in touched if i < index), None)
            if culprit is not None:
                what = f"{name_cell(cells[index])} uses {history[0]}, in which IPython keeps what has run above it"
                return SkipProblem(culprit, what)
        for name in sorted(found.now):
            if (culprit := last.get(name)) is not None:
                return SkipProblem(culprit, f"{name_cell(cells[index])} uses {name!r} as this cell leaves it")
        last |= dict.fromkeys(found.bound)
    everywhere = {name: index for index, names in touched.items() for name in names}
    for index, found in looked_up.items():
        if index not in touched:
            # The functions of a test are called by the test, which has bound what it binds.
            own = found.bound if cells[index].role is Role.TEST else frozenset()
            for name in sorted((found.later - own) & everywhere.keys()):
                what = f"a function of {name_cell(cells[index])} uses {name!r}, which this cell binds or changes"
                return SkipProblem(everywhere[name], what)
    return None


def _differing(
    cells: Sequence[Cell],
    tagged: frozenset[int],
    with_all: Mapping[int, CellNote],
    without: Mapping[int, CellNote],
) -> SkipProblem | None:
    """Whether another cell does something else when the tagged ones have not run."""
    for index, cell in enumerate(cells):
        one, other = with_all.get(index), without.get(index)
        if index in tagged or cell.role is Role.TEST or one is None or other is None:
            continue
        above = [i for i in tagged if i < index]
        culprit = max(above) if len(above) == 1 else None
        where = name_cell(cells[index])
        if other.error is not None and one.error is None:
            return SkipProblem(culprit, f"without it {where} raises {other.error}")
        if one.generators != other.generators and above:
            drawing = [i for i in above if i in with_all and with_all[i].generators]
            what = f"{where} draws random numbers, which depend on those that it draws"
            return SkipProblem(max(drawing, default=culprit), what, f"{_KEEP} Or seed the generator in {where}.")
        for name, value in one.values.items():
            if value and other.values.get(name, "") not in ("", value):
                return SkipProblem(culprit, f"without it {where} gives {name!r} another value")
        if one.files != other.files:
            return SkipProblem(culprit, f"without it {where} writes other files")
    return None
