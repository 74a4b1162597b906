"""Data to HTML: each page is one file that needs no network and escapes what it did not write."""

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from autograder.report import wording
from autograder.report.diagnoses import seen, told
from autograder.report.feedback import Feedback
from autograder.report.gather import ShownGroup
from autograder.report.likeness.pairs import FEWEST
from autograder.report.outputs import code, markdown
from autograder.report.statistics import FEWEST_FOR_DISCRIMINATION
from autograder.report.summary import ClassSummary
from autograder.verdicts import CellStatus, SubmissionStatus

STUDENTS_SHOWN = 5_000
"""Rows of the table of students: a browser takes its time over more."""
NAMES_SHOWN = 200
"""Names that are listed in one place."""

_WEIGHT = re.compile(
    r"`(?P<code>[^`\n]+)`|\*\*(?P<strong>[^*\n]+)\*\*|(?<![\w*])\*(?P<em>[^*\s](?:[^*\n]*[^*\s])?)\*(?![\w*])"
)


def feedback_page(feedback: Feedback) -> str:
    """One student's feedback on one notebook, as a page that runs no script at all."""
    return _environment().get_template("feedback.html").render(feedback=feedback)


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
            rows={result.student: f"student-{place}" for place, result in enumerate(shown, start=1)},
            mistakes={mistake.diagnosis.key: place for place, mistake in enumerate(summary.mistakes, start=1)},
            script=Markup(_script()),  # noqa: S704 - our own files
            allowed=_hash(_script()),
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("autograder.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": wording.number,
        "code": code,
        "markdown": markdown,
        "prose": prose,
        "inline": _inline,
        "lead": wording.lead,
        "sections": wording.sections,
        "misconception": wording.misconception_title,
        "percent": lambda share: f"{100 * share:.0f} %",
        "told": told,
        "seen": seen,
        "seconds": wording.seconds,
        "telling": wording.telling,
    }
    environment.globals |= {
        "style": Markup(_text("page.css")),  # noqa: S704 - our own file
        "style_hash": _hash(_text("page.css")),
        "names_shown": NAMES_SHOWN,
        "fewest": FEWEST_FOR_DISCRIMINATION,
        "fewest_shared": FEWEST,
        "count": wording.count,
        "words": wording.CELL_WORDS,
        "marks": wording.CELL_MARKS,
        "tones": wording.CELL_TONES,
        "submission_words": wording.SUBMISSION_WORDS,
        "CellStatus": CellStatus,
        "SubmissionStatus": SubmissionStatus,
    }
    return environment


def prose(message: str) -> Markup:
    """A verdict's message: paragraphs, `code` between backticks, *weight* between asterisks, a traceback as it is."""
    before, found, traceback = message.partition("Traceback (most recent call last)")
    paragraphs = [_inline(paragraph.strip()) for paragraph in before.split("\n\n") if paragraph.strip()]
    html = Markup("").join(Markup("<p>{}</p>").format(paragraph) for paragraph in paragraphs)
    return html + Markup("<pre tabindex='0'>{}</pre>").format(found + traceback) if found else html


def _inline(text: str) -> Markup:
    html, end = Markup(""), 0
    for found in _WEIGHT.finditer(text):
        tag = found.lastgroup or ""
        html += escape(text[end : found.start()]) + Markup("<{0}>{1}</{0}>").format(tag, found[tag])
        end = found.end()
    return html + escape(text[end:])


def _text(name: str) -> str:
    return files("autograder.report").joinpath("templates", name).read_text(encoding="utf-8")


def _script() -> str:
    return _text("sort.js") + _text("search.js")


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
