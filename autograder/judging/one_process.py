"""Why a test means what it says only in one process with the student's code, as far as its text tells.

Across the wall such a test may pass and say nothing: a function that it forbids in the judge's process is not forbidden
in the student's. A test that merely fails there is found when the solution is judged, and needs no rule here.
"""

import ast
from collections.abc import Callable, Collection, Iterator, Mapping

from autograder.python_names import assigned_names, imported_names, statements

# What student code prints and warns of comes across the wall, and settings of these kinds change no answer.
_HARMLESS_TARGETS = ("sys.stdout", "sys.stderr", "torch.backends", "pd.options", "pandas.options", "plt.show")
_HARMLESS_PARTS = frozenset({"rcParams", "rcParamsDefault"})
_HARMLESS_VARIABLES = frozenset({"CUDA_VISIBLE_DEVICES", "KMP_DUPLICATE_LIB_OK", "OMP_NUM_THREADS", "PYTHONHASHSEED"})
_HARMLESS_MAGICS = frozenset({"config", "load_ext", "matplotlib", "precision", "reload_ext", "time", "timeit"})
_HISTORY = frozenset({"In", "Out", "_", "__", "___", "_i", "_ii", "_iii", "_ih", "_oh", "_dh"})
_PATCHERS = frozenset({"patch", "MonkeyPatch", "monkeypatch"})
_WHOLE_PROCESS: Mapping[str, str] = {
    "os.chdir": "it changes the working folder",
    "os.putenv": "it changes an environment variable",
    "os.unsetenv": "it changes an environment variable",
    "sys.setprofile": "it watches which functions run in its process",
    "sys.setrecursionlimit": "it changes how deep functions may call each other",
    "sys.settrace": "it watches which lines run in its process",
    "sys._getframe": "it looks at the functions that have called it",
    "inspect.stack": "it looks at the functions that have called it",
    "inspect.currentframe": "it looks at the functions that have called it",
    "gc.get_objects": "it looks at all objects of its process",
    "tracemalloc.start": "it measures the memory of its process",
    "cProfile.Profile": "it watches which functions run in its process",
    "numpy.seterr": "it changes what NumPy does at a division by zero",
    "np.seterr": "it changes what NumPy does at a division by zero",
    "numpy.errstate": "it changes what NumPy does at a division by zero",
    "np.errstate": "it changes what NumPy does at a division by zero",
    "torch.set_default_dtype": "it changes torch's default dtype",
    "locale.setlocale": "it changes the locale of its process",
    "os.remove": "it deletes a file",
    "os.unlink": "it deletes a file",
    "os.rename": "it moves a file",
    "os.replace": "it moves a file",
    "os.mkdir": "it makes a folder",
    "os.makedirs": "it makes a folder",
    "os.rmdir": "it deletes a folder",
    "shutil.rmtree": "it deletes a folder",
    "shutil.copy": "it writes a file",
    "shutil.copyfile": "it writes a file",
    "shutil.move": "it moves a file",
    "os.path.exists": "it looks for a file",
    "os.path.isfile": "it looks for a file",
    "os.path.isdir": "it looks for a file",
    "os.listdir": "it looks for a file",
    "os.walk": "it looks for a file",
    "glob.glob": "it looks for a file",
}
_METHODS: Mapping[str, str] = {
    "assertLogs": "it looks at what is logged in its process",
    "assertNoLogs": "it looks at what is logged in its process",
    "is_file": "it looks for a file",
    "iterdir": "it looks for a file",
    "mkdir": "it makes a folder",
    "touch": "it writes a file",
    "unlink": "it deletes a file",
    "write_bytes": "it writes a file",
    "write_text": "it writes a file",
}
# With a path, or a stream in memory, of which the student's side needs to know nothing.
_SAVERS = frozenset({"save", "savez", "savetxt", "savefig", "to_csv", "to_excel", "to_json", "to_parquet", "to_pickle"})
_FILE_OF_ITS_OWN = "it writes a file"


_LISTINGS = frozenset({"dir", "globals", "locals", "vars"})


