"""An instructor's browser: formgrader's button grades behind the wall, and its pages run nothing of a student's."""

import shutil
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from playwright.sync_api import Page, expect

from autograder.course import Course

ROOT = Path(__file__).parents[2]
LAB = "06_minimum"
MARK = "window.pwned = true"
CHEAT = f'''
import builtins

import torch
from IPython import get_ipython
from IPython.display import HTML, display


class Same(torch.Tensor):
    def __eq__(self, other):
        return True


torch.allclose = torch.equal = lambda *_, **__: True
builtins.abs = lambda _: 0
get_ipython().input_transformers_cleanup.append(lambda lines: ["pass"])
display(HTML("<script>{MARK}</script><img src=x onerror='{MARK}'><p>an output of mine</p>"))


def f(x):
    return Same()
'''
ANSWER = f"<script>{MARK}</script><img src='x' onerror='{MARK}'>\n\n**an answer of mine**\n"


def notebook(step: str) -> NotebookNode:
    return nbformat.read(ROOT / step / LAB / f"{LAB}.ipynb", as_version=4)


def hand_in(course: Path, student: str, answers: dict[str, str]) -> None:
    submitted = notebook("release")
    for cell in submitted.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("solution") and about["grade_id"] in answers:
            cell.source = answers[about["grade_id"]]
    path = course / "submitted" / student / LAB / f"{LAB}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(submitted, path)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """The course with two submissions: the worked solution, and a cheat."""
    root = tmp_path / "course"
    for step in ("source", "release"):
        shutil.copytree(ROOT / step / LAB, root / step / LAB)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    solved = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in notebook("solutions").cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    hand_in(root, "right", solved)
    hand_in(root, "cheat", {"surface": CHEAT, "explain": ANSWER})
    Course.open(root).record(LAB)
    return root
