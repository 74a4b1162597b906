"""Everything hostile at once, graded and opened in each viewer: no script runs, no request leaves, clicks included."""

import base64
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote, urlsplit

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from autograder.course.course import Course
from autograder.roster.class_list import Student
from autograder.roster.gradebook import add_students
from tests.browser.conftest import TIMEOUT_SECONDS, environment
from tests.browser.hostile import FILES, HTML, IDS, MARKDOWN, PIXEL, RUN, composed, displays

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("hostile")]

Serve = Callable[[Path], str]
PAGE_TYPES = ("application/octet-stream", "image/png", "text/plain", "text/csv")
MATHJAX = "https://cdnjs.cloudflare.com/ajax/libs/mathjax/2.7.7/"
_LOADER = f"""
const script = document.createElement("script");
script.src = "{MATHJAX}MathJax.js?config=TeX-AMS_CHTML-full,Safe";
document.head.append(script);
"""
_LATEST, _COMBINED = "latest.js", "config/TeX-AMS_CHTML-full.js"
_INSTALLED = "config/TeX-AMS-MML_HTMLorMML-full.js"
# All that can be pressed in what a student wrote. A menu of the page itself may lead elsewhere.
_PRESS = """
async (within) => {
    const pressed = "a, area, [href], [onclick], [data-path], summary, .updatemenu-button, use, text, button";
    const found = [...document.querySelectorAll(within)].flatMap((root) => [...root.querySelectorAll(pressed)]);
    for (const each of found) {
        each.dispatchEvent(new MouseEvent("mouseover", {bubbles: true}));
        each.dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true, view: window}));
        if (each.click) each.click();
    }
    await new Promise((done) => setTimeout(done, 500));
    return found.filter((each) => each.matches("a[href], area[href]")).map((each) => each.getAttribute("href"));
}
"""


def cell(kind: str, source: str, name: str, points: int | None = None, **roles: bool) -> NotebookNode:
    place = {"grade_id": name, "grade": False, "solution": False, "locked": False, "task": False, **roles}
    place |= {"schema_version": 3} | ({} if points is None else {"points": points})
    make = new_code_cell if kind == "code" else new_markdown_cell
    return make(source, id=name, metadata={"nbgrader": place})


def lab(solution: str, answer: str, own: list[NotebookNode]) -> NotebookNode:
    cells = [
        new_markdown_cell("# Doubling", id="title"),
        cell("code", solution, "double", solution=True),
        cell("code", "assert double(2) == 4", "double-test", 3, grade=True, locked=True),
        cell("markdown", answer, "explain", 2, grade=True, solution=True),
        *own,
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def hostile_lab() -> NotebookNode:
    attached = {"pixel.png": {"image/png": PIXEL}}
    own = [new_markdown_cell(text, attachments=attached) for text in (*MARKDOWN.values(), *composed(150))]
    own += [new_raw_cell(text) for text in MARKDOWN.values()]
    own += [new_code_cell(code) for code in displays()]
    answer = "\n\n".join(text for name, text in MARKDOWN.items() if "diagram" not in name)
    return lab("def double(x):\n    return 2 * x", answer[:9_900], own)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, blank_gradebook: Path) -> Path:
    """A course with the hostile submission, and others with hostile ids; graded, with feedback and report."""
    root = tmp_path_factory.mktemp("hostile") / "course"
    (root / "source" / "lab").mkdir(parents=True)
    shutil.copy(Path(__file__).parents[2] / "nbgrader_config.py", root)
    shutil.copy(blank_gradebook, root / "gradebook.db")
    solved = "### BEGIN SOLUTION\ndef double(x):\n    return x + x\n### END SOLUTION"
    nbformat.write(lab(solved, "", []), root / "source" / "lab" / "lab.ipynb")
    for student in ("hacker", *IDS):
        folder = root / "submitted" / student / "lab"
        folder.mkdir(parents=True)
        nbformat.write(hostile_lab() if student == "hacker" else lab("1", "x", []), folder / "lab.ipynb")
    for name, content in FILES.items():
        path = root / "submitted" / "hacker" / "lab" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(PIXEL) if name == "plot.png" else content)
    name = f"<img src=x onerror={RUN}>"
    add_students(Course.open(root), [Student("hacker", name, name, name, name)])
    graded = run(root, "grade")
    assert graded.returncode in (0, 3), graded.stderr
    for command in (("feedback",), ("report",), ("export", "--to", "csv", "-o", "grades.csv")):
        told = run(root, *command)
        assert told.returncode == 0, told.stderr
        assert told.stderr.count("Left out:") == len(IDS), told.stderr
        assert not {"\x1b[31m", "\u202e"} & set(told.stderr)
    assert not list((root / "autograded").glob("*mallory*"))
    assert not list((root / "feedback").glob("*mallory*"))
    assert "mallory" not in (root / "grades.csv").read_text(encoding="utf-8")
    return root


