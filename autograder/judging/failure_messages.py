"""Messages to the student about a cell or a call that was stopped: which one, after how long, and how it ended.

The messages name cells and functions, which the student has too, and never the arguments with which a test calls them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.cells import ANSWERS, Cell, Role
from autograder.limits import Limits
from autograder.sandbox.accelerator import accelerator_for
from autograder.sandbox.device_errors import asks_for_gpu, lost_gpu
from autograder.verdicts import CellStatus
from autograder.wall.errors import ConnectionClosedError, DeadlineExceededError

"""What ran out, in a verdict's message."""

NOT_WRITTEN = "This exercise is not written yet: your code stops at `raise NotImplementedError()`."
"""What is said of an answer that was left as it was handed out."""

_KINDS = {Role.SOLUTION: "cell of the exercise", Role.TEST: "test"}
_LONGEST_LINE = 60
_GIBIBYTE = 1024**3
_NO_MEMORY = ("can't allocate memory", "not enough memory", "unable to allocate")
_USUAL_CAUSES = {
    "SIGKILL": "as happens when the machine's memory runs out",
    "signal 9)": "as happens when the machine's memory runs out",
    "SIGSEGV": "as happens when a function in compiled code calls itself without end",
    "SIGABRT": "as happens when compiled code runs out of memory",
}


@dataclass(frozen=True)
class StoppedCell:
    """A cell of the student's that did not run to its end.

    Attributes:
        status: the status of a test that lacks what the cell would have defined.
        message: which cell, how, after how long.
        in_answer: whether it was an answer's own cell. Any other cell explains a missing name and nothing else.
    """

    status: CellStatus
    message: str
    in_answer: bool


def name_cell(cell: Cell) -> str:
    """A name by which the student finds a cell."""
    if cell.grade_id is not None:
        return f"the {_KINDS.get(cell.role, 'cell')} '{cell.grade_id}'"
    first = next((line.strip() for line in cell.source.splitlines() if line.strip()), "")
    return f"the cell that begins with `{first[:_LONGEST_LINE]}{'…' if len(first) > _LONGEST_LINE else ''}`"


def timed_out_cell(cell: Cell, seconds: float) -> StoppedCell:
    """A cell that was interrupted."""
    name = capital(name_cell(cell))
    message = f"{name} had not come to an end after {_time(seconds)}. Does a loop in it run for ever?"
    return StoppedCell(CellStatus.TIMED_OUT, message, cell.role in ANSWERS)


def ended_process_cell(cell: Cell, ending: str) -> StoppedCell:
    """A cell in which the process ended."""
    message = f"In {name_cell(cell)} the process in which your notebook runs {_with_cause(ending)}."
    return StoppedCell(CellStatus.ERROR, message, cell.role in ANSWERS)


def out_of_resources_cell(cell: Cell, failed: object, limits: Limits) -> StoppedCell | None:
    """A cell that asked for more memory than there is, for a GPU where there is none, or that made the GPU fail.

    Args:
        cell: the cell.
        failed: the error as the student's side describes it; it may be anything.
        limits: what the submission may use.
    """
    kind, raised, frames = error_of(failed)
    explanation = explain_resources(kind, raised, limits)
    if not explanation:
        return None
    message = f"{capital(name_cell(cell))} {explanation}"
    if asks_for_gpu(raised) or lost_gpu(raised):
        message += "\n" + "\n".join(filter(None, (f"It raised {kind}: {raised}", frames)))
    return StoppedCell(CellStatus.ERROR, message, cell.role in ANSWERS)


def first_stop(cells: Sequence[Cell], stops: Mapping[int, StoppedCell], test: int) -> StoppedCell | None:
    """The first stopped cell of a test's exercise, which begins below the test before it."""
    first = next((i + 1 for i in range(test - 1, -1, -1) if cells[i].role is Role.TEST), 0)
    return next((stops[i] for i in range(first, test) if i in stops), None)


def explain_timeout(fault: DeadlineExceededError, limits: Limits) -> str:
    """The message about a test that did not end in time; it names the call that it waited for, if it did."""
    whole = f"With your answer the test had not come to an end after {_time(limits.cell_seconds)}"
    if not fault.question:
        return f"{whole}. Is a number that your code gives too large, or a sequence without end?"
    waited = f"{capital(fault.question)} by the test and had not come back after {_time(fault.waited)}"
    if fault.waited < limits.call_seconds:
        waited = f"{whole}; {fault.question} last, and had run for {_time(fault.waited)}"
    return f"{waited}. Does one of its loops run for ever?"


def explain_ended_process(fault: ConnectionClosedError, ending: str) -> str:
    """The message about a test during which the student's process ended."""
    asked = f"{capital(fault.question)} by the test, and the" if fault.question else "The"
    return f"{asked} process in which your code ran {_with_cause(ending) if ending else f'could not go on: {fault}'}."


def _with_cause(ending: str) -> str:
    """How a process ended, with the usual cause where the ending does not name it."""
    cause = next((words for sign, words in _USUAL_CAUSES.items() if sign in ending), "")
    return f"{ending}, {cause}" if cause else ending


def explain_used_time(seconds: float, name: str, spent: float) -> str:
    """The message once the time for the whole notebook is used up.

    Args:
        seconds: the time that it had.
        name: the cell that took the most of it; empty if none has run.
        spent: how long that cell took, in seconds.
    """
    most = f"; most of it went into {name} ({_time(spent)})" if name else ""
    return f"The time for the whole notebook ({_time(seconds)}) was used up before this cell was over{most}."


def explain_resources(kind: str, message: str, limits: Limits) -> str:
    """The message about an error for lack of memory or of a GPU, or after a failure of the GPU; else empty.

    Returns:
        The end of a sentence whose subject is the code, with its full stop.
    """
    if explanation := accelerator_for(limits).explain(message):
        return explanation
    if _is_out_of_memory(kind, message):
        return f"needed more than the {_gibibytes(limits.memory_bytes)} of memory that a submission may use."
    return ""


def error_of(failed: object) -> tuple[str, str, str]:
    """The class, the message and the student's lines of an error, as the student's side describes it."""
    said = failed if isinstance(failed, dict) else {}
    types, message, frames = said.get("types"), said.get("message"), said.get("traceback")
    name = types[0] if isinstance(types, list) and types and isinstance(types[0], str) else ""
    kind = name.rpartition(".")[2]
    return kind, message if isinstance(message, str) else "", frames if isinstance(frames, str) else ""


def _is_out_of_memory(kind: str, message: str) -> bool:
    """Whether an error says that memory ran out: Python's, NumPy's, or PyTorch's."""
    return kind.endswith("MemoryError") or (
        kind == "RuntimeError" and any(words in message.lower() for words in _NO_MEMORY)
    )


def _gibibytes(count: int) -> str:
    return f"{round(count / _GIBIBYTE, 2):g} GiB"


def capital(words: str) -> str:
    """Words with a capital letter at the beginning."""
    return words[:1].upper() + words[1:]


def _time(seconds: float) -> str:
    shown = round(seconds, 1)
    return f"{shown:g} second{'' if shown == 1 else 's'}"
