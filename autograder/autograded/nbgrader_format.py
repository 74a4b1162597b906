"""One graded notebook in nbgrader's format."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from textwrap import wrap
from typing import Any

from nbformat import NotebookNode, from_dict
from nbformat.v4 import nbformat as NBFORMAT  # noqa: N812 - a constant
from nbformat.v4 import nbformat_minor as NBFORMAT_MINOR  # noqa: N812 - a constant

from autograder.autograded.answers import DIGEST, answer_digests
from autograder.cells import NBGRADER_FLAGS, Cell, LabNotebook, Role, SubmittedNotebook
from autograder.checksums import checksum
from autograder.untrusted import html_sanitiser, markup
from autograder.verdicts import CellOutcome, CellStatus, CellVerdict, NotebookResult, Result, SubmissionStatus
from autograder.wire import from_plain, to_plain

_RESULT_FIELDS = ("status", "reason", "flags", "repairs", "seconds", "sandboxed", "sandbox", "gpu")
_VERDICT_FIELDS = ("status", "message", "misconception", "points", "max_points", "level")
_LATER_FIELDS = frozenset({"gpu", "level", "sandbox"})
"""Fields that notebooks lack which an earlier version has graded."""
_MOST_FLAGS = 5
_LINE = 100
"""Characters of a line of an error's message: formgrader does not break lines."""
_ERROR_NAMES = {
    CellStatus.FAILED: "NotYet",
    CellStatus.ERROR: "ErrorInTheAnswer",
    CellStatus.TIMED_OUT: "TimedOut",
    CellStatus.EXCLUDED: "NotGraded",
    CellStatus.BROKE: "GraderBroke",
}


@dataclass(frozen=True)
class ShownNotebook:
    """What a student's notebook may show on a page.

    Attributes:
        cells: what each cell shows, cleaned.
        flags: what was left out, one sentence for each cell.
    """

    cells: tuple[markup.Cleaned, ...]
    flags: tuple[str, ...] = ()


def shown_notebook(notebook: LabNotebook, submitted: SubmittedNotebook, graded: NotebookResult) -> ShownNotebook:
    """Clean a student's notebook for pages; what can't be cleaned within bounds is left out. Any thread may do so.

    Args:
        notebook: the lab's notebook.
        submitted: the student's cells.
        graded: one outcome for each of them.
    """
    released_texts = {(cell.kind, cell.source) for cell in notebook.released}

    def shown(cell: Cell, outcome: CellOutcome) -> markup.Shown:
        own = cell.kind != "code" and (cell.kind, cell.source) not in released_texts
        shows_outputs = cell.kind == "code" and cell.role is not Role.TEST
        attachments = dict(cell.attachments or {}) if own and cell.kind == "markdown" else {}
        outputs = tuple(outcome.outputs) if shows_outputs else ()
        return markup.Shown(cell.source if own else None, outputs, attachments)

    cells = markup.clean([shown(*pair) for pair in zip(submitted.cells, graded.outcomes, strict=True)])
    flags = [
        f"In the cell {cell.grade_id or f'number {number}'} was left out: {why}."
        for number, (cell, cleaned) in enumerate(zip(submitted.cells, cells, strict=True), start=1)
        for why in cleaned.left_out[:1]
    ]
    if len(flags) > _MOST_FLAGS:
        flags[_MOST_FLAGS:] = [f"Outputs of {len(flags) - _MOST_FLAGS} more cells were left out."]
    return ShownNotebook(tuple(cells), tuple(flags))


def graded_notebook(
    notebook: LabNotebook,
    submitted: SubmittedNotebook,
    graded: NotebookResult,
    shown: ShownNotebook,
    metadata: Mapping[str, Any],
) -> NotebookNode:
    """Put a student's cells, their outputs and their verdicts into a notebook of nbgrader's.

    nbgrader itself (`nbgrader.utils.determine_grade`) computes the verdict's points from each graded cell.

    Args:
        notebook: the lab's notebook; all of nbgrader's metadata come from it.
        submitted: the student's cells.
        graded: one outcome for each of them.
        shown: what they show, from `shown_notebook`.
        metadata: the notebook's own ``metadata.gradlab``; see `submission_metadata`.
    """
    released = {cell.grade_id: cell for cell in notebook.released if cell.grade_id is not None}
    ids = _Ids(cell.cell_id for cell in submitted.cells)
    nodes = [
        _node(cell, outcome, released.get(cell.grade_id or ""), its, ids=ids)
        for cell, outcome, its in zip(submitted.cells, graded.outcomes, shown.cells, strict=True)
    ]
    answers = answer_digests(submitted.cells)
    for cell, node in zip(submitted.cells, nodes, strict=True):
        if cell.grade_id in answers and "gradlab" in node.metadata:
            node.metadata["gradlab"][DIGEST] = answers[cell.grade_id]
    return _notebook(nodes, metadata)


def submission_metadata(result: Result) -> dict[str, Any]:
    """A graded notebook's ``metadata.gradlab``: the result of the submission as a whole, without its verdicts.

    The levels of the lab's tests are left out: their reasons may tell a hidden test.
    """
    plain = to_plain(replace(result, cells=()))
    return {name: plain[name] for name in _RESULT_FIELDS}


def read_result(student: str, lab: str, node: Mapping[str, Any]) -> Result:
    """The result that `submission_metadata` was written from, with the verdicts of one notebook.

    Raises:
        KeyError: something is missing.
        MalformedRecordError: something is of another type.
    """
    whole = node["metadata"]["gradlab"]
    verdicts = [
        {"grade_id": cell["metadata"]["nbgrader"]["grade_id"], **_fields(verdict, _VERDICT_FIELDS)}
        for cell in node["cells"]
        if (verdict := cell["metadata"].get("gradlab")) is not None
    ]
    return from_plain(Result, {"student": student, "lab": lab, "cells": verdicts, **_fields(whole, _RESULT_FIELDS)})


