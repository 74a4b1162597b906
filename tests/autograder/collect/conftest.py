"""A course of two labs, and downloads as platforms make them."""

import shutil
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.course.course import Course

ROSTER = """id,first_name,last_name,email,lms_user_id
ada,Ada,Lovelace,ada@example.org,12345
emmy,Emmy,Nœther,emmy@example.org,12346
rene,René,Descartes,rene@example.org,12347
sofja,Софья,Ковалевская,sofja@example.org,12348
takakazu,孝和,関,seki@example.org,12349
"""
LABS = ("05_descent", "06_minimum")


def notebook_text(answer: str = "x = 1") -> bytes:
    """A notebook's file."""
    text: str = nbformat.writes(new_notebook(cells=[new_code_cell(answer, id="answer")]), version=4)
    return text.encode()


def make_zip(path: Path, files: Mapping[str, bytes], times: Mapping[str, datetime] | None = None) -> Path:
    """Make an archive; the time of a file that has none is that of the download."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            time = (times or {}).get(name)
            if time is None:
                archive.writestr(name, content)
            else:
                entry = zipfile.ZipInfo(name, time.timetuple()[:6])
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, content)
    return path


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the time zone to UTC: times in archives are local."""
    import time

    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


@pytest.fixture
def root(tmp_path: Path, blank_gradebook: Path) -> Path:
    """The course's folder."""
    root = tmp_path / "course"
    for lab in LABS:
        (root / "source" / lab).mkdir(parents=True)
        (root / "source" / lab / f"{lab}.ipynb").write_bytes(notebook_text())
    (root / "nbgrader_config.py").write_text("c = get_config()\n", encoding="utf-8")
    shutil.copy(blank_gradebook, root / "gradebook.db")
    return root


@pytest.fixture
def course(root: Path) -> Course:
    """The course."""
    return Course.open(root)


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    """The class list."""
    path = tmp_path / "class.csv"
    path.write_text(ROSTER, encoding="utf-8")
    return path


Submitted = Callable[[], dict[str, bytes]]


@pytest.fixture
def submitted(root: Path) -> Submitted:
    """The files in submitted/: path → bytes."""

    def look() -> dict[str, bytes]:
        folder = root / "submitted"
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    return look
