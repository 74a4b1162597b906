"""What a group has handed in is graded once, and nobody calls its members alike."""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autograder.cells import Cell, LabNotebook, Role, SubmittedNotebook
from autograder.course.course import Course
from autograder.grading.cache_keys import content_digest
from autograder.grading.local_executor import LocalExecutor
from autograder.grading.submission import NotebookGrader
from autograder.grading.terms import Terms
from autograder.judging.case import Case
from autograder.limits import Limits
from autograder.roster.teams import keep_teams, kept_teams
from autograder.sandbox.mode import Mode
from autograder.verdicts import NotebookResult
from tests.graders import lab_of
from tests.small_course import make_small_course

SOLUTION = Cell("code", Role.SOLUTION, "def own(x):\n    return x + 1", "own")
TEST = Cell("code", Role.TEST, "assert own(2) == 3", "own-test", points=2.0)
LAB = lab_of("team", (SOLUTION, TEST))


class _Counting(LocalExecutor):
    judged = 0

    def judge(self, notebook: LabNotebook, files: Mapping[str, bytes], case: Case) -> NotebookResult:
        self.judged += 1
        return super().judge(notebook, files, case)


@pytest.mark.parametrize("fresh", [False, True])
def test_equal_work_is_graded_once_also_at_the_same_time(tmp_path: Path, *, fresh: bool) -> None:
    terms = Terms(Limits(), Mode.BUBBLEWRAP, fresh=fresh)
    submitted = SubmittedNotebook("team", (SOLUTION, TEST))
    other = SubmittedNotebook("team", (Cell("code", Role.SOLUTION, "def own(x):\n    return 3", "own"), TEST))
    with _Counting(tmp_path, terms) as executor, ThreadPoolExecutor(3) as threads:
        grader = NotebookGrader(tmp_path, terms, executor)
        results = list(threads.map(lambda it: grader.grade(LAB, it, content_digest(it, {})), [submitted] * 3 + [other]))
        assert executor.judged == 2
    assert results[0] == results[1] == results[2]
    assert [result.verdicts[0].points for result in results] == [2.0] * 4


def test_who_has_handed_in_together_is_kept_until_they_hand_in_alone(tmp_path: Path, blank_gradebook: Path) -> None:
    course = Course.open(make_small_course(tmp_path / "course", blank_gradebook))
    keep_teams(course, "lab", ["ada", "ben"], {"ada": "Team 3", "ben": "Team 3"})
    keep_teams(course, "lab", ["ben"], {})
    assert kept_teams(course, "lab") == {"ada": "Team 3"}
    (course.state / "teams" / "lab.json").write_text(json.dumps(["damaged"]))
    assert kept_teams(course, "lab") == {}
