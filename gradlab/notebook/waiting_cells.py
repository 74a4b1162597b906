"""Cells that need an unsolved exercise show a message instead of a traceback.

So a new notebook can be run from top to bottom and stays readable.
"""

import ast
from html import escape
from types import CodeType, TracebackType
from typing import Any

from gradlab.notebook.shell import kernel_shell
from gradlab.words import LABELS

_BOX = "border:1px dashed #7f8b97;border-radius:4px;padding:0.4em 1em;margin:0.4em 0;max-width:46em;color:inherit"


class WaitingCells:
    """Shows why a cell has to wait.

    Args:
        shell: IPython's shell in the kernel.
    """

    def __init__(self, shell: Any) -> None:  # noqa: ANN401 - IPython has no types
        self._shell = shell
        self._missing: dict[str, str] = {}

    def install(self) -> None:
        """Handle the errors that stubs raise, and those of names that were not bound because of them."""
        self._shell.set_custom_exc((NotImplementedError, NameError), self._handle)

    def _handle(
        self,
        shell: Any,  # noqa: ANN401 - IPython has no types
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType,
        tb_offset: Any = None,  # noqa: ANN401
    ) -> None:
        message = self._of_stub(error) if isinstance(error, NotImplementedError) else self._of_name(error)
        if message is None:
            shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
        else:
            box = f'<div role="note" lang="{escape(LABELS["language"])}" style="{_BOX}">{escape(message)}</div>'
            shell.display_pub.publish({"text/plain": message, "text/html": box})

    def _of_stub(self, error: NotImplementedError) -> str | None:
        """The message for a stub's error; None if the error has a message of its own or comes from a library."""
        code = _code_that_raised(error, self._shell.user_ns)
        if str(error) or code is None:
            return None
        if code.co_name == "<module>":
            return LABELS["exercise-open"]
        for name in _bound(self._shell.user_ns["In"][-1]):
            self._missing[name] = code.co_name
        return LABELS["waits-for-function"].format(function=code.co_name)

    def _of_name(self, error: BaseException) -> str | None:
        """The message for a missing name; None if the reason is no unsolved exercise."""
        name = getattr(error, "name", None)
        if name not in self._missing or name in self._shell.user_ns:
            return None
        function = self._missing[name]
        for further in _bound(self._shell.user_ns["In"][-1]):
            self._missing.setdefault(further, function)
        return LABELS["waits-for-name"].format(name=name, function=function)


def _code_that_raised(error: BaseException, names: object) -> CodeType | None:
    """The code that raised an error, if it is a cell's or a function's of a cell."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace.tb_frame.f_code if trace is not None and trace.tb_frame.f_globals is names else None


def _bound(source: str) -> set[str]:
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a magic
        return set()
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def install() -> None:
    """Install the messages, if this runs in a notebook's kernel."""
    shell = kernel_shell()
    if shell is not None:
        WaitingCells(shell).install()
