"""Run a worked solution in a real Jupyter kernel."""

import asyncio
import os
import tempfile
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from autograder.build.lesson import Lesson
from autograder.build.stabilise import stabilise
from autograder.sandbox.accelerator import HIDDEN

CELL_SECONDS = 600
_ENVIRONMENT = {**HIDDEN, "COLUMNS": "120", "MPLBACKEND": "module://matplotlib_inline.backend_inline"}


def execute(lesson: Lesson, notebook: NotebookNode, folder: Path) -> None:
    """Run a notebook from top to bottom and keep its outputs, stabilised.

    It runs in this interpreter's own kernel, whatever kernels the user has installed, and without a GPU, so that
    the outputs are the same wherever the lab is built.

    Args:
        lesson: the lab's text, for errors.
        notebook: the notebook, changed in place.
        folder: where to run it: the folder that holds its data files.

    Raises:
        ExpectedError: a cell raises an error that it does not announce with the tag ``raises-exception``, does not
            come to an end, or kills its kernel.
    """
    metadata = notebook.metadata.copy()
    started = [0]

    def note_start(cell: NotebookNode, cell_index: int) -> None:  # noqa: ARG001 - nbclient names its arguments
        started[0] = cell_index

    with tempfile.TemporaryDirectory(prefix="gradlab-") as sockets:
        # An empty search path leaves the native kernel alone: this interpreter's ipykernel.
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
            # Whatever happens, the kernel and its sockets end: nbclient leaves a manager that it was given alone.
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
    raise lesson.place_of(notebook.cells[started[0]].id).refuse(problem, cure)
