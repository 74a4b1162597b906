"""A lab whose tests all run beside student code, and a grader for submissions to it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.cells import Cell, Lab, LabNotebook, Role, SubmittedNotebook
from autograder.grading.submission import NotebookGrader
from autograder.limits import Limits
from autograder.verdicts import NotebookResult
from tests.graders import open_grader
from tests.sandbox_mode import MODE

LIMITS = Limits(cell_seconds=3.0, grace_seconds=1.0, submission_seconds=30.0, memory_bytes=2 * 1024**3)
POINTS = 2.0
LESSON = (
    "import math\nimport os\nimport numpy as np\nimport torch\ngiven = [3, 1, 2]\ndef same(a, b):\n    assert a == b"
)
# Name → the right answer, the visible part of its test, the hidden part.
EXERCISES: dict[str, tuple[str, str, str]] = {
    "total": (
        "def total(v):\n    return sum(v)",
        "assert 'total' in dir()\nassert total([1, 2]) == 3",
        "secret_numbers = [40, 1, 1]\nassert total(secret_numbers) == 42",
    ),
    "close": (
        "def close():\n    return torch.tensor([0.5, 0.25])",
        "assert 'close' in dir()",
        "assert torch.allclose(close(), torch.tensor([0.5, 0.25]))\nassert np.allclose(close(), [0.5, 0.25])",
    ),
    "stars": (
        "def stars(n):\n    print('*' * n)",
        "assert 'stars' in dir()\nfrom unittest import mock\nwith mock.patch('builtins.print') as printed:\n"
        "    stars(3)\nprinted.assert_called_once_with('***')",
        "",
    ),
    "save": (
        "def save(text):\n    with open('saved.txt', 'w') as file:\n        file.write(text)\nsave('begin')",
        "assert 'save' in dir()\nassert open('saved.txt').read() == 'begin'",
        "save('hidden')\nassert open('saved.txt').read() == 'hidden'",
    ),
    "steps": (
        "def steps():\n    return 2",
        "assert 'steps' in dir()\ncount = steps()",
        "earned = 1.5 if count == 2 else 0.5\nearned",
    ),
    "again": ("def again():\n    return 2", "assert 'again' in dir()\nassert again() == count", ""),
    "forbidden": (
        "def forbidden(v):\n    result = 0\n    for item in v:\n        result += item\n    return result",
        "kept, np.sum = np.sum, None\ntry:\n    assert forbidden([1, 2]) == 3 and 'forbidden' in dir()\n"
        "finally:\n    np.sum = kept",
        "",
    ),
    "even": (
        "def even(n):\n    return n % 2 == 0",
        "assert 'even' in dir()",
        "same(even(4), True)\nsame(even(5), False)",
    ),
    "wait": (
        "async def wait():\n    return 5",
        "assert 'wait' in dir()\nassert await wait() == 5",
        "",
    ),
}
"""``steps`` earns 1.5 of its 2 points, also for the solution."""


@dataclass(frozen=True)
class BesideLab:
    """The lab, and a grader for it."""

    lab: Lab
    grader: NotebookGrader

    def grade(self, student: str, answers: Mapping[str, str], last: str = "") -> NotebookResult:
        """Grade a submission.

        Args:
            student: the student's id.
            answers: by the exercise's name; the others are answered rightly.
            last: a cell of the student's own at the end.
        """
        (notebook,) = self.lab.notebooks
        cells = [
            replace(
                cell,
                source=answers.get(cell.grade_id or "", source.source) if cell.role is Role.SOLUTION else cell.source,
            )
            for cell, source in zip(notebook.released, notebook.source, strict=True)
        ]
        cells.append(Cell("code", Role.FREE, last))
        return self.grader.grade(self.lab, SubmittedNotebook("beside", tuple(cells)), student)


def make_beside_lab() -> Lab:
    source, released = [Cell("code", Role.LOCKED, LESSON, "lesson")], [Cell("code", Role.LOCKED, LESSON, "lesson")]
    for name, (answer, rest, hidden) in EXERCISES.items():
        # What changes the environment needs one process.
        visible = f"os.environ['EXERCISE'] = '{name}'\n{rest}"
        source += [
            Cell("code", Role.SOLUTION, answer, name),
            Cell("code", Role.TEST, f"{visible}\n{hidden}", f"{name}-test", POINTS),
        ]
        released += [
            Cell("code", Role.SOLUTION, "# YOUR CODE HERE", name),
            Cell("code", Role.TEST, visible, f"{name}-test", POINTS),
        ]
    return Lab("beside", (LabNotebook("beside", tuple(source), tuple(released)),), {"given.txt": b"given"})


@contextmanager
def open_beside_lab(state: Path) -> Iterator[BesideLab]:
    """The lab with a grader in the real sandbox.

    Args:
        state: an empty folder for the grader.
    """
    with open_grader(state, LIMITS, MODE) as grader:
        yield BesideLab(make_beside_lab(), grader)
