"""A lab as a page of the site: the released notebook, with the outputs that lesson cells had in the worked solution."""

import html
import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.build.build import read_with_colab_cells
from autograder.build.colab_cells import BADGE, INSTALLATION, Origin
from autograder.build.conversion import RELEASE, SOLUTIONS
from autograder.build.files import contents, read_notebook
from autograder.build.lab_text import LabText
from autograder.cells import Role
from autograder.course.course import Course
from autograder.errors import ExpectedError
from autograder.untrusted.notebooks import role_of
from website.outputs import PLOTLY, ShownFigure, check_images, show

_TITLE = re.compile(r"#\s+(.+)")
_MINUTES = re.compile(r"\*\*Time:\*\* about (\d+) minutes")
_ABOUT = r"^\|\s*`{lab}`\s*\|\s*(.+?)\s*\|"
_PREDICT = re.compile(r"\*\*Predict\b")
_INSTALLS = "A cell that installs gradlab where it is missing"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_CLASSES = {Role.SOLUTION: "exercise", Role.ANSWER: "exercise", Role.TEST: "check"}


@dataclass(frozen=True)
class Lab:
    """A lab of the site.

    Attributes:
        text: the lab as its author wrote it.
        title: its title.
        about: what it is about, from the README's table; empty if that does not list it.
        minutes: how long it takes; None if its text does not say.
        points: the points that it is worth.
        notebook: the page: as students get it, with outputs.
        figures: the figures on the page, in order.
        download: the file that students download, name and content: the notebook, or an archive if there are data.
        colab: the address that opens the lab in Colab; None if the course is not on GitHub.
    """

    text: LabText
    title: str
    about: str
    minutes: int | None
    points: float
    notebook: NotebookNode
    figures: tuple[ShownFigure, ...]
    download: tuple[str, bytes]
    colab: str | None

    @property
    def name(self) -> str:
        """The lab's name."""
        return self.text.name


def read_lab(course: Course, lab: str, origin: Origin | None) -> Lab:
    """Read a built lab.

    Raises:
        ExpectedError: it was not built, or was changed since; its worked solution has no outputs; a figure has no text
            alternative.
    """
    text = read_with_colab_cells(course, lab)
    released = _read_built(text, course.root / RELEASE / lab)
    solution = _read_built(text, course.root / SOLUTIONS / lab)
    _check_current(text, released, solution)
    if not any(cell.get("outputs") for cell in solution.cells):
        raise ExpectedError(
            f"{SOLUTIONS}/{lab}/{lab}.ipynb has no outputs, so the site cannot show what the lab's cells show.",
            f"Run it again: autograder build {lab}",
        )
    cells, figures = _with_outputs(text, released, solution)
    readme = course.root / "README.md"
    row = (
        re.search(_ABOUT.format(lab=re.escape(lab)), readme.read_text("utf-8"), re.MULTILINE)
        if readme.exists()
        else None
    )
    prose = "\n".join(cell.source for cell in text.notebook.cells if cell.cell_type == "markdown")
    minutes = _MINUTES.search(prose)
    title = _TITLE.search(cells[0].source if cells else "")
    points = [cell.metadata.nbgrader.get("points", 0) for cell in released.cells if "nbgrader" in cell.metadata]
    found = Lab(
        text=text,
        title=title[1].strip() if title else lab,
        about=row[1] if row else "",
        minutes=int(minutes[1]) if minutes else None,
        points=float(sum(points)),
        notebook=released,
        figures=tuple(figures),
        download=_download(course.root / RELEASE / lab),
        colab=_colab(origin, f"{RELEASE}/{lab}/{lab}.ipynb"),
    )
    released.cells = _headed(found, cells, bool(title))
    return found


def number_of(lab: str) -> str:
    """The number with which a lab's name begins; the whole name if there is none."""
    digits = re.match(r"\d+", lab)
    return digits[0] if digits else lab


def _read_built(text: LabText, folder: Path) -> NotebookNode:
    path = folder / f"{text.name}.ipynb"
    try:
        return read_notebook(path)
    except FileNotFoundError:
        problem = f"{folder.parent.name}/{text.name}/{path.name} does not exist"
    except (OSError, nbformat.ValidationError, nbformat.reader.NotJSONError) as error:
        problem = f"{folder.parent.name}/{text.name}/{path.name} cannot be read: {' '.join(str(error).split())[:200]}"
    raise ExpectedError(f"{problem}.", f"Build the lab: autograder build {text.name}")


