"""The worked example of docs/authors.md: its blocks, put where the page says, are a lab that builds and diagnoses."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copyfile, copytree, ignore_patterns

import pytest
from nbformat import NO_CONVERT, NotebookNode, read

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("authors guide")]

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "authors.md"
LAB = "90_double"
_BLOCK = re.compile(r"^`(?P<path>[\w./]+)`\n\n(?P<fence>`{3,})\w+\n(?P<text>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL)
# The sandbox gets nothing of the user's environment, so its interpreter would find the packages that are installed.
_MAIN = """
import os
from autograder.cli import main
from autograder.sandbox import bubblewrap
clean = bubblewrap.environment
bubblewrap.environment = lambda *given: {**clean(*given), "PYTHONPATH": os.environ["PYTHONPATH"]}
main()
"""

Try = Callable[..., "subprocess.CompletedProcess[str]"]


def blocks() -> dict[str, str]:
    """The files that the page shows whole: path → text."""
    return {match["path"]: match["text"] for match in _BLOCK.finditer(PAGE.read_text(encoding="utf-8"))}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout without labs, into which a newcomer has put the page's blocks."""
    root = tmp_path_factory.mktemp("checkout")
    for package in ("gradlab", "autograder"):
        copytree(ROOT / package, root / package, ignore=ignore_patterns("__pycache__"))
    for name in ("nbgrader_config.py", "pyproject.toml"):
        copyfile(ROOT / name, root / name)
    (root / "tests" / "course").mkdir(parents=True)
    for path in (ROOT / "tests" / "course").glob("*.py"):
        if not path.name.startswith("test_"):
            copyfile(path, root / "tests" / "course" / path.name)
    for name, text in blocks().items():
        path = root / name
        assert not path.exists(), f"the page would overwrite {name}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def attempt(checkout: Path) -> Try:
    """Run Python in the newcomer's checkout, and nothing of this one."""

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=checkout,
            env={**os.environ, "PYTHONPATH": str(checkout), "JUPYTER_NO_CONFIG": "1"},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture(scope="module")
def built(attempt: Try, checkout: Path) -> Path:
    """The checkout after the page's fifth step."""
    done = attempt("-c", _MAIN, "build", LAB)
    assert (done.returncode, done.stdout) == (0, f"{LAB}: built; 1 graded cell, 1 points\n"), done.stderr
    return checkout


def cells(root: Path, step: str) -> dict[str, NotebookNode]:
    """The cells of the lab that bear an id: grade id → cell."""
    notebook = read(root / step / LAB / f"{LAB}.ipynb", as_version=NO_CONVERT)
    return {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells if "nbgrader" in cell.metadata}


def test_the_page_shows_every_file_of_a_lab() -> None:
    assert sorted(blocks()) == [
        f"course/{LAB}.py",
        "gradlab/check/lab_90_double/__init__.py",
        "gradlab/check/lab_90_double/doubles.py",
        "gradlab/words/labs/lab_90_double.py",
        f"tests/course/answers/{LAB}/double.md",
    ]


def test_the_lab_builds_and_the_release_holds_neither_solution_nor_hidden_test(built: Path) -> None:
    solution, release = cells(built, "solutions"), cells(built, "release")
    assert "return x * 2" in solution["double"].source
    assert solution["double-test"].outputs[0].data["text/plain"] == "✓ Your function doubles every number."
    assert "NotImplementedError" in release["double"].source
    assert "return x * 2" not in release["double"].source
    assert release["double-test"].source == "check.doubles(double)"


def test_right_answers_pass_and_each_mutant_is_refused_under_its_name(built: Path, attempt: Try) -> None:
    done = attempt("-m", "tests.course", LAB)
    told = "4 of 4 mutants caught, 4 rightly diagnosed, 3 of 3 right answers accepted"
    assert (done.returncode, done.stdout) == (0, f"{LAB}, notebook: {told}\n"), done.stderr
    assert told in " ".join(PAGE.read_text(encoding="utf-8").split())


def test_a_mutant_under_another_name_is_reported(built: Path, attempt: Try) -> None:
    book = built / "tests" / "course" / "answers" / LAB / "double.md"
    text = book.read_text(encoding="utf-8")
    book.write_text(text.replace("## doubling-squared:", "## doubling-unchanged:"), encoding="utf-8")
    try:
        done = attempt("-m", "tests.course", LAB, "double")
    finally:
        book.write_text(text, encoding="utf-8")
    assert done.returncode == 1
    assert "those are the squares" in done.stdout
    assert "4 of 4 mutants caught, 3 rightly diagnosed" in done.stdout
