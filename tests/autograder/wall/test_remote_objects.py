"""Tests of classes as other courses write them: what the solution passes at the wall, and what a wrong answer earns."""

import ast
import asyncio
import linecache
from typing import Any

import pytest

from autograder.python_names import bound_names
from autograder.wall.errors import WallError
from autograder.wall.namespace import Namespace
from autograder.wall.profile import Profile, Recorder
from tests.autograder.wall.conftest import Meet
from tests.autograder.wall.remote_object_cases import CASES, Case


class Bench:
    """Runs a test of a case against an answer."""

    def __init__(self, meet: Meet, case: Case) -> None:
        self._meet = meet
        self._case = case
        self.profile: Profile | None = None

    def run(self, answer: str) -> BaseException | None:
        """What the test raises; the first answer is the solution's, which sets the bounds."""
        recorder = Recorder()
        namespace = Namespace()
        exec("import numpy as np\nimport torch\nimport collections\n__name__ = '__main__'", namespace)
        exec(self._case.lesson, namespace)
        lesson = dict(namespace)
        source = f"import numpy as np\nimport torch\nimport collections\n{self._case.lesson}\n{answer}"
        wall = self._meet(
            source,
            recorder if self.profile is None else self.profile,
            lambda name, value: lesson.get(name) is value,
            lesson.get,
            check=False,
        )
        namespace.wall = wall
        namespace.student_names = frozenset(bound_names(self._case.answer) - set(lesson))
        try:
            wall.begin_test(trusting=False)
            code = compile(self._case.test, "<test>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            result: Any = eval(code, namespace)
            if result is not None:
                asyncio.run(result)
        except (Exception, WallError) as error:  # noqa: BLE001 - it is what is looked at
            return error
        finally:
            if self.profile is None:
                self.profile = recorder.finish()
        return None


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_a_test_says_across_the_wall_what_it_says_in_one_process(meet: Meet, case: Case) -> None:
    for answer in (case.answer, *case.right):
        in_process(case, answer)
    bench = Bench(meet, case)
    for answer in (case.answer, case.answer, *case.right):
        error = bench.run(answer)
        if error is not None:
            raise error
    for answer in case.wrong:
        assert bench.run(answer) is not None, answer


def in_process(case: Case, answer: str) -> None:
    """Run a test in one process, which it must pass."""
    names: dict[str, Any] = {"__name__": "__main__"}
    exec("import numpy as np\nimport torch\nimport collections", names)
    exec(case.lesson, names)
    linecache.cache["<answer>"] = (len(answer), None, answer.splitlines(keepends=True), "<answer>")
    exec(compile(answer, "<answer>", "exec"), names)
    code = compile(case.test, "<test>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    result = eval(code, names)
    if result is not None:
        asyncio.run(result)
