"""Two cells at the top of a built notebook: a badge that opens it in Colab, and one that installs gradlab.

Both are made from the course's pyproject.toml:

    [tool.gradlab]
    repository = "https://github.com/OWNER/REPOSITORY"  # where students get the released notebooks
    branch = "main"                                     # of that repository; main without
    package = "gradlab @ git+https://…"                 # what pip installs; the repository without

They come after the title and have no nbgrader metadata: nbgrader refuses a lab in which a locked cell was added or
removed after students have handed in, and submissions from before these cells existed must stay valid. Jupyter's own
metadata protect them from accidental changes.
"""

import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from string import Template
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.build.cell_headers import CellLocation
from autograder.build.lab_text import LabText
from autograder.errors import ExpectedError

FILE = "pyproject.toml"
BADGE, INSTALLATION = "open-in-colab", "install-gradlab"
"""The ids of the two cells, the same in every lab."""

_KEYS = frozenset({"repository", "branch", "package"})
_ON_GITHUB = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?/?")
_ADDRESS = re.compile(r"https://[\w.~-]+(?::\d+)?(?:/[\w.~-]+)+/?")
_BRANCH = re.compile(r"[\w.-]+(?:/[\w.-]+)*")
# The package is written in double quotes in a line that IPython and a shell interpret.
_PACKAGE = re.compile(r"[\w\[\]., @+:/=<>!~-]+")
_TABLE = re.compile(r"^\s*\[tool\.gradlab\]", re.MULTILINE)
_PROTECTED = {"deletable": False, "editable": False}

_BADGE_TEXT = Template(
    "[![Open this lab in Google Colab](https://colab.research.google.com/assets/colab-badge.svg)]"
    "(https://colab.research.google.com/github/$github/blob/$branch/$path)"
)
_INSTALLATION_TEXT = Template(
    """\
# Installs gradlab where it is missing, for example on Colab. Everywhere else this cell does nothing.
import importlib.util

if importlib.util.find_spec("gradlab") is None:
    print("Installing gradlab, which this lab needs; it takes about a minute …")
    %pip install --quiet "$package"
    importlib.invalidate_caches()
    if importlib.util.find_spec("gradlab") is None:
        print("gradlab could not be installed. Is there an internet connection? Then run this cell once more.")
        print("If it fails again, show the lines above to whoever teaches the course.")"""
)


@dataclass(frozen=True)
class Origin:
    """Where students get a course's notebooks and gradlab.

    Attributes:
        github: the GitHub repository with the released notebooks, ``OWNER/REPOSITORY``; None if it is elsewhere, since
            Colab opens notebooks from GitHub only.
        branch: the branch of it that students read.
        package: the requirement that pip installs.
        line: the line of the table's header in pyproject.toml, from 1.
    """

    github: str | None
    branch: str
    package: str
    line: int = 1


def read_origin(course_root: Path) -> Origin | None:
    """Read the table ``[tool.gradlab]`` of a course.

    Returns:
        What the table in its pyproject.toml says; None if there is no such table.

    Raises:
        ExpectedError: the file is unreadable, or the table has an unknown key or a malformed value.
    """
    path = course_root / FILE
    try:
        text = path.read_text(encoding="utf-8")
        content = tomllib.loads(text)
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ExpectedError(f"{path} cannot be read: {error}.", "Mend it, or save it as TOML in UTF-8.") from None
    tool = content.get("tool", {})
    table = tool.get("gradlab") if isinstance(tool, dict) else None
    if table is None:
        return None
    found = _TABLE.search(text)
    return _origin(table, text.count("\n", 0, found.end()) + 1 if found else 1)


def add_colab_cells(lab_text: LabText, origin: Origin, released: str) -> LabText:
    """Add the badge and the cell that installs gradlab to a lab.

    Args:
        lab_text: the lab as its author wrote it.
        origin: where students get the notebooks.
        released: the released notebook's path in its repository, with forward slashes.

    Returns:
        The lab with them: after its first cell if that is a heading, otherwise at the top.

    Raises:
        ExpectedError: a cell of the lab has the id of one of them.
    """
    cells = list(_cells(origin, released))
    for cell, location in lab_text.located_cells:
        if cell.id in (BADGE, INSTALLATION):
            raise location.refuse("the build gives this id to a cell of its own", "Give the cell another grade id.")
    first = lab_text.notebook.cells[0] if lab_text.notebook.cells else None
    titled = first is not None and first.cell_type == "markdown" and first.source.lstrip().startswith("#")
    position = 1 if titled else 0
    notebook = nbformat.from_dict(lab_text.notebook)
    notebook.cells[position:position] = cells
    added = [CellLocation(FILE, origin.line, origin.line, f"the cell {it.id!r} that the build adds") for it in cells]
    locations = (*lab_text.locations[:position], *added, *lab_text.locations[position:])
    return replace(lab_text, notebook=notebook, locations=locations)


def _cells(origin: Origin, released: str) -> tuple[NotebookNode, ...]:
    install = _INSTALLATION_TEXT.substitute(package=origin.package)
    code = nbformat.v4.new_code_cell(install, id=INSTALLATION, metadata=dict(_PROTECTED))
    if origin.github is None:
        return (code,)
    badge = _BADGE_TEXT.substitute(github=origin.github, branch=origin.branch, path=released)
    return nbformat.v4.new_markdown_cell(badge, id=BADGE, metadata=dict(_PROTECTED)), code


def _origin(table: Any, line: int) -> Origin:  # noqa: ANN401 - whatever TOML holds
    if not isinstance(table, dict):
        raise _refuse(line, "gradlab under [tool] is no table", 'Write [tool.gradlab] and repository = "https://…".')
    unknown = sorted(table.keys() - _KEYS)
    if unknown:
        raise _refuse(line, f"[tool.gradlab] has no {unknown[0]!r}", f"Use only {', '.join(sorted(_KEYS))}.")
    repository = _entry(
        table,
        "repository",
        _ADDRESS,
        line,
        'Give the address that a browser shows: "https://github.com/OWNER/REPOSITORY".',
    )
    if repository is None:
        raise _refuse(line, "[tool.gradlab] names no repository", 'Add repository = "https://github.com/OWNER/NAME".')
    branch = _entry(table, "branch", _BRANCH, line, 'Name a branch, a tag or a commit: branch = "main".')
    package = _entry(table, "package", _PACKAGE, line, 'Write what pip installs, such as "gradlab @ git+https://…".')
    on_github = _ON_GITHUB.fullmatch(repository)
    pinned = f"@{branch}" if branch else ""
    return Origin(
        github=on_github[1] if on_github else None,
        branch=branch or "main",
        package=package or f"gradlab @ git+{repository.rstrip('/')}{pinned}",
        line=line,
    )


def _entry(table: dict[str, Any], key: str, form: re.Pattern[str], line: int, cure: str) -> str | None:
    value = table.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or not form.fullmatch(value):
        raise _refuse(line, f"{value!r} is no {key}", cure)
    return value


def _refuse(line: int, problem: str, cure: str) -> ExpectedError:
    return ExpectedError(f"{FILE}, line {line}: {problem}.", cure)
