"""The words: complete, used, and giving nothing away."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import gradlab
from gradlab import words
from gradlab.words.labs import LABS

SOURCES = {path: path.read_text() for path in (Path(gradlab.__file__).parent / "check").rglob("*.py")}
WRITTEN = {text for source in SOURCES.values() for text in re.findall(r'"([a-z][a-z-]*)"', source)}
EXPLANATIONS = {**words.MISCONCEPTIONS, **words.FINDINGS}
CHECKS = {name for lab in LABS for name in import_module(f"gradlab.check.{lab.__name__.rpartition('.')[2]}").__all__}
ENGLISH = re.compile(r"(?<!\w)[a-z]{3,}(?![\w(])")
"""A word; one before a parenthesis is the name of a function in a formula."""
CODE = {"parents", "slopes"}
"""Names of attributes that an observation puts between backticks."""
ANSWERS = ("-= lr", "zero_()", "retain_graph", "eigvalsh", "cdist", "argmin", "requires_grad_()", "no_grad():")


def test_no_key_stands_in_two_places() -> None:
    for kind in ("FINDINGS", "OBSERVATIONS", "FRAGMENTS", "PASSED"):
        keys = Counter(key for part in (words.shared, *LABS) for key in getattr(part, kind, {}))
        assert not [key for key, count in keys.items() if count > 1]


def test_no_key_has_two_meanings() -> None:
    assert not set(words.MISCONCEPTIONS) & set(words.FINDINGS)


def test_every_text_is_used() -> None:
    assert not {*EXPLANATIONS, *words.OBSERVATIONS, *words.FRAGMENTS} - WRITTEN


def test_every_observation_that_a_check_names_exists() -> None:
    pair = re.compile(r'(?:not_yet|describe|KnownMistake)\(\s*"([a-z-]+)",\s*"([a-z-]+)"')
    named = {found for source in SOURCES.values() for found in pair.findall(source)}
    assert len(named) > 300
    assert not {explanation for explanation, _ in named} - set(EXPLANATIONS)
    assert not {observation for _, observation in named} - set(words.OBSERVATIONS)


def test_every_check_has_a_line_for_passing_and_no_other_is_there() -> None:
    assert words.PASSED.keys() == CHECKS
    assert not {name for name, line in words.PASSED.items() if not re.fullmatch(r"✓ [A-Z][^\n]{10,70}\.", line)}


def test_an_explanation_reads_well() -> None:
    assert not [key for key, explanation in EXPLANATIONS.items() if explanation.title.endswith(".")]
    texts = {(key, text) for key, explanation in EXPLANATIONS.items() for text in (explanation.cause, explanation.look)}
    assert not {(key, text) for key, text in texts if text[-1] not in ".?)" or "  " in text or "{" in text}


def test_an_explanation_never_holds_the_corrected_line() -> None:
    told = {key: each.title + each.cause + each.look for key, each in EXPLANATIONS.items()}
    assert not {(key, answer) for key, text in told.items() for answer in ANSWERS if answer in text}


def test_the_words_of_a_check_stand_in_the_package_of_words() -> None:
    told = {(path.name, text) for path, source in SOURCES.items() for text in english(source)}
    assert len(words.FRAGMENTS) > 30
    assert not {(file, text) for file, text in told if text not in CODE | words.FRAGMENTS.keys()}


def test_words_that_a_check_tells_by_itself_are_found() -> None:
    source = """
def check(count):
    agree(1, 2, given=f"{count} numbers")
    raise not_yet("key", "key", expression=f"`exp(a, {count})`", where="some place")

def mistakes(mean):
    for factor, missing in ((1, "the sine"), (2, "the cosine")):
        yield KnownMistake("key", "key", factor, {"missing": missing, "formula": "exp(sin(3x))"})
    described = "random x" if mean else FRAGMENTS["other-key"]
    placeholders = {"name": described}
    yield KnownMistake("key", "key", 3, placeholders)
"""
    assert english(source) == {"{} numbers", "some place", "the sine", "the cosine", "random x"}


def english(source: str) -> set[str]:
    """The texts that a check tells a student by itself; formulas, and code between backticks, are none."""
    return {text for text in told_to_students(ast.parse(source)) if ENGLISH.search(re.sub(r"`[^`]*`", "", text))}


def told_to_students(module: ast.Module) -> Iterator[str]:
    """The literals of a check that become a part of a diagnosis: as `given`, or as a placeholder's value."""
    for scope in ast.walk(module):
        if isinstance(scope, ast.FunctionDef):
            for call in ast.walk(scope):
                if isinstance(call, ast.Call):
                    for value in told_by(call):
                        yield from literals(value, scope, frozenset())


def told_by(call: ast.Call) -> Iterator[ast.expr]:
    """The arguments of a call that a student reads."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    for keyword in call.keywords:
        if keyword.arg in ("given", "placeholders") or name in ("not_yet", "describe"):
            yield keyword.value
    if name == "KnownMistake":
        yield from call.args[3:]
    if name in ("require_unchanged", "require_left_alone"):
        yield from call.args[:1]


def literals(value: ast.expr, scope: ast.FunctionDef, seen: frozenset[str]) -> Iterator[str]:
    """The texts in an expression; a name stands for everything that the function puts under it."""
    if isinstance(value, ast.Constant):
        if isinstance(value.value, str):
            yield value.value
    elif isinstance(value, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in value.values)
    elif isinstance(value, ast.Name):
        if value.id not in seen:
            for source in sources_of(value.id, scope):
                yield from literals(source, scope, seen | {value.id})
    elif isinstance(value, ast.Dict):
        for each in value.values:
            yield from literals(each, scope, seen)
    elif isinstance(value, ast.IfExp):
        for each in (value.body, value.orelse):
            yield from literals(each, scope, seen)
    elif not isinstance(value, ast.Subscript | ast.Compare) and not calls_function(value):
        for child in ast.iter_child_nodes(value):
            if isinstance(child, ast.expr):
                yield from literals(child, scope, seen)


def calls_function(value: ast.expr) -> bool:
    """Whether an expression is the call of a function, whose arguments are not what it gives; methods are none."""
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name)


def sources_of(name: str, scope: ast.FunctionDef) -> Iterator[ast.expr]:
    """What is assigned to a name in a function, or what a loop takes it from."""
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign):
            targets, source = node.targets, node.value
        elif isinstance(node, ast.For | ast.comprehension):
            targets, source = [node.target], node.iter
        else:
            continue
        if any(isinstance(each, ast.Name) and each.id == name for target in targets for each in ast.walk(target)):
            yield source
