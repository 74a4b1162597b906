"""How a check shows its result: a box in a notebook, a line of text elsewhere."""

import functools
import re
from collections.abc import Callable
from html import escape
from typing import ParamSpec

import torch

from gradlab import words
from gradlab.check.diagnosis import Diagnosis, NotYet, not_yet
from gradlab.notebook.computation_errors import BOX_STYLE, PASSED_STYLE
from gradlab.notebook.shell import kernel_shell

Parameters = ParamSpec("Parameters")
_SAME_FACTOR = 0.01
_CODE = re.compile(r"`([^`]+)`")
_EMPHASIS = re.compile(r"(?<!\*)\*(\w[^*<>]*)\*")


def _prose(text: str) -> str:
    """Escape a text for HTML; what stands between backticks becomes code, between asterisks emphasis."""
    return _EMPHASIS.sub(r"<em>\1</em>", _CODE.sub(r"<code>\1</code>", escape(text)))


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


def passed_html(line: str) -> str:
    """Render the line of a check that is satisfied as a box, announced by a screen reader as a status."""
    language = escape(words.LABELS["language"])
    return f'<div role="status" lang="{language}" style="{PASSED_STYLE}"><strong>{_prose(line)}</strong></div>'


def _show(box: str, text: str, *, elsewhere: bool) -> None:
    """Show a box in a notebook; elsewhere, its text, if it is not shown otherwise."""
    if kernel_shell() is not None:
        from IPython.display import display

        display({"text/html": box, "text/plain": text}, raw=True)  # type: ignore[no-untyped-call, unused-ignore]
    elif elsewhere:
        print(text)  # noqa: T201 - what a student reads below the cell


def _check_twice_for_factor(check: Callable[[], None]) -> None:
    """Run a check, and once more if all numbers are off by one factor: with other inputs it may be another."""
    try:
        check()
    except NotYet as refused:
        if refused.factor is None:
            raise
        try:
            check()
        except NotYet as again:
            if again.factor is None:
                raise
            if abs(again.factor - refused.factor) <= _SAME_FACTOR * abs(refused.factor):
                raise refused from refused.__cause__
        raise not_yet("varying-factor", "factor-varies") from refused


def announced(check: Callable[Parameters, None]) -> Callable[Parameters, None]:
    """Let a check announce its result: a box in a notebook, a line elsewhere; if it does not pass, with `NotYet`."""

    @functools.wraps(check)
    def announce(*arguments: Parameters.args, **options: Parameters.kwargs) -> None:
        try:
            # A student may have switched gradients off further up, for good.
            with torch.enable_grad():
                _check_twice_for_factor(functools.partial(check, *arguments, **options))
        except NotYet as refusal:
            _show(html(refusal.diagnosis), str(refusal.diagnosis), elsewhere=False)
            raise
        line = words.PASSED[check.__name__]
        _show(passed_html(line), line, elsewhere=True)

    return announce
