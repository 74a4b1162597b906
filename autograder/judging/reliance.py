"""Whether a submission may rely on the cells that grading skips: by its text, and by what happens without them.

The text decides first, on the safe side: what could reach a name, a file, a random number or any other trace of a
skipped cell has all cells run. So does an error that may come of their absence. A submission that is graded without
them can't tell the difference.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from autograder.cells import ANSWERS, Cell, Role
from autograder.judging.lookups import Lookups, lookups
from autograder.judging.skipped_cells import SkippedCells
from autograder.python_names import statements, touched_names

_LONGEST_ANALYSED = 200_000
"""Characters of a submission's own cells; longer ones are graded with all cells."""
_WORD: Final = re.compile(r"[^\W\d]\w*")
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)

_REACHING: Final = frozenset(
    {"__builtins__", "__dict__", "__globals__", "__import__", "__main__", "atexit", "builtins", "ctypes", "doctest"}
    | {"currentframe", "f_back", "f_builtins", "f_globals", "f_locals", "gc", "get_ipython", "import_module"}
    | {"importlib", "inspect", "pickle", "runpy", "sys", "_getframe", "tb_frame", "traceback"}
)
"""Names by which code reaches names, or other traces of cells, that its text does not name."""
_REACHING_ALONE: Final = frozenset(
    {"dir", "eval", "exec", "globals", "locals", "vars"}
    | {"In", "Out", "_", "__", "___", "_dh", "_i", "_ih", "_ii", "_iii", "_oh"}
)
"""The same for names that mean something else after a dot (``model.eval()``)."""
_EVALUATING: Final = frozenset(
    {"aes", "cloudpickle", "dill", "dmatrices", "dmatrix", "eval", "evaluate", "formula", "from_formula"}
    | {"get_type_hints", "ggplot", "glm", "joblib", "load", "loads", "ols", "profile", "query", "run", "runctx"}
    | {"shelve", "timeit", "Timer"}
)
"""Names of functions that look up names in texts, as ``table.query("price > @limit")`` does."""
_LOOP_VARIABLES: Final = frozenset({"_", "__", "___"})
"""Names that are no more than the variable of a loop where nothing looks them up."""
_NUMBERED: Final = re.compile(r"_i?\d+")
_FILES: Final = frozenset(
    {"Path", "chdir", "exists", "fileinput", "genfromtxt", "getsize", "glob", "io", "isdir", "isfile", "is_dir"}
    | {"is_file", "iterdir", "listdir", "load", "loadtxt", "memmap", "open", "os", "pathlib", "read", "read_bytes"}
    | {"read_text", "rglob", "scandir", "shutil", "stat", "subprocess", "system", "walk"}
)
"""Names by which code looks at files, beside those that begin with ``read_`` and ``load_``."""
_WRITING: Final = frozenset(
    {"dump", "mkdir", "open", "save", "savefig", "savetxt", "touch", "unlink", "write_bytes", "write_text"}
)
_SETTING: Final = re.compile(
    r"set_\w+|seterr|simplefilter|filterwarnings|basicConfig|setlocale|signal|setattr|environ|rcParams"
)
"""Names of functions that change settings, beside those with "seed" in them."""
_CHANGING: Final = frozenset(
    {"add", "append", "appendleft", "backward", "clear", "discard", "extend", "fill", "insert", "load_state_dict"}
    | {"pop", "popitem", "popleft", "put", "remove", "resize", "reverse", "rotate", "send", "setdefault", "shuffle"}
    | {"sort", "step", "update", "write", "zero_grad", "next", "__next__", "delattr", "copyto", "place", "putmask"}
)
"""Methods and functions that change an object, beside those whose names end with ``_``, as torch's do."""
_DECORATORS: Final = frozenset(
    {"abstractmethod", "classmethod", "dataclass", "enable_grad", "inference_mode", "no_grad", "override", "property"}
    | {"staticmethod", "wraps"}
)
"""Decorators that keep nothing between two calls."""


