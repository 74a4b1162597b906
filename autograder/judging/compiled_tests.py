"""The instructor's tests, compiled once in the judge server: each judge, a fork of it, only runs them."""

import ast
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from types import CodeType

from IPython.core.displayhook import DisplayHook

from autograder.cells import Cell, Role
from autograder.judging.class_bodies import ask_in_class_bodies
from autograder.wall.callables import read_source
from autograder.wall.ipython_shell import Execution, NotebookShell, captured, run_cell


@dataclass(frozen=True)
class CompiledTest:
    """A test, ready to run.

    Attributes:
        statements: all of it but a last expression.
        value: the last expression, which may be the number of points; None where there is none.
    """

    statements: CodeType
    value: CodeType | None


def compile_tests(
    shell: NotebookShell, cells: Sequence[Cell], student_names: Set[str] = frozenset()
) -> dict[str, CompiledTest]:
    """Compile a notebook's tests, by grade id. A test that can't be compiled runs as any cell does.

    Args:
        shell: the shell in which they will run.
        cells: the notebook's cells.
        student_names: the names that tests ask the student's side for.
    """
    compiled = {
        cell.grade_id or "": _compile(shell, cell.source, student_names) for cell in cells if cell.role is Role.TEST
    }
    return {grade_id: test for grade_id, test in compiled.items() if test is not None}


def _compile(shell: NotebookShell, source: str, student_names: Set[str]) -> CompiledTest | None:
    try:
        text: str = shell.transform_cell(source)
        # Tracebacks find the text under this name, as they do for cells that the shell runs.
        file: str = shell.compile.cache(text, 0, raw_code=source)
        tree = ask_in_class_bodies(shell.transform_ast(shell.compile.ast_parse(text, filename=file)), student_names)
        last = tree.body[-1] if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        statements = ast.Module(tree.body[:-1] if last else tree.body, [])
        compiled = CompiledTest(
            shell.compile(statements, file, "exec"),
            None if last is None else shell.compile(ast.Expression(last.value), file, "eval"),
        )
    except (SyntaxError, ValueError):
        # A top-level ``await`` is a SyntaxError here: only the shell can run it.
        return None
    if last is not None and DisplayHook.semicolon_at_end_of_expression(text):
        return None
    for code in (compiled.statements, *([compiled.value] if compiled.value else [])):
        for function in _functions(code):
            read_source(function)
    return compiled


def _functions(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _functions(constant)


def run_test(shell: NotebookShell, test: CompiledTest | None, source: str) -> Execution:
    """Run a test; what it raises is returned, never raised. Its outputs are dropped.

    Args:
        shell: the shell whose names it uses.
        test: the test, compiled; None if it could not be.
        source: its text.
    """
    if test is None:
        return run_cell(shell, source)
    names = shell.user_ns
    shell.outputs.start()
    shell.shown_error = None
    error, value = None, None
    with captured(shell.outputs), shell.builtin_trap:
        # Matplotlib closes a cell's figures on these events, in tests as elsewhere.
        shell.events.trigger("pre_execute")
        try:
            exec(test.statements, names)  # noqa: S102 - the instructor's own source
            value = None if test.value is None else eval(test.value, names)  # noqa: S307 - likewise
        except BaseException as raised:  # noqa: BLE001 - whatever it is, it becomes the verdict
            error = raised
        shell.events.trigger("post_execute")
    return Execution([], error or shell.shown_error, value, 0)
