"""An IPython shell that runs a notebook's cells in this process and keeps their outputs in order.

Both sides of the wall run cells in it, so that magics, rich display and top-level ``await`` work as in Jupyter.
"""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

Output = dict[str, Any]
_CUT = "\n… the output of this cell was cut here: it is longer than what is kept.\n"


@dataclass(frozen=True)
class Execution:
    """What running one cell gave.

    Attributes:
        outputs: nbformat 4 outputs, in order.
        error: what the cell raised, or None.
        value: the value of its last expression, or None.
        execution_count: the cell's number.
    """

    outputs: list[Output]
    error: BaseException | None
    value: Any
    execution_count: int


class Outputs:
    """The outputs of the cell that is running, in order, up to a limit.

    Args:
        limit: how many characters of output one cell may keep.
    """

    def __init__(self, limit: int) -> None:
        self._items: list[Output] = []
        # Of the last output, if it is text: put together once, or each line would copy all that came before.
        self._pieces: list[str] = []
        self._limit = limit
        self._kept = 0

    def start(self) -> None:
        """Clear the last cell's outputs."""
        self._items = []
        self._pieces = []
        self._kept = 0

    @property
    def items(self) -> list[Output]:
        """The outputs, as nbformat has them."""
        if self._pieces:
            self._items[-1]["text"] = "".join(self._pieces)
            self._pieces = [self._items[-1]["text"]]
        return self._items

    def write(self, stream: str, text: str) -> None:
        """Add text that was printed; consecutive pieces become one output."""
        text = self._fit(text)
        if not text:
            return
        if not self._pieces or self._items[-1]["name"] != stream:
            self._append({"output_type": "stream", "name": stream, "text": ""})
        self._pieces.append(text)

    def add(self, output: Output, size: int) -> None:
        """Add a whole output of about that many characters, if it still fits."""
        if self._kept + size <= self._limit or output["output_type"] == "error":
            self._kept += size
            self._append(output)
        else:
            self.write("stderr", _CUT if self._kept <= self._limit else "")
            self._kept = self._limit + 1

    def _append(self, output: Output) -> None:
        self.items.append(output)
        self._pieces = []

    def _fit(self, text: str) -> str:
        if self._kept > self._limit:
            return ""
        self._kept += len(text)
        return text if self._kept <= self._limit else text[: len(text) - (self._kept - self._limit)] + _CUT


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
    def publish(self, data: Any, metadata: Any = None, **_: Any) -> None:  # noqa: ANN401 - IPython's interface
        self.shell.outputs.add({"output_type": "display_data", "data": data, "metadata": metadata or {}}, _size(data))


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
    config.InteractiveShell.cache_size = 0
    config.PlainTextFormatter.max_width = 100
    NotebookShell.outputs = Outputs(output_characters)
    shell: NotebookShell = NotebookShell.instance(config=config, user_ns=namespace)
    shell.enable_matplotlib("inline")
    return shell


def reuse_shell(output_characters: int) -> NotebookShell:
    """This process's shell, which `open_shell` made before the fork, with another limit on its outputs."""
    shell: NotebookShell = NotebookShell.instance()
    shell.outputs = Outputs(output_characters)
    return shell


def run_cell(shell: NotebookShell, source: str) -> Execution:
    """Run one cell; what it raises is returned, never raised."""
    shell.outputs.start()
    shell.shown_error = None
    with captured(shell.outputs):
        result = shell.run_cell(source, store_history=True)
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    error = result.error_before_exec or result.error_in_exec or shell.shown_error
    return Execution(shell.outputs.items, error, result.result, shell.execution_count - 1)


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
        What was printed.
    """
    outputs = Outputs(characters)
    with captured(outputs):
        yield outputs