def reliance(cells: Sequence[Cell], lesson: Sequence[Cell], skipped: SkippedCells) -> str:
    """Why a submission must be graded with all cells; empty if its text can't tell whether the skipped ones have run.

    Args:
        cells: the submission's cells.
        lesson: the lesson's cells, those of the release that are neither answers nor tests.
        skipped: what the skipped cells do.
    """
    places, missing = own_cells(cells, lesson)
    own = [cells[index] for index in sorted(places)]
    if sum(len(cell.source) for cell in own) > _LONGEST_ANALYSED:
        return "its own cells are too long to be examined"
    try:
        taken = {name for cell in missing for name in touched_names(cell.source)} & skipped.touched
        if taken:
            return f"a cell of the lesson that binds {min(taken)} is missing"
        return _reliance_of(own, skipped)
    except (RecursionError, MemoryError, ValueError, SyntaxError):
        return "its own cells can't be examined"


def skippable(cells: Sequence[Cell], source: Sequence[Cell], skipped: SkippedCells) -> frozenset[int]:
    """The indices of the cells of a submission that stand in the place of a skipped cell and have its text."""
    texts = {source[index].source.strip() for index in skipped.cells}
    return frozenset(i for i, cell in enumerate(cells) if cell.skipped and cell.source.strip() in texts)


def own_cells(cells: Sequence[Cell], lesson: Sequence[Cell]) -> tuple[frozenset[int], list[Cell]]:
    """The indices of code cells that are not the lesson's in their place, and the lesson's cells that are missing."""
    ahead = [cell for cell in lesson if cell.kind == "code"]
    own: set[int] = set()
    missing: list[Cell] = []
    for index, cell in enumerate(cells):
        if cell.kind != "code" or cell.role is Role.TEST:
            continue
        texts = [it.source.strip() for it in ahead]
        if cell.role in ANSWERS or cell.source.strip() not in texts:
            own.add(index)
            continue
        place = texts.index(cell.source.strip())
        missing += ahead[:place]
        del ahead[: place + 1]
    return frozenset(own), [cell for cell in (*missing, *ahead) if not cell.skipped]


def _reliance_of(own: Sequence[Cell], skipped: SkippedCells) -> str:
    trees = [statements(cell.source) for cell in own]
    nodes = [node for tree in trees for statement in tree for node in ast.walk(statement)]
    found = [lookups(cell.source) for cell in own]
    identifiers = set(_identifiers(nodes))
    looked_up = frozenset[str]().union(*(it.all for it in found))
    if named := looked_up & skipped.touched:
        return f"it uses {min(named)}"
    alone = looked_up | {node.id for node in nodes if isinstance(node, ast.Name)} - _LOOP_VARIABLES
    if names := (identifiers & _REACHING) | {it for it in alone if it in _REACHING_ALONE or _NUMBERED.fullmatch(it)}:
        return f"it uses {min(names)}"
    strings = set(_strings(trees))
    packages = set(_packages(nodes))
    evaluates = identifiers & _EVALUATING or packages - skipped.packages
    if evaluates and (names := {word for text in strings for word in _WORD.findall(text)} & skipped.touched):
        return f"a text of its mentions {min(names)}, and it uses {min(evaluates)}, which may evaluate it"
    if skipped.files and (names := {name for name in identifiers if _is_about_files(name)}):
        return f"it uses {min(names)}, and a skipped cell writes files"
    if skipped.files and any(name.rpartition("/")[2] in text for name in skipped.files for text in strings):
        return "it mentions a file that a skipped cell writes"
    changing = _first_change(nodes)
    if changing and (lent := skipped.shared | (skipped.lent & looked_up)):
        return f"it may change {min(lent)} ({changing})"
    return _kept_state(trees, found, identifiers) if skipped.call_answers else ""


