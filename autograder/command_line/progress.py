"""Progress on stderr: how many, how fast, how long it will take."""

from collections.abc import Iterable, Iterator

from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from autograder.command_line.display import messages
from autograder.verdicts import Result


class RateColumn(ProgressColumn):
    """Submissions in a second, or in a minute where they are slow."""

    def render(self, task: Task) -> Text:
        """The rate as text; empty until there is one."""
        speed = task.finished_speed or task.speed
        if not speed:
            return Text("")
        return Text(f"{speed:.1f}/s" if speed >= 1 else f"{60 * speed:.1f}/min")


def followed(results: Iterable[Result], total: int, *, quiet: bool) -> Iterator[Result]:
    """Pass results on as they come, and show on stderr how far they are."""
    if quiet:
        yield from results
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        RateColumn(),
        TimeRemainingColumn(compact=True, elapsed_when_finished=True),
    )
    with Progress(*columns, console=messages()) as progress:
        task = progress.add_task("Grading", total=total)
        for result in results:
            progress.advance(task)
            yield result
