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
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import torch

from autograder import kernel
from autograder.cells import LabNotebook, Role
from autograder.judging.case import case_from_plain
from autograder.judging.cell_notes import CellNotes
from autograder.judging.coordinator_client import CoordinatorClient
from autograder.judging.forks import ForkInWaiting
from autograder.judging.instructor_run import InstructorRun, notes_with_all_cells, run_instructor_notebook
from autograder.judging.judge import Judge, Preparation
from autograder.judging.skip_watch import ReliesOnSkippedCellsError
from autograder.judging.skipped_cells import CellNote, SkippedCells, SkipProblem, examine, tagged_cells
from autograder.python_names import imported_packages
from autograder.sandbox import huge_pages, procfs
from autograder.wall.channel import ANY_SIZE, Channel
from autograder.wall.errors import ConnectionClosedError
from autograder.wall.ipython_shell import NotebookShell, open_shell
from autograder.wall.namespace import Namespace
from autograder.wire import from_plain, to_plain

# In a checkout, gradlab lies beside this package, and not below the interpreter's folders.
_INSTALLED: Final = (sys.prefix, sys.base_prefix, Path(__file__).resolve().parents[2] / "gradlab")


def main() -> None:
    """Run the instructor's notebook, report on it, and fork judges until the coordinator has ended."""
    # No collection goes through what was imported.
    gc.freeze()
    gc.enable()
    folder = Path.cwd()
    connection = socket.socket(fileno=int(sys.argv[1]))
    channel = Channel(connection, ANY_SIZE)
    try:
        with _end_with_coordinator(connection, folder):
            order = channel.receive()
            preparation = _prepare(channel, order)
        os.chdir(folder)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        gc.collect()
        gc.freeze()
        huge_pages.gather()
        _serve(connection, channel, order["files"], preparation)
    except ConnectionClosedError:
        pass
    finally:
        _clear_up(folder)


@contextmanager
def _end_with_coordinator(connection: socket.socket, folder: Path) -> Iterator[None]:
    """End this process as soon as the coordinator has ended, even if the notebook runs without end."""
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
        # Judges are forked later, and a fork has no thread but the one that forked.
        ours.close()
        watcher.join()
        over.close()


def _clear_up(folder: Path) -> None:
    """End the judges, and remove the folder: a coordinator that was killed can't."""
    procfs.kill_descendants()
    os.chdir("/")
    shutil.rmtree(folder, ignore_errors=True)


def _prepare(channel: Channel, order: dict[str, Any]) -> Preparation:
    _enter_folder("instructor", order["files"])
    # As in Jupyter: helper modules are imported from the folder of the notebook. They are the instructor's; no
    # file of a student's is ever in it.
    sys.path.insert(0, "")
    # One thread: a fork has no other.
    torch.set_num_threads(1)
    notebook = from_plain(LabNotebook, order["notebook"])
    namespace = Namespace()
    shell = open_shell(namespace, order["output_bytes"])
    shell.formats_errors = False
    before = set(sys.modules)
    run, problem = _run_notebook(shell, namespace, notebook, order["skip"])
    modules = [name for name in set(sys.modules) - before if _installed(sys.modules[name])]
    report = {"modules": sorted(modules), "failures": dict(run.failures), "points": dict(run.points)}
    channel.send(report | {"skipped": to_plain(run.skipped), "problem": to_plain(problem)})
    _forget_modules()
    released = {cell.grade_id: cell for cell in notebook.released if cell.grade_id is not None}
    packages = imported_packages(cell.source for cell in notebook.source if cell.kind == "code")
    lesson = tuple(cell for cell in notebook.released if cell.role in (Role.FREE, Role.LOCKED))
    return Preparation(run, released, lesson, shell, namespace, packages)


def _run_notebook(
    shell: NotebookShell,
    namespace: Namespace,
    notebook: LabNotebook,
    skip: Any,  # noqa: ANN401 - plain data
) -> tuple[InstructorRun, SkipProblem | None]:
    """Run the instructor's notebook.

    Args:
        shell: a fresh shell.
        namespace: its names.
        notebook: the notebook.
        skip: what is known of the cells that are skipped, as plain data; None to skip none; "examine" to find out
            whether the tagged ones can be, while a fork of this process runs all of them.

    Returns:
        The run, and why the tagged cells can't be skipped: the run is then of no use.
    """
    cells = notebook.source
    if skip != "examine":
        skipped = None if skip is None else from_plain(SkippedCells, skip)
        return run_instructor_notebook(shell, namespace, cells, notebook.released, skipped), None

    def work() -> dict[str, Any]:
        # Files that it writes must not be there for the other run.
        shutil.copytree(".", "../with-all-cells")
        os.chdir("../with-all-cells")
        return {"notes": list(to_plain(notes_with_all_cells(shell, namespace, cells)).items())}

    with_all = ForkInWaiting(work)
    with_all.begin()
    notes = CellNotes(shell, namespace)
    skipped = SkippedCells(tuple(sorted(tagged_cells(cells))), frozenset())
    run = run_instructor_notebook(shell, namespace, cells, notebook.released, skipped, notes=notes)
    report = with_all.report()
    if report is None:
        return run, SkipProblem(None, "the notebook ends the process in which it runs", "Mend it.")
    found = examine(cells, {index: from_plain(CellNote, note) for index, note in report["notes"]}, notes.notes)
    if isinstance(found, SkipProblem):
        return run, found
    return replace(run, skipped=found), None


def _enter_folder(name: str, files: dict[str, bytes]) -> None:
    """Make a folder with the lab's data files, and work in it."""
    Path(name).mkdir()
    os.chdir(name)
    for path, content in files.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(content)


def _forget_modules() -> None:
    """Forget the modules of the folder in which the notebook ran: a solution cell may have written them."""
    folder = Path.cwd()
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file is not None and Path(file).absolute().is_relative_to(folder):
            del sys.modules[name]
    importlib.invalidate_caches()


def _installed(module: ModuleType) -> bool:
    """Whether a module is a library's, Python's own or gradlab's, which the student's side has, and not the lab's."""
    file = getattr(module, "__file__", None)
    if file is None or module.__name__.partition(".")[0] == "autograder":
        # Of this program the student's side has what it needs.
        return False
    return any(Path(file).is_relative_to(place) for place in _INSTALLED)


def _serve(connection: socket.socket, channel: Channel, files: dict[str, bytes], preparation: Preparation) -> None:
    while True:
        message = channel.receive()
        _, descriptors, _, _ = socket.recv_fds(connection, 1, 1)
        coordinator = socket.socket(fileno=descriptors[0])
        process = os.fork()
        if process == 0:
            connection.close()
            _judge(coordinator, message, files, preparation)
        coordinator.close()
        channel.send(process)


def _judge(
    connection: socket.socket, message: dict[str, Any], files: dict[str, bytes], preparation: Preparation
) -> None:
    try:
        # Test code may start processes of its own and wait for them.
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        # If this server is killed, nothing else ends a judge that hangs.
        kernel.die_with_parent(signal.SIGKILL)
        # What the instructor's cells have written is the solution's; and tests may write files, too.
        _enter_folder(f"judge-{os.getpid()}", files)
        case = case_from_plain(message)
        coordinator = CoordinatorClient(connection)
        try:
            Judge(case, preparation, coordinator).judge()
        except ReliesOnSkippedCellsError as error:
            coordinator.judge_again(str(error))
        else:
            recorded = case.profile.finish()
            coordinator.finish({} if recorded is None else to_plain(recorded))
    except BaseException:  # noqa: BLE001 - a fork must never return into the server's loop
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    main()
