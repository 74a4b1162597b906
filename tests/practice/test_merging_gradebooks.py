"""The program in the guide that puts the marks of two gradebooks into one."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

# nbgrader adds a submission to a gradebook before it adds its parts.
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
GUIDE = Path(__file__).parents[2] / "docs" / "instructors.md"


def program() -> str:
    (found,) = re.findall(r"^```python\n(# merge\.py .*?)^```$", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return str(found)


def fill(path: Path, marks: dict[tuple[str, str], tuple[float | None, str | None]]) -> None:
    with Gradebook(f"sqlite:///{path}") as gradebook:
        gradebook.add_assignment("lab")
        gradebook.add_notebook("lab", "lab")
        for cell in ("why", "how"):
            gradebook.add_grade_cell(cell, "lab", "lab", max_score=5.0, cell_type="markdown")
            gradebook.add_solution_cell(cell, "lab", "lab")
        for student in ("amy", "ben"):
            gradebook.add_student(student)
            gradebook.add_submission("lab", student)
        gradebook.db.commit()
        for (student, cell), (mark, comment) in marks.items():
            grade = gradebook.find_grade(cell, "lab", "lab", student)
            grade.manual_score, grade.needs_manual_grade = mark, mark is None
            gradebook.find_comment(cell, "lab", "lab", student).manual_comment = comment
        gradebook.db.commit()


def read(path: Path) -> dict[tuple[str, str], tuple[float | None, str | None]]:
    with Gradebook(f"sqlite:///{path}") as gradebook:
        return {
            (student, cell): (
                gradebook.find_grade(cell, "lab", "lab", student).manual_score,
                gradebook.find_comment(cell, "lab", "lab", student).manual_comment,
            )
            for student in ("amy", "ben")
            for cell in ("why", "how")
        }


def test_marks_of_both_are_in_one_and_what_both_marked_is_told(tmp_path: Path, blank_gradebook: Path) -> None:
    for name in ("gradebook.db", "other.db"):
        shutil.copy(blank_gradebook, tmp_path / name)
    fill(tmp_path / "gradebook.db", {("amy", "why"): (3.0, "Good."), ("ben", "why"): (1.0, None)})
    fill(tmp_path / "other.db", {("amy", "how"): (4.0, "Nice."), ("ben", "why"): (2.0, "Why so?")})
    (tmp_path / "merge.py").write_text(program(), encoding="utf-8")
    command = [sys.executable, "-W", "ignore", "merge.py", "other.db"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "both marked ('lab', 'ben') why: 1.0 is kept, not 2.0\n"
    assert read(tmp_path / "gradebook.db") == {
        ("amy", "why"): (3.0, "Good."),
        ("amy", "how"): (4.0, "Nice."),
        ("ben", "why"): (1.0, "Why so?"),
        ("ben", "how"): (None, None),
    }
