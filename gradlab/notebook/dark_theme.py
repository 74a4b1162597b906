"""Figures in a notebook with a dark theme: their lightness is inverted there, and their colours stay.

JupyterLab, VS Code and Colab mark their dark themes in the page, each in its own way, so that a rule of CSS finds them;
no kernel is needed, and a figure follows when the theme is changed. JupyterLab draws Plotly's data without the HTML of
`gradlab.figures`, so that the rule must also stand in the page by itself: the cell that imports gradlab shows it.
"""

import re
from typing import Any

from gradlab.notebook.shell import kernel_shell
from gradlab.words.text_alternatives import DARK_THEME

_DARK = ('[data-jp-theme-light="false"]', ".vscode-dark", 'html[theme="dark"]')
_IMPORT = re.compile(r"^(from|import) gradlab\b", re.MULTILINE)
STYLE = (
    f"<style>{','.join(f'{dark} .js-plotly-plot' for dark in _DARK)}"
    "{filter:invert(0.9) hue-rotate(180deg)}"
    f"{','.join(f'{dark} .jp-RenderedImage img' for dark in _DARK)}"
    "{filter:brightness(0.75)}</style>"
)
"""The rule, as a piece of HTML."""


def _show_after(result: Any) -> None:  # noqa: ANN401 - IPython has no types
    if _IMPORT.search(getattr(result.info, "raw_cell", None) or ""):
        from IPython.display import display

        display({"text/html": STYLE, "text/plain": DARK_THEME}, raw=True)  # type: ignore[no-untyped-call, unused-ignore]


def install() -> None:
    """Show the rule below each cell that imports gradlab, if this runs in a notebook's kernel."""
    shell = kernel_shell()
    if shell is not None:
        shell.events.register("post_run_cell", _show_after)
