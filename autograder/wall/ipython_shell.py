"""An IPython shell that runs a notebook's cells in this process and keeps their outputs in order.

Both sides of the wall run cells in it, so that magics, rich display and top-level ``await`` work as in Jupyter.
"""

import io
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from autograder.wall.cell_syntax import QuickTransformerManager, may_await
from autograder.wall.terminal_text import shown_text

Output = dict[str, Any]
# Of Jupyter's kernel, which the shell alone does not have.
_FRONT_END_MAGICS = ("autosave", "clear", "cls", "connect_info", "less", "man", "more", "qtconsole")
_CUT = "\n… the output of this cell was cut here: it is longer than what is kept.\n"


@dataclass(frozen=True)
class Execution:
    """What running one cell gave.

    Attributes:
        outputs: nbformat 4 outputs, in order.
        error: what the cell raised, or None.
        value: the value of its last expression, or None.
        execution_count: the cell's number.
        earlier: the outputs of earlier cells that it has changed, by their numbers.
    """

    outputs: list[Output]
    error: BaseException | None
    value: Any
    execution_count: int
    earlier: list[tuple[int, list[Output]]] = field(default_factory=list)


class Outputs:
    """The outputs of the cell that is running, in order, up to a limit, as a notebook shows them in the end.

    What was cleared, replaced or written over is gone, and does not count against the limit.

    Args:
        limit: how many characters of output one cell may keep.
        raw: whether text is kept as it was written, for a test that looks at it.
    """

    def __init__(self, limit: int, *, raw: bool = False) -> None:
        self._limit = limit
        self._raw = raw
        self._shown: list[_Shown] = []
        self._kept = 0
        self._is_cut = False
        self._clears_next = False
        self._count = 0
        self._identified: dict[str, list[_Shown]] = {}
        self._earlier: dict[int, list[_Shown]] = {}
        self._updated: set[int] = set()

    def start(self, count: int = 0) -> None:
        """Begin the outputs of another cell, which has this number."""
        if any(it.display_id for it in self._shown):
            self._earlier[self._count] = self._shown
        self._updated.clear()
        self._count = count
        self._shown = []
        self._kept = 0
        self._is_cut = self._clears_next = False

    @property
    def items(self) -> list[Output]:
        """The outputs as nbformat has them."""
        return self._outputs(self._shown)

    @property
    def earlier(self) -> list[tuple[int, list[Output]]]:
        """The outputs of earlier cells of which this cell has updated one: (the cell's number, outputs)."""
        changed = [(count, self._earlier[count]) for count in sorted(self._updated) if count in self._earlier]
        return [(count, self._outputs(shown)) for count, shown in changed]

    def _outputs(self, shown: Iterable["_Shown"]) -> list[Output]:
        return [output for it in shown if (output := it.output(raw=self._raw)) is not None]

    def write(self, stream: str, text: str) -> None:
        """Add text that was printed; consecutive pieces become one output."""
        if not text:
            return
        self._clear_if_due()
        if self._is_cut:
            return
        last = self._shown[-1] if self._shown else None
        if last is None or last.stream != stream:
            last = _Shown(stream=stream)
            self._shown.append(last)
        last.append(text)
        self._kept += len(text)
        if self._kept > self._limit and not self._raw:
            # A progress bar may write its line anew a thousand times.
            self._kept -= last.compact()
        if self._kept > self._limit:
            last.cut(self._kept - self._limit)
            self._cut()

    def add(self, output: Output, size: int, display_id: str = "") -> None:
        """Add a whole output of about that many characters, if it still fits."""
        self._clear_if_due()
        is_error = output["output_type"] == "error"
        if self._is_cut and not is_error:
            return
        if self._kept + size > self._limit and self._shown:
            self._kept -= self._shown[-1].compact()
        if self._kept + size > self._limit and not is_error:
            self._cut()
            return
        self._kept += size
        shown = _Shown(whole=output, size=size, display_id=display_id, count=self._count)
        self._shown.append(shown)
        if display_id:
            self._identified.setdefault(display_id, []).append(shown)

    def update(self, display_id: str, data: dict[str, Any], metadata: dict[str, Any]) -> None:
        """Replace what was displayed under an id, wherever it is still shown, if the new one fits."""
        size = _size(data)
        for shown in self._identified.get(display_id, ()):
            is_here = shown.count == self._count
            if shown.is_cleared or (self._kept if is_here else 0) + size - shown.size > self._limit:
                continue
            self._kept += size - shown.size if is_here else 0
            shown.whole, shown.size = {**(shown.whole or {}), "data": data, "metadata": metadata}, size
            if not is_here:
                self._updated.add(shown.count)

    def _cut(self) -> None:
        self._is_cut = True
        self._kept = self._limit + 1
        if not self._shown or self._shown[-1].stream == "":
            self._shown.append(_Shown(stream="stderr"))
        self._shown[-1].append(_CUT)

    def clear(self, *, wait: bool) -> None:
        """Clear what the cell shows; with `wait` as soon as there is something else to show."""
        self._clears_next = wait
        if not wait:
            for shown in self._shown:
                shown.is_cleared = True
            self._shown = []
            self._kept = 0
            self._is_cut = False

    def _clear_if_due(self) -> None:
        if self._clears_next:
            self.clear(wait=False)


