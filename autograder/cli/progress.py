"""Progress on stderr: what is being done, how much of it, how fast, how long it will take."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

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
from rich.text import Text

from autograder.cli.display import messages
from autograder.report.wording import seconds

Item = TypeVar("Item")

_LINE = "{what}: {done} of {total} in {time}{rate}"


class Bar:
    """How far the work is. It is handed to whoever does the work, and does nothing where nobody looks.

    Args:
        what: what is being done until the bar is told otherwise.
        progress: Rich's bars; None where nothing is drawn.
    """

    def __init__(self, what: str, progress: Progress | None = None) -> None:
        self._progress = progress
        self._task = progress.add_task(what, total=None) if progress is not None else None
        self._begun = time.monotonic()
        self._what = what
        self._done = 0
        self._total = 0

    def begin(self, what: str, total: int = 0) -> None:
        """Begin a piece of work.

        Args:
            what: what is being done, in a word or two.
            total: of how many steps it consists; 0 where nobody knows.
        """
        self._begun, self._what, self._done, self._total = time.monotonic(), what, 0, total
        if self._progress is not None and self._task is not None:
            self._progress.reset(self._task, description=what, total=total or None)

    def describe(self, what: str) -> None:
        """Say what is being done now; the count of steps goes on."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, description=what)

    def advance(self, steps: int = 1) -> None:
        """Count steps that are done."""
        self._done += steps
        if self._progress is not None and self._task is not None:
            self._progress.advance(self._task, steps)

    def follow(self, what: str, items: Iterable[Item], total: int) -> Iterator[Item]:
        """Pass items on as they come, and count them."""
        self.begin(what, total)
        for item in items:
            self.advance()
            yield item

    def summary(self) -> str:
        """The last piece of work in a line; empty where its steps were not counted."""
        if not self._total:
            return ""
        passed = time.monotonic() - self._begun
        rate = f" ({_rate(self._done / passed)})" if self._done and passed else ""
        return _LINE.format(what=self._what, done=self._done, total=self._total, time=seconds(passed), rate=rate)


class _Count(MofNCompleteColumn):
    """How many of how many; empty where nobody knows."""

    def render(self, task: Task) -> Text:
        return Text("") if task.total is None else super().render(task)


class _Rate(ProgressColumn):
    """Steps in a second, or in a minute where they are slow; empty until there is a rate."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(_rate(speed) if speed and task.total is not None else "")


class _Time(ProgressColumn):
    """The time that is left; the time that has passed where nobody knows how much is left, or nothing is."""

    def __init__(self) -> None:
        super().__init__()
        self._left = TimeRemainingColumn(compact=True, elapsed_when_finished=True)
        self._passed = TimeElapsedColumn()

    def render(self, task: Task) -> Text:
        return self._passed.render(task) if task.total is None else self._left.render(task)


@contextmanager
def shown(what: str, *, quiet: bool) -> Iterator[Bar]:
    """Show on stderr how far the work is: a bar in a terminal, a line at the end elsewhere, nothing if `quiet`.

    Args:
        what: what is being done until the bar is told otherwise.
        quiet: show nothing.
    """
    console = messages()
    if quiet:
        yield Bar(what)
    elif console.is_terminal:
        columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(bar_width=20))
        # The bar goes when the work is done. It never takes what is printed on stdout.
        with Progress(
            *columns, _Count(), _Rate(), _Time(), console=console, transient=True, redirect_stdout=False
        ) as progress:
            yield Bar(what, progress)
    else:
        bar = Bar(what)
        yield bar
        summary = bar.summary()
        if summary:
            console.print(summary, markup=False)


def _rate(speed: float) -> str:
    return f"{speed:.1f}/s" if speed >= 1 else f"{60 * speed:.1f}/min"
