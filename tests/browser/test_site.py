"""The course's website in a real browser: it draws, moves and finds without a network; axe's rules; a phone."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from html import escape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from autograder.build.conversion import open_course
from autograder.build.hidden_regions import Region, delimiters_of, split_lines
from autograder.build.lab_text import lab_names
from autograder.errors import ExpectedError
from website import checks
from website.labs import Lab, read_lab

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("site")]

ROOT = Path(__file__).parents[2]
PHONE, DESK = 360, 1280
DRAWN = "[...document.querySelectorAll('.gradlab-plot')].every(place => place.dataset.drawn)"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, as ``make site`` builds it, with all its checks."""
    folder = tmp_path_factory.mktemp("site") / "made"
    done = subprocess.run(
        [sys.executable, "-m", "website", "--output", str(folder)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("localhost", 0), partial(Quiet, directory=str(site))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def labs() -> list[Lab]:
    course = open_course(ROOT)
    return [read_lab(course, name, None) for name in lab_names(ROOT)]


def pages(site: Path) -> list[str]:
    found = [path.relative_to(site).as_posix() for path in sorted(site.rglob("*.html"))]
    return [name for name in found if not name.startswith("_static/")]


def open_whole(page: Page, address: str) -> None:
    """Open a page and scroll through it, so that each figure is drawn."""
    page.goto(address)
    height = page.evaluate("document.documentElement.scrollHeight")
    for top in range(0, height, 600):
        page.evaluate("top => window.scrollTo(0, top)", top)
        page.wait_for_timeout(50)
    page.wait_for_function(DRAWN)


@pytest.mark.parametrize(("theme", "width"), [("light", DESK), ("dark", PHONE)])
def test_each_page_is_drawn_fits_and_has_nothing_that_axe_finds(
    site: Path, address: str, browser: Browser, theme: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)  # type: ignore[arg-type]
    context.set_default_timeout(240_000)
    wrong: list[str] = []
    errors: list[str] = []
    # Whatever a page asks of another machine would be missing in a lecture hall.
    context.route(
        "**/*", lambda it: it.continue_() if it.request.url.startswith((address, "data:", "blob:")) else it.abort()
    )
    context.on("requestfailed", lambda request: wrong.append(f"failed: {request.url}"))
    for name in pages(site):
        page = context.new_page()
        page.on("pageerror", lambda error, name=name: errors.append(f"{name}: {error}"))
        open_whole(page, f"{address}/{name}")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        wrong += [f"{name}: {wide} pixels too wide"] * (wide > 0)
        assert page.evaluate("document.documentElement.dataset.theme") == theme
        found = Axe().run(page).response["violations"]
        wrong += [f"{name}: {it['id']}: {it['nodes'][0]['html'][:200]}" for it in found]
        page.close()
    context.close()
    assert not wrong + errors


def test_the_front_page_s_figure_moves_and_its_buttons_lead_on(site: Path, address: str, page: Page) -> None:
    open_whole(page, f"{address}/index.html")
    figure = page.locator(".gradlab-figure").first
    figure.scroll_into_view_if_needed()
    before = page.evaluate("document.querySelector('.gradlab-plot').data[1].x.length")
    figure.locator(".updatemenu-button", has_text="play").click()
    page.wait_for_function("before => document.querySelector('.gradlab-plot').data[1].x.length > before", arg=before)
    page.get_by_role("link", name="Begin with lab").click()
    expect(page.get_by_role("link", name="Open in Colab")).to_have_attribute("href", re.compile("^https://colab"))
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.path().read_bytes() == next(iter(sorted((site / "downloads").iterdir()))).read_bytes()


def test_hints_are_folded_formulas_set_and_words_found(site: Path, address: str, page: Page) -> None:
    lab = lab_names(ROOT)[0]
    open_whole(page, f"{address}/labs/{lab}.html")
    hint = page.locator("details", has_text="Hint 1").first
    assert hint.get_attribute("open") is None
    hint.locator("summary").click()
    expect(hint).to_have_attribute("open", "")
    assert page.locator("mjx-container").count() > 0
    page.goto(f"{address}/search.html?q=gradient")
    expect(page.locator("#search-results li").first).to_be_visible()


def _with_appended(path: Path, text: str, check: Callable[[], None]) -> None:
    """Run a check while a page has something more at its end."""
    before = path.read_text("utf-8")
    path.write_text(before + text, encoding="utf-8")
    try:
        check()
    finally:
        path.write_text(before, encoding="utf-8")


def _told(found: list[str], text: str) -> None:
    assert len(found) == 1
    assert text in found[0]


def _refused(site: Path, lab: Lab, region: Region) -> None:
    with pytest.raises(ExpectedError, match=f"the site gives away one of the {region}") as refused:
        checks.check_answers_hidden(site, [lab], delimiters_of(open_course(ROOT).application.config))
    assert f"course/{lab.name}.py, line " in refused.value.problem


def test_an_answer_in_a_page_is_found(site: Path, labs: list[Lab], tmp_path: Path) -> None:
    delimiters = delimiters_of(open_course(ROOT).application.config)
    # A site of few pages, since each try reads all of them.
    (tmp_path / "labs").mkdir()
    (tmp_path / "guides").mkdir()
    other = shutil.copy(site / "guides" / "students.html", tmp_path / "guides")
    for lab in labs:
        own = shutil.copy(site / "labs" / f"{lab.name}.html", tmp_path / "labs")
        for region in (Region.SOLUTION, Region.HIDDEN_TESTS):
            lines = [
                line.text.strip()
                for cell, location in lab.text.located_cells
                for line in split_lines(cell.source, location, delimiters)
                if line.region is region
            ]
            block = f"<pre>{escape(max(lines, key=len))}</pre>"
            for page in (own, other):
                _with_appended(Path(page), block, partial(_refused, tmp_path, lab, region))
        Path(own).unlink()


def test_a_dead_link_a_foreign_picture_and_a_heavy_page_are_found(tmp_path: Path) -> None:
    (tmp_path / "other.html").write_text("<p id='here'>There.</p>", encoding="utf-8")
    page = tmp_path / "page.html"
    page.write_text('<a href="other.html#here">a</a><a href="https://example.edu">b</a>', encoding="utf-8")
    checks.require_sound(tmp_path)
    _with_appended(page, '<a href="no.html">', lambda: _told(checks.broken_links(tmp_path), "no.html leads to no file"))
    _with_appended(page, '<a href="other.html#no">', lambda: _told(checks.broken_links(tmp_path), "no such place"))
    picture = '<img src="https://example.edu/a.png">'
    _with_appended(page, picture, lambda: _told(checks.fetched_from_elsewhere(tmp_path), "a.png"))
    table = "<table><thead><tr><th><p></p></th><th>a</th></tr></thead></table>"
    _with_appended(page, table, lambda: _told(checks.unnamed_columns(tmp_path), "a column has no name"))
    _with_appended(page, " " * checks.LARGEST_PAGE, lambda: _told(checks.heavy_pages(tmp_path), "page.html weighs"))
