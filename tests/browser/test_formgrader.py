"""An instructor's browser: formgrader's button grades behind the wall, and its pages run nothing of a student's."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from playwright.sync_api import Locator, Page, expect

from autograder.course.course import Course
from autograder.gradebook.labs import record_lab

pytestmark = [pytest.mark.slow, pytest.mark.browser]

Serve = Callable[[Path], str]

ROOT = Path(__file__).parents[2]
LAB = "06_minimum"
MARK = "window.pwned = true"
CHEAT = f"""
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
"""
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
    record_lab(Course.open(root), LAB)
    return root


def row(page: Page, student: str) -> Locator:
    return page.locator("tr").filter(has=page.locator("td.student-id", has_text=student))


def autograde(page: Page, student: str) -> None:
    """Press the button with the lightning, and close the window that tells of success."""
    row(page, student).locator(".autograde a").click()
    told = page.locator("#success-modal, #error-modal").filter(visible=True)
    expect(told).to_contain_text(f"Successfully autograded '{LAB}' for student '{student}'")
    told.get_by_role("button", name="OK").click()
    expect(page.locator(".modal-backdrop")).to_have_count(0)


def hidden_lines() -> list[str]:
    """The lines of the hidden tests: what stands between their markers and nowhere in the release."""
    source = "\n".join(cell.source for cell in notebook("source").cells)
    released = "\n".join(cell.source for cell in notebook("release").cells)
    blocks = re.findall(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS", source, flags=re.DOTALL)
    lines = {line.strip() for block in blocks for line in block.splitlines()}
    return [line for line in lines if len(line) > 20 and line not in released]


def test_the_autograde_button_goes_through_the_wall(course: Path, serve: Serve, page: Page) -> None:
    address = serve(course)
    page.goto(f"{address}formgrader/manage_submissions/{LAB}")
    for student, score in {"right": "19 / 23", "cheat": "0 / 23"}.items():
        autograde(page, student)
        expect(row(page, student).locator(".score")).to_have_text(score)

    assert {student: graded(course, student) for student in ("right", "cheat")} == {
        "right": (19.0, True),
        "cheat": (0.0, True),
    }
    read_by_a_person(page, address, course)


def graded(course: Path, student: str) -> tuple[float, bool]:
    """The score in the gradebook, and whether the graded notebook says that the sandbox was active."""
    path = course / "autograded" / student / LAB / f"{LAB}.ipynb"
    about = nbformat.read(path, as_version=4).metadata.gradlab
    assert about.status == "graded"
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "gradlab") as gradebook:
        return float(gradebook.find_submission(LAB, student).score), bool(about.sandboxed)


def read_by_a_person(page: Page, address: str, course: Path) -> None:
    """Open the cheating submission on the page on which it is graded by hand."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "gradlab") as gradebook:
        submission = gradebook.find_submission_notebook(LAB, LAB, "cheat").id
    page.goto(f"{address}formgrader/submissions/{submission}/", wait_until="load")
    answer = page.locator(".nbgrader_cell").filter(has_text="an answer of mine")
    expect(answer).to_be_visible()
    # The student's page shows what was handed in, its verdicts, and fields for points: the page works.
    expect(page.get_by_text("an output of mine").last).to_be_visible()
    verdict = course / "autograded" / "cheat" / LAB / f"{LAB}.ipynb"
    (surface,) = (
        cell
        for cell in nbformat.read(verdict, as_version=4).cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "surface-test"
    )
    expect(page.locator("body")).to_contain_text(surface.metadata.gradlab.message)
    assert surface.metadata.gradlab.points == 0
    shown = page.locator("body").inner_text()
    assert hidden_lines()
    assert [line for line in hidden_lines() if line in shown] == []
    assert page.locator("[onerror]").count() == 0
    assert page.evaluate("window.pwned") is None
