"""Run a worked solution in a Jupyter kernel, and make its outputs the same every time."""

import asyncio
import os
import re
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from autograder.build.lab_text import LabText
from autograder.sandbox.accelerator import HIDDEN

UUID = r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"
UNSTABLE = (
    (r"\b0x[0-9a-f]{6,16}\b", "0xADDRESS"),
    (r"/[^\s\"'<>:]*/ipykernel_\d+/\d+\.py", "<cell>"),
    (r"/[^\s\"'<>:]*/site-packages/", ""),
    (r"/[^\s\"'<>:]*/lib/python3\.\d+/", ""),
    (r"/[^\s\"'<>:]*/(?=gradlab/\w+\.py)", ""),
)
"""Pattern → replacement for what differs between runs or machines. The replay of solutions uses them, too."""
CELL_SECONDS = 600
_NAMESPACE = uuid.UUID(int=0)
_NEVER_TEXT = ("image/png", "image/jpeg", "application/pdf")
_ENVIRONMENT = {**HIDDEN, "COLUMNS": "120", "MPLBACKEND": "module://matplotlib_inline.backend_inline"}


def execute(lab_text: LabText, notebook: NotebookNode, folder: Path) -> None:
    """Run a notebook from top to bottom and keep its outputs, made stable by `stabilise`.

    It runs in this interpreter's own kernel, whatever kernels the user has installed, and without a GPU, so that
    the outputs do not depend on the machine.

    Args:
        lab_text: the lab's text, for errors.
        notebook: the notebook, changed in place.
        folder: the working folder, which holds its data files.

    Raises:
        ExpectedError: a cell without the tag ``raises-exception`` raises an error, a cell exceeds its time, or the
            kernel dies.
    """
    metadata = notebook.metadata.copy()
    started = [0]

    def note_start(cell: NotebookNode, cell_index: int) -> None:  # noqa: ARG001 - nbclient names its arguments
        started[0] = cell_index

    with tempfile.TemporaryDirectory(prefix="gradlab-") as sockets:
        # With an empty search path only the native kernel is found: this interpreter's ipykernel.
        manager = AsyncKernelManager(
            kernel_name="python3",
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),
            transport="ipc",
            ip=f"{sockets}/kernel",
            connection_file=f"{sockets}/kernel.json",
        )
        client = NotebookClient(
            notebook,
            km=manager,
            timeout=CELL_SECONDS,
            record_timing=False,
            coalesce_streams=True,
            shutdown_kernel="immediate",
            on_cell_start=note_start,
            resources={"metadata": {"path": str(folder)}},
        )
        try:
            # Without cleanup_kc nbclient would not shut down a manager that it was given.
            asyncio.run(client.async_execute(cleanup_kc=True, env={**os.environ, **_ENVIRONMENT}))
        except CellExecutionError as error:
            problem = f"the worked solution raises {error.ename}: {error.evalue}"
            cure = "Mend the cell, or tag it raises-exception if the error is what it shows."
        except CellTimeoutError:
            problem, cure = f"the worked solution does not end within {CELL_SECONDS} s", "Make the cell shorter."
        except DeadKernelError:
            problem, cure = "the worked solution kills its kernel", "Run the cell on its own to see why."
        else:
            notebook.metadata = metadata
            stabilise(notebook)
            return
    raise lab_text.location_of(notebook.cells[started[0]].id).refuse(problem, cure)


def stabilise(notebook: NotebookNode) -> None:
    """Remove from executed cells, in place, what differs between runs or machines.

    Times, memory addresses and paths of the machine's files are removed. Each random id, which a figure uses in its
    HTML, becomes an id that depends on the cell and the order alone and is still unique.
    """
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type != "code":
            continue
        replace = _numbering(cell.id)
        for output in cell.outputs:
            _stabilise_output(output, replace)


def _stable_text(text: str) -> str:
    for pattern, replacement in UNSTABLE:
        text = re.sub(pattern, replacement, text)
    return text


def _numbering(cell_id: str) -> Callable[[re.Match[str]], str]:
    seen: dict[str, str] = {}

    def replace(match: re.Match[str]) -> str:
        return seen.setdefault(match[0], str(uuid.uuid5(_NAMESPACE, f"{cell_id}/{len(seen)}")))

    return replace


def _stabilise_output(output: NotebookNode, replace: Callable[[re.Match[str]], str]) -> None:
    if output.output_type == "stream":
        output.text = _stable_text(output.text)
    elif output.output_type == "error":
        output.evalue = _stable_text(output.evalue)
        output.traceback = [_stable_text(line) for line in output.traceback]
    else:
        for kind, value in output.data.items():
            if isinstance(value, str) and kind not in _NEVER_TEXT:
                output.data[kind] = re.sub(UUID, replace, _stable_text(value))
