"""Outputs that stay the same when nothing of substance has changed."""

import re
import uuid
from collections.abc import Callable

from nbformat import NotebookNode

UUID = r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"
# Pattern → replacement. nbval applies the same to what it replays, so that both sides are treated alike.
UNSTABLE = (
    (r"\b0x[0-9a-f]{6,16}\b", "0xADDRESS"),
    (r"/[^\s\"'<>:]*/ipykernel_\d+/\d+\.py", "<cell>"),
    (r"/[^\s\"'<>:]*/site-packages/", ""),
    (r"/[^\s\"'<>:]*/lib/python3\.\d+/", ""),
    (r"/[^\s\"'<>:]*/(?=gradlab/\w+\.py)", ""),
)
_COMPILED = tuple((re.compile(pattern), replacement) for pattern, replacement in UNSTABLE)
_NAMESPACE = uuid.UUID(int=0)
_NEVER_TEXT = ("image/png", "image/jpeg", "application/pdf")


def stabilise(notebook: NotebookNode) -> None:
    """Take out of executed cells what changes from run to run or from machine to machine.

    Times, memory addresses, and the paths of this machine's files go; each random id (a figure's place in its page)
    becomes an id that depends on the cell and the order alone, still unique, so that the page works.

    Args:
        notebook: an executed notebook, changed in place.
    """
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type != "code":
            continue
        replace = _numbering(cell.id)
        for output in cell.outputs:
            _stabilise_output(output, replace)


def stable_text(text: str) -> str:
    """Replace addresses and paths in a text."""
    for pattern, replacement in _COMPILED:
        text = pattern.sub(replacement, text)
    return text


def _numbering(cell_id: str) -> Callable[[re.Match[str]], str]:
    seen: dict[str, str] = {}

    def replace(match: re.Match[str]) -> str:
        return seen.setdefault(match[0], str(uuid.uuid5(_NAMESPACE, f"{cell_id}/{len(seen)}")))

    return replace


def _stabilise_output(output: NotebookNode, replace: Callable[[re.Match[str]], str]) -> None:
    if output.output_type == "stream":
        output.text = stable_text(output.text)
    elif output.output_type == "error":
        output.evalue = stable_text(output.evalue)
        output.traceback = [stable_text(line) for line in output.traceback]
    else:
        for kind, value in output.data.items():
            if isinstance(value, str) and kind not in _NEVER_TEXT:
                output.data[kind] = re.sub(UUID, replace, stable_text(value))
