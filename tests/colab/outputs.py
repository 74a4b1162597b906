"""What the outputs of a notebook may hold, so that JupyterLab, VS Code, Colab and a screen reader all show them."""

import re
from collections.abc import Iterator

from nbformat import NotebookNode

ALLOWED = frozenset({"text/plain", "text/html", "image/png", "image/svg+xml", "application/vnd.plotly.v1+json"})
"""What all three show without an extension; Plotly's data only beside HTML, which is what Colab shows of it."""
_SCRIPT = re.compile(r"<script[^>]*\bsrc\s*=[^>]*>", re.IGNORECASE)
_PLOTLY = re.compile(r'src="https://cdn\.plot\.ly/plotly-[\d.]+\.min\.js"')
# What Python says of an object that has no words of its own.
_ADDRESS = re.compile(r"<[\w.]+ (object )?at 0x|<Figure size")


def complaints(notebook: NotebookNode) -> list[str]:
    """Name each output that one of the front ends would not show, or not in words."""
    return [
        f"{cell.source.splitlines()[0]} → {complaint}"
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type in ("display_data", "execute_result")
        for complaint in _of_output(output.data)
    ]


def _of_output(data: NotebookNode) -> Iterator[str]:
    yield from (f"{kind} is not shown everywhere" for kind in sorted(set(data) - ALLOWED))
    words = data.get("text/plain", "").strip()
    if not words or _ADDRESS.search(words):
        yield f"no words: {words!r}"
    page = data.get("text/html", "")
    yield from (f"it loads {tag}" for tag in _SCRIPT.findall(page) if not _is_plotly(tag))
    if "require(" in page or "require.config" in page:
        yield "it needs require.js, which only the old notebook has"
    if "application/vnd.plotly.v1+json" in data and not any(map(_is_plotly, _SCRIPT.findall(page))):
        yield "Colab shows nothing of this figure: its HTML does not load plotly.js"


def _is_plotly(tag: str) -> bool:
    # Sealed: a page runs what Plotly has published, or nothing.
    return bool(_PLOTLY.search(tag)) and 'integrity="sha' in tag and "crossorigin" in tag
