"""Progress on stderr: what is being done, how much of it, how fast, how long it will take."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from autograder.cli.display import messages
from autograder.formatting import seconds

Item = TypeVar("Item")


class Bar:
    """An `autograder.progress.Progress` that is displayed in a terminal.

    Args:
        progress: Rich's display; it counts even where it is disabled.
        what: what is being done at first.
    """

    def __init__(self, progress: Progress, what: str) -> None:
        self._progress = progress
        self._task = progress.add_task(what, total=None)
        self._what = what

    def begin(self, what: str, total: int = 0) -> None:
        """Begin a piece of work."""
        self._progress.remove_task(self._task)
        self._task = self._progress.add_task(what, total=total or None)
        self._what = what

    def describe(self, what: str) -> None:
        """Say what is being done now."""
        self._progress.update(self._task, description=what)

    def advance(self, steps: int = 1) -> None:
        """Count steps that are done."""
        self._progress.advance(self._task, steps)

    def follow(self, what: str, items: Iterable[Item], total: int) -> Iterator[Item]:
        """Pass items on as they come, and count them."""
        self.begin(what, total)
        for item in items:
            self.advance()
            yield item

    def summary(self) -> str:
        """The last piece of work in a line; empty if the number of its steps is unknown."""
        (task,) = self._progress.tasks
        if task.total is None:
            return ""
        elapsed = task.elapsed or 0.0
        rate = f" ({_per_time(task.completed / elapsed)})" if task.completed and elapsed else ""
        return f"{self._what}: {int(task.completed)} of {int(task.total)} in {seconds(elapsed)}{rate}"


class _IfCounted(ProgressColumn):
    """A column where the number of steps is known; another one, or nothing, where it is unknown."""

    def __init__(self, counted: ProgressColumn, otherwise: ProgressColumn | None = None) -> None:
        super().__init__()
        self._counted = counted
        self._otherwise = otherwise

    def render(self, task: Task) -> RenderableType:
        column = self._counted if task.total is not None else self._otherwise
        return column(task) if column is not None else ""


class _Rate(ProgressColumn):
    """Steps in a second, or in a minute if they are slow: Rich has no such column but for bytes."""

    def render(self, task: Task) -> RenderableType:
        speed = task.finished_speed or task.speed
        return _per_time(speed) if speed else ""


@contextmanager
def shown(what: str, *, quiet: bool) -> Iterator[Bar]:
    """Show on stderr how far the work is: a bar in a terminal, a line at the end elsewhere, nothing if `quiet`.

    Args:
        what: what is being done at first.
        quiet: show nothing.
    """
    console = messages()
    # Rich must not redirect stdout: a result may be printed while the bar is there.
    progress = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        _IfCounted(MofNCompleteColumn()),
        _IfCounted(_Rate()),
        _IfCounted(TimeRemainingColumn(compact=True, elapsed_when_finished=True), TimeElapsedColumn()),
        console=console,
        transient=True,
        redirect_stdout=False,
        disable=quiet or not console.is_terminal,
    )
    bar = Bar(progress, what)
    with progress:
        yield bar
    if progress.disable and not quiet and (summary := bar.summary()):
        console.print(summary, markup=False)


def _per_time(speed: float) -> str:
    return f"{speed:.1f}/s" if speed >= 1 else f"{60 * speed:.1f}/min"
