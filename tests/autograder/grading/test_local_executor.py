"""Notebooks through the real executor: a judge server, a judge, a student in the sandbox."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.cells import Cell, Role, SubmittedNotebook
from autograder.errors import ExpectedError
from autograder.grading.local_executor import AttemptsClock, CpuCores, LocalExecutor, pin
from autograder.grading.submission import NotebookGrader
from autograder.grading.terms import Terms
from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.sandbox.zygote import Zygote
from autograder.verdicts import CellStatus, CellVerdict, Level, NotebookResult
from tests.graders import lab_of, open_grader
from tests.reliability.processes import family

LIMITS = Limits(cell_seconds=2.0, grace_seconds=0.5, submission_seconds=120.0)
TWICE = "def twice(x):\n    return 2 * x"
COUNT = "def count(n):\n    return list(range(n))"


def cell(role: Role, source: str, grade_id: str | None = None, points: float = 0.0, kind: str = "code") -> Cell:
    return Cell(kind, role, source, grade_id, points)


SETUP = "import random\nfrom pathlib import Path\nscale = 1\ndef helper(x): return twice(x) + scale"
TEST_TWICE = "number = random.randrange(10**6)\nassert twice(number) == 2 * number\nassert helper(1) == 3"
TEST_COUNT = "assert count(3) == [0, 1, 2]\nassert helper(1) == 12\nassert seen == 42\nassert start == [1, 2]"
SOURCE = (
    cell(Role.LOCKED, SETUP, "a"),
    cell(Role.SOLUTION, TWICE, "twice"),
    cell(Role.TEST, TEST_TWICE, "t1", 2.0),
    cell(Role.LOCKED, "scale = 10\nseen = twice(21)\nstart = [1, 2]", "b"),
    cell(Role.SOLUTION, COUNT, "count"),
    cell(Role.TEST, TEST_COUNT, "t2", 1.0),
    cell(Role.ANSWER, "words", "why", 4.0, "markdown"),
    cell(Role.TEST, "twice(0.75)", "t3", 2.0),
)
LAB = lab_of("lab", SOURCE)


def submission(**answers: str) -> SubmittedNotebook:
    cells = tuple(replace(item, source=answers.get(item.grade_id or "", item.source)) for item in SOURCE)
    unanswered = frozenset() if "why" in answers else frozenset({"why"})
    return SubmittedNotebook("lab", cells, unanswered)


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NotebookGrader]:
    with open_grader(tmp_path_factory.mktemp("state"), LIMITS, Mode.BUBBLEWRAP) as grader:
        yield grader


Grade = Callable[..., dict[str, CellVerdict]]


@pytest.fixture
def grade(grader: NotebookGrader) -> Grade:
    def grade(**answers: str) -> dict[str, CellVerdict]:
        result = grader.grade(LAB, submission(**answers), "ann")
        return {verdict.grade_id: verdict for verdict in result.verdicts}

    return grade


def test_the_solution_has_full_marks(grade: Grade) -> None:
    verdicts = grade(why="because")
    assert [verdict.points for verdict in verdicts.values()] == [2.0, 1.0, None, 1.5]
    assert verdicts["why"].status is CellStatus.MANUAL
    assert verdicts["t3"].status is CellStatus.PARTIAL


def test_a_question_left_as_it_was_earns_nothing(grade: Grade) -> None:
    assert grade()["why"].points == 0.0
    assert grade()["why"].status is CellStatus.UNANSWERED


def test_a_wrong_answer_costs_its_own_exercise(grade: Grade) -> None:
    verdicts = grade(count="def count(n): return [0, 1]")
    assert verdicts["t1"].status is CellStatus.PASSED
    assert verdicts["t2"].status is CellStatus.FAILED


def test_a_fixed_answer_does_not_fit_hidden_inputs(grade: Grade) -> None:
    assert grade(twice="def twice(x): return 42")["t1"].points == 0.0


def test_a_name_that_a_lesson_computes_from_the_answer_is_the_students(grade: Grade) -> None:
    verdicts = grade(twice="def twice(x): return 2 * x if x != 21 else 0")
    assert verdicts["t1"].status is CellStatus.PASSED
    assert verdicts["t2"].status is CellStatus.FAILED


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("def count(n):\n    while True: pass", CellStatus.TIMED_OUT),
        ("import signal\nsignal.signal(2, signal.SIG_IGN)\ndef count(n):\n    while True: pass", CellStatus.TIMED_OUT),
        ("while True: pass", CellStatus.TIMED_OUT),
        ("import os\ndef count(n): os._exit(0)", CellStatus.ERROR),
        ("import os\nos._exit(0)", CellStatus.ERROR),
        ("def count(n): return (i for i in range(n))", CellStatus.FAILED),
        ("import torch\ndef count(n): return torch.empty(500_000_000)", CellStatus.ERROR),
        ("def count(n): return [float('nan')] * n", CellStatus.FAILED),
        ("class Yes:\n    def __eq__(self, other): return True\ndef count(n): return Yes()", CellStatus.FAILED),
        ("def count(n): raise ValueError('no')", CellStatus.ERROR),
        ("def count(n): raise NotImplementedError()", CellStatus.FAILED),
        ("def count(n: pass", CellStatus.ERROR),
        ("", CellStatus.FAILED),
    ],
)
def test_a_cell_that_goes_wrong_costs_its_own_exercise(grade: Grade, answer: str, status: CellStatus) -> None:
    verdicts = grade(count=answer)
    assert verdicts["t2"].status is status
    assert verdicts["t2"].points == 0.0
    assert verdicts["t2"].message
    assert [verdicts[name].points for name in ("t1", "t3")] == [2.0, 1.5]


def test_the_ends_of_processes_are_flagged(grader: NotebookGrader) -> None:
    result = grader.grade(LAB, submission(count="import os\ndef count(n): os._exit(3)"), "bob")
    assert result.flags == ("the student's process ended by itself with exit code 3",)


def test_the_students_side_runs_in_an_empty_folder_with_the_data_files(grader: NotebookGrader) -> None:
    look = (
        "from pathlib import Path\nprint(sorted(p.name for p in Path().rglob('*')), Path('data/x.txt').read_text())\n"
    )
    result = grader.grade(LAB, submission(count=look + COUNT), "eve", {"data/x.txt": b"hello"})
    assert result.outcomes[4].outputs[0]["text"] == "['data', 'x.txt'] hello\n"


def test_the_outputs_of_cells_are_kept_and_those_of_tests_are_not(grader: NotebookGrader) -> None:
    result = grader.grade(LAB, submission(twice=f"print('mine')\n{TWICE}\n5"), "eve")
    assert [output["output_type"] for output in result.outcomes[1].outputs] == ["stream", "execute_result"]
    assert result.outcomes[2].outputs == ()
    assert result.outcomes[1].execution_count == 2


@pytest.mark.slow
def test_the_same_submission_gets_the_same_verdict(tmp_path: Path) -> None:
    # A test that a random half of all students would pass.
    cells = (cell(Role.SOLUTION, "x = 1", "x"), cell(Role.TEST, "import random\nx\nrandom.random()", "t", 1.0))
    lab = lab_of("coin", cells)

    def points(student: str, state: Path) -> float | None:
        with open_grader(state, LIMITS, Mode.NONE) as grader:
            return grader.grade(lab, SubmittedNotebook("coin", cells), student).verdicts[0].points

    first = points("ann", tmp_path / "a")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "secret").write_bytes((tmp_path / "a" / "secret").read_bytes())
    assert points("ann", tmp_path / "b") == first
    assert points("bob", tmp_path / "b") != first


def test_a_solution_that_has_not_changed_is_not_profiled_again(tmp_path: Path) -> None:
    def grade(student: str) -> NotebookResult:
        with open_grader(tmp_path, LIMITS, Mode.NONE) as grader:
            return grader.grade(lab, SubmittedNotebook("n", cells), student)

    cells = (cell(Role.SOLUTION, "def one(): return (1,)", "one"), cell(Role.TEST, "assert one() == (1,)", "t", 1.0))
    lab = lab_of("n", cells)
    first = grade("ann")
    (profile,) = (tmp_path / "measures").rglob("*.json")
    written = profile.stat().st_mtime_ns
    assert grade("bob") == first
    assert profile.stat().st_mtime_ns == written
    # A file without all of its parts permits nothing and excuses nothing: it counts as none.
    kept = profile.read_text()
    profile.write_text("{}")
    assert grade("cid") == first
    assert profile.read_text() == kept


@pytest.mark.parametrize(
    ("weakest", "tags", "level"),
    [
        (Level.BESIDE, False, Level.BESIDE),
        (Level.BESIDE, True, Level.NONE),
        (Level.WALL, False, Level.NONE),
    ],
)
def test_a_test_that_sends_what_the_student_cannot_have(
    weakest: Level, tags: bool, level: Level, tmp_path: Path
) -> None:
    test = replace(cell(Role.TEST, "import threading\nassert is_free(threading.Lock())", "t", 1.0), wall_only=tags)
    cells = (cell(Role.SOLUTION, "def is_free(lock): return not lock.locked()", "answer"), test)
    lab = lab_of("n", cells)
    with LocalExecutor(tmp_path, terms := Terms(LIMITS, Mode.NONE, level=weakest)) as executor:
        result = NotebookGrader(tmp_path, terms, executor).grade(lab, SubmittedNotebook("n", cells), "ann")
        (verdict,), (described,) = result.verdicts, executor.levels(lab.notebooks[0], {})
    assert (verdict.level, described.level, result.levels) == (level, level, (described,))
    assert "a lock" in described.reason
    if level is Level.BESIDE:
        assert (verdict.status, verdict.points) == (CellStatus.PASSED, 1.0)
    else:
        assert (verdict.status, verdict.points) == (CellStatus.EXCLUDED, None)
        assert "Your instructor has been told" in verdict.message
        assert "lock" not in verdict.message


def test_an_instructors_notebook_that_ends_its_process_is_an_expected_error(tmp_path: Path) -> None:
    cells = (cell(Role.LOCKED, "import os\nos._exit(1)", "a"),)
    with open_grader(tmp_path, LIMITS, Mode.NONE) as grader, pytest.raises(ExpectedError, match="'n'"):
        grader.grade(lab_of("n", cells), SubmittedNotebook("n", cells), "ann")


def test_an_answer_that_works_in_place_is_right_unless_the_test_minds(tmp_path: Path) -> None:
    cells = (
        cell(Role.SOLUTION, "def double(items): return [2 * item for item in items]", "double"),
        cell(Role.TEST, "assert double([1, 2]) == [2, 4]", "value", 1.0),
        cell(Role.TEST, "given = [1, 2]\ndouble(given)\nassert given == [1, 2]", "kept", 1.0),
        cell(Role.TEST, "given = [3]\nassert double(given) == [2 * item for item in given]", "blanked", 1.0),
    )
    lab = lab_of("n", cells)
    in_place = "def double(items):\n    items[:] = [2 * item for item in items]\n    return items"
    blanking = "def double(items):\n    items.clear()\n    return items"

    def points(answer: str) -> list[float | None]:
        submitted = SubmittedNotebook("n", (replace(cells[0], source=answer), *cells[1:]))
        return [verdict.points for verdict in grader.grade(lab, submitted, "ann").verdicts]

    with open_grader(tmp_path, LIMITS, Mode.BUBBLEWRAP) as grader:
        assert points(cells[0].source) == [1.0, 1.0, 1.0]
        assert points(in_place) == [1.0, 0.0, 0.0]
        assert points(blanking) == [0.0, 0.0, 0.0]


def processes(words: str) -> list[int]:
    """The processes of this test's own whose command line holds these words."""
    mine = {os.getpid()}
    found = []
    for folder in sorted(Path("/proc").glob("[0-9]*"), key=lambda folder: int(folder.name)):
        with contextlib.suppress(OSError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if parent in mine:
                mine.add(int(folder.name))
                if words in (folder / "cmdline").read_text():
                    found.append(int(folder.name))
    return found


def test_a_judge_that_is_killed_again_and_again_from_outside_costs_no_grade(tmp_path: Path) -> None:
    killed: list[int] = []

    def kill_judges() -> None:
        while len(killed) < 2:
            for judge in set(family(os.getpid())["judge"]).difference(killed):
                killed.append(judge)
                os.kill(judge, signal.SIGKILL)

    with open_grader(tmp_path, LIMITS, Mode.BUBBLEWRAP) as grader:
        # The judge of the instructor's own solution is not to be killed.
        grader.grade(LAB, submission(), "bob")
        killer = threading.Thread(target=kill_judges)
        killer.start()
        result = grader.grade(LAB, submission(twice=f"import time\ntime.sleep(0.5)\n{TWICE}"), "ann")
        killer.join()
    assert [verdict.points for verdict in result.verdicts] == [2.0, 1.0, 0.0, 1.5]
    assert "the grader itself failed" not in result.flags


@pytest.mark.slow
@pytest.mark.parametrize("words", ["autograder.sandbox.zygote_server", "autograder.judging.server"])
def test_a_helper_process_that_is_killed_is_replaced_for_the_rest_of_the_class(tmp_path: Path, words: str) -> None:
    with open_grader(tmp_path, LIMITS, Mode.BUBBLEWRAP) as grader:
        assert grader.grade(LAB, submission(), "ann").verdicts[0].points == 2.0
        before = processes(words)
        assert before
        for process in before:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        while processes(words):
            time.sleep(0.01)
        assert grader.grade(LAB, submission(), "bob").verdicts[0].points == 2.0


def test_a_zygote_that_ends_of_a_library_is_replaced_by_one_that_uses_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[list[str]] = []

    def end(zygote: Zygote, names: list[str]) -> None:
        used.append(names)
        zygote.close()

    monkeypatch.setattr(Zygote, "use_libraries", end)
    torch_lab = lab_of("lab", (replace(SOURCE[0], source=f"import torch\n{SETUP}"), *SOURCE[1:]))
    with open_grader(tmp_path, LIMITS, Mode.BUBBLEWRAP) as grader:
        result = grader.grade(torch_lab, submission(), "ann")
    assert [verdict.points for verdict in result.verdicts] == [2.0, 1.0, 0.0, 1.5]
    assert used == [["tensors"]]


def test_all_attempts_share_one_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    clock = AttemptsClock(replace(LIMITS, submission_seconds=60.0))
    assert clock.begin().submission_seconds == 60.0
    now += 20
    assert clock.suffices()
    assert clock.begin().submission_seconds == 40.0
    now += 25
    assert not clock.suffices()
    assert clock.begin().submission_seconds == 15.0
    now += 50
    assert clock.begin().submission_seconds == 1.0


def test_a_submission_that_ends_its_own_process_late_has_its_time_once(tmp_path: Path) -> None:
    late = "import os, time\nif not os.path.exists('done'):\n    time.sleep(4)\nos.kill(os.getpid(), 9)"
    limits = replace(LIMITS, cell_seconds=6.0, submission_seconds=7.0)
    with open_grader(tmp_path, limits, Mode.BUBBLEWRAP) as grader:
        result = grader.grade(LAB, submission(twice=f"{late}\n{TWICE}"), "ann")
    assert [verdict.status for verdict in result.verdicts][:1] == [CellStatus.BROKE]
    assert "too short to try again" in result.verdicts[0].message


def test_each_core_is_lent_once_and_comes_back() -> None:
    cores, allowed = CpuCores(), os.sched_getaffinity(0)
    for _ in range(2):
        with contextlib.ExitStack() as lent:
            assert {lent.enter_context(cores.borrow()) for _ in allowed} == allowed
            assert lent.enter_context(cores.borrow()) is None


def test_a_process_keeps_to_its_core() -> None:
    core = min(os.sched_getaffinity(0))
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        pin(process.pid, None)
        assert os.sched_getaffinity(process.pid) == os.sched_getaffinity(0)
        pin(process.pid, core)
        assert os.sched_getaffinity(process.pid) == {core}
        process.communicate(b"\n")
    pin(process.pid, core)
