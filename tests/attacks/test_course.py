"""Attacks on a real course: the machine, the gradebook and the neighbours stay as they were."""

import ctypes
import hashlib
import os
import site
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.course.course import Course
from autograder.grading.run import grade_class
from autograder.grading.terms import Terms
from autograder.untrusted.helper import end_all
from autograder.verdicts import CellStatus, Result, SubmissionStatus
from tests.attacks.attack import Attack
from tests.attacks.corpus import ON_THE_MACHINE, ON_THE_WALL, one_of_each_kind
from tests.attacks.machine import FILES, PROCESSES
from tests.attacks.network import NETWORK
from tests.sandbox_mode import MODE
from tests.small_course import LAB, hand_in, make_small_course, notebook_of, small_submission, write
from tests.small_lab import EXERCISES, LIMITS, POINTS

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
SMALL = replace(
    LIMITS,
    cell_seconds=5.0,
    submission_seconds=60.0,
    memory_bytes=1024**3,
    processes=32,
    disk_bytes=64 * 1024**2,
    file_bytes=32 * 1024**2,
)
# Files that attacks try to leave somewhere.
_TRACES = ("left-by-an-attack", "usercustomize.py", "sitecustomize.py", "big", ".jupyter/nbgrader_config.py")
_FOLDERS = ("/", "/tmp", "/dev/shm", "/var/tmp", "/run", "/submission", str(Path.home()))
_SET_CHILD_SUBREAPER = 36
ONE_OF_EACH_KIND = "one of each kind"
GROUPS = {
    ONE_OF_EACH_KIND: one_of_each_kind(ON_THE_MACHINE),
    "processes": PROCESSES[:12],
    "more processes": PROCESSES[12:],
    "files": FILES,
    "network": [attack for attack in NETWORK for _ in range(2)],
    "the wall": ON_THE_WALL[::9],
}


@pytest.mark.parametrize(
    "group",
    [pytest.param(group, marks=() if group == ONE_OF_EACH_KIND else pytest.mark.slow) for group in GROUPS],
)
def test_attacks_in_a_class_change_nothing_else(
    group: str, tmp_path: Path, blank_gradebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_small_course(tmp_path / "course", blank_gradebook)
    attacks = {f"{number:02d}-attack": attack for number, attack in enumerate(GROUPS[group])}
    for number, (student, attack) in enumerate(attacks.items()):
        hand_in(root, student, notebook_of(attack))
        write(hand_in(root, f"{number:02d}-honest", b""), small_submission({}))
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))

    before = (digest(root, "source", "submitted"), environment(), traces())
    with adopting_orphans():
        processes = descendants()
        results = {result.student: result for result in grade(root)}
        # They serve until the program ends, which is this test here.
        end_all()
        assert lasting(processes) == set()
    assert (digest(root, "source", "submitted"), environment(), traces()) == before
    assert list(temporary.iterdir()) == []

    assert set(results) == {*attacks, *(student.replace("attack", "honest") for student in attacks)}
    assert [wrong for student, attack in attacks.items() for wrong in earned(attack, results[student])] == []
    honest = [result for student, result in results.items() if student.endswith("honest")]
    full = POINTS * len(EXERCISES)
    assert {result.student: (result.score, result.flags) for result in honest} == dict.fromkeys(
        (result.student for result in honest), (full, ())
    )
    assert scores(root) == {student: result.score for student, result in results.items()}
    assert {path.name for path in (root / "autograded").iterdir()} == set(results)
    assert {path.name for path in root.iterdir() if not path.name.startswith(".")} == {
        "source", "submitted", "autograded", "gradebook.db", "nbgrader_config.py"
    }  # fmt: skip


def grade(root: Path) -> Iterator[Result]:
    return grade_class(Course.open(root), [LAB], None, Terms(SMALL, MODE, workers=2))


def earned(attack: Attack, result: Result) -> Iterator[str]:
    """What is wrong with the result of an attack, one sentence each."""
    verdicts = {cell.grade_id.removesuffix("-test"): cell for cell in result.cells}
    if result.status is not SubmissionStatus.GRADED:
        yield f"{attack.name}: {result.status}, {result.reason}"
    for name in EXERCISES:
        verdict = verdicts[name]
        if verdict.status is CellStatus.BROKE:
            yield f"{attack.name}: {name} broke the grader"
        elif name in attack.answers and verdict.points:
            yield f"{attack.name}: {name} earned {verdict.points}"
        elif name not in attack.answers and verdict.points != POINTS and not attack.spoils:
            yield f"{attack.name}: {name} got {verdict.points}: {verdict.message}"
    if attack.flagged not in " ".join(result.flags):
        yield f"{attack.name}: not flagged, but {result.flags}"


def scores(root: Path) -> dict[str, float]:
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        assert not [student for student in gradebook.students if not student.submissions]
        return {submission.student.id: submission.score for submission in gradebook.assignment_submissions(LAB)}


def digest(root: Path, *folders: str) -> dict[str, str]:
    """What the files of some folders hold, by path; and the course's configuration."""
    files = [path for folder in folders for path in (root / folder).rglob("*") if path.is_file()]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in [*files, root / "nbgrader_config.py"]}


def environment() -> dict[str, tuple[int, int]]:
    """When the interpreter and its packages were last changed, and their sizes."""
    folders = [*site.getsitepackages(), sysconfig.get_path("stdlib"), sys.prefix]
    found = [Path(sys.executable), *(path for folder in folders for path in Path(folder).glob("*"))]
    return {str(path): _stamp(path) for path in found if path.name != "__pycache__"}


def _stamp(path: Path) -> tuple[int, int]:
    status = path.lstat()
    return status.st_mtime_ns, status.st_size


def traces() -> set[str]:
    """The files that attacks would leave, where there are any."""
    places = [Path(folder, name) for folder in _FOLDERS for name in _TRACES]
    meetings = [path for folder in _FOLDERS if Path(folder).is_dir() for path in Path(folder).glob("meeting-*")]
    return {str(path) for path in (*places, *meetings) if path.exists()}


@contextmanager
def adopting_orphans() -> Iterator[None]:
    """Whatever outlives its parent becomes a child of this process, and is seen."""
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
    try:
        yield
    finally:
        libc.prctl(_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def lasting(before: set[int]) -> set[int]:
    """The processes that go on living, though they should have ended; what has been killed is given time to die."""
    for _ in range(100):
        left = {process for process in descendants() - before if not _has_ended(process)}
        if not left:
            break
        time.sleep(0.1)
    return left


def _has_ended(process: int) -> bool:
    with suppress(ChildProcessError):
        os.waitpid(process, os.WNOHANG)
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def descendants() -> set[int]:
    found: set[int] = set()
    ahead: Sequence[int] = [os.getpid()]
    while ahead:
        ahead = [child for process in ahead for child in _children(process)]
        found.update(ahead)
    return found


def _children(process: int) -> list[int]:
    children: list[int] = []
    for thread in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):
            children += map(int, thread.read_text().split())
    return children