@dataclass
class _Shown:
    """One output.

    Attributes:
        stream: the name of the stream; empty for a whole output.
        whole: a whole output; None for text of a stream.
        size: about how many characters it takes.
        display_id: by which it can be updated.
        count: the number of its cell.
        is_cleared: whether the notebook shows it no longer.
    """

    stream: str = ""
    whole: Output | None = None
    size: int = 0
    display_id: str = ""
    count: int = 0
    is_cleared: bool = False

    def __post_init__(self) -> None:
        self._pieces: list[str] = []
        self._compacted = 0

    def append(self, text: str) -> None:
        self._pieces.append(text)
        self.size += len(text)

    def compact(self) -> int:
        """Drop what was written over; returns how many characters that were.

        It is done again only if the text has doubled, so that all of it together takes linear time.
        """
        if self.whole is not None or self.size < 2 * self._compacted:
            return 0
        before = self.size
        text = shown_text("".join(self._pieces))
        self._pieces, self.size = [text], len(text)
        self._compacted = self.size
        return before - self.size

    def cut(self, characters: int) -> None:
        """Cut so many characters off."""
        text = "".join(self._pieces)
        self._pieces = [text[: max(len(text) - characters, 0)]]

    def output(self, *, raw: bool) -> Output | None:
        """The output as nbformat has it; None if it is empty."""
        if self.whole is not None:
            return self.whole
        written = "".join(self._pieces)
        text = written if raw else shown_text(written)
        return {"output_type": "stream", "name": self.stream, "text": text} if text else None


class _Stream(io.TextIOBase):
    def __init__(self, name: str, outputs: Outputs) -> None:
        self._stream_name = name
        self._outputs = outputs

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._outputs.write(self._stream_name, text)
        return len(text)

    def writable(self) -> bool:
        return True


def _size(data: dict[str, Any]) -> int:
    return sum(len(item if isinstance(item, (str, bytes)) else repr(item)) for item in data.values())


class _Publisher(DisplayPublisher):  # type: ignore[misc]  # IPython has no types
    def publish(self, data: Any, metadata: Any = None, **options: Any) -> None:  # noqa: ANN401 - IPython's interface
        """Show something, or replace what is shown under the same id."""
        display_id = str((options.get("transient") or {}).get("display_id") or "")
        outputs: Outputs = self.shell.outputs
        if options.get("update"):
            outputs.update(display_id, data, metadata or {})
        else:
            output = {"output_type": "display_data", "data": data, "metadata": metadata or {}}
            outputs.add(output, _size(data), display_id)

    def clear_output(self, wait: bool = False) -> None:
        """Clear what the cell shows."""
        self.shell.outputs.clear(wait=bool(wait))


class _Hook(DisplayHook):  # type: ignore[misc]  # IPython has no types
    def write_output_prompt(self) -> None:
        """Write nothing: the number is part of the output."""

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:  # noqa: ANN401 - IPython's interface
        output = {
            "output_type": "execute_result",
            "data": format_dict,
            "metadata": md_dict or {},
            "execution_count": self.prompt_count,
        }
        self.shell.outputs.add(output, _size(format_dict))

    def update_user_ns(self, result: Any) -> None:  # noqa: ANN401 - IPython's interface
        """Keep the result as ``_`` and in ``Out``, which a cell may have cleared with all names."""
        dict.setdefault(self.shell.user_ns, "_oh", {})
        super().update_user_ns(result)

    def finish_displayhook(self) -> None:
        """Write nothing after a result."""
        self._is_active = False