def run(course: Path, *command: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "autograder"
    return subprocess.run([program, *command, "--course", str(course)], cwd=course, capture_output=True, text=True)


@dataclass
class Watched:
    """A browser that keeps what its pages ask for.

    Attributes:
        context: the browser's own part for one test.
        asked: the address of each request that is not for the server's own files.
    """

    context: BrowserContext
    asked: list[str] = field(default_factory=list)

    def open(self, address: str) -> Page:
        page = self.context.new_page()
        page.goto(address, wait_until="load")
        return page

    def press_all(self, page: Page, within: str) -> None:
        """Press whatever can be pressed, and see that nothing has run, and nothing was asked for."""
        linked = page.evaluate(_PRESS, within)
        assert [address for address in linked if not address.startswith("#")] == []
        self.check(page)

    def check(self, page: Page) -> None:
        for each in self.context.pages:
            assert each.evaluate("window.pwned") is None, each.url
            assert "PWNED" not in each.title()
        assert self.context.pages == [page], [each.url for each in self.context.pages]
        assert self.asked == []


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    """A browser that reaches this machine alone; formgrader's MathJax comes from a package."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    context.set_default_timeout(1000 * TIMEOUT_SECONDS)
    expect.set_options(timeout=1000 * TIMEOUT_SECONDS)
    found = Watched(context)
    context.route("**/*", lambda route: answer(route, found.asked))
    yield found
    context.close()


def answer(route: Route, asked: list[str]) -> None:
    address = route.request.url
    parts = urlsplit(address)
    if address.startswith(MATHJAX):
        route.fulfill(body=mathjax(parts.path.removeprefix(urlsplit(MATHJAX).path)), content_type="text/javascript")
    elif parts.scheme in ("data", "blob", "file") or (parts.hostname == "localhost" and not forbidden(parts.path)):
        route.continue_()
    else:
        asked.append(address)
        route.abort()


def forbidden(path: str) -> bool:
    return "logout" in path or ".shtml" in path or "%2f" in path.lower() or "/nbconvert/" in path


def mathjax(name: str) -> bytes:
    package = find_spec("jupyter_server_mathjax")
    assert package is not None
    assert package.origin is not None
    folder = Path(package.origin).parent / "static"
    if name.startswith(_LATEST):
        return _LOADER.encode()
    if name == _COMBINED:
        # The package has another file with the same parts.
        return (folder / _INSTALLED).read_bytes().replace(_INSTALLED.encode(), _COMBINED.encode())
    with suppress(OSError):
        return (folder / name).read_bytes()
    return b""


@pytest.mark.parametrize("name", ["feedback/hacker/lab/lab.html", "report/lab.html"])
def test_our_pages(course: Path, watched: Watched, name: str) -> None:
    page = watched.open((course / name).as_uri())
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    if name.startswith("feedback"):
        expect(page.get_by_text("see my notes").first).to_be_visible()
        watched.press_all(page, ".answer, .output, pre")
    watched.check(page)


def submission(course: Path) -> str:
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "gradlab") as gradebook:
        return str(gradebook.find_submission_notebook("lab", "lab", "hacker").id)


def test_formgrader_shows_the_submission(course: Path, serve: Serve, watched: Watched) -> None:
    page = watched.open(f"{serve(course)}formgrader/submissions/{submission(course)}/")
    expect(page.get_by_text("see my notes").first).to_be_visible()
    page.wait_for_function("window.MathJax && window.MathJax.isReady")
    page.evaluate("new Promise((done) => MathJax.Hub.Queue(done))")
    # MathJax has set what it may.
    assert page.locator(".MathJax, .mjx-chtml, .MathJax_SVG, .MathJax_CHTML").count() > 0
    assert page.locator("[onerror], [onload]").count() == 0
    watched.press_all(page, "#notebook-container .rendered_html, #notebook-container .output_area")


def test_formgrader_lists_the_class(course: Path, serve: Serve, watched: Watched) -> None:
    address = serve(course)
    page = watched.open(f"{address}formgrader/manage_submissions/lab")
    expect(page.get_by_text("hacker").first).to_be_visible()
    watched.check(page)
    for name in ("gradebook", "gradebook/lab", "gradebook/lab/lab", "manage_students", "manage_students/hacker/lab"):
        page.goto(f"{address}formgrader/{name}")
        expect(page.locator("#main-table tr").first).to_be_visible()
        watched.check(page)


@pytest.mark.parametrize(
    "name",
    [
        "manage_students/%3Cimg%20src=x%20onerror=document.title=1%3E",
        "manage_students/%22;document.title=1;%22",
        "manage_students/%5C/;document.title=1;%22",
        "manage_submissions/%3Cimg%20src=x%20onerror=document.title=1%3E",
        "gradebook/%3Cimg%20src=x%20onerror=document.title=1%3E/x",
    ],
)
def test_formgrader_refuses_markup_in_an_address(course: Path, serve: Serve, watched: Watched, name: str) -> None:
    address = serve(course)
    page = watched.open(f"{address}formgrader/manage_students")
    answer = page.goto(f"{address}formgrader/{name}")
    assert answer is not None
    assert answer.status == 400
    assert "document.title" not in answer.text()
    watched.check(page)


def test_formgrader_refuses_a_hostile_id(course: Path, serve: Serve, watched: Watched) -> None:
    page = watched.open(f"{serve(course)}formgrader/manage_submissions/lab")
    row = page.locator("tr").filter(has=page.locator("td.student-id", has_text=IDS[0]))
    row.locator(".autograde a").click()
    told = page.locator("#success-modal, #error-modal").filter(visible=True)
    expect(told).to_contain_text("There was an error autograding")
    watched.check(page)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "gradlab") as gradebook:
        assert [student.id for student in gradebook.students] == ["hacker"]


def test_no_file_of_the_student_is_served_as_a_page(course: Path, serve: Serve, watched: Watched) -> None:
    address = serve(course)
    folder = course / "autograded" / "hacker" / "lab"
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    contents = {(folder / name).read_bytes() for name in names}
    # What lies where the feedback page will is left in submitted/, and named to the instructor.
    left = {"plot.png", "lab.html/x.txt"}
    assert [name for name, content in FILES.items() if name not in left and content not in contents] == []
    files = [name for name in names if name != "lab.ipynb"]
    for name in files:
        for place in (f"formgrader/submissions/{submission(course)}", "files/autograded/hacker/lab"):
            got = watched.context.request.get(f"{address}{place}/{quote(name)}")
            # JupyterLab's own addresses of files answer to its own pages only.
            assert got.ok or (got.status, place[:5]) == (403, "files")
            assert not got.ok or got.headers["content-type"].split(";")[0] in PAGE_TYPES, name
    assert not (course / "feedback" / "hacker" / "lab" / "main.html").exists()


@pytest.mark.parametrize("trusted", [False, True])
def test_jupyterlab(course: Path, serve: Serve, watched: Watched, tmp_path: Path, trusted: bool) -> None:
    settings = tmp_path / "home" / "config" / "lab" / "user-settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    # Otherwise cells that are not on the screen are not drawn.
    (settings / "tracker.jupyterlab-settings").write_text('{"windowingMode": "none"}', encoding="utf-8")
    notebook = course / "autograded" / "hacker" / "lab" / "lab.ipynb"
    if trusted:
        program = Path(sys.executable).parent / "jupyter"
        subprocess.run([program, "trust", notebook], env=environment(tmp_path / "home"), check=True)
    page = watched.open(f"{serve(course / 'autograded')}lab/tree/hacker/lab/lab.ipynb")
    # A kernel has started beside the student's files, and has imported none of them.
    expect(page.locator("#jp-main-statusbar")).to_contain_text("| Idle")
    expect(page.get_by_text("see my notes").first).to_be_attached()
    expect(page.locator(".jp-Notebook mjx-container").first).to_be_attached()
    page.wait_for_timeout(3_000)
    assert page.locator(".jp-Notebook .jp-RenderedMermaid").count() == 0
    assert page.locator(".jp-Notebook [onerror], .jp-Notebook [onload]").count() == 0
    watched.press_all(page, ".jp-Notebook .jp-RenderedHTMLCommon, .jp-Notebook .jp-OutputArea-output")


def test_the_pages_would_show_what_runs(browser: Browser, tmp_path: Path) -> None:
    """The tests above can fail: without cleaning, the same page runs and loads."""
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.route("https://evil.example/**", lambda route: route.abort())
    raw = tmp_path / "raw.html"
    raw.write_text(f"{MARKDOWN['HTML']}{HTML['a picture']}", encoding="utf-8")
    page.goto(raw.as_uri())
    assert page.evaluate("window.pwned") == 1
    assert any("evil.example" in address for address in asked)
    page.close()
