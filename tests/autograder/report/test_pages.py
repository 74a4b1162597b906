import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256

import pytest

from autograder.report.comparison import Likeness
from autograder.report.diagnoses import CELL_WORDS, SUBMISSION_WORDS
from autograder.report.feedback import Exercise, Feedback, Piece
from autograder.report.outputs import Part
from autograder.report.pages import CELL_MARKS, CELL_TONES, feedback_page, lead, prose, report_page, sections
from autograder.report.summary import summarise
from autograder.verdicts import CellStatus, CellVerdict, Level, Result, SubmissionStatus, TestLevel
from gradlab.check.diagnosis import Diagnosis, NotYet
from gradlab.words import MISCONCEPTIONS

EVIL = "<script>alert(1)</script>\"'&"


def feedback(*exercises: Exercise, status: SubmissionStatus = SubmissionStatus.GRADED) -> Feedback:
    return Feedback("amy", "lab", "lab", "Lab", status, exercises)


@pytest.mark.parametrize("status", list(CellStatus))
def test_every_verdict_is_told_in_words_and_not_by_colour_alone(status: CellStatus) -> None:
    points = None if status in (CellStatus.MANUAL, CellStatus.EXCLUDED, CellStatus.BROKE) else 1.0
    page = feedback_page(feedback(Exercise("one", "Exercise 1", status, points, 2.0)))
    assert page.count(f"</span> {CELL_WORDS[status]}</span>") == 2
    assert "Exercise 1" in page


@pytest.mark.parametrize("status", list(SubmissionStatus))
def test_every_ending_of_a_submission_has_a_page(status: SubmissionStatus) -> None:
    readable = status is not SubmissionStatus.QUARANTINED
    page = feedback_page(replace(feedback(status=status), reason="the reason", readable=readable))
    assert ("the reason" in page) == (status is SubmissionStatus.QUARANTINED)
    assert ("could not be read" in page) == (status is SubmissionStatus.QUARANTINED)
    assert ("not your fault" in page) == (status is SubmissionStatus.BROKEN)


def test_whatever_comes_from_a_student_is_escaped() -> None:
    picture = Part("image", "data:image/png;base64,", EVIL)
    piece = Piece("code", EVIL, (Part("text", EVIL), Part("error", EVIL), picture))
    answer = (piece, Piece("markdown", EVIL))
    exercise = Exercise(EVIL, EVIL, CellStatus.FAILED, 0.0, 1.0, EVIL, EVIL, EVIL, answer, EVIL)
    graded = Feedback(EVIL, EVIL, EVIL, EVIL, SubmissionStatus.GRADED, (exercise,))
    page = feedback_page(replace(graded, reason=EVIL, repairs=(EVIL,), flags=(EVIL,), rest=(piece,)))
    assert "<script" not in page
    assert "alert(1)" in page

    verdict = CellVerdict(EVIL, 0.0, 1.0, CellStatus.FAILED, EVIL, EVIL)
    results = [
        Result(EVIL, EVIL, SubmissionStatus.GRADED, (verdict,), flags=(EVIL,)),
        Result("z", EVIL, SubmissionStatus.BROKEN, reason=EVIL),
    ]
    report = report_page(summarise(EVIL, results, {EVIL: EVIL}), {EVIL: EVIL})
    assert report.count("<script") == 1
    assert "alert(1)" in report


def test_only_the_reports_own_script_may_run() -> None:
    report = report_page(summarise("lab", []))
    (script,) = re.findall(r"<script>(.*?)</script>", report, re.DOTALL)
    (allowed,) = re.findall(r"script-src '([^']+)'", report)
    assert allowed == f"sha256-{b64encode(sha256(script.encode()).digest()).decode()}"


def test_a_report_says_plainly_at_the_top_how_it_ran() -> None:
    inside = Result("amy", "lab", SubmissionStatus.GRADED)
    outside = replace(inside, student="ben", sandboxed=False)
    assert "Every submission ran inside the sandbox." in report_page(summarise("lab", [inside]))
    report = report_page(summarise("lab", [inside, outside]))
    assert "1 of these submissions ran with <code>--sandbox none</code>" in report
    assert report.index("Not sandboxed.") < report.index("Mean score")
    assert "GPU" not in report
    assert "1 ran with the GPU visible" in report_page(summarise("lab", [inside, replace(outside, gpu=True)]))


SECRET = "hidden_value_4711"
PLOT = TestLevel("plot", Level.BESIDE, f"it hands <b>{SECRET}</b> over", "Pass plain data.")
LOST = TestLevel("lost", Level.NONE, f"NameError: name {SECRET!r} is not defined", "Mend it.")
CELLS = (
    CellVerdict("sum", 3.0, 3.0, CellStatus.PASSED),
    CellVerdict("plot", 1.0, 2.0, CellStatus.PARTIAL, level=Level.BESIDE),
    CellVerdict("lost", None, 1.0, CellStatus.EXCLUDED, level=Level.NONE),
)


def test_a_report_says_which_points_rest_on_tests_beside_student_code_and_why() -> None:
    results = [Result(name, "lab", SubmissionStatus.GRADED, CELLS[:2], levels=(PLOT,)) for name in ("amy", "ben")]
    page = report_page(summarise("lab", results, {"plot": "A picture"}))
    assert "<strong>2 of 5 points</strong> rest on a test that ran beside student code" in page
    assert page.count("Pass plain data.") == 1
    assert "It hands &lt;b&gt;" in page
    assert "A picture" in page
    assert "can be run for nobody" not in page
    at_the_wall = report_page(summarise("lab", [Result("amy", "lab", SubmissionStatus.GRADED, CELLS[:1])]))
    assert "beside student code" not in at_the_wall
    assert "Where the tests ran" not in at_the_wall


