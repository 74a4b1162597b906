"""Which names Python code binds, uses and changes.

The names of single statements are read from the syntax tree, since `symtable` knows scopes and no statements. The names
that a whole function takes from outside depend on scopes, and are read with `symtable`.
"""

import ast
import builtins
import symtable
from collections.abc import Iterable, Iterator, Set
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

_MOST_PARSED = 256
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Names:
    """The names in a piece of code, of all its scopes together.

    Attributes:
        imported: names that import statements bind; ``*`` for a star import.
        bound: these, names of functions and classes, and names that are assigned to, in loops and ``with`` too.
        used: names that are read.
    """

    imported: frozenset[str]
    bound: frozenset[str]
    used: frozenset[str]


def names_in(trees: Iterable[ast.AST]) -> Names:
    """The names in some syntax trees."""
    imported, bound, used = set[str](), set[str](), set[str]()
    for node in (node for tree in trees for node in ast.walk(tree)):
        match node:
            case ast.Import() | ast.ImportFrom():
                imported |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                bound.add(node.name)
            case ast.Name(id=name, ctx=ast.Store()):
                bound.add(name)
            case ast.Name(id=name, ctx=ast.Load()):
                used.add(name)
    return Names(frozenset(imported), frozenset(bound | imported), frozenset(used))


def statements(source: str) -> list[ast.stmt]:
    """The statements of a cell, magics translated; none if it isn't Python."""
    return list(_parsed(source)[1])


def python_of(source: str) -> str:
    """A cell as plain Python: magics are translated.

    Raises:
        ValueError: it holds a null character.
    """
    return _parsed(source)[0]


@lru_cache(maxsize=_MOST_PARSED)
def _parsed(source: str) -> tuple[str, tuple[ast.stmt, ...]]:
    """A cell as plain Python, and its statements; several rules look at the same cell. Nothing may change the trees."""
    with suppress(SyntaxError):
        # No magic is Python.
        return source, tuple(ast.parse(source).body)
    with suppress(SyntaxError):
        text = _translated(source)
        return text, tuple(ast.parse(text).body)
    return source, ()


def _translated(source: str) -> str:
    # It takes long to import, and code without magics does not need it.
    from IPython.core.inputtransformer2 import TransformerManager

    text: str = TransformerManager().transform_cell(source)
    return text


def bound_names(source: str) -> frozenset[str]:
    """The names that a cell binds at its top level, those of imports excepted."""
    return frozenset(name for statement in statements(source) for name in _bound(statement)) - imported_names(source)


def assigned_names(source: str) -> frozenset[str]:
    """The names that a cell binds in any of its scopes, but for imports: variables, parameters, functions, classes."""
    trees = statements(source)
    parameters = {node.arg for tree in trees for node in ast.walk(tree) if isinstance(node, ast.arg)}
    found = names_in(trees)
    return (found.bound - found.imported) | parameters


def changed_names(source: str) -> frozenset[str]:
    """The names whose objects a cell may change: it assigns to a part of them or calls a method of them."""
    return frozenset(name for statement in statements(source) for name in _changed(statement))


def replaced_parts(source: str) -> frozenset[str]:
    """The names to whose attributes or items a cell assigns: ``x`` for ``x.grad = None``."""
    found: set[str | None] = set()
    for node in (node for statement in statements(source) for node in ast.walk(statement)):
        match node:
            case ast.Attribute() | ast.Subscript() if not isinstance(node.ctx, ast.Load):
                found.add(_root(node))
            case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[owner, *_]):
                found.add(_root(owner))
    return frozenset(name for name in found if name is not None)


def used_names(source: str) -> frozenset[str]:
    """The names that a cell looks up, in its functions as well."""
    return names_in(statements(source)).used


def imported_names(source: str) -> frozenset[str]:
    """The names that a cell's import statements bind."""
    return names_in(statements(source)).imported


def names_defined(source: str) -> frozenset[str]:
    """The functions and classes that a cell defines at its top level."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return frozenset(statement.name for statement in statements(source) if isinstance(statement, kinds))


def functions_defined(source: str) -> dict[str, str]:
    """The functions that a cell defines at its top level, without a decorator: name → text."""
    return {
        statement.name: ast.unparse(statement)
        for statement in statements(source)
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and not statement.decorator_list
    }


def import_statements(source: str) -> dict[str, str]:
    """The import statements at a cell's top level: the name that each binds → its text."""
    found: dict[str, str] = {}
    for statement in statements(source):
        if isinstance(statement, ast.Import | ast.ImportFrom):
            for alias in statement.names:
                name = alias.asname or alias.name.partition(".")[0]
                if isinstance(statement, ast.Import):
                    found[name] = ast.unparse(ast.Import([alias]))
                else:
                    found[name] = ast.unparse(ast.ImportFrom(statement.module, [alias], statement.level))
    return {name: text for name, text in found.items() if name != "*"}


