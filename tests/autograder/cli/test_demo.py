from pathlib import Path

import pytest

import autograder
from autograder.cli.demo import Demonstration, checkout, files_to_look_at, prepare
from autograder.errors import ExpectedError
from autograder.verdicts import CellStatus, CellVerdict, Result, SubmissionStatus


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout in small."""
    files = {
        "nbgrader_config.py": "c = get_config()",
        "pyproject.toml": "[tool.gradlab]",
        "course/lab.py": "# %%",
        "course/__pycache__/lab.pyc": "x",
        "source/lab/lab.ipynb": "source",
        "release/lab/lab.ipynb": "release",
        "solutions/lab/lab.ipynb": "solution",
        "tests/submissions/amy/lab/lab.ipynb": "amy's",
        "tests/submissions/ben/lab/lab.ipynb": "ben's",
        "tests/submissions/README.md": "no student",
    }
    for name, text in files.items():
        path = tmp_path / "checkout" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "checkout"


def files_in(folder: Path) -> dict[str, str]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text() for path in paths}


def test_the_course_and_the_class_are_copied(root: Path, tmp_path: Path) -> None:
    into = tmp_path / "a" / "demo"
    prepare(root, into)
    copied = files_in(into)
    assert copied.pop("DEMONSTRATION.txt").startswith("Made by")
    assert copied == {
        "nbgrader_config.py": "c = get_config()",
        "pyproject.toml": "[tool.gradlab]",
        "course/lab.py": "# %%",
        "source/lab/lab.ipynb": "source",
        "release/lab/lab.ipynb": "release",
        "solutions/lab/lab.ipynb": "solution",
        "submitted/amy/lab/lab.ipynb": "amy's",
        "submitted/ben/lab/lab.ipynb": "ben's",
    }


def test_the_second_time_only_what_changed_is_copied_and_nothing_is_lost(root: Path, tmp_path: Path) -> None:
    into = tmp_path / "demo"
    prepare(root, into)
    (into / "release/lab/lab.ipynb").write_text("built here")
    (into / "submitted/cleo/lab").mkdir(parents=True)
    (into / "submitted/cleo/lab/lab.ipynb").write_text("a visitor's")
    (root / "tests/submissions/ben/lab/lab.ipynb").write_text("ben's second")
    before = (into / "submitted/amy/lab/lab.ipynb").stat().st_mtime_ns
    prepare(root, into)
    assert (into / "submitted/amy/lab/lab.ipynb").stat().st_mtime_ns == before
    now = files_in(into)
    assert now["submitted/ben/lab/lab.ipynb"] == "ben's second"
    assert now["submitted/cleo/lab/lab.ipynb"] == "a visitor's"
    assert now["release/lab/lab.ipynb"] == "built here"


def test_a_folder_that_holds_something_else_is_left_alone(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "mine"
    other.mkdir()
    prepare(root, other)  # an empty folder will do
    other = tmp_path / "course"
    other.mkdir()
    (other / "nbgrader_config.py").write_text("my own")
    for folder in (other, root, root / "nbgrader_config.py"):
        with pytest.raises(ExpectedError, match="something else") as error:
            prepare(root, folder)
        assert "--into" in error.value.cure
    assert files_in(other) == {"nbgrader_config.py": "my own"}


def test_an_installed_package_says_that_it_has_no_class(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(autograder, "__file__", str(tmp_path / "site-packages" / "autograder" / "__init__.py"))
    with pytest.raises(ExpectedError, match="holds neither") as error:
        checkout()
    assert "make demo" in error.value.cure


def test_the_page_with_the_most_to_say_is_shown() -> None:
    told = CellVerdict("one", 0.0, 1.0, CellStatus.FAILED, "m", "ascent-sign")
    results = (Result("amy", "lab", SubmissionStatus.GRADED), Result("ben", "lab", SubmissionStatus.GRADED, (told,)))
    pages = tuple(Path("demo", "feedback", student, "lab", "lab.html") for student in ("amy", "ben"))
    made = Demonstration(results, pages, (Path("demo/report/lab.html"),))
    shown = [path.as_posix() for path, _ in files_to_look_at(Path("demo"), made)]
    assert shown == ["demo/report/lab.html", "demo/feedback/ben/lab/lab.html", "demo/release", "demo/gradebook.db"]