def one_process_reason(source: str, modules: Collection[str]) -> str:
    """Why a test must run in one process with the student's code; empty if nothing in its text says so.

    Args:
        source: the instructor's text of the test.
        modules: names of what exists on both sides, and is changed on one alone: modules that the notebook imports,
            functions and classes of its lessons.

    Returns:
        The reason, as the rest of a sentence about the test: "it changes np.sum, which the student's code would see".
    """
    tree = statements(source)
    if listing := _lists_names(tree):
        return f"it looks through {listing}(), in which the student's names are not"
    own = assigned_names(source)
    shared = (frozenset(modules) | imported_names(source) | {"builtins", "__builtins__"}) - own
    for statement in tree:
        for node in ast.walk(statement):
            for rule in _RULES:
                if reason := rule(node, shared, own):
                    return reason
    return ""


def _lists_names(tree: list[ast.stmt]) -> str:
    """The function by which a test goes through all names; empty if it only asks for single ones."""
    asked: set[int] = set()
    for node in (node for statement in tree for node in ast.walk(statement)):
        match node:
            case ast.Compare(ops=ops, comparators=comparators):
                # ``"x" in dir()``
                pairs = zip(ops, comparators, strict=True)
                asked |= {id(right) for operator, right in pairs if isinstance(operator, (ast.In, ast.NotIn))}
            case ast.Subscript(value=value) | ast.Attribute(value=value, attr="get" | "__contains__"):
                asked.add(id(value))
    for node in (node for statement in tree for node in ast.walk(statement)):
        match node:
            case ast.Call(func=ast.Name(id=name), args=[], keywords=[]) if name in _LISTINGS and id(node) not in asked:
                return name
    return ""


def _changes_shared(node: ast.AST, shared: frozenset[str], _: frozenset[str]) -> str:
    for target in _targets(node):
        text = ast.unparse(target)
        if not isinstance(target, (ast.Attribute, ast.Subscript)) or _root(target) not in shared or _harmless(target):
            continue
        return f"it changes {text}, which the student's code would see"
    return ""


def _targets(node: ast.AST) -> Iterator[ast.expr]:
    """What a statement or a call binds, changes or deletes."""
    match node:
        case ast.Name() | ast.Attribute() | ast.Subscript():
            if not isinstance(node.ctx, ast.Load):
                yield node
        case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[owner, name, *_]):
            attribute = name.value if isinstance(name, ast.Constant) and isinstance(name.value, str) else "…"
            yield ast.Attribute(owner, attribute, ast.Store())
        case ast.Call(func=ast.Attribute(value=owner, attr="update" | "pop" | "setdefault" | "clear" | "insert")):
            # A dictionary or a list of a module: os.environ, sys.modules, sys.path.
            if isinstance(owner, ast.Attribute):
                yield ast.Subscript(owner, ast.Constant(...), ast.Store())


def _harmless(target: ast.Attribute | ast.Subscript) -> bool:
    text = ast.unparse(target)
    if any(text == harmless or text.startswith(f"{harmless}.") for harmless in _HARMLESS_TARGETS):
        return True
    if any(isinstance(node, ast.Attribute) and node.attr in _HARMLESS_PARTS for node in ast.walk(target)):
        return True
    key = target.slice if isinstance(target, ast.Subscript) else None
    return isinstance(key, ast.Constant) and key.value in _HARMLESS_VARIABLES


def _root(node: ast.expr) -> str | None:
    """The name at which an expression begins: ``np`` for ``np.linalg.norm``, for ``vars(np)["sum"]`` too."""
    while True:
        match node:
            case ast.Attribute(value=value) | ast.Subscript(value=value):
                node = value
            case ast.Call(func=ast.Name(id="vars"), args=[argument]):
                node = argument
            case ast.Call(func=function):
                node = function
            case ast.Name(id=name):
                return name
            case _:
                return None