def imported_packages(sources: Iterable[str]) -> frozenset[str]:
    """The packages that cells import, in their functions as well: ``torch`` for ``import torch.nn as nn``."""
    found: set[str] = set()
    for node in (node for source in sources for statement in statements(source) for node in ast.walk(statement)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            found.add(node.module.partition(".")[0])
    return frozenset(found)


def star_imports(source: str) -> frozenset[str]:
    """The modules of which a cell imports all names."""
    nodes = (node for statement in statements(source) for node in ast.walk(statement))
    return frozenset(
        node.module
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module and any(alias.name == "*" for alias in node.names)
    )


def free_names(source: str) -> frozenset[str]:
    """The names that plain Python code takes from outside: it reads them and binds them nowhere; no builtins.

    Raises:
        SyntaxError: it is not Python.
    """
    tables = list(_tables(symtable.symtable(source, "<source>", "exec")))
    symbols = [symbol for table in tables for symbol in table.get_symbols() if symbol.is_global()]
    # A function may bind a global name, too (``global``).
    bound = {symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported()}
    used = {symbol.get_name() for symbol in symbols if symbol.is_referenced()}
    return frozenset(name for name in used - bound if not hasattr(builtins, name))


def names_looked_up_when_called(source: str) -> dict[str, frozenset[str]]:
    """The global names that a cell's functions look up when they are called, by the name of the definition.

    Lambdas and functions in other statements are found under the empty name.
    """
    found: dict[str, frozenset[str]] = {}
    for table in _cell_tables(source):
        name = table.get_name() if table.get_type() != "function" or table.get_name() != "lambda" else ""
        used = {
            symbol.get_name()
            for function in _tables(table)
            if function.get_type() == "function"
            for symbol in function.get_symbols()
            if symbol.is_global() and symbol.is_referenced()
        }
        found[name] = found.get(name, frozenset()) | used
    return found


def globals_of_functions(source: str) -> dict[str, frozenset[str]]:
    """The names that a cell's functions declare global and bind, by the name of the definition."""
    return {
        table.get_name(): frozenset(
            symbol.get_name()
            for function in _tables(table)
            if function.get_type() == "function"
            for symbol in function.get_symbols()
            if symbol.is_declared_global() and symbol.is_assigned()
        )
        for table in _cell_tables(source)
    }


def _cell_tables(source: str) -> list[symtable.SymbolTable]:
    """The scopes directly below a cell's own; none if it isn't Python."""
    try:
        return symtable.symtable(python_of(source), "<source>", "exec").get_children()
    except (SyntaxError, ValueError):
        return []


def taken_names(source: str) -> frozenset[str]:
    """The names that a cell takes from the cells above: it reads them, and has not bound them before.

    Its functions look names up when they are called: they take what the cell binds nowhere.
    """
    taken: set[str] = set()
    bound: set[str] = set()
    for statement in statements(source):
        taken |= _loads(statement) - bound
        # ``x += 1`` reads what it binds.
        taken |= {
            node.target.id
            for node in _outside_functions(statement)
            if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
        } - bound
        bound |= _bound(statement) | names_in([statement]).imported
    called = frozenset[str]().union(*names_looked_up_when_called(source).values())
    return frozenset(name for name in taken | (called - bound) if not hasattr(builtins, name) or name in taken)


def binding_statements(source: str, names: Set[str]) -> list[ast.stmt]:
    """Those of a cell's statements that bind some names, and those that bind what these statements need.

    Statements that only assert, call, print or delete are left out.

    Args:
        source: the cell.
        names: the names.
    """
    needed, kept = set(names), list[ast.stmt]()
    for statement in reversed(statements(source)):
        binds = _bound(statement) | names_in([statement]).imported
        if not binds & needed or isinstance(statement, ast.Delete):
            continue
        kept.insert(0, statement)
        needed |= names_in([statement]).used
    return kept


def times_bound(source: str, name: str) -> int:
    """How many of a cell's statements bind or delete a name."""
    return sum(name in _bound(item) | names_in([item]).imported for item in statements(source))


def public_names(source: str, released: str, secret: Set[str]) -> frozenset[str]:
    """The names that only the released part of a test binds, from nothing but what is public.

    Args:
        source: the instructor's text of the test.
        released: what the student has of it.
        secret: names that hold something of the hidden part of another test.
    """
    public = {ast.unparse(statement) for statement in statements(released)}
    hidden: set[str] = set()
    open_statements: list[ast.stmt] = []
    for statement in statements(source):
        if ast.unparse(statement) in public:
            open_statements.append(statement)
        else:
            hidden |= _bound(statement) | _changed(statement) | names_in([statement]).bound
    while True:
        more = set().union(
            *(
                _bound(statement) | _changed(statement) | names_in([statement]).imported
                for statement in open_statements
                if names_in([statement]).used & (hidden | secret)
            )
        )
        if more <= hidden:
            break
        hidden |= more
    bound = set().union(*(_bound(item) | names_in([item]).imported for item in open_statements))
    return frozenset(bound - hidden)


def hidden_names(source: str, released: str) -> frozenset[str]:
    """The names that the hidden part of a test binds or changes."""
    public = {ast.unparse(statement) for statement in statements(released)}
    hidden = [statement for statement in statements(source) if ast.unparse(statement) not in public]
    return frozenset().union(*(names_in([item]).bound | _changed(item) for item in hidden))


def touched_names(source: str) -> frozenset[str]:
    """The names that a cell binds, deletes or changes, imports included, in its functions too if they are global."""
    touched = frozenset[str]().union(*(_bound(item) | _changed(item) for item in statements(source)))
    declared = frozenset[str]().union(*globals_of_functions(source).values())
    return touched | declared | imported_names(source)


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _tables(child)


@dataclass(frozen=True)
class ExecutedCell:
    """A cell that is no solution, and what it did when it ran.

    Attributes:
        source: its text.
        bound: the names that it bound when it ran.
        changed: the names whose values it changed in place when it ran.
        test: whether it is a test: what it binds is the judge's own, but what later cells compute from that may be the
            student's.
    """

    source: str
    bound: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    test: bool = False


def derived_names(cells: Iterable[ExecutedCell], student_names: frozenset[str]) -> frozenset[str]:
    """The names that other cells compute from the student's.

    On the judge's side the values of such names would be the solution's, so they are the student's too. Functions,
    classes and imports of these cells are the judge's own: the names that they use are looked up when they run.

    Args:
        cells: the cells that are no solutions, in order.
        student_names: the names that solution cells bind.
    """
    derived: set[str] = set()
    imported: set[str] = set()
    indirect: set[str] = set()
    of_tests: set[str] = set()
    for cell in cells:
        imported |= imported_names(cell.source)
        seen: set[str] = set()
        uses = False
        for statement in statements(cell.source):
            bound = _bound(statement)
            seen |= bound
            dependent = student_names | derived | indirect | of_tests
            uses_student = bool(names_in([statement]).used & dependent)
            # What a test or a lesson binds to something else is no longer what a test had computed.
            of_tests -= bound
            if cell.test:
                of_tests |= bound if uses_student else set()
            elif isinstance(statement, _DEFINITIONS) or _is_function(statement):
                if _loads_when_defined(statement, dependent, student_names | derived):
                    derived |= _bound(statement)
                elif names_in([statement]).used & dependent:
                    indirect |= _bound(statement)
            elif _loads(statement) & dependent:
                uses = True
                derived |= (_bound(statement) | _changed(statement)) - imported
        if uses:
            # The text doesn't show what the functions that these statements call have done.
            derived |= cell.changed | (cell.bound - seen - imported)
    return frozenset(derived)


def _loads_when_defined(statement: ast.stmt, dependent: Set[str], values: Set[str]) -> bool:
    """Whether a definition uses the student's names before it is called, and so holds their values.

    Args:
        statement: a function, a class or a name given to a lambda.
        dependent: the student's names, and the judge's functions and classes that use them when they are called.
        values: the student's names alone, of which a class may be derived.
    """
    if isinstance(statement, ast.ClassDef):
        parents = [*statement.bases, *(keyword.value for keyword in statement.keywords)]
        if any(_loads(parent) & values for parent in parents):
            return True
        return any(_loads(decorator) & dependent for decorator in statement.decorator_list) or any(
            _loads_when_defined(item, dependent, values)
            if isinstance(item, _DEFINITIONS)
            else bool(_loads(item) & dependent)
            for item in statement.body
        )
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        arguments, decorators = statement.args, statement.decorator_list
    elif isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Lambda):
        arguments, decorators = statement.value.args, []
    else:
        return False
    defaults = [*arguments.defaults, *(default for default in arguments.kw_defaults if default is not None)]
    return any(_loads(expression) & dependent for expression in (*defaults, *decorators))


def _is_function(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Lambda)


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run in the cell's own scope, neither in a function's nor as the variable of a comprehension."""
    yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(node, ast.comprehension) and child is node.target:
            continue
        if not isinstance(child, _FUNCTIONS):
            yield from _outside_functions(child)
        elif not isinstance(child, ast.Lambda):
            yield ast.Name(child.name, ast.Store())


def _loads(node: ast.AST) -> set[str]:
    return {n.id for n in _outside_functions(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _bound(statement: ast.stmt) -> set[str]:
    if isinstance(statement, _DEFINITIONS):
        return {statement.name}
    names = {n.id for n in _outside_functions(statement) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    return names | {n.name for n in _outside_functions(statement) if isinstance(n, ast.ClassDef)}


def _changed(statement: ast.stmt) -> set[str]:
    if isinstance(statement, _DEFINITIONS):
        return set()
    changed = set()
    for node in _outside_functions(statement):
        if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
            changed.add(_root(node))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            changed.add(_root(node.func))
    return {name for name in changed if name is not None}


def _root(node: ast.AST) -> str | None:
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
