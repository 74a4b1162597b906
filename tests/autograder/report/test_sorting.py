import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from autograder.report.pages import report_page
from autograder.report.summary import summarise
from autograder.verdicts import CellStatus, CellVerdict, Result, SubmissionStatus

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]


def scored(student: str, points: float) -> Result:
    return Result(
        student, "lab", SubmissionStatus.GRADED, (CellVerdict("one", points, 20.0, CellStatus.PARTIAL, "", None),)
    )


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")
def test_the_table_of_students_sorts_by_names_and_by_numbers(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(report_page(summarise("lab", [scored("ann", 9), scored("ben", 10), scored("cleo", 2)])))
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET) as browser:
        page = browser.new_page()
        page.goto(path.as_uri())
        students = page.locator("tbody th[data-value]")
        assert students.all_inner_texts() == ["ann", "ben", "cleo"]
        page.get_by_role("button", name="Score").click()
        assert students.all_inner_texts() == ["cleo", "ann", "ben"]
        assert page.get_by_role("columnheader", name="Score").get_attribute("aria-sort") == "ascending"
        page.get_by_role("button", name="Score").click()
        assert students.all_inner_texts() == ["ben", "ann", "cleo"]
        page.get_by_role("button", name="Student").click()
        assert students.all_inner_texts() == ["ann", "ben", "cleo"]