def _patches(node: ast.AST, shared: frozenset[str], own: frozenset[str]) -> str:
    match node:
        case ast.Call(func=ast.Name(id="patch") | ast.Attribute(value=ast.Name(id="patch"))) if "patch" not in own:
            return _patched(node)
        case ast.ImportFrom(module="unittest.mock", names=names) if any(
            alias.name == "patch" and alias.asname not in (None, "patch") for alias in names
        ):
            return "it replaces what the student's code would see"
        case ast.Call(func=function):
            parts = _dotted(function).split(".")
            if parts[0] in shared and any(part in _PATCHERS for part in parts[1:]):
                return _patched(node)
        case ast.Name(id="monkeypatch" | "MonkeyPatch", ctx=ast.Load()):
            return "it replaces what the student's code would see"
    return ""


def _patched(call: ast.Call) -> str:
    what = call.args[0] if call.args else None
    text = what.value if isinstance(what, ast.Constant) and isinstance(what.value, str) else None
    named = text or ("something" if what is None else ast.unparse(what))
    return f"it replaces {named}, which the student's code would see"


def _dotted(node: ast.expr) -> str:
    """A dotted name as text; calls within it are left out; empty if it is none."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attribute):
            owner = _dotted(value)
            return owner and f"{owner}.{attribute}"
        case ast.Call(func=function):
            return _dotted(function)
    return ""


def _uses_process(node: ast.AST, shared: frozenset[str], _: frozenset[str]) -> str:
    match node:
        case ast.Attribute(value=ast.Name(id="sys"), attr="modules" | "stdin" | "path"):
            # Student code that imports or reads changes them in its own process.
            return f"it looks at {ast.unparse(node)} of its process"
        case ast.Call(func=ast.Attribute() as function):
            dotted = _dotted(function)
            if _root(function) in shared and dotted in _WHOLE_PROCESS:
                return _WHOLE_PROCESS[dotted]
            return _METHODS.get(function.attr, "")
        case ast.Call(func=ast.Name(id=name)) if name in shared:
            # ``from os import chdir``: the last part of a dotted name.
            return next((why for known, why in _WHOLE_PROCESS.items() if known.rpartition(".")[2] == name), "")
    return ""


def _looks_at_history(node: ast.AST, _: frozenset[str], own: frozenset[str]) -> str:
    match node:
        case ast.Name(id=name, ctx=ast.Load()) if name in _HISTORY - own:
            return f"it looks at {name}, in which IPython keeps what has run"
        case ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython"))) as use:
            return "" if use.attr in ("run_line_magic", "run_cell_magic") else "it looks at the notebook's shell"
        case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython"))), args=[name, *_]):
            magic = str(name.value) if isinstance(name, ast.Constant) else "…"
            return "" if magic in _HARMLESS_MAGICS else f"it uses the magic %{magic}"
    return ""


def _writes_file(node: ast.AST, _: frozenset[str], __: frozenset[str]) -> str:
    match node:
        case ast.Call(
            func=ast.Name(id="open") | ast.Attribute(attr="open"), args=[_, ast.Constant(value=str(mode)), *_]
        ):
            return _FILE_OF_ITS_OWN if set(mode) & set("wax+") else ""
        case ast.Call(func=ast.Name(id="open") | ast.Attribute(attr="open"), keywords=keywords):
            modes = [
                word.value.value for word in keywords if word.arg == "mode" and isinstance(word.value, ast.Constant)
            ]
            return _FILE_OF_ITS_OWN if any(set(str(mode)) & set("wax+") for mode in modes) else ""
        case ast.Call(func=ast.Attribute(attr=attribute), args=args) if attribute in _SAVERS:
            texts = [part for part in args if isinstance(part, (ast.JoinedStr, ast.Constant))]
            paths = [part for part in texts if isinstance(part, ast.JoinedStr) or isinstance(part.value, str)]
            return _FILE_OF_ITS_OWN if paths else ""
    return ""


_RULES: tuple[Callable[[ast.AST, frozenset[str], frozenset[str]], str], ...] = (
    _changes_shared,
    _patches,
    _uses_process,
    _looks_at_history,
    _writes_file,
)
