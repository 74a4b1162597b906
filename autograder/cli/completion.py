"""What a shell completes: names of labs and students, read off the folders.

A shell waits for it at each press of a key, and shows whatever it prints. So it imports no library, runs none of the
course's code, and where something cannot be read it completes nothing.
"""

import ast
from collections.abc import Iterable
from pathlib import Path

import typer

_CONFIGURATION = "nbgrader_config.py"
_LONGEST_CONFIGURATION = 1024**2


def texts(ctx: typer.Context, incomplete: str) -> list[str]:
    """The labs of which there is a text, ``course/LAB.py``."""
    return _beginning(incomplete, (path.stem for path in _found(_root(ctx) / "course", "*.py")))


def labs(ctx: typer.Context, incomplete: str) -> list[str]:
    """The labs that were built: those in the source folder."""
    source = _folder(_root(ctx), "source_directory", "source")
    return _beginning(incomplete, (path.parent.name for path in _found(source, "*/*.ipynb")))


def submitted_labs(ctx: typer.Context, incomplete: str) -> list[str]:
    """The labs that somebody has handed in."""
    submitted = _folder(_root(ctx), "submitted_directory", "submitted")
    return _beginning(incomplete, (path.name for path in _found(submitted, "*/*") if path.is_dir()))


def students(ctx: typer.Context, incomplete: str) -> list[str]:
    """The students who have handed in the lab that was named before, or any."""
    root = _root(ctx)
    # What stands before an option without a value yet is left among the arguments that were not read.
    lab = ctx.params.get("lab") or next(iter(ctx.args), "*")
    return _beginning(
        incomplete, (path.parent.name for path in _found(_folder(root, "submitted_directory", "submitted"), f"*/{lab}"))
    )


def _root(ctx: typer.Context) -> Path:
    return Path(ctx.params.get("course") or ".")


def _folder(root: Path, setting: str, usual: str) -> Path:
    """One of nbgrader's folders: by the configuration, if that names it in so many words."""
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


def _beginning(incomplete: str, names: Iterable[str]) -> list[str]:
    return sorted({name for name in names if name.startswith(incomplete)})
