"""Every regular expression that meets a stranger's text takes time in proportion to it."""

import ast
import importlib
import re
from pathlib import Path

import pytest

from autograder.collect.notebooks import _words
from autograder.judging.failed_cells import binding_of
from autograder.repair.library_misuse import reaching_inside
from tests.regular_expressions import is_linear

ROOT = Path(__file__).parent.parent
# What these parts read is the instructor's own, the machine's, or of the command line.
OURS = ("build", "cli", "gpu", "sandbox", "gradebook", "preprocessor")
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in (ROOT / "autograder").rglob("*.py")
    if path.name != "__init__.py" and path.relative_to(ROOT / "autograder").parts[0].removesuffix(".py") not in OURS
)
METHODS = ("search", "match", "fullmatch", "sub", "subn", "findall", "finditer", "split")
# Expressions that are put together while the program runs, each with the function that does it.
MADE = {
    # From names of notebooks, or of folders, that are the instructor's.
    "autograder.collect.notebooks._words",
    "autograder.course.course._matches",
    "autograder.repair.library_misuse.reaching_inside",
    # From a name that a test looks for.
    "autograder.judging.failed_cells.binding_of",
    # On reasons that the judge gives.
    "autograder.grading.wall_obstacles.obstacle_of",
    # A pattern that crosses the wall, which runs in the judge or in the sandbox and has their time.
    "autograder.wall.values._read_pattern",
}


@pytest.mark.parametrize(
    "pattern", [r"a*a*b", r"(a+)+b", r"(?:a|a)*b", r"\s+$", r"x[ab]*b*y", r"<a.*b.*c>", r"\w+(?=;)"]
)
def test_what_takes_long_is_found(pattern: str) -> None:
    assert not is_linear(re.compile(pattern), anchored=False, whole=False)


@pytest.mark.parametrize(
    "pattern",
    [r"\w+", r"[ _-]+", r"^ab*c", r"a{1,9}b", r"\\(?=href\b)", r"ab*c", r"(?m)^[ \t]*from[ \t]+x", r"(?<!x)ab*c"],
)
def test_what_is_linear_passes(pattern: str) -> None:
    assert is_linear(re.compile(pattern), anchored=False, whole=False)


def _used(tree: ast.Module, name: str) -> set[str]:
    """The methods of a pattern that a module calls; all where it is handed on."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name:
            found.add(node.attr)
    return found & set(METHODS) or {"search"}


def _linear(pattern: "re.Pattern[str]", methods: set[str]) -> bool:
    anchored = methods <= {"match", "fullmatch"}
    return is_linear(pattern, anchored=anchored, whole="fullmatch" in methods)


def test_those_that_are_put_together_are_linear() -> None:
    assert _linear(reaching_inside({"check", "figures"}), {"search"})
    assert _linear(_words("06_minimum of a_function"), {"search"})
    assert _linear(binding_of("slope"), {"search"})


@pytest.mark.parametrize("module", MODULES)
def test_the_expressions_of_a_module_are_linear(module: str) -> None:
    tree = ast.parse((ROOT / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8"))
    if not any(isinstance(node, ast.Import) and node.names[0].name == "re" for node in ast.walk(tree)):
        return
    for name, value in vars(importlib.import_module(module)).items():
        if isinstance(value, re.Pattern):
            assert _linear(value, _used(tree, name)), f"{module}.{name}: {value.pattern}"
    for function in ast.walk(tree):
        for node in ast.walk(function) if isinstance(function, ast.FunctionDef) else ():
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if isinstance(node.func.value, ast.Name) and node.func.value.id == "re" and node.func.attr != "escape":
                pattern = node.args[0]
                if isinstance(pattern, ast.Constant):
                    assert _linear(re.compile(pattern.value), {node.func.attr}), f"{module}: {pattern.value}"
                else:
                    assert f"{module}.{function.name}" in MADE
