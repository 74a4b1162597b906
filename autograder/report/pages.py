"""Data to HTML: each page is one file that needs no network and escapes every text that is not its own."""

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from autograder import formatting
from autograder.grading.unfit_tests import EXCLUDED_MESSAGE
from autograder.report import comparison
from autograder.report.comparison import ShownGroup
from autograder.report.diagnoses import (
    CELL_WORDS,
    SUBMISSION_WORDS,
    diagnosis_titles,
    misconception_title,
    shown_status,
)
from autograder.report.feedback import Feedback
from autograder.report.levels import explained
from autograder.report.outputs import code, markdown, unrendered
from autograder.report.summary import FEWEST_FOR_DISCRIMINATION, ClassSummary
from autograder.verdicts import CellStatus, SubmissionStatus
from gradlab.words import FINDINGS, LABELS, MISCONCEPTIONS

STUDENTS_SHOWN = 5_000
"""Rows of the table of students: more would make a browser slow."""
NAMES_SHOWN = 200
"""Names in one list."""

CELL_MARKS = {
    CellStatus.PASSED: "✓",
    CellStatus.PARTIAL: "◐",
    CellStatus.FAILED: "✗",
    CellStatus.ERROR: "!",
    CellStatus.TIMED_OUT: "∞",
    CellStatus.MANUAL: "…",
    CellStatus.UNANSWERED: "–",
    CellStatus.EXCLUDED: "⊘",
    CellStatus.BROKE: "?",
}

CELL_TONES = {
    CellStatus.PASSED: "good",
    CellStatus.PARTIAL: "part",
    CellStatus.FAILED: "bad",
    CellStatus.ERROR: "bad",
    CellStatus.TIMED_OUT: "bad",
    CellStatus.MANUAL: "wait",
    CellStatus.UNANSWERED: "none",
    CellStatus.EXCLUDED: "none",
    CellStatus.BROKE: "wait",
}

_DISCRIMINATION = ((0.4, "very well"), (0.3, "well"), (0.2, "somewhat"), (0.0, "hardly"))
_EMPHASIS = re.compile(
    r"`(?P<code>[^`\n]+)`|\*\*(?P<strong>[^*\n]+)\*\*|(?<![\w*])\*(?P<em>[^*\s](?:[^*\n]*[^*\s])?)\*(?![\w*])"
)


def feedback_page(feedback: Feedback, *, plain: bool = False) -> str:
    """One student's feedback on one notebook, as a page that runs no script at all.

    Args:
        feedback: what to show.
        plain: show answers as they were typed, neither rendered nor highlighted.
    """
    return _environment(plain=plain).get_template("feedback.html").render(feedback=feedback)


def report_page(
    summary: ClassSummary, pages: Mapping[str, str] | None = None, groups: Sequence[ShownGroup] = ()
) -> str:
    """A class's report on one lab.

    Args:
        summary: what to show.
        pages: each student's feedback page, relative to the report, as part of an address, where there is one.
        groups: the first of the groups that are alike, with their evidence.

    Returns:
        The page. Its one script sorts and searches the table of students; without it everything is still there.
    """
    shown = summary.results[:STUDENTS_SHOWN]
    return (
        _environment()
        .get_template("report.html")
        .render(
            summary=summary,
            pages=pages or {},
            groups=groups,
            shown=shown,
            rows={result.student: f"student-{number}" for number, result in enumerate(shown, start=1)},
            mistakes={mistake.diagnosis.key: number for number, mistake in enumerate(summary.mistakes, start=1)},
            script=Markup(_script()),  # noqa: S704 - our own files
            allowed=_hash(_script()),
        )
    )


@cache
def _environment(*, plain: bool = False) -> Environment:
    environment = Environment(
        loader=PackageLoader("autograder.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": formatting.number,
        "code": unrendered if plain else code,
        "markdown": unrendered if plain else markdown,
        "prose": prose,
        "inline": _inline,
        "lead": lead,
        "sections": sections,
        "misconception": misconception_title,
        "percent": lambda share: f"{100 * share:.0f} %",
        "diagnosis_titles": diagnosis_titles,
        "shown_status": shown_status,
        "seconds": formatting.seconds,
        "discrimination": _discrimination_in_words,
        "explained": explained,
    }
    environment.globals |= {
        "style": Markup(_text("page.css")),  # noqa: S704 - our own file
        "style_hash": _hash(_text("page.css")),
        "names_shown": NAMES_SHOWN,
        "fewest": FEWEST_FOR_DISCRIMINATION,
        "fewest_shared": comparison.FEWEST_SHARED,
        "not_compared": f"{comparison.NOT_COMPARED} {comparison.INSTALL}",
        "count": formatting.count,
        "words": CELL_WORDS,
        "marks": CELL_MARKS,
        "tones": CELL_TONES,
        "submission_words": SUBMISSION_WORDS,
        "excluded_message": EXCLUDED_MESSAGE,
        "CellStatus": CellStatus,
        "SubmissionStatus": SubmissionStatus,
    }
    return environment


def prose(message: str) -> Markup:
    """A verdict's message: paragraphs, `code` between backticks, *emphasis* between asterisks, a traceback as it is."""
    before, found, traceback = message.partition("Traceback (most recent call last)")
    paragraphs = [_inline(paragraph.strip()) for paragraph in before.split("\n\n") if paragraph.strip()]
    html = Markup("").join(Markup("<p>{}</p>").format(paragraph) for paragraph in paragraphs)
    return html + Markup("<pre tabindex='0'>{}</pre>").format(found + traceback) if found else html


def _inline(text: str) -> Markup:
    pieces, end = [], 0
    for found in _EMPHASIS.finditer(text):
        tag = found.lastgroup or ""
        pieces += [escape(text[end : found.start()]), Markup("<{0}>{1}</{0}>").format(tag, found[tag])]
        end = found.end()
    return Markup("").join([*pieces, escape(text[end:])])


def lead(message: str) -> tuple[str, str]:
    """Split what a check says into its first sentence, "Not yet: …", and the rest; other messages have no lead."""
    if not message.startswith(f"{LABELS['not-yet']}: "):
        return "", message
    first, _, rest = message.partition(". ")
    return (f"{first}." if rest else first), rest


def sections(text: str) -> tuple[tuple[str, str], ...]:
    """Split what a check says after its first sentence: what it saw, the likely cause, where to look next.

    The cause is recognised by the course's own sentences.

    Returns:
        (label, text) pairs; one with an empty label if no cause is recognised.
    """
    causes = (known.cause for known in (*MISCONCEPTIONS.values(), *FINDINGS.values()))
    # The longest first: one cause may begin like another.
    for cause in sorted(causes, key=len, reverse=True):
        seen, found, look = text.partition(cause)
        if found:
            pairs = zip(("seen", "cause", "look"), (seen, cause, look), strict=True)
            return tuple((LABELS[key], part.strip()) for key, part in pairs if part.strip())
    return (("", text),)


def _discrimination_in_words(discrimination: float) -> str:
    """What a discrimination means, by the usual rule of thumb (Ebel and Frisbie 1991)."""
    if discrimination < 0:
        return "backwards: look at its test"
    return next(words for least, words in _DISCRIMINATION if round(discrimination, 2) >= least)


def _text(name: str) -> str:
    return files("autograder.report").joinpath("templates", name).read_text(encoding="utf-8")


def _script() -> str:
    return _text("sort.js") + _text("search.js")


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
