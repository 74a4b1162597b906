"""Shell completion: names of labs and students, read from the folders.

A shell runs it at each press of the completion key, and shows whatever it prints. So it imports no library, runs none
of the course's code, and if something cannot be read it completes nothing.
"""

import ast
from collections.abc import Iterable
from pathlib import Path

import typer

from autograder.untrusted.student_ids import unsafe_id

_CONFIGURATION = "nbgrader_config.py"
_LONGEST_CONFIGURATION = 1024**2


def texts(ctx: typer.Context, incomplete: str) -> list[str]:
    """The labs that have a source text, ``course/LAB.py``."""
    return _matching(incomplete, (path.stem for path in _found(_root(ctx) / "course", "*.py")))


def labs(ctx: typer.Context, incomplete: str) -> list[str]:
    """The labs that were built: those in the source folder."""
    source = _folder(_root(ctx), "source_directory", "source")
    return _matching(incomplete, (path.parent.name for path in _found(source, "*/*.ipynb")))


def submitted_labs(ctx: typer.Context, incomplete: str) -> list[str]:
    """The labs with submissions."""
    submitted = _folder(_root(ctx), "submitted_directory", "submitted")
    return _matching(incomplete, (path.name for path in _found(submitted, "*/*") if path.is_dir()))


def students(ctx: typer.Context, incomplete: str) -> list[str]:
    """The students with a submission to the lab that was named before, or to any."""
    root = _root(ctx)
    # Click has not parsed an argument before an option without a value; it is left in ctx.args.
    lab = ctx.params.get("lab") or next(iter(ctx.args), "*")
    names = (path.parent.name for path in _found(_folder(root, "submitted_directory", "submitted"), f"*/{lab}"))
    return _matching(incomplete, (name for name in names if not unsafe_id(name)))


def _root(ctx: typer.Context) -> Path:
    return Path(ctx.params.get("course") or ".")


def _folder(root: Path, setting: str, usual: str) -> Path:
    """One of nbgrader's folders: as configured, if the configuration assigns a literal."""
    try:
        path = root / _CONFIGURATION
        if path.stat().st_size > _LONGEST_CONFIGURATION:
            return root / usual
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return root / usual
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            names = {target.attr for target in node.targets if isinstance(target, ast.Attribute)}
            if setting in names:
                usual = node.value.value
    return root / usual


def _found(folder: Path, pattern: str) -> Iterable[Path]:
    try:
        return [path for path in folder.glob(pattern) if not any(part.startswith(".") for part in path.parts[-2:])]
    except (OSError, ValueError):
        return []


def _matching(incomplete: str, names: Iterable[str]) -> list[str]:
    return sorted({name for name in names if name.startswith(incomplete)})