def _fields(written: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: written[name] for name in names if name in written or name not in _LATER_FIELDS}


def ungraded_notebook(notebook: LabNotebook, result: Result, verdicts: Sequence[CellVerdict]) -> NotebookNode:
    """Put the reason why a notebook was not graded on top of it as it was released.

    Args:
        notebook: the lab's notebook.
        result: the submission's result.
        verdicts: what the result says about the notebook's graded cells; for those that it does not mention, 0 points,
            or none where the grader broke.
    """
    reason = result.reason or f"{notebook.name}.ipynb was not handed in."
    status = CellStatus.BROKE if result.status is SubmissionStatus.BROKEN else CellStatus.FAILED
    points = None if status is CellStatus.BROKE else 0.0
    given = {verdict.grade_id: verdict for verdict in verdicts}
    ids = _Ids(cell.cell_id for cell in notebook.released)
    on_top = _cell("markdown", ids.unique(None), _not_graded(reason), {})
    nodes = [on_top]
    for cell in notebook.released:
        verdict = None
        if cell.graded and cell.grade_id is not None:
            verdict = given.get(cell.grade_id, CellVerdict(cell.grade_id, points, cell.points, status, reason))
        nodes.append(_node(cell, CellOutcome(verdict=verdict), cell, markup.Cleaned(), ids=ids))
    return _notebook(nodes, submission_metadata(result))


def _not_graded(reason: str) -> str:
    # It may quote the names of the student's files.
    (cleaned,) = markup.clean([markup.Shown(f"**Not graded.** {reason}")])
    return cleaned.source or ""


def _notebook(nodes: list[NotebookNode], gradlab: Mapping[str, Any]) -> NotebookNode:
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python", "file_extension": ".py", "pygments_lexer": "ipython3"},
        "gradlab": dict(gradlab),
    }
    return NotebookNode(cells=nodes, metadata=from_dict(metadata), nbformat=NBFORMAT, nbformat_minor=NBFORMAT_MINOR)


class _Ids:
    """Cell ids, each given out once."""

    def __init__(self, reserved: Iterable[str | None]) -> None:
        self._reserved = {cell_id for cell_id in reserved if cell_id}
        self._given: set[str] = set()
        self._number = 0

    def unique(self, wanted: str | None) -> str:
        if wanted and wanted not in self._given:
            self._given.add(wanted)
            return wanted
        while (made := f"own-{self._number}") in self._reserved | self._given:
            self._number += 1
        self._given.add(made)
        return made


def _node(cell: Cell, outcome: CellOutcome, released: Cell | None, shown: markup.Cleaned, *, ids: _Ids) -> NotebookNode:
    kind = cell.kind if cell.kind in ("code", "markdown") else "raw"
    source = cell.source if shown.source is None else shown.source
    images = html_sanitiser.attachments(cell.attachments) if shown.source is None else shown.attachments
    node = _cell(kind, ids.unique(cell.cell_id), source, _metadata(released, outcome.verdict))
    if kind == "code":
        outputs = html_sanitiser.outputs(_verdict_outputs(outcome)) if cell.role is Role.TEST else shown.outputs
        node["outputs"] = [_output(output) for output in outputs]
        node["execution_count"] = outcome.execution_count
    elif kind == "markdown" and images:
        node["attachments"] = from_dict(images)
    return node


def _cell(kind: str, identity: str, source: str, metadata: Mapping[str, Any]) -> NotebookNode:
    # nbformat's own `new_…_cell` check each cell against its schema, which takes longer than all the rest.
    return NotebookNode(cell_type=kind, id=identity, source=source, metadata=NotebookNode(metadata))


def _output(output: Mapping[str, Any]) -> NotebookNode:
    # `from_dict` would go through each of a figure's thousands of points.
    return NotebookNode({name: NotebookNode(it) if isinstance(it, dict) else it for name, it in output.items()})


def _metadata(released: Cell | None, verdict: CellVerdict | None) -> dict[str, Any]:
    if released is None or released.role is Role.FREE:
        return {}
    nbgrader: dict[str, Any] = {
        "grade_id": released.grade_id,
        "schema_version": 3,
        "cell_type": released.kind,
        **NBGRADER_FLAGS[released.role],
    }
    if released.graded:
        nbgrader["points"] = released.points
    nbgrader["checksum"] = checksum(released)
    metadata: dict[str, Any] = {"nbgrader": nbgrader}
    if verdict is not None:
        plain = to_plain(verdict)
        metadata["gradlab"] = {name: plain[name] for name in _VERDICT_FIELDS}
    return metadata


def _verdict_outputs(outcome: CellOutcome) -> list[dict[str, Any]]:
    """The outputs that mean a verdict to nbgrader: an error for 0 points, a number for some, nothing for all.

    The outputs of the test itself are not shown: a hidden test may have printed them.
    """
    verdict = outcome.verdict
    if verdict is None or verdict.status is CellStatus.PASSED:
        return []
    if verdict.points:
        number = {"text/plain": repr(float(verdict.points))}
        result = {"output_type": "execute_result", "data": number, "metadata": {}, "execution_count": None}
        text = {"output_type": "stream", "name": "stdout", "text": f"{verdict.message}\n"}
        return [text, result] if verdict.message else [result]
    message = verdict.message or f"{verdict.status.value}"
    return [
        {
            "output_type": "error",
            "ename": _ERROR_NAMES.get(verdict.status, "NotYet"),
            "evalue": message,
            "traceback": [part for line in message.split("\n") for part in wrap(line, _LINE) or [""]],
        }
    ]
