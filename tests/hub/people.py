"""What students and instructors do on the hub, each in a browser of their own."""

import re
from collections.abc import Mapping

import nbformat
from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

from tests.hub.hub import LAB, PASSWORD, START_SECONDS, Hub

TIMEOUT = 1000 * START_SECONDS
STUB = "raise NotImplementedError()"


def log_in(hub: Hub, browser: Browser, who: str) -> Page:
    """A browser in which somebody has logged in; it shows the hub's home page once that server is up."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(TIMEOUT)
    expect.set_options(timeout=TIMEOUT)
    # As in a lecture hall without a network: nothing is fetched from elsewhere.
    context.route("**/*", lambda route: route.continue_() if hub.address in route.request.url else route.abort())
    page = context.new_page()
    page.goto(f"{hub.address}/hub/login?next=%2Fhub%2Fhome")
    page.locator("#username_input").fill(hub.accounts.name(who))
    page.locator("#password_input").fill(PASSWORD)
    page.locator("#login_submit").click()
    expect(page.get_by_role("button", name="Logout")).to_be_visible()
    return page


class Student:
    """A student's JupyterLab.

    Args:
        hub: the hub.
        browser: the browser.
        who: the student.
    """

    def __init__(self, hub: Hub, browser: Browser, who: str) -> None:
        self._hub = hub
        self.who = who
        self._lab = f"{hub.address}/user/{hub.accounts.name(who)}/lab"
        self.home = hub.accounts.home(who)
        self.page = log_in(hub, browser, who)
        self.page.goto(f"{hub.address}/hub/spawn")
        self.page.wait_for_url(f"**/user/{hub.accounts.name(who)}/lab**")
        expect(self.page.locator("#jp-main-dock-panel")).to_be_visible()

    def open_assignments(self) -> None:
        """Open nbgrader's *Assignment List*, or look at it again."""
        tab = self.page.get_by_role("tab", name="Assignments")
        if tab.count() == 0:
            self.page.locator(".lm-MenuBar-itemLabel", has_text="Nbgrader").click()
            self.page.locator(".lm-Menu-itemLabel", has_text="Assignment List").click()
        tab.click()
        expect(self._list("released_assignments_list")).to_be_visible()

    def fetch(self) -> None:
        self.open_assignments()
        self._list("released_assignments_list").get_by_role("button", name="Fetch").click()
        expect(self._list("fetched_assignments_list")).to_contain_text(LAB)

    def answer(self, answers: Mapping[str, str]) -> None:
        """Open the fetched lab, type each answer into its cell, run all, and save."""
        self.page.goto(f"{self._lab}/tree/{LAB}/{LAB}.ipynb")
        expect(self.page.locator("#jp-main-statusbar")).to_contain_text("| Idle")
        for grade_id, answer in answers.items():
            cell = self.page.locator(f'.jp-Cell[data-windowed-list-index="{self._place(grade_id)}"]')
            cell.locator(".cm-content").click()
            self.page.keyboard.press("ControlOrMeta+a")
            self.page.keyboard.insert_text(answer)
        self.page.keyboard.press("ControlOrMeta+s")
        expect(self.page.locator(".jp-mod-dirty")).to_have_count(0)

    def validate(self) -> Locator:
        """Press *Validate* in the notebook; the window that answers."""
        self.page.get_by_role("button", name="Validate").click()
        told = self.page.locator(".jp-Dialog")
        expect(told).to_be_visible()
        return told

    def close(self, told: Locator) -> None:
        told.get_by_role("button", name=re.compile("OK|Dismiss", re.IGNORECASE)).last.click()
        expect(self.page.locator(".jp-Dialog")).to_have_count(0)

    def submit(self, attempt: int = 1) -> None:
        self.open_assignments()
        self._list("fetched_assignments_list").get_by_role("button", name="Submit").click()
        expect(self._list("submitted_assignments_list").locator(".nested_list_item")).to_have_count(attempt)

    def fetch_feedback(self) -> None:
        self.open_assignments()
        self._list("submitted_assignments_list").get_by_role("button", name="Fetch Feedback").click()

    def open_feedback(self, attempts: int) -> FrameLocator:
        """Open the page of the attempt whose feedback came last, as JupyterLab shows it."""
        link = self._list("submitted_assignments_list").get_by_text("(view feedback)")
        expect(link).to_have_count(attempts)
        pages = self.home.glob(f"{LAB}/feedback/*/{LAB}.html")
        newest = max(pages, key=lambda page: page.parent.name)
        self.page.goto(f"{self._lab}/tree/{newest.relative_to(self.home).as_posix()}")
        return self.page.frame_locator(".jp-HTMLViewer iframe")

    def _place(self, grade_id: str) -> int:
        """The place of a cell in the released notebook."""
        cells = nbformat.read(self._hub.course / "release" / LAB / f"{LAB}.ipynb", as_version=4).cells
        return next(at for at, it in enumerate(cells) if it.metadata.get("nbgrader", {}).get("grade_id") == grade_id)

    def _list(self, name: str) -> Locator:
        return self.page.locator(f"#{name}")