def _identifiers(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name
            case ast.Import(names=names):
                yield from (part for alias in names for part in alias.name.split("."))
            case ast.ImportFrom(module=module, names=names):
                yield from (module or "").split(".")
                # ``import *`` may bind anything: of whatever module it is, the names are looked up as they are used.
                yield from (alias.name for alias in names)


def _packages(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module.partition(".")[0]


def _strings(trees: Iterable[Sequence[ast.stmt]]) -> Iterator[str]:
    """The texts in some code, without docstrings."""
    for tree in trees:
        ahead: list[ast.AST] = list(tree)
        while ahead:
            node = ahead.pop()
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                continue
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            ahead += ast.iter_child_nodes(node)


def _is_about_files(name: str) -> bool:
    return name in _FILES or name.startswith(("read_", "load_"))


def _first_change(nodes: Iterable[ast.AST]) -> str:
    """What in some code may change an object in place; empty if nothing does."""
    for node in nodes:
        match node:
            case ast.AugAssign():
                return ast.unparse(node)[:60]
            case ast.Attribute() | ast.Subscript() if not isinstance(node.ctx, ast.Load):
                return ast.unparse(node)[:60]
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
                if name in _CHANGING or (name.endswith("_") and not name.endswith("__")):
                    return f"{name}()"
                if any(word.arg in ("out", "inplace") for word in node.keywords):
                    return f"{name}(out=…)"
    return ""


def _kept_state(trees: Iterable[Sequence[ast.stmt]], found: Sequence[Lookups], identifiers: Iterable[str]) -> str:
    """What an answer may keep from one call to the next; empty if it can keep nothing.

    A skipped cell calls answers, too. What such a call leaves behind may decide what a later one gives.
    """
    for name in identifiers:
        if "seed" in name or _SETTING.fullmatch(name):
            return f"it uses {name}, which may change settings"
        if name in _WRITING:
            return f"it uses {name}, which may write a file"
    data = {name for tree in trees for statement in tree for name in _data_bound(statement)}
    later = frozenset[str]().union(*(it.later for it in found))
    if names := later & data:
        return f"its functions use {min(names)}, which may hold what an earlier call left"
    nodes = (node for tree in trees for statement in tree for node in ast.walk(statement))
    return next(filter(None, (_keeps(node, later) for node in nodes)), "")


def _data_bound(statement: ast.stmt) -> Iterator[str]:
    """The names that a cell's statement binds, at its top level, to what can change."""
    match statement:
        case ast.Import() | ast.ImportFrom() | ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value) if _is_fixed(value):
            return
    ahead: list[ast.AST] = [statement]
    while ahead:
        node = ahead.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        if not isinstance(node, _FUNCTIONS):
            ahead += ast.iter_child_nodes(node)


def _is_fixed(value: ast.expr) -> bool:
    match value:
        case ast.Constant() | ast.Lambda():
            return True
        case ast.UnaryOp(operand=operand):
            return _is_fixed(operand)
        case ast.BinOp(left=left, right=right):
            return _is_fixed(left) and _is_fixed(right)
        case ast.Tuple(elts=parts):
            return all(map(_is_fixed, parts))
        case ast.Attribute(value=ast.Name()):
            # ``torch.float64``, ``math.pi``.
            return True
    return False


def _keeps(node: ast.AST, later: frozenset[str]) -> str:
    match node:
        case ast.Global() | ast.Nonlocal():
            return f"it declares {node.names[0]} as {type(node).__name__.lower()}"
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            defaults = [*node.args.defaults, *(default for default in node.args.kw_defaults if default is not None)]
            if not all(map(_is_fixed, defaults)):
                return "a function of its has a default value that may change"
            decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
            if not all(_decorator(item) in _DECORATORS for item in decorators):
                return "a function of its has a decorator that may keep something"
        case ast.ClassDef():
            for statement in node.body:
                if isinstance(statement, ast.Assign | ast.AugAssign) and not _is_fixed(statement.value):
                    return f"its class {node.name} has a variable that may change"
            if not all(_decorator(item) in _DECORATORS for item in node.decorator_list):
                return f"its class {node.name} has a decorator that may keep something"
        case ast.Attribute() | ast.Subscript() if not isinstance(node.ctx, ast.Load):
            if (root := _root(node)) in later or root in ("cls", "type", ""):
                return f"it changes {ast.unparse(node)[:60]}"
        case ast.Attribute(attr="__class__" | "cache" | "lru_cache"):
            return f"it uses {node.attr}"
    return ""


def _decorator(node: ast.expr) -> str:
    target = node.func if isinstance(node, ast.Call) else node
    return target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
