"""The class report and a feedback page in a real browser: search, sorting, print, a phone, and axe's rules."""

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from autograder.cells import Cell, Role
from autograder.report.comparison import ShownGroup
from autograder.report.feedback import Exercise, Feedback, Piece
from autograder.report.likeness.evidence import side_by_side
from autograder.report.likeness.groups import find_groups
from autograder.report.likeness.sketches import answers_of, given_by, sketch
from autograder.report.outputs import Part, clean
from autograder.report.pages import feedback_page, report_page
from autograder.report.summary import summarise
from autograder.verdicts import CellStatus, CellVerdict, Result, SubmissionStatus
from tests.autograder.report.likeness.programs import disguised, program

pytestmark = pytest.mark.browser

TITLES = {"one": "Exercise 1 · A surface", "two": "Exercise 2 · " + "A heading that is long " * 6, "why": "Why?"}
NAMES = ("ann", "ben", "cleo", "dan_" + "o" * 60, "eve")


def verdicts(place: int) -> tuple[CellVerdict, ...]:
    wrong = CellVerdict("one", 0.0, 10.0, CellStatus.FAILED, "Not yet: …", "missing-zero-grad")
    one = wrong if place % 2 else CellVerdict("one", 2.0 + 4 * place, 20.0, CellStatus.PARTIAL)
    return one, CellVerdict("two", 0.0, 5.0, CellStatus.TIMED_OUT), CellVerdict("why", None, 4.0, CellStatus.MANUAL)


def report() -> str:
    """A report in which every section has something to show."""
    results = [
        Result(name, "lab", SubmissionStatus.GRADED, verdicts(place), seconds=1.5 * place)
        for place, name in enumerate(NAMES)
    ]
    results[0] = replace(results[0], flags=("A flag with <b>markup</b>.",), repairs=("A label was lost.",))
    results.append(Result("zoe", "lab", SubmissionStatus.QUARANTINED, reason="lab.ipynb is not JSON. " * 5))
    code = program(Random(1), 40)
    answers = {
        name: answers_of([Cell("code", Role.SOLUTION, text, "a"), Cell("code", Role.TEST, "", "one", 1.0)])
        for name, text in zip(NAMES, (code, disguised(code, Random(2))), strict=False)
    }
    given = given_by([])
    likeness = find_groups([sketch(name, own, ["one"], given, {}) for name, own in answers.items()], ["one"])
    (group,) = likeness.groups
    shown = ShownGroup(group, side_by_side(group, ["one"], answers))
    return report_page(summarise("lab", results, TITLES, likeness), {"ann": "ann.html"}, [shown])


def feedback() -> str:
    """A feedback page with every kind of part."""
    wide = "value = " + " + ".join(f"term_{number}" for number in range(60))
    table = clean(
        "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>"
    )
    parts = (
        Part("text", "out " * 80),
        Part("error", "Traceback " * 40),
        Part("html", table),
        Part("note", "A figure."),
    )
    exercises = tuple(
        Exercise(
            f"e{place}",
            f"Exercise {place} · {status.value}",
            status,
            None if status is CellStatus.MANUAL else 1.0,
            2.0,
            message="Not yet: gradients pile up. At step 2 you moved 1.9 times as far." if place % 2 else "",
            misconception="missing-zero-grad" if place % 2 else None,
            comment="Well *seen*.",
            answer=(Piece("code", wide, parts), Piece("markdown", "# Mine\n\n- a\n- b")),
            check="check.surface(f)",
        )
        for place, status in enumerate(CellStatus)
    )
    return feedback_page(
        Feedback(
            *("ann", "lab", "lab", "Walking downhill", SubmissionStatus.GRADED, exercises),
            repairs=("A label was lost.",),
            flags=("The process was killed.",),
            rest=(Piece("code", wide, parts),),
        )
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("pages")
    (made / "report.html").write_text(report(), encoding="utf-8")
    (made / "feedback.html").write_text(feedback(), encoding="utf-8")
    return made


def opened(browser: Browser, path: Path, *, width: int = 1280, dark: bool = False, script: bool = True) -> Page:
    """Open a page that complains about every request and every error."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light", java_script_enabled=script
    )
    page = context.new_page()
    asked: list[str] = []

    def stopped(route: Route) -> None:
        asked.append(route.request.url)
        route.abort() if len(asked) > 1 else route.continue_()

    page.route("**/*", stopped)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(path.as_uri())
    page.wait_for_load_state()
    assert asked == [path.as_uri()]
    assert not said
    return page


@pytest.mark.parametrize("name", ["report", "feedback"])
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1280, True), (360, False)])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    browser: Browser, folder: Path, name: str, width: int, dark: bool
) -> None:
    page = opened(browser, folder / f"{name}.html", width=width, dark=dark)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert found.response["passes"]
    page.context.close()


def test_students_are_searched_filtered_and_sorted(browser: Browser, folder: Path) -> None:
    page = opened(browser, folder / "report.html")
    table = page.locator("#students-table")
    rows = table.locator("tbody tr:visible th")
    shown = page.get_by_role("search").get_by_role("status")
    expect(shown).to_have_text("6 of 6 shown")

    page.get_by_label("Find a student").fill("L O")
    assert rows.all_inner_texts() == ["cleo"]
    expect(shown).to_have_text("1 of 6 shown")
    page.get_by_label("Find a student").fill("")
    page.get_by_label("Show").select_option("ungraded")
    assert rows.all_inner_texts() == ["zoe"]
    page.get_by_label("Show").select_option("")

    score = page.get_by_role("columnheader", name="Score")
    score.get_by_role("button").click()
    assert rows.all_inner_texts()[:2] == ["zoe", "ben"]
    expect(score).to_have_attribute("aria-sort", "ascending")
    score.get_by_role("button").press("Enter")
    assert rows.all_inner_texts()[:2] == ["eve", "cleo"]
    expect(score).to_have_attribute("aria-sort", "descending")
    expect(table.get_by_role("columnheader", name="Student", exact=True)).to_have_attribute("aria-sort", "none")
    page.context.close()


def test_without_scripts_everything_but_search_and_sorting_is_there(browser: Browser, folder: Path) -> None:
    page = opened(browser, folder / "report.html", script=False)
    assert page.locator("#students-table tbody tr").count() == len(NAMES) + 1
    expect(page.locator("#search")).to_be_hidden()
    expect(page.get_by_role("button", name="Score")).to_be_disabled()
    expect(page.get_by_text("look yourself", exact=True)).to_be_visible()
    page.context.close()


def test_the_report_prints_without_what_paper_cannot_do(browser: Browser, folder: Path) -> None:
    page = opened(browser, folder / "report.html")
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation")).to_be_hidden()
    expect(page.locator("#search")).to_be_hidden()
    expect(page.get_by_role("heading", name="What needs a person")).to_be_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.context.close()