def _check_current(text: LabText, released: NotebookNode, solution: NotebookNode) -> None:
    """Check that a release and a worked solution have the cells of the lab's text, and lesson cells their sources."""
    for folder, notebook in ((RELEASE, released), (SOLUTIONS, solution)):
        pairs = list(zip(text.located_cells, notebook.cells, strict=False))
        same = len(text.notebook.cells) == len(notebook.cells) and all(
            cell.id == built.id
            and (role_of(cell.metadata.get("nbgrader", {})) in _CLASSES or cell.source == built.source)
            for (cell, _), built in pairs
            if role_of(cell.metadata.get("nbgrader", {})) is not Role.TASK
        )
        if not same:
            raise ExpectedError(
                f"{folder}/{text.name}/{text.name}.ipynb was made from another text than course/{text.name}.py.",
                f"Build the lab again: autograder build {text.name}",
            )


def _with_outputs(
    text: LabText, released: NotebookNode, solution: NotebookNode
) -> tuple[list[NotebookNode], list[ShownFigure]]:
    """The released cells, lesson cells with the outputs that they had in the worked solution."""
    cells: list[NotebookNode] = []
    figures: list[ShownFigure] = []
    asked = False
    for (_, location), cell, solved in zip(text.located_cells, released.cells, solution.cells, strict=True):
        if cell.id == BADGE:
            continue
        role = role_of(cell.metadata.get("nbgrader", {}))
        tags = [_CLASSES[role]] if role in _CLASSES else []
        if cell.cell_type == "markdown":
            check_images(cell.source, location.refuse)
            asked = bool(_PREDICT.search(cell.source))
        elif cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            if cell.id == INSTALLATION:
                tags.append("hide-input")
                cell.metadata.mystnb = {"code_prompt_show": _INSTALLS, "code_prompt_hide": _INSTALLS}
            elif not tags:
                cell.outputs, shown = show(solved, location, f"{text.name}-{len(figures) + 1}")
                figures += shown
                # A reader guesses first, too. A figure stays in view: it draws nothing before it is seen.
                if (
                    asked
                    and cell.outputs
                    and PLOTLY not in {kind for it in solved.outputs for kind in it.get("data", {})}
                ):
                    tags.append("hide-output")
                asked = False
        cell.metadata.tags = tags
        cells.append(cell)
    return cells, figures


def _headed(lab: Lab, cells: list[NotebookNode], titled: bool) -> list[NotebookNode]:
    """The cells with the lab's number, its buttons and a note below the title."""
    title, rest = f"# {lab.title}", cells
    if titled:
        _, _, below = cells[0].source.partition("\n")
        rest = (
            [nbformat.v4.new_markdown_cell(below.strip(), metadata=cells[0].metadata), *cells[1:]]
            if below.strip()
            else cells[1:]
        )
    head = nbformat.v4.new_markdown_cell(f"{title}\n\n{buttons(lab)}", id="site-head")
    return [head, *rest]


def buttons(lab: Lab) -> str:
    """The HTML of a lab's buttons, for a page in the folder ``labs``."""
    name, _ = lab.download
    facts = [
        f"Lab {number_of(lab.name)}",
        f"about {lab.minutes} minutes" if lab.minutes else "",
        f"{lab.points:g} points",
    ]
    colab = (
        f'<a class="gradlab-button gradlab-first" href="{html.escape(lab.colab)}">Open in Colab</a> '
        if lab.colab
        else ""
    )
    return (
        f'<p class="gradlab-facts">{" · ".join(filter(None, facts))}</p>\n'
        f'<p class="gradlab-buttons">{colab}'
        f'<a class="gradlab-button" href="../downloads/{html.escape(name)}" download>Download</a></p>\n'
        '<p class="gradlab-note">You see the lab as students get it, with what the lesson\'s cells print and draw. '
        "The exercises are yours: open or download the lab to run it.</p>"
    )


def _download(folder: Path) -> tuple[str, bytes]:
    """What students download: the released notebook; an archive, the same bytes every time, if it has data files."""
    files = contents(folder)
    notebook = f"{folder.name}.ipynb"
    if list(files) == [notebook]:
        return notebook, files[notebook]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(f"{folder.name}/{name}", _EPOCH), content, zipfile.ZIP_DEFLATED)
    return f"{folder.name}.zip", packed.getvalue()


def _colab(origin: Origin | None, path: str) -> str | None:
    if origin is None or origin.github is None:
        return None
    return f"https://colab.research.google.com/github/{origin.github}/blob/{origin.branch}/{path}"
