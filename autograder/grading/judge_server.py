"""The coordinator's side of a stage: the process in which an instructor's notebook has run."""

import os
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from autograder.cells import LabNotebook
from autograder.errors import ExpectedError
from autograder.judging.case import Case
from autograder.judging.messages import write_case, write_notebook
from autograder.limits import Limits
from autograder.sandbox import subprogram
from autograder.sandbox.accelerator import HIDDEN
from autograder.wall.channel import Channel
from autograder.wall.faults import StudentGone

_ANY_SIZE = 2**40
_LAST_WORDS = 2_000


class Stage:
    """Runs the instructor's notebook once and then gives out judges. It may be used by several threads.

    The process is started at once; the notebook runs in `rehearse`, which comes before all else.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._silent = False
        self._folder = tempfile.TemporaryDirectory(prefix="autograder-stage-")
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `close`
        ours, theirs = socket.socketpair()
        self._connection = ours
        self._channel = Channel(ours, _ANY_SIZE)
        with theirs:
            self._process = subprocess.Popen(
                subprogram.command("autograder.judging.server", str(theirs.fileno())),
                pass_fds=[theirs.fileno()],
                cwd=self._folder.name,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=self._words,
                stderr=self._words,
                # An interrupt from the keyboard is for the coordinator, which ends what it has started.
                start_new_session=True,
            )
        self.modules: tuple[str, ...] = ()
        """Libraries that the notebook imported."""
        self.failures: Mapping[str, str] = {}
        """Tests that the instructor's own solution fails, by grade id, with what they raised."""

    def rehearse(self, notebook: LabNotebook, files: Mapping[str, bytes], limits: Limits) -> None:
        """Run the instructor's notebook.

        Args:
            notebook: the lab's notebook.
            files: the lab's data files: path → content.
            limits: what a submission may use.

        Raises:
            ExpectedError: the process ended before the notebook had run.
        """
        order = {"notebook": write_notebook(notebook), "files": dict(files), "output_bytes": limits.output_bytes}
        try:
            self._channel.send(order)
            report = self._channel.receive()
        except StudentGone as error:
            words = self.last_words()
            self.close()
            raise ExpectedError(
                f"The instructor's notebook {notebook.name!r} ended the process in which it ran.\n{words}",
                "Open it in JupyterLab, restart the kernel and run all cells; mend the cell at which it stops.",
            ) from error
        self.modules = tuple(report["modules"])
        self.failures = report["failures"]

    def judge(self, case: Case) -> tuple[socket.socket, int]:
        """Start a judge.

        Returns:
            The coordinator's end of the line to it, and its process id.

        Raises:
            StudentGone: the stage has ended.
        """
        ours, theirs = socket.socketpair()
        try:
            with self._lock, theirs:
                self._channel.send(write_case(case))
                socket.send_fds(self._connection, [b"f"], [theirs.fileno()])
                process: int = self._channel.receive()
        except (StudentGone, OSError) as error:
            self._silent = True
            ours.close()
            raise StudentGone("the stage has ended") from error
        return ours, process

    @property
    def ended(self) -> bool:
        """Whether the process has ended, so that no judge can be had of it."""
        # Between its death and the end of its process there is a moment in which it merely says nothing.
        return self._silent or self._process.poll() is not None

    def last_words(self) -> str:
        """The end of what the process and its judges have printed, for the message about a breakdown."""
        try:
            self._words.seek(0, os.SEEK_END)
            self._words.seek(max(0, self._words.tell() - _LAST_WORDS))
            return self._words.read().decode("utf-8", "replace").strip()
        except ValueError:
            # Another thread has found that it has ended, and closed it.
            return ""

    def hang_up(self) -> None:
        """Have the process end; who waits for it is told that it has. Any thread may do so at any time."""
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End the process."""
        self._channel.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._words.close()
        self._folder.cleanup()


def end_judge(process: int) -> None:
    """End a judge that doesn't end by itself."""
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return


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
