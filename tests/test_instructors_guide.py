"""The first commands of the instructors' guide, from nothing to grades: bash runs them one after another."""

import csv
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
LAB = "06_minimum"
TEXT = '''# %% [markdown]
# # Twice
#
# ## Exercise 1 · Twice as much

# %% nbgrader={"grade_id": "double", "solution": true}
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% nbgrader={"grade_id": "double-test", "grade": true, "points": 2}
assert double(2) == 4
### BEGIN HIDDEN TESTS
assert double(3.5) == 7
### END HIDDEN TESTS
'''
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
FIRST = "make demo"
"""The first command. It makes the environment in which this test runs; tests/test_demo.py runs what it runs."""


def path() -> list[str]:
    """The commands of the guide's first block, without what is said about them."""
    guide = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
    block = re.search(r"## From nothing to grades.*?^```\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL)
    assert block is not None
    return [line.partition(" #")[0].rstrip() for line in block[1].splitlines()]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with one small lab, and what an instructor has downloaded."""
    root = tmp_path_factory.mktemp("course")
    (root / "nbgrader_config.py").write_text((ROOT / "nbgrader_config.py").read_text(encoding="utf-8"), "utf-8")
    (root / "course").mkdir()
    (root / "course" / f"{LAB}.py").write_text(TEXT, encoding="utf-8")
    (root / ".venv").mkdir()
    (root / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    (root / "class.csv").write_text(
        "id,first_name,last_name,email\nada,Ada,Lovelace,ada@example.org\nemmy,Emmy,Nœther,emmy@example.org\n", "utf-8"
    )
    return root


def hand_in(root: Path) -> None:
    """Two students answer the released lab, one rightly; the platform packs what they upload."""
    released = (root / "release" / LAB / f"{LAB}.ipynb").read_text(encoding="utf-8")
    stub = STUB.splitlines()[1]
    assert stub in released
    with zipfile.ZipFile(root / "moodle.zip", "w") as archive:
        for name, answer in (("Ada Lovelace_901", "return x + x"), ("Emmy Nœther_902", "return x * x")):
            archive.writestr(f"{name}_assignsubmission_file_/{LAB}.ipynb", released.replace(stub, answer))


def test_from_nothing_to_grades(course: Path) -> None:
    lines = path()
    assert lines[0] == FIRST
    ran = []
    for line in lines[1:]:
        if line.startswith("autograder collect"):
            hand_in(course)
        # A shell of its own for each line, with the variables that earlier lines exported.
        exports = [it for it in ran if it.startswith("export ")]
        done = subprocess.run(
            ["bash", "-ec", "\n".join([*exports, line])],
            cwd=course,
            env={**os.environ, "COLUMNS": "200"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        ran.append(line)
    assert (course / "feedback" / "ada" / LAB / f"{LAB}.html").exists()
    assert (course / "report" / f"{LAB}.html").exists()
    with (course / "moodle.csv").open(encoding="utf-8", newline="") as file:
        assert {row["ID number"]: row[LAB] for row in csv.DictReader(file)} == {"ada": "2", "emmy": "0"}
