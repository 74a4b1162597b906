"""Which global names a cell looks up: when it runs, and later, when its functions are called.

What a cell has surely bound itself it does not take from elsewhere. Where the text leaves it open (branches, loops,
blocks that an error may cut short), a name counts as looked up.
"""

import ast
import builtins
import symtable
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from autograder.python_names import imported_names, names_in, python_of, statements

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp)
_RUN_AT_ONCE = frozenset({"listcomp", "setcomp", "dictcomp"})
"""The names of scopes that run where they stand."""
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Lookups:
    """The global names that a cell looks up.

    Attributes:
        now: those that it looks up when it runs, before it has surely bound them.
        later: those that its functions look up when they are called.
        bound: those that it has surely bound when it has run.
    """

    now: frozenset[str]
    later: frozenset[str]
    bound: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """Those of both moments."""
        return self.now | self.later


def lookups(source: str) -> Lookups:
    """The global names that a cell looks up; none if it isn't Python.

    Raises:
        RecursionError, MemoryError, ValueError: its text is nested too deeply, or holds what Python does not read.
    """
    body = statements(source)
    if not body:
        return Lookups(frozenset(), frozenset(), frozenset())
    bound: set[str] = set()
    now = _in_order(body, bound)
    later = _later(source, body)
    return Lookups(_no_builtins(now), _no_builtins(later), frozenset(bound))


def closure(names: Iterable[str], definitions: Iterable[Lookups]) -> frozenset[str]:
    """These names, and those that the functions among them look up, and so on.

    Args:
        names: the names.
        definitions: the lookups of all cells: what one of their functions looks up, any of them may.
    """
    found: set[str] = set(names)
    cells = list(definitions)
    while True:
        more = set[str]().union(*(cell.later for cell in cells if cell.bound & found)) - found
        if not more:
            return frozenset(found)
        found |= more


def _no_builtins(names: Collection[str]) -> frozenset[str]:
    return frozenset(name for name in names if not hasattr(builtins, name))


def _later(source: str, body: list[ast.stmt]) -> set[str]:
    named = {node.name for statement in body for node in ast.walk(statement) if isinstance(node, _FUNCTIONS)}
    at_once = _RUN_AT_ONCE - named
    found: set[str] = set()
    try:
        ahead = [(symtable.symtable(python_of(source), "<source>", "exec"), False)]
    except SyntaxError:
        # A top-level ``await``: only the shell can run it.
        return set(names_in(body).used)
    while ahead:
        table, delayed = ahead.pop()
        if delayed:
            symbols = table.get_symbols()
            found |= {symbol.get_name() for symbol in symbols if symbol.is_global() and symbol.is_referenced()}
        for child in table.get_children():
            runs_later = child.get_type() == "function" and child.get_name() not in at_once
            ahead.append((child, delayed or runs_later))
    return found


def _in_order(body: Iterable[ast.stmt], bound: set[str]) -> set[str]:
    """The names that statements look up before they are bound; what they surely bind is added to `bound`."""
    found: set[str] = set()
    for statement in body:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                found |= set(_loads(_head(statement))) - bound
                bound.add(statement.name)
            case ast.ClassDef():
                head = [*statement.bases, *statement.keywords, *statement.decorator_list]
                found |= set(_loads(head)) - bound
                found |= _in_order(statement.body, set(bound))
                bound.add(statement.name)
            case ast.Delete():
                names = _stored(statement)
                found |= (set(_loads([statement])) | names) - bound
                bound -= names
            case ast.AugAssign():
                found |= (set(_loads([statement])) | _stored(statement.target)) - bound
            case ast.Import() | ast.ImportFrom():
                bound |= imported_names(ast.unparse(statement)) - {"*"}
            case ast.Assign() | ast.Expr() | ast.Assert() | ast.Raise() | ast.Return():
                found |= set(_loads([statement])) - bound
                bound |= _stored(statement)
            case ast.AnnAssign():
                found |= set(_loads([statement])) - bound
                bound |= _stored(statement) if statement.value is not None else set()
            case _:
                found |= _in_block(statement, bound)
    return found


def _in_block(statement: ast.stmt, bound: set[str]) -> set[str]:
    """The names that a statement with blocks looks up. A block may run never, or be cut short: it binds nothing."""
    head: list[ast.AST] = []
    blocks: list[tuple[list[ast.stmt], set[str]]] = []
    match statement:
        case ast.For() | ast.AsyncFor():
            head, blocks = [statement.iter], [(statement.body, _stored(statement.target)), (statement.orelse, set())]
            head += [node for node in ast.walk(statement.target) if not isinstance(node, ast.Name)]
        case ast.With() | ast.AsyncWith():
            head = list(statement.items)
            blocks = [(statement.body, _stored(*statement.items))]
        case ast.Match():
            head = [statement.subject, *(case.guard for case in statement.cases if case.guard)]
            blocks = [(case.body, _captured(case.pattern)) for case in statement.cases]
            head += [case.pattern for case in statement.cases]
        case ast.Try() | ast.TryStar():
            blocks = [(part, set()) for part in (statement.body, statement.orelse, statement.finalbody)]
            for handler in statement.handlers:
                head += [handler.type] if handler.type is not None else []
                blocks.append((handler.body, {handler.name} if handler.name else set()))
        case ast.If() | ast.While():
            head, blocks = [statement.test], [(statement.body, set()), (statement.orelse, set())]
        case _:
            head = [statement]
    found = set(_loads(head)) - bound
    for block, own in blocks:
        found |= _in_order(block, bound | own)
    return found


def _head(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.AST]:
    """What of a definition runs where it stands."""
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    annotations = [argument.annotation for argument in every if argument is not None]
    parts = [*arguments.defaults, *arguments.kw_defaults, *function.decorator_list, *annotations, function.returns]
    return [part for part in parts if part is not None]


def _stored(*nodes: ast.AST) -> set[str]:
    """The names that statements bind or delete, in their own scope."""
    found: set[str] = set()
    ahead = list(nodes)
    while ahead:
        node = ahead.pop()
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        if not isinstance(node, (*_FUNCTIONS, *_COMPREHENSIONS, ast.Lambda, ast.GeneratorExp, ast.NamedExpr)):
            ahead += ast.iter_child_nodes(node)
    return found


def _captured(pattern: ast.pattern) -> set[str]:
    names = (getattr(node, "name", None) or getattr(node, "rest", None) for node in ast.walk(pattern))
    return {name for name in names if isinstance(name, str)}


def _loads(nodes: Iterable[ast.AST], own: frozenset[str] = frozenset()) -> Iterator[str]:
    """The names that expressions look up at once; those of their functions are looked up later.

    Args:
        nodes: the expressions.
        own: the variables of the comprehensions around them.
    """
    for node in nodes:
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                if name not in own:
                    yield name
            case ast.Lambda(args=arguments):
                defaults = [*arguments.defaults, *(default for default in arguments.kw_defaults if default)]
                yield from _loads(defaults, own)
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                variables = own.union(*(_stored(part.target) for part in node.generators))
                yield from _loads([node.generators[0].iter], own)
                rest = [*ast.iter_child_nodes(node)]
                yield from _loads((part for part in rest if part is not node.generators[0]), variables)
                yield from _loads(node.generators[0].ifs, variables)
            case _:
                yield from _loads(ast.iter_child_nodes(node), own)
