import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("torch", "nbgrader", "nbformat", "IPython", "numpy")
MAIN = """
import sys
from autograder.cli import main
try:
    main()
finally:
    loaded = [name for name in {heavy} if name in sys.modules]
    assert not loaded, loaded
"""


def completed(words: str, cwd: Path) -> list[str]:
    """What Bash is offered for the last of these words."""
    environment = {
        "_AUTOGRADER_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
    }
    done = subprocess.run(
        [sys.executable, "-c", MAIN.format(heavy=HEAVY)],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr
    return done.stdout.split()


@pytest.fixture
def course(tmp_path: Path) -> Path:
    for name in ("lab_a", "lab_b", "other"):
        (tmp_path / "teachers" / name).mkdir(parents=True)
        (tmp_path / "teachers" / name / f"{name}.ipynb").touch()
    for student, lab in (("amy", "lab_a"), ("ann", "lab_b"), ("ben", "lab_a")):
        (tmp_path / "submitted" / student / lab).mkdir(parents=True)
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "lab_text.py").touch()
    (tmp_path / "nbgrader_config.py").write_text(
        "raise SystemExit('nobody runs this')\nc.CourseDirectory.source_directory = 'teachers'\n"
    )
    return tmp_path


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("autograder grade la", ["lab_a", "lab_b"]),
        ("autograder grade --student a", ["amy", "ann"]),
        ("autograder grade lab_a --student ", ["amy", "ben"]),
        ("autograder collect x.zip --lab ", ["lab_a", "lab_b", "other"]),
        ("autograder build ", ["lab_text"]),
    ],
)
def test_names_of_the_course_are_completed(course: Path, words: str, offered: list[str]) -> None:
    assert completed(words, course) == offered


def test_the_course_may_be_another_folder(course: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert completed(f"autograder grade --course {course} lab_", elsewhere) == ["lab_a", "lab_b"]


@pytest.mark.parametrize("words", ["autograder grade ", "autograder grade x --student ", "autograder collect x --lab "])
def test_where_there_is_no_course_nothing_is_said(tmp_path: Path, words: str) -> None:
    (tmp_path / "nbgrader_config.py").write_text("c = (\n")
    assert completed(words, tmp_path) == []


def test_there_is_a_script_for_each_shell(tmp_path: Path) -> None:
    for shell in ("bash", "zsh", "fish"):
        done = subprocess.run(
            [Path(sys.executable).with_name("autograder"), "--show-completion", shell],
            cwd=tmp_path,
            env=os.environ | {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert "_AUTOGRADER_COMPLETE" in done.stdout
