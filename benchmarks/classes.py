"""The classes that are graded: labs with any number of honest submissions, no two of them alike."""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from benchmarks import small_lab

ROOT = Path(__file__).resolve().parents[1]
MINIMUM = "06_minimum"
_SAMPLE = ROOT / "tests" / "submissions"
_HANDED_IN = (
    "amara_okafor",
    "fatima_haddad",
    "bruno_silva",
    "noor_ali",
    "chiara_rossi",
    "jun_tanaka",
    "elif_yilmaz",
    "goran_petrovic",
    "daniel_kim",
    "hanna_nowak",
)
"""Right and wrong answers in turn, without those that other graders cannot grade: the endless, the dishonest and the
damaged ones."""
_SMALL = (
    ((), ()),
    (("step",), ()),
    ((), ("counts",)),
    (("chain", "minimise"), ()),
    ((), ()),
    (("counts",), ("jacobian",)),
)
"""The exercises that are wrong and those that were left as released, in turn."""


@dataclass(frozen=True)
class ClassLab:
    """A lab and what students hand in.

    Attributes:
        name: the lab's name, and its notebook's.
        source: the instructor's notebook.
        fill_in: number of the student and released notebook → what that student hands in.
    """

    name: str
    source: NotebookNode
    fill_in: Callable[[int, NotebookNode], NotebookNode]

    def submissions(self, released: NotebookNode, count: int) -> Iterator[tuple[str, NotebookNode]]:
        """What the first `count` students hand in: each student, and the notebook."""
        for number in range(count):
            notebook = self.fill_in(number, deepcopy(released))
            for cell in notebook.cells:
                metadata = cell.metadata.get("nbgrader", {})
                if metadata.get("solution") and not metadata.get("grade"):
                    cell.source += f"\n# student {number}"
            yield f"student_{number:05d}", notebook


def small_class() -> ClassLab:
    """The lab of small cells."""

    def fill_in(number: int, released: NotebookNode) -> NotebookNode:
        wrong, left = _SMALL[number % len(_SMALL)]
        return small_lab.submission(released, frozenset(wrong), frozenset(left))

    return ClassLab(small_lab.NAME, small_lab.source(), fill_in)


def tiny_class() -> ClassLab:
    """A lab of two exercises, for classes of thousands."""

    def fill_in(number: int, released: NotebookNode) -> NotebookNode:
        wrong = frozenset({"slope"} if number % 3 == 0 else ())
        return small_lab.submission(released, wrong, frozenset())

    return ClassLab("tiny", small_lab.source(small_lab.EXERCISES[:2]), fill_in)


def minimum_class() -> ClassLab:
    """The course's own lab, with the answers of the sample class."""
    handed_in = [_notebook(_SAMPLE / name / MINIMUM) for name in _HANDED_IN]

    def fill_in(number: int, _: NotebookNode) -> NotebookNode:
        return deepcopy(handed_in[number % len(handed_in)])

    return ClassLab(MINIMUM, _notebook(ROOT / "source" / MINIMUM), fill_in)


CLASSES: Mapping[str, Callable[[], ClassLab]] = {small_lab.NAME: small_class, MINIMUM: minimum_class}


def _notebook(folder: Path) -> NotebookNode:
    return nbformat.read(folder / f"{MINIMUM}.ipynb", as_version=4)
