"""What keeps a test from the wall, and how to write it so that it runs there: the one place for these sentences."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from autograder.python_names import imported_names, statements


@dataclass(frozen=True)
class _Sentences:
    """What an instructor reads.

    Attributes:
        message: what the test does, a clause about "it".
        cure: how to write it, a sentence.
    """

    message: str
    cure: str


class WallObstacle(Enum):
    """A kind of thing that a test does and that can't be done across the wall."""

    OBJECT = _Sentences(
        "it hands student code an object that cannot be sent as plain data",
        "Hand over plain data (numbers, texts, lists, arrays, tables), or make the object in a function of a locked "
        "cell and let student code call that.",
    )
    FUNCTION = _Sentences(
        "it hands student code a function that cannot be sent",
        "Define the function in a locked cell of the lesson, so that the student's side has it, too, or let it use its "
        "arguments and imported libraries alone.",
    )
    SIZE = _Sentences(
        "it hands over or asks for a value that is too large or nested too deeply",
        "Use a smaller value, or let a function of the lesson make it or sum it up.",
    )
    PATCH = _Sentences(
        "it replaces something in a module or a built-in function",
        "Test what the answer returns, or give the answer what it shall use or call as an argument.",
    )
    PROCESS = _Sentences(
        "it looks at the process of the notebook: `In`, `dir()`, `globals()`, `sys.modules` or the like",
        "Use the student's names themselves: where one is missing, the student reads which.",
    )
    FILE = _Sentences(
        "it reads or writes a file that student code uses",
        "Let a function that the student writes read the file, and compare what it returns.",
    )
    IDENTITY = _Sentences(
        "it asks whether two objects are the same one, or exactly of which class one is",
        "Compare values with `==`, or use `isinstance`.",
    )
    BLIND = _Sentences(
        "it asks nothing of the student's notebook",
        "Use a name that the answer defines, and compare its value.",
    )
    TIME = _Sentences(
        "it does not come to an end in time",
        "Ask for a list or an array at once instead of item by item, or use fewer inputs.",
    )
    OWN_ERROR = _Sentences(
        "it stops with an error of its own",
        "Mend the test, or the cell that should define what it uses: the worked solution must pass it.",
    )
    OTHER = _Sentences(
        "it needs the process in which student code runs",
        "Call what the student wrote, and compare plain data that comes back.",
    )

    @property
    def message(self) -> str:
        """What the test does, a clause about "it"."""
        return self.value.message

    @property
    def cure(self) -> str:
        """How to write the test so that it runs at the wall, a sentence."""
        return self.value.cure


_SIGNS: Final = (
    (WallObstacle.SIZE, r"too large|too deep|too long a|layout|recursion|\d nested"),
    (
        WallObstacle.FUNCTION,
        r"judge's side only|source text can't be found|such a function may use|uses the unknown name",
    ),
    (WallObstacle.OBJECT, r"not plain data|no plain value|cannot be sent"),
    (WallObstacle.OWN_ERROR, r"\b(?:NameError|ModuleNotFoundError|ImportError|SyntaxError|IndentationError)\b"),
    (WallObstacle.BLIND, r"asks nothing of the student"),
    (WallObstacle.PATCH, r"^it (?:changes|replaces) "),
    (WallObstacle.FILE, r"^it (?:reads|writes|deletes|makes|looks for) an? (?:file|folder)"),
    (WallObstacle.PROCESS, r"^it (?:looks (?:at|through)|uses the magic) "),
    (WallObstacle.TIME, r"not come to an end|had not come back|was used up"),
)
"""Words of the reasons with which tests end, the most telling first."""
_PROCESS_NAMES: Final = frozenset({"In", "Out", "_ih", "_oh", "dir", "globals", "locals", "vars"})
_PROCESS_PARTS: Final = frozenset({"sys.modules", "os.environ", "sys.path", "gc.get_objects", "inspect.stack"})
_FILE_CALLS: Final = frozenset(
    {"open", "exists", "isfile", "listdir", "read_text", "read_bytes", "write_text", "read_csv", "loadtxt", "remove"}
)
_PATCHES: Final = frozenset({"patch", "setattr", "monkeypatch", "Mock", "MagicMock"})


def obstacle_of(reason: str, test: str = "") -> WallObstacle:
    """The kind of obstacle.

    Args:
        reason: with which message the test ended across the wall.
        test: the test's text, which tells what the message does not: a patch leaves no trace but a wrong value.
    """
    by_words = next((obstacle for obstacle, words in _SIGNS if re.search(words, reason)), None)
    return by_words or next(_in_text(test), WallObstacle.OTHER)


def cure_for(reason: str, test: str = "") -> str:
    """How to write a test so that it runs at the wall; arguments as for `obstacle_of`."""
    return obstacle_of(reason, test).cure


def _in_text(test: str) -> Iterator[WallObstacle]:
    """The obstacles that a test's text shows, the most telling first."""
    nodes = [node for statement in statements(test) for node in ast.walk(statement)]
    called = {ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)}
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    if _PATCHES & {part for name in called for part in name.split(".")} or _assigns_to_module(nodes, test):
        yield WallObstacle.PATCH
    if names & _PROCESS_NAMES or _PROCESS_PARTS & {ast.unparse(it) for it in nodes if isinstance(it, ast.Attribute)}:
        yield WallObstacle.PROCESS
    if _FILE_CALLS & {name.rpartition(".")[2] for name in called}:
        yield WallObstacle.FILE
    if any(_compares_identity(node) for node in nodes) or called & {"id", "type"}:
        yield WallObstacle.IDENTITY


def _assigns_to_module(nodes: list[ast.AST], test: str) -> bool:
    """Whether a test assigns to an attribute of a module: of one that it imports, or of a usual name for one."""
    modules = imported_names(test) | {"np", "numpy", "pd", "plt", "torch", "math", "random", "sys", "builtins", "time"}
    return any(
        isinstance(node, ast.Attribute)
        and not isinstance(node.ctx, ast.Load)
        and ast.unparse(node.value).partition(".")[0] in modules
        for node in nodes
    )


def _compares_identity(node: ast.AST) -> bool:
    """Whether a node compares with ``is``, and with something else than None, True or False."""
    return (
        isinstance(node, ast.Compare)
        and any(isinstance(operator, ast.Is | ast.IsNot) for operator in node.ops)
        and not any(isinstance(operand, ast.Constant) for operand in (node.left, *node.comparators))
    )