class NotebookShell(InteractiveShell):  # type: ignore[misc]  # IPython has no types
    """A shell whose cells' outputs are kept instead of printed. There is one in a process.

    It must be made with `open_shell`.
    """

    display_pub_class = Type(_Publisher)
    displayhook_class = Type(_Hook)
    outputs: Outputs
    formats_errors = True
    """Whether what a cell raises is one of its outputs, too. Formatting a traceback takes longer than most cells."""

    shown_error: BaseException | None = None
    """What a cell raised that a magic has run: it is shown, and raised no further."""

    def should_run_async(
        self,
        raw_cell: str,
        *,
        transformed_cell: str | None = None,
        preprocessing_exc_tuple: Any = None,  # noqa: ANN401 - IPython's interface
    ) -> bool:
        """Whether a cell awaits something, which IPython finds out by compiling it."""
        if transformed_cell is not None and not may_await(transformed_cell):
            return False
        found: bool = super().should_run_async(
            raw_cell, transformed_cell=transformed_cell, preprocessing_exc_tuple=preprocessing_exc_tuple
        )
        return found

    def ask_exit(self) -> None:
        """Do nothing: ``exit()`` ends no notebook that is graded; the cells below still run."""

    def enable_gui(self, gui: Any = None) -> None:  # noqa: ANN401 - IPython's interface
        """Do nothing: there is no event loop to integrate with."""

    def showtraceback(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - IPython's interface
        """Format the error, if `formats_errors` says so."""
        self.shown_error = sys.exc_info()[1]
        if self.formats_errors:
            super().showtraceback(*args, **options)

    def _format_exception_for_storage(self, *_: Any, **__: Any) -> dict[str, Any]:  # noqa: ANN401 - IPython's
        # Since version 9 IPython formats each error a second time, for a history that is not used here.
        return {}

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        lines = [str(line)[:20_000] for line in stb][:200]
        name = getattr(etype, "__name__", "Error")
        try:
            value = str(evalue)
        except Exception:  # noqa: BLE001 - a student's __str__ may raise anything
            value = "(it has no readable message)"
        self.outputs.add({"output_type": "error", "ename": name, "evalue": value[:20_000], "traceback": lines}, 0)


def open_shell(namespace: dict[str, Any], output_characters: int) -> NotebookShell:
    """Make this process's shell.

    Args:
        namespace: the dictionary in which the cells run; it may be of a subclass.
        output_characters: how many characters of output are kept for a cell.
    """
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.PlainTextFormatter.max_width = 100
    NotebookShell.outputs = Outputs(output_characters)
    shell: NotebookShell = NotebookShell.instance(
        config=config, user_ns=namespace, input_transformer_manager=QuickTransformerManager()
    )
    shell.enable_matplotlib("inline")
    # ``len?`` opens a pane in Jupyter, and is no output of the notebook.
    shell.set_hook("show_in_pager", _open_pager, 0)
    for name in _FRONT_END_MAGICS:
        shell.register_magic_function(_do_nothing, "line", name)
    return shell


def _open_pager(*_: object, **__: object) -> None:
    """Show nothing."""


def _do_nothing(_: str) -> None:
    """Do nothing: a magic that sets up the page in which a notebook is written."""


def reuse_shell(output_characters: int) -> NotebookShell:
    """This process's shell, which `open_shell` made before the fork, with another limit on its outputs."""
    shell: NotebookShell = NotebookShell.instance()
    shell.outputs = Outputs(output_characters)
    return shell


def run_cell(shell: NotebookShell, source: str) -> Execution:
    """Run one cell; what it raises is returned, never raised."""
    shell.outputs.start(shell.execution_count)
    shell.shown_error = None
    with captured(shell.outputs):
        result = shell.run_cell(source, store_history=True)
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    error = result.error_before_exec or result.error_in_exec or shell.shown_error
    outputs = shell.outputs
    return Execution(outputs.items, error, result.result, shell.execution_count - 1, outputs.earlier)


@contextmanager
def captured(outputs: Outputs) -> Iterator[None]:
    """Add what is printed to these outputs."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _Stream("stdout", outputs), _Stream("stderr", outputs)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


@contextmanager
def captured_prints(characters: int) -> Iterator[Outputs]:
    """Capture what is printed, for the test that called; it must not show in the feedback.

    Args:
        characters: how many of them are kept.

    Yields:
        Stream outputs, as they come.
    """
    outputs = Outputs(characters, raw=True)
    with captured(outputs):
        yield outputs
