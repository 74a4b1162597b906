import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from autograder.course.course import Course
from autograder.errors import ExpectedError
from autograder.report.exporter import FeedbackExporter
from autograder.report.write import write_feedback, write_report


class Strict(HTMLParser):
    """Every element is closed, in order, and no id is used twice."""

    VOID = frozenset({"meta", "img", "br", "hr", "rect", "line", "link", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.headings: list[int] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self.text += data


def well_formed(page: Path) -> Strict:
    parser = Strict()
    parser.feed(page.read_text(encoding="utf-8"))
    assert not parser.open
    assert len(set(parser.ids)) == len(parser.ids)
    assert parser.headings[0] == 1
    assert all(after <= before + 1 for before, after in zip(parser.headings, parser.headings[1:], strict=False))
    return parser


def test_every_student_gets_a_page_in_nbgraders_place(course: Course) -> None:
    pages = write_feedback(course, "lab").pages
    assert [page.relative_to(course.root).as_posix() for page in pages] == [
        f"feedback/{student}/lab/lab.html" for student in ("amy", "ben", "zoe")
    ]
    amy, ben, zoe = (well_formed(page).text for page in pages)
    assert "3 of 3" in amy
    assert "Right" in amy
    assert "hello" in amy
    assert "Not yet: gradients pile up." in ben
    assert "missing-zero-grad" in ben
    assert "had lost its label" in ben
    assert "The process was killed." in ben
    assert "To be read by a person" in ben
    assert "is not valid JSON" in zoe
    assert "Exercise 1" not in zoe


def test_nothing_hidden_and_nothing_active_is_in_a_page(course: Course, secret: str) -> None:
    for page in write_feedback(course, "lab").pages:
        html = page.read_text(encoding="utf-8")
        assert secret not in html
        assert "HIDDEN TESTS" not in html
        assert "<script" not in html
        assert "http://" not in html.replace("http://www.w3.org", "")
        assert "default-src 'none'" in html


def test_hidden_tests_that_plain_nbgrader_left_in_are_taken_out(course: Course, secret: str) -> None:
    path = course.root / "autograded" / "ben" / "lab" / "lab.ipynb"
    notebook = nbformat.read(path, as_version=4)
    (test,) = (cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "double-test")
    test.source += f"\n### BEGIN HIDDEN TESTS\nassert {secret}\n### END HIDDEN TESTS"
    del test.metadata["gradlab"]
    test.outputs = [
        nbformat.v4.new_output("stream", name="stdout", text=f"{secret} printed"),
        nbformat.v4.new_output("error", ename="AssertionError", evalue=secret, traceback=[f"assert {secret}"]),
    ]
    path.chmod(0o644)
    nbformat.write(notebook, path)
    ben = next(page for page in write_feedback(course, "lab").pages if "ben" in page.parts).read_text(encoding="utf-8")
    assert secret not in ben
    assert "assert" in ben
    assert "Not yet" in ben


def test_points_and_comments_that_a_person_gave_are_in_feedback_and_report(course: Course) -> None:
    with Gradebook(course.gradebook_url) as gradebook:
        grade = gradebook.find_grade("why", "lab", "lab", "amy")
        grade.manual_score = 2.5
        grade.needs_manual_grade = False
        gradebook.find_comment("why", "lab", "lab", "amy").manual_comment = "Well seen, but <why>?"
        gradebook.db.commit()
    amy = well_formed(write_feedback(course, "lab").pages[0]).text
    assert "5.5" in amy
    assert "2.5 of 4" in amy
    assert "Partly right" in amy
    assert "Well seen, but <why>?" in amy
    report = well_formed(write_report(course, "lab")).text
    assert "5.5 of 7" in report


def test_a_comment_on_an_answer_whose_test_gives_the_points_is_in_the_feedback(course: Course) -> None:
    # Formgrader offers a comment on the answer, and none on its test.
    with Gradebook(course.gradebook_url) as gradebook:
        gradebook.find_comment("double", "lab", "lab", "amy").manual_comment = "A <fine> name."
        gradebook.db.commit()
    page = well_formed(write_feedback(course, "lab").pages[0]).text
    assert page.count("A <fine> name.") == 1


def test_the_report_is_not_where_it_would_be_handed_out(course: Course) -> None:
    write_feedback(course, "lab")
    path = write_report(course, "lab")
    assert path == course.root / "report" / "lab.html"
    text = well_formed(path).text
    assert "Not sandboxed." in text
    assert "Exercise 1 · Twice as much" in text
    assert "Gradients pile up" in text
    assert "zoe" in text
    html = path.read_text(encoding="utf-8")
    links = set(re.findall(r'<a href="([^"#]+)"', html))
    assert len(links) == 3
    assert all((path.parent / link).resolve().is_file() for link in links)
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(re.findall(r'id="([^"]+)"', html))


def test_nbgraders_own_command_writes_the_same_pages(course: Course) -> None:
    ours = [page.read_bytes() for page in write_feedback(course, "lab").pages]
    shutil.rmtree(course.root / "feedback")
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write('c.GenerateFeedback.exporter_class = "autograder.report.exporter.FeedbackExporter"\n')
    command = [sys.executable, "-m", "nbgrader", "generate_feedback", "lab"]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [page.read_bytes() for page in sorted(course.root.glob("feedback/*/lab/lab.html"))] == ours


def test_feedback_is_what_nbgrader_releases(course: Course, tmp_path: Path) -> None:
    for student in ("amy", "ben", "zoe"):
        folder = course.root / "autograded" / student / "lab"
        (folder / "submission_secret.txt").write_text(f"secret of {student}")
    write_feedback(course, "lab")
    exchange = tmp_path / "exchange"
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    command = [sys.executable, "-m", "nbgrader", "release_feedback", "lab", f"--Exchange.root={exchange}"]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(list((exchange / "course" / "feedback").glob("*.html"))) == 3


def test_a_page_that_cannot_be_written_stops_no_other(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    write = FeedbackExporter.from_notebook_node

    def failing(self: FeedbackExporter, nb: NotebookNode, resources: Any = None, **options: Any) -> Any:
        if resources["nbgrader"]["student"] == "amy":
            raise RecursionError("what ben wrote")
        return write(self, nb, resources, **options)

    monkeypatch.setattr(FeedbackExporter, "from_notebook_node", failing)
    feedback = write_feedback(course, "lab")
    assert [page.parts[-3] for page in feedback.pages] == ["ben", "zoe"]
    assert feedback.problems == (("amy", "RecursionError: what ben wrote"),)


def test_folders_in_the_way_of_a_page_make_way(course: Course) -> None:
    # As an earlier version, or nbgrader itself, has copied them.
    for name in ("lab.html/x", "evil.ipynb/x.txt"):
        path = course.root / "autograded" / "amy" / "lab" / name
        path.parent.mkdir()
        path.write_text("x")
    feedback = write_feedback(course, "lab")
    assert feedback.problems == ()
    assert (course.root / "feedback" / "amy" / "lab" / "lab.html").is_file()


def test_a_lab_that_was_never_graded_says_what_to_run(course: Course) -> None:
    shutil.rmtree(course.root / "autograded")
    for write in (write_feedback, write_report):
        with pytest.raises(ExpectedError, match="has not been graded yet") as error:
            write(course, "lab")
        assert error.value.cure == "Run: autograder grade lab"


def test_a_gradebook_that_is_none_is_named(course: Course) -> None:
    (course.root / "gradebook.db").write_bytes(b"no database" * 1000)
    with pytest.raises(ExpectedError, match=r"gradebook\.db"):
        write_report(course, "lab")
