"""How a check shows its result: a box in a notebook, a line of text elsewhere."""

import functools
import re
from collections.abc import Callable
from html import escape
from typing import ParamSpec

import torch

from gradlab import words
from gradlab.check.diagnosis import Diagnosis, NotYet
from gradlab.notebook.computation_errors import BOX_STYLE
from gradlab.notebook.shell import kernel_shell

Parameters = ParamSpec("Parameters")


def _prose(text: str) -> str:
    """Escape a text for HTML; what stands between backticks becomes code, between asterisks emphasis."""
    coded = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
    return re.sub(r"(?<!\*)\*(\w[^*<>]*)\*", r"<em>\1</em>", coded)


def html(diagnosis: Diagnosis) -> str:
    """Render a diagnosis as a box: words and not colour alone, announced by a screen reader as an alert."""
    label = words.LABELS
    rows = "".join(
        f'<p style="margin:0.35em 0"><strong>{escape(label[part])}:</strong> {_prose(text)}</p>'
        for part, text in (("seen", diagnosis.seen), ("cause", diagnosis.cause), ("look", diagnosis.look))
    )
    name = f'<p style="margin:0.35em 0 0"><em>({escape(diagnosis.misconception or "")})</em></p>'
    return (
        f'<div role="alert" lang="{escape(label["language"])}" style="{BOX_STYLE}">'
        f'<p style="margin:0 0 0.35em"><strong><span aria-hidden="true">▲ </span>{escape(label["not-yet"])}: '
        f"{_prose(diagnosis.title)}</strong></p>{rows}{name if diagnosis.misconception else ''}</div>"
    )


def announced(check: Callable[Parameters, None]) -> Callable[Parameters, None]:
    """Let a check announce its result: a line if it passes; if not, a box in a notebook, and always `NotYet`."""

    @functools.wraps(check)
    def announce(*arguments: Parameters.args, **options: Parameters.kwargs) -> None:
        try:
            # A student may have switched gradients off further up, for good.
            with torch.enable_grad():
                check(*arguments, **options)
        except NotYet as refusal:
            if kernel_shell() is not None:
                from IPython.display import display

                box = {"text/html": html(refusal.diagnosis), "text/plain": str(refusal.diagnosis)}
                display(box, raw=True)  # type: ignore[no-untyped-call, unused-ignore]
            raise
        print(words.PASSED[check.__name__])  # noqa: T201 - what a student reads below the cell

    return announce
