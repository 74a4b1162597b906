"""A student's browser: the released lab in JupyterLab, with a kernel and without a network."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from playwright.sync_api import Locator, Page, expect

pytestmark = [pytest.mark.slow, pytest.mark.browser]

ROOT = Path(__file__).parents[2]
LAB = "06_minimum"
EMPTYING = "            x.grad.zero_()\n"
ACTIVE = ".map((slider) => slider.active)"

Serve = Callable[[Path], str]


class Lab:
    """The lab, open in a browser.

    Args:
        page: the browser's page.
        cells: the notebook's cells.
    """

    def __init__(self, page: Page, cells: list[NotebookNode]) -> None:
        self._page = page
        self._cells = cells

    def exercise(self, grade_id: str) -> Locator:
        """The cell with this id."""
        return self._place(lambda cell: cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id)

    def figure(self, call: str) -> Locator:
        """The first cell that makes this call."""
        return self._place(lambda cell: cell.cell_type == "code" and call in cell.source)

    def _place(self, wanted: Callable[[NotebookNode], bool]) -> Locator:
        number = next(number for number, cell in enumerate(self._cells) if wanted(cell))
        return self._page.locator(f'.jp-Cell[data-windowed-list-index="{number}"]')

    def run(self, cell: Locator, source: str | None = None) -> Locator:
        """Type a source into a cell, or leave it as it is, and run it; gives its output."""
        cell.locator(".cm-content").click()
        if source is not None:
            self._page.keyboard.press("ControlOrMeta+a")
            self._page.keyboard.insert_text(source)
        prompt = cell.locator(".jp-InputPrompt")
        before = prompt.inner_text()
        expect(cell).to_have_class(re.compile("jp-mod-active"))
        # Not the keyboard: while JupyterLab starts, it takes the focus away.
        self._page.locator('.jp-NotebookPanel-toolbar [data-command="notebook:run-cell-and-select-next"]').click()
        expect(prompt).not_to_have_text(before)
        expect(prompt).to_have_text(re.compile("[0-9]"))
        return cell.locator(".jp-Cell-outputArea")


@pytest.fixture
def solved() -> dict[str, str]:
    """The worked solutions: grade id → source."""
    notebook = nbformat.read(ROOT / "solutions" / LAB / f"{LAB}.ipynb", as_version=4)
    return {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }


@pytest.fixture
def lab(tmp_path: Path, serve: Serve, page: Page) -> Lab:
    """The released lab, open, with its kernel ready."""
    folder = tmp_path / "student"
    shutil.copytree(ROOT / "release" / LAB, folder)
    page.goto(f"{serve(folder)}lab/tree/{LAB}.ipynb")
    # Cells that are run before this is said are forgotten.
    expect(page.locator("#jp-main-statusbar")).to_contain_text("| Idle")
    return Lab(page, nbformat.read(folder / f"{LAB}.ipynb", as_version=4).cells)


def test_a_student_works_on_the_lab(lab: Lab, solved: dict[str, str], page: Page) -> None:
    lab.run(lab.exercise("imports"))
    lab.run(lab.exercise("surface"), solved["surface"])
    expect(lab.run(lab.exercise("surface-test"))).to_contain_text("✓")

    contour = lab.run(lab.figure("figures.contour("))
    expect(contour.locator(".contourlayer .contourfill path").first).to_be_attached()
    expect(contour).to_contain_text("Contour map of f")

    wrong_then_right(lab, solved["descend"])
    animation(lab, page)
    validation(page)


def wrong_then_right(lab: Lab, solution: str) -> None:
    """A check tells what is wrong in a box and without a traceback, and is satisfied when it is mended."""
    check = lab.exercise("descend-test")
    assert EMPTYING in solution
    lab.run(lab.exercise("descend"), solution.replace(EMPTYING, ""))
    told = lab.run(check)
    box = told.get_by_role("alert")
    expect(box).to_be_visible()
    expect(box).to_contain_text("missing-zero-grad")
    assert told.get_by_text("Traceback").count() == 0
    assert "gradlab/" not in told.inner_text()

    lab.run(lab.exercise("descend"), solution)
    told = lab.run(check)
    expect(told).to_contain_text("✓")
    assert told.get_by_role("alert").count() == 0


def animation(lab: Lab, page: Page) -> None:
    """The animation plays, and its second slider chooses another learning rate."""
    drawn = lab.run(lab.figure("figures.descent_animation(")).locator(".js-plotly-plot")
    expect(drawn.locator(".contourfill path").first).to_be_attached()
    plot = drawn.element_handle()
    drawn.locator(".updatemenu-button").first.click()
    page.wait_for_function(f"(plot) => plot.layout.sliders{ACTIVE}[0] > 1", arg=plot)
    rail = drawn.locator(".slider-rail-touch-rect").last
    rail.scroll_into_view_if_needed()
    box = rail.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 0.5 * box["width"], box["y"] + box["height"] / 2)
    page.wait_for_function(f"(plot) => plot.layout.sliders{ACTIVE}[1] > 0", arg=plot)
    page.wait_for_function("(plot) => plot.data[1].visible === false", arg=plot)


def validation(page: Page) -> None:
    """nbgrader's button lists what is still to be done, in the words of the checks."""
    page.get_by_role("button", name="Validate").click()
    told = page.locator(".jp-Dialog, .validate-assignment, dialog").filter(has_text="check.sweep").first
    expect(told).to_be_visible()
    expect(told).to_contain_text("this one is still to be written")
    assert "check.descent(descend" not in told.inner_text()
