"""The process in which the instructor's notebook runs once, and which forks a judge for each submission.

It is started by `autograder.grading.judge_server` with the number of the socket that leads to the coordinator. The
garbage collector is off while it is imported.
"""

import gc
import importlib
import os
import select
import shutil
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

from autograder.cells import LabNotebook
from autograder.judging.instructor import Rehearsal, rehearse
from autograder.judging.judge import Judge
from autograder.judging.messages import read_case, read_notebook, write_profile
from autograder.judging.supervisor import Supervisor
from autograder.sandbox import huge_pages, kernel, procfs
from autograder.wall.channel import Channel
from autograder.wall.faults import StudentGone
from autograder.wall.namespace import Namespace
from autograder.wall.profile import Recorder
from autograder.wall.shell import NotebookShell, open_shell

_ANY_SIZE = 2**40


def main() -> None:
    """Run the instructor's notebook, say what came of it, and fork judges until the coordinator has gone."""
    gc.enable()
    folder = Path.cwd()
    connection = socket.socket(fileno=int(sys.argv[1]))
    channel = Channel(connection, _ANY_SIZE)
    try:
        with _watched(connection, folder):
            order = channel.receive()
            rehearsed = _rehearse(channel, order)
        os.chdir(folder)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        gc.collect()
        gc.freeze()
        huge_pages.gather()
        _serve(connection, channel, order["files"], *rehearsed)
    except StudentGone:
        pass
    finally:
        _clear_up(folder)


@contextmanager
def _watched(connection: socket.socket, folder: Path) -> Iterator[None]:
    """End as soon as the coordinator has gone, whatever the notebook is doing, be it for ever."""
    over, ours = socket.socketpair()

    def watch() -> None:
        poller = select.poll()
        poller.register(connection, select.POLLRDHUP)
        poller.register(over, select.POLLIN)
        if connection.fileno() in dict(poller.poll()):
            _clear_up(folder)
            os._exit(1)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        # Judges are forked later, and a fork takes along no other thread.
        ours.close()
        watcher.join()
        over.close()


def _clear_up(folder: Path) -> None:
    """End the judges, and remove the folder: a coordinator that was killed can't."""
    procfs.kill_descendants()
    os.chdir("/")
    shutil.rmtree(folder, ignore_errors=True)


def _rehearse(channel: Channel, order: dict[str, Any]) -> tuple[LabNotebook, Rehearsal, NotebookShell, Namespace]:
    _enter_folder("rehearsal", order["files"])
    # As in Jupyter: helper modules lie beside the notebook. They are the instructor's; a student's never come here.
    sys.path.insert(0, "")
    # One thread: a fork takes along no other.
    torch.set_num_threads(1)
    notebook = read_notebook(order["notebook"])
    namespace = Namespace()
    shell = open_shell(namespace, order["output_bytes"])
    shell.tells_errors = False
    before = set(sys.modules)
    rehearsal = rehearse(shell, namespace, notebook.source)
    modules = [name for name in set(sys.modules) - before if _installed(sys.modules[name])]
    channel.send({"modules": sorted(modules), "failures": dict(rehearsal.failures)})
    _forget_modules()
    return notebook, rehearsal, shell, namespace


def _enter_folder(name: str, files: dict[str, bytes]) -> None:
    """Make a folder with the lab's data files, and work in it."""
    Path(name).mkdir()
    os.chdir(name)
    for path, content in files.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(content)


def _forget_modules() -> None:
    """Forget the modules of the rehearsal's folder: a solution cell may have written them."""
    folder = Path.cwd()
    for name, module in list(sys.modules.items()):
        place = getattr(module, "__file__", None)
        if place is not None and Path(place).absolute().is_relative_to(folder):
            del sys.modules[name]
    importlib.invalidate_caches()


def _installed(module: ModuleType) -> bool:
    """Whether a module is a library's: the student's side has those, and not the lab's own."""
    place = getattr(module, "__file__", None)
    return place is not None and Path(place).is_relative_to(sys.prefix)


def _serve(
    connection: socket.socket,
    channel: Channel,
    files: dict[str, bytes],
    notebook: LabNotebook,
    rehearsal: Rehearsal,
    shell: NotebookShell,
    namespace: Namespace,
) -> None:
    while True:
        message = channel.receive()
        _, descriptors, _, _ = socket.recv_fds(connection, 1, 1)
        line = socket.socket(fileno=descriptors[0])
        process = os.fork()
        if process == 0:
            connection.close()
            _judge(line, message, files, notebook, rehearsal, shell, namespace)
        line.close()
        channel.send(process)


def _judge(
    line: socket.socket,
    message: dict[str, object],
    files: dict[str, bytes],
    notebook: LabNotebook,
    rehearsal: Rehearsal,
    shell: NotebookShell,
    namespace: Namespace,
) -> None:
    try:
        # Test code may start processes of its own and wait for them.
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        # If the stage is killed, nobody could end a judge that hangs.
        kernel.die_with_parent(signal.SIGKILL)
        # What the instructor's cells have written is the solution's; and tests may write files, too.
        _enter_folder(f"judge-{os.getpid()}", files)
        case = read_case(message)
        supervisor = Supervisor(line, Channel(line, _ANY_SIZE))
        released = {cell.grade_id: cell for cell in notebook.released if cell.grade_id is not None}
        Judge(case, rehearsal, released, shell, namespace, supervisor).judge()
        measure = case.measure
        supervisor.finish(write_profile(measure.finish()) if isinstance(measure, Recorder) else {})
    except BaseException:  # noqa: BLE001 - a fork must never return into the server's loop
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    main()
