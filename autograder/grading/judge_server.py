"""The coordinator's end of a judge server: the process in which the instructor's notebook runs once.

It then forks a judge for each submission; `autograder.judging.server` is what runs in it.
"""

import os
import socket
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from autograder.cells import LabNotebook
from autograder.errors import ExpectedError
from autograder.judging.case import Case, case_to_plain
from autograder.judging.skipped_cells import SkippedCells, SkipProblem
from autograder.limits import Limits
from autograder.sandbox import subprogram
from autograder.sandbox.accelerator import HIDDEN
from autograder.wall.channel import ANY_SIZE, Channel
from autograder.wall.errors import ConnectionClosedError
from autograder.wire import from_plain, to_plain

_LOG_TAIL_BYTES = 2_000
_END_SECONDS = 5.0


class JudgeServer:
    """Runs the instructor's notebook once and then forks judges. Several threads may use it.

    The process is started at once; the notebook runs in `run_instructor_notebook`, which must be called first.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._unresponsive = False
        self._folder = tempfile.TemporaryDirectory(prefix="autograder-judge-server-")
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `close`
        ours, theirs = socket.socketpair()
        self._connection = ours
        self._channel = Channel(ours, ANY_SIZE)
        with theirs:
            self._process = subprocess.Popen(
                subprogram.command("autograder.judging.server", str(theirs.fileno())),
                pass_fds=[theirs.fileno()],
                cwd=self._folder.name,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
                # Only the coordinator gets interrupts from the keyboard; it ends what it has started.
                start_new_session=True,
            )
        self.modules: tuple[str, ...] = ()
        """Libraries that the notebook imported."""
        self.failures: Mapping[str, str] = {}
        """Tests that the instructor's own solution fails, by grade id, with what they raised."""
        self.points: Mapping[str, float] = {}
        """The partial credit that tests give the instructor's own solution, by grade id."""
        self.skipped: SkippedCells | None = None
        """The cells that are skipped; None if none are."""
        self.problem: SkipProblem | None = None
        """Why tagged cells can't be skipped: what has run is then of no use."""

    def run_instructor_notebook(
        self,
        notebook: LabNotebook,
        files: Mapping[str, bytes],
        limits: Limits,
        skip: SkippedCells | None = None,
        *,
        examine: bool = False,
    ) -> None:
        """Run the instructor's notebook; afterwards `modules` and `failures` are known.

        Args:
            notebook: the lab's notebook.
            files: the lab's data files: path → content.
            limits: what a submission may use.
            skip: the cells that are skipped; None if none are.
            examine: whether to find out if the tagged cells can be skipped; `skipped` and `problem` say so afterwards.

        Raises:
            ExpectedError: the process ended before the notebook had run.
        """
        known = "examine" if examine else to_plain(skip)
        order: dict[str, Any] = {"notebook": to_plain(notebook), "files": dict(files), "skip": known}
        order["output_bytes"] = limits.output_bytes
        try:
            self._channel.send(order)
            report = self._channel.receive()
        except ConnectionClosedError as error:
            log = self.log_tail()
            self.close()
            raise ExpectedError(
                f"The instructor's notebook {notebook.name!r} ended the process in which it ran.\n{log}",
                "Open it in JupyterLab, restart the kernel and run all cells; mend the cell at which it stops.",
            ) from error
        self.modules = tuple(report["modules"])
        self.failures = report["failures"]
        self.points = report["points"]
        skipped, problem = report["skipped"], report["problem"]
        self.skipped = None if skipped is None else from_plain(SkippedCells, skipped)
        self.problem = None if problem is None else from_plain(SkipProblem, problem)

    def fork_judge(self, case: Case) -> tuple[socket.socket, int]:
        """Start a judge.

        Returns:
            The coordinator's end of the connection to it, and its process id.

        Raises:
            ConnectionClosedError: the judge server has ended.
        """
        ours, theirs = socket.socketpair()
        try:
            with self._lock, theirs:
                self._channel.send(case_to_plain(case))
                socket.send_fds(self._connection, [b"f"], [theirs.fileno()])
                process: int = self._channel.receive()
        except (ConnectionClosedError, OSError) as error:
            self._unresponsive = True
            ours.close()
            raise ConnectionClosedError("the judge server has ended") from error
        return ours, process

    @property
    def ended(self) -> bool:
        """Whether the process has ended, so that it forks no judges any more."""
        # A process that was killed closes its connection a moment before `poll` sees it end.
        return self._unresponsive or self._process.poll() is not None

    def log_tail(self) -> str:
        """The end of what the process and its judges have printed, for the message about a failure."""
        try:
            self._log.seek(0, os.SEEK_END)
            self._log.seek(max(0, self._log.tell() - _LOG_TAIL_BYTES))
            return self._log.read().decode("utf-8", "replace").strip()
        except ValueError:
            # Another thread has noticed that the process has ended, and closed the log.
            return ""

    def disconnect(self) -> None:
        """Have the process end; threads that wait for it get `ConnectionClosedError`. Any thread may call it."""
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End the process."""
        self._channel.close()
        try:
            self._process.wait(timeout=_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()
        self._folder.cleanup()


def _environment() -> dict[str, str]:
    # A judge is a fork, and CUDA does not survive a fork; the inline backend is what a notebook has in Jupyter.
    settings = {
        **HIDDEN,
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PLOTLY_RENDERER": "plotly_mimetype",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "NBGRADER_EXECUTION": "autograde",
    }
    return {**os.environ, **settings, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
