"""Honest notebooks, mangled in every way that is known, graded through the whole way."""

import json
from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path

import pytest

from autograder.cells import Cell, Role, SubmittedNotebook
from autograder.course.course import Course
from autograder.gradebook.labs import read_lab
from autograder.grading.run import grade_class
from autograder.grading.terms import Terms
from autograder.limits import Limits
from autograder.repair import repair_notebook
from autograder.sandbox.mode import Mode
from autograder.untrusted.notebooks import parse
from autograder.verdicts import Result, SubmissionStatus
from tests.mangled.accidents import ACCIDENTS
from tests.mangled.editors import EDITORS
from tests.mangled.lab import LAB, NAME, POINTS, honest, make_course
from tests.mangled.mangling import Mangling, Notebook, as_bytes
from tests.mangled.platforms import PLATFORMS
from tests.mangled.tools import TOOLS
from tests.small_course import LAB as SMALL_LAB
from tests.small_course import make_small_course, small_submission
from tests.submissions import make

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
LIMITS = Limits(cell_seconds=10.0)
CORPUS: tuple[Mangling, ...] = (*EDITORS, *ACCIDENTS, *TOOLS, *PLATFORMS)


@pytest.fixture(scope="module")
def minimum() -> Sequence[Cell]:
    """The released cells of the course's own lab."""
    return read_lab(Course.open(Path(__file__).parents[2]), make.LAB).notebooks[0].released


def test_mangled_notebooks_have_the_score_of_the_honest_one(tmp_path: Path, blank_gradebook: Path) -> None:
    course = make_course(tmp_path / "course", blank_gradebook)
    for number, mangling in enumerate(CORPUS):
        path = course.root / "submitted" / f"s{number:03}" / LAB / mangling.file.format(NAME)
        path.parent.mkdir(parents=True)
        path.write_bytes(mangling.content(honest(course)))
    # One test for all of them: they are graded in one class, by whichever worker gets it.
    results = grade_class(course, [LAB], None, Terms(LIMITS, Mode.BUBBLEWRAP, workers=2))
    wrong = {
        mangling.name: said
        for mangling, result in zip(CORPUS, results, strict=True)
        if (said := _wrong(mangling, result))
    }
    assert not wrong


def _wrong(mangling: Mangling, result: Result) -> object:
    points = {cell.grade_id: cell.points for cell in result.cells}
    if result.status is not SubmissionStatus.GRADED or points != POINTS:
        return result.status, result.reason, points
    if result.flags or not any(mangling.repaired in repair for repair in (*result.repairs, "")):
        return result.flags, result.repairs
    return None


def _mended(content: bytes, released: Sequence[Cell]) -> SubmittedNotebook:
    mended = repair_notebook(NAME, parse(content, "lab.ipynb"), released)
    assert mended.flags == ()
    return mended


def _order(notebook: SubmittedNotebook) -> list[tuple[str | None, str]]:
    """The locked and the graded cells in the order in which they run, with the text that a student may not change."""
    return [
        (cell.grade_id, cell.source if cell.role in (Role.LOCKED, Role.TEST, Role.TASK) else cell.role)
        for cell in notebook.cells
        if cell.grade_id is not None
    ]


def _code(notebook: SubmittedNotebook) -> Counter[str]:
    """The lines of code that run, whatever the cell they stand in."""
    code = (cell.source for cell in notebook.cells if cell.kind == "code" and cell.role in (Role.FREE, Role.SOLUTION))
    return Counter(line.rstrip() for source in code for line in source.splitlines() if line.strip())


def assert_same_is_run(mangling: Mangling, notebook: Notebook, released: Sequence[Cell]) -> None:
    """Assert that a mangled notebook runs what the honest one runs, between the same tests."""
    try:
        content = mangling.content(deepcopy(notebook))
    except UnicodeEncodeError:
        pytest.skip("the lab's own text can't be written in this encoding")
    mangled, honest_one = _mended(content, released), _mended(as_bytes(notebook), released)
    assert _order(mangled) == _order(honest_one)
    assert not _code(honest_one) - _code(mangled)
    assert mangled.unanswered == honest_one.unanswered


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, blank_gradebook: Path) -> Sequence[Cell]:
    """The released cells of the small lab."""
    root = make_small_course(tmp_path_factory.mktemp("small") / "course", blank_gradebook)
    return read_lab(Course.open(root), SMALL_LAB).notebooks[0].released


@pytest.mark.parametrize("student", ["daniel_kim", "sofia_marin"])
@pytest.mark.parametrize("mangling", CORPUS, ids=lambda mangling: mangling.name)
def test_of_the_minimum_lab_the_same_is_run(mangling: Mangling, student: str, minimum: Sequence[Cell]) -> None:
    assert_same_is_run(mangling, json.loads(json.dumps(make.notebook(make.CLASS[student]))), minimum)


@pytest.mark.parametrize("mangling", CORPUS, ids=lambda mangling: mangling.name)
def test_of_the_small_lab_the_same_is_run(mangling: Mangling, small: Sequence[Cell]) -> None:
    notebook = small_submission({"half": "def half(x):\n    return x"})
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    assert_same_is_run(mangling, notebook, small)
