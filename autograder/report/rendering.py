"""A student's feedback page, made in a helper's process: what it shows is the student's, and takes long to lay out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from autograder.report.feedback import Feedback, Mark, read
from autograder.report.pages import feedback_page
from autograder.untrusted.helper import Bounds, HelperError, within

BOUNDS: Final = Bounds(seconds=20, mebibytes=1024)
"""What making a page may take."""


@dataclass(frozen=True)
class Recorded:
    """What is known of a student's notebook besides its cells.

    Attributes:
        student: the student's id.
        lab: the lab's name.
        name: the notebook's name.
        marks: what the gradebook holds, by grade id.
        penalty: points taken off for lateness.
        comments: what people wrote about answers that have no mark of their own, by grade id.
    """

    student: str
    lab: str
    name: str
    marks: Mapping[str, Mark]
    penalty: float = 0.0
    comments: Mapping[str, str] = field(default_factory=dict)


def feedback_html(notebook: Mapping[str, Any], recorded: Recorded) -> str:
    """Make the feedback page of a graded notebook, **without hidden tests and mark schemes**.

    If that takes more than `BOUNDS`, what the student wrote and made is shown as plain text, and the page says so.

    Raises:
        HelperError: even this takes too much.
    """
    text = json.dumps(notebook).encode()
    try:
        return within(BOUNDS, render, text, recorded)
    except HelperError as error:
        return within(BOUNDS, render_plainly, text, recorded, str(error))


def render(notebook: bytes, recorded: Recorded) -> str:
    """Make a page; this runs in a helper's process."""
    return feedback_page(_read(json.loads(notebook), recorded))


def render_plainly(notebook: bytes, recorded: Recorded, reason: str) -> str:
    """Make a page that shows everything of the student's as plain text; this runs in a helper's process."""
    node = json.loads(notebook)
    for cell in node["cells"]:
        for output in cell.get("outputs", ()):
            if isinstance(output.get("data"), dict):
                output["data"] = {"text/plain": output["data"].get("text/plain", "An output that is not shown.")}
    note = f"Answers and outputs of this notebook are shown as plain text, and pictures are left out: {reason}."
    feedback = _read(node, recorded)
    return feedback_page(replace(feedback, flags=(*feedback.flags, note)), plain=True)


def _read(node: Mapping[str, Any], recorded: Recorded) -> Feedback:
    return read(
        node,
        recorded.marks,
        student=recorded.student,
        lab=recorded.lab,
        name=recorded.name,
        penalty=recorded.penalty,
        comments=recorded.comments,
    )
