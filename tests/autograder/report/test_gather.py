import json
import subprocess
import sys
from random import Random

import nbformat
import pytest
from typer.testing import CliRunner

from autograder.cli.application import application
from autograder.course.course import Course
from autograder.report.gather import gather, with_evidence
from autograder.report.pages import report_page
from autograder.report.records import as_class_record
from autograder.verdicts import SubmissionStatus
from tests.autograder.report.likeness.programs import disguised, program

COPIED = program(Random(7), 30)


def rewrite(course: Course, student: str, source: str) -> None:
    """Put another answer into a graded notebook."""
    path = course.root / "autograded" / student / "lab" / "lab.ipynb"
    notebook = nbformat.read(path, as_version=4)
    (cell,) = (cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "double")
    cell.source = source
    nbformat.write(notebook, path)


def test_a_class_is_gathered_with_its_marks_and_its_headings(course: Course) -> None:
    summary = gather(course, "lab")
    assert [result.student for result in summary.results] == ["amy", "ben", "zoe"]
    assert summary.titles == {"double-test": "Exercise 1 · Twice as much", "why": "In your own words"}
    assert (summary.likeness.compared, summary.likeness.groups) == (2, ())
    assert [mistake.diagnosis.key for mistake in summary.mistakes] == ["missing-zero-grad"]


def test_a_copy_is_shown_side_by_side_and_escaped(course: Course) -> None:
    evil = "# <script>alert('copied')</script> & <mark>\n"
    rewrite(course, "amy", evil + COPIED)
    rewrite(course, "ben", disguised(COPIED, Random(1)))
    summary = gather(course, "lab")
    (shown,) = with_evidence(course, summary)
    assert shown.group.students == ("amy", "ben")
    (side,) = shown.evidence
    assert "".join(text for text, _ in side.first) == evil + COPIED
    page = report_page(summary, {}, [shown])
    assert page.count("<script") == 1
    assert "alert(&#39;copied&#39;)" in page
    assert "look yourself" in page
    assert "<mark>" in page


def test_the_record_holds_what_the_page_shows(course: Course) -> None:
    rewrite(course, "amy", COPIED)
    rewrite(course, "ben", disguised(COPIED, Random(1)))
    record = json.loads(json.dumps(as_class_record(gather(course, "lab")), allow_nan=False))
    assert (record["submissions"], record["graded"], record["not_sandboxed"]) == (3, 2, 1)
    assert record["mistakes"][0]["students"] == ["ben"]
    assert record["mistakes"][0]["exercises"] == [{"id": "double-test", "students": 1, "first_for": 1}]
    assert {item["kind"] for item in record["attention"]} == {"unreadable", "flag", "question"}
    assert record["alike"]["groups"][0]["students"] == ["amy", "ben"]
    assert record["alike"]["groups"][0]["pairs"][0]["likeness"] > 0.9
    assert [each["needs_a_person"] for each in record["students"]] == [True, True, True]


def test_the_same_class_gives_the_same_page(course: Course) -> None:
    rewrite(course, "amy", COPIED)
    rewrite(course, "ben", disguised(COPIED, Random(1)))
    pages = []
    for _ in range(2):
        summary = gather(course, "lab")
        pages.append(report_page(summary, {}, with_evidence(course, summary)))
    assert pages[0] == pages[1]


def test_a_damaged_file_is_told_and_stops_nobody(course: Course) -> None:
    (course.root / "autograded" / "ben" / "lab" / "lab.ipynb").write_text("{")
    results = {result.student: result for result in gather(course, "lab").results}
    assert results["ben"].status is SubmissionStatus.BROKEN
    assert "lab.ipynb: it has been damaged" in results["ben"].reason
    assert results["amy"].status is SubmissionStatus.GRADED


@pytest.mark.parametrize("library", ["datasketch", "scipy"])
def test_without_the_extra_everything_else_is_reported(
    course: Course, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewrite(course, "amy", COPIED)
    rewrite(course, "ben", disguised(COPIED, Random(1)))
    for name in [name for name in sys.modules if name.startswith("autograder.report.likeness")]:
        monkeypatch.delitem(sys.modules, name)
    # That is how Python marks a module that cannot be imported.
    monkeypatch.setitem(sys.modules, library, None)
    arguments = ["report", "--course", str(course.root)]
    done = CliRunner().invoke(application, arguments)
    assert done.exit_code == 0
    assert done.stderr.count("Near-identical submissions were not looked for") == 1
    assert 'pip install "gradlab[likeness]"' in done.stderr
    page = (course.root / "report" / "lab.html").read_text(encoding="utf-8")
    assert "Near-identical submissions were not looked for" in page
    assert "missing-zero-grad" in page
    done = CliRunner().invoke(application, [*arguments, "--format", "json", "--quiet"])
    (record,) = json.loads(done.stdout)
    assert record["alike"] is None
    assert record["graded"] == 2
    assert "Near-identical submissions were not looked for" in done.stderr
    assert not [name for name in sys.modules if name.startswith("autograder.report.likeness")]


def test_who_compares_nothing_imports_nothing_for_it() -> None:
    code = "import sys, autograder.report.exporter, autograder.report.write, autograder.cli"
    told = "print([name for name in ('datasketch', 'autograder.report.likeness') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", f"{code}; {told}"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