def test_a_test_that_can_be_run_for_nobody_is_told_once_and_costs_no_mean() -> None:
    results = [Result(name, "lab", SubmissionStatus.GRADED, CELLS, levels=(PLOT, LOST)) for name in ("amy", "ben")]
    page = report_page(summarise("lab", results))
    overview = page[page.index("1 test can be run for nobody.") : page.index("What stands out")]
    assert "1 of 6 points are left out for all" in overview
    assert "NameError" in overview
    assert page.count("NameError") == 1
    assert "4 <small>of 5</small>" in overview
    assert "Nothing: every submission was graded, and no question waits." in page
    assert "left out for all, 1 points" in page
    assert "2 left out" in page
    # A person has given these points to all.
    by_hand = [
        replace(result, cells=(*CELLS[:2], replace(CELLS[2], points=1.0, status=CellStatus.PASSED)))
        for result in results
    ]
    page = report_page(summarise("lab", by_hand))
    assert "left out for all" not in page
    assert "5 <small>of 6</small>" in page


def test_a_student_reads_plainly_that_a_test_was_run_for_nobody() -> None:
    lost = Exercise("lost", "Exercise 3", CellStatus.EXCLUDED, None, 1.0, LOST.reason)
    page = feedback_page(feedback(Exercise("sum", "Exercise 1", CellStatus.PASSED, 3.0, 3.0), lost))
    assert "This test could not be run for anyone in the class. Your instructor has been told." in page
    assert SECRET not in page
    assert "NameError" not in page
    assert "graded again" not in page
    assert "so far" not in page
    assert "read by a person" not in page
    assert "3 <small>of 3 points</small>" in page
    assert "<dt>Not graded for anyone</dt><dd>1 <small>point</small></dd>" in page


def test_a_student_is_told_nothing_of_levels() -> None:
    page = feedback_page(feedback(Exercise("plot", "Exercise 2", CellStatus.PARTIAL, 1.0, 2.0)))
    assert "beside" not in page
    assert "wall" not in page


def test_the_bars_of_the_distribution_are_as_tall_as_their_counts() -> None:
    def scored(student: str, points: float) -> Result:
        cells = (CellVerdict("one", points, 10.0, CellStatus.PARTIAL),)
        return Result(student, "lab", SubmissionStatus.GRADED, cells)

    report = report_page(summarise("lab", [scored("a", 1), scored("b", 1), scored("c", 9)]))
    heights = [float(height) for height in re.findall(r'<rect [^>]*width="33" height="([\d.]+)"', report)]
    assert heights == [0, 140, 0, 0, 0, 0, 0, 0, 0, 70]


@pytest.mark.parametrize(
    ("message", "html"),
    [
        ("Print `x.grad`.", "<p>Print <code>x.grad</code>.</p>"),
        ("it *adds* **much**", "<p>it <em>adds</em> <strong>much</strong></p>"),
        ("2 * 3 * 4 and a*b*c", "<p>2 * 3 * 4 and a*b*c</p>"),
        ("`a < b`\n\nnext", "<p><code>a &lt; b</code></p><p>next</p>"),
        ("", ""),
        (
            "It raised.\n\nTraceback (most recent call last):\n  `x` <module>",
            "<p>It raised.</p><pre tabindex='0'>Traceback (most recent call last):\n  `x` &lt;module&gt;</pre>",
        ),
    ],
)
def test_a_message_becomes_paragraphs(message: str, html: str) -> None:
    assert prose(message) == html


def test_there_is_a_word_for_everything() -> None:
    for table in (CELL_WORDS, CELL_MARKS, CELL_TONES):
        assert set(table) == set(CellStatus)
    assert set(SUBMISSION_WORDS) == set(SubmissionStatus)
    assert len(set(CELL_WORDS.values())) == len(CellStatus)


def test_the_lead_of_a_real_diagnosis_is_its_first_sentence() -> None:
    error = NotYet(Diagnosis("missing-zero-grad", "gradients pile up", "Seen 1.9.", "A cause.", "Look."))
    assert lead(str(error)) == ("Not yet: gradients pile up.", "Seen 1.9. A cause. Look. *(missing-zero-grad)*")
    assert lead("Something else. More.") == ("", "Something else. More.")


def test_a_diagnosis_falls_into_what_was_seen_why_and_where_to_look() -> None:
    known = MISCONCEPTIONS["missing-zero-grad"]
    assert sections(f"Seen 1.9. {known.cause} {known.look}") == (
        ("What the check saw", "Seen 1.9."),
        ("Likely cause", known.cause),
        ("Look next", known.look),
    )
    assert sections("The answer took too long.") == (("", "The answer took too long."),)


def test_a_report_for_which_nothing_was_compared_says_so_and_how_to_get_it() -> None:
    page = report_page(summarise("lab", []))
    assert "Near-identical submissions were not looked for" in page
    assert "gradlab[likeness]" in page
    assert "No two submissions are alike" not in page
    page = report_page(summarise("lab", [], likeness=Likeness(0, 4, ())))
    assert "not looked for" not in page
    assert "No two submissions are alike" in page
