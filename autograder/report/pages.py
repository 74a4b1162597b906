"""Data to HTML: each page is one file that needs no network and escapes what it did not write."""

import re
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from autograder.report import wording
from autograder.report.feedback import Feedback
from autograder.report.outputs import code, markdown
from autograder.report.summary import ClassSummary
from autograder.verdicts import CellStatus, SubmissionStatus

_WEIGHT = re.compile(
    r"`(?P<code>[^`\n]+)`|\*\*(?P<strong>[^*\n]+)\*\*|(?<![\w*])\*(?P<em>[^*\s](?:[^*\n]*[^*\s])?)\*(?![\w*])"
)


def feedback_page(feedback: Feedback) -> str:
    """One student's feedback on one notebook, as a page that runs no script at all."""
    return _environment().get_template("feedback.html").render(feedback=feedback)


def report_page(summary: ClassSummary, pages: Mapping[str, str] | None = None) -> str:
    """A class's report on one lab.

    Args:
        summary: what to show.
        pages: each student's feedback page, relative to the report, where there is one.

    Returns:
        The page. Its one script sorts the table of students; without it everything is still there.
    """
    template = _environment().get_template("report.html")
    return template.render(summary=summary, pages=pages or {}, script=_text("sort.js"), allowed=_hash("sort.js"))


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
        "lead": wording.lead,
        "sections": wording.sections,
        "misconception": wording.misconception_title,
        "percent": lambda share: f"{100 * share:.0f} %",
    }
    environment.globals |= {
        "style": Markup(_text("page.css")),  # noqa: S704 - our own file
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


def _hash(name: str) -> str:
    return f"sha256-{b64encode(sha256(_text(name).encode()).digest()).decode()}"
