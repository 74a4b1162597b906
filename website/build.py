"""Build the site: pages as Markdown and notebooks, Sphinx, then checks; the old site is replaced at the end."""

import shutil
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from autograder.build.colab_cells import read_origin
from autograder.build.conversion import open_course
from autograder.build.files import write_notebook
from autograder.build.hidden_regions import delimiters_of
from autograder.build.lab_text import lab_names
from autograder.errors import ExpectedError
from website import pages
from website.guides import GUIDES, MEASUREMENTS, converted, guide_pages, titles
from website.labs import Lab, read_lab
from website.outputs import ShownFigure

_SPHINX = Path(__file__).parent / "sphinx"
_IMAGES = "docs/images"
_MATHJAX = ("tex-chtml.js", "output/chtml/fonts/woff-v2")
"""Of MathJax: the program for TeX with fonts, and the fonts."""


def build(root: Path, target: Path) -> tuple[Lab, ...]:
    """Build the site of a course.

    Args:
        root: the course's folder, with ``course/``, ``release/``, ``solutions/``, ``docs/`` and ``benchmarks/``.
        target: the folder of the site, which is replaced.

    Returns:
        The labs that it shows.

    Raises:
        ExpectedError: a lab is not built or has no outputs; a figure has no text alternative; Sphinx warns; a page
            gives an answer away, has a link that leads nowhere, or is too heavy.
    """
    course = open_course(root)
    origin = read_origin(root)
    labs = tuple(read_lab(course, lab, origin) for lab in lab_names(root))
    with tempfile.TemporaryDirectory(prefix="gradlab-") as temporary:
        source, made = Path(temporary) / "source", Path(temporary) / "site"
        repository = f"https://github.com/{origin.github}" if origin and origin.github else None
        branch = origin.branch if origin else "main"
        figures = _write_pages(source, root, labs, f"{repository}/blob/{branch}" if repository else None)
        _run_sphinx(source, made, Path(temporary) / "doctrees", repository)
        _add_scripts(made, figures)
        _add_downloads(made, labs)
        from website import checks

        checks.check_answers_hidden(made, labs, delimiters_of(course.application.config))
        checks.require_sound(made)
        if target.exists():
            shutil.rmtree(target)
        shutil.copytree(made, target)
    return labs


def _write_pages(source: Path, root: Path, labs: Sequence[Lab], files: str | None) -> list[ShownFigure]:
    """Write what Sphinx reads; return all figures."""
    from website.examples import descent_figure

    figure = descent_figure()
    for lab in labs:
        write_notebook(lab.notebook, source / "labs" / f"{lab.name}.ipynb")
    shown = {f"{_IMAGES}/basin-map.png"}
    guides = guide_pages(root)
    for path, page in guides.items():
        text, images = converted((root / path).read_text("utf-8"), path, guides, files)
        shown.update(images)
        _write(source / page, text)
    for image in sorted(shown):
        copy = source / image.removeprefix("docs/")
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / image, copy)
    _write(source / "index.md", pages.front(root, labs, figure))
    _write(source / "gallery.md", pages.gallery(labs))
    _write(source / "labs" / "index.md", pages.lab_list(labs))
    _write(source / GUIDES / "index.md", pages.index("Guides", pages.GUIDES_LEAD, titles(guides.values(), GUIDES)))
    measured = titles(guides.values(), MEASUREMENTS)
    _write(source / MEASUREMENTS / "index.md", pages.index("Measurements", pages.MEASUREMENTS_LEAD, measured))
    return [figure, *(it for lab in labs for it in lab.figures)]


def _run_sphinx(source: Path, made: Path, doctrees: Path, repository: str | None) -> None:
    try:
        from sphinx.application import Sphinx
        from sphinx.errors import SphinxError
    except ImportError as error:
        raise ExpectedError(
            f"The site needs a package that is not installed: {error.name}.", "Run make site, which installs it."
        ) from error
    theme = {"html_theme_options.github_url": repository} if repository else {}
    try:
        application = Sphinx(
            srcdir=source,
            confdir=_SPHINX,
            outdir=made,
            doctreedir=doctrees,
            buildername="html",
            confoverrides=theme,
            status=None,
            warningiserror=True,
        )
        application.build()
    except SphinxError as error:
        raise ExpectedError(f"Sphinx refuses a page: {error}", "Mend the text that the page is made from.") from error
    if application.statuscode:
        raise ExpectedError("Sphinx warns; what it says stands above.", "Mend the text that it names.")


def _add_scripts(site: Path, figures: Sequence[ShownFigure]) -> None:
    """Put plotly.js, MathJax and the data of figures into the site."""
    static = site / "_static"
    shutil.copy(_package("plotly", "plotly") / "package_data" / "plotly.min.js", static)
    mathjax = _package("mathjax", "django-static-mathjax") / "static" / "mathjax" / "es5"
    for name in _MATHJAX:
        copy = static / "mathjax" / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if (mathjax / name).is_dir():
            shutil.copytree(mathjax / name, copy)
        else:
            shutil.copy(mathjax / name, copy)
    (static / "figures").mkdir()
    for figure in figures:
        if figure.script:
            (static / "figures" / f"{figure.name}.js").write_text(figure.script, encoding="utf-8")


def _add_downloads(site: Path, labs: Sequence[Lab]) -> None:
    (site / "downloads").mkdir()
    for lab in labs:
        name, content = lab.download
        (site / "downloads" / name).write_bytes(content)
    # GitHub Pages leaves out folders like _static unless it is told that the pages are made.
    (site / ".nojekyll").touch()


def _package(module: str, name: str) -> Path:
    found = find_spec(module)
    if found is None or found.origin is None:
        raise ExpectedError(
            f"The site needs a package that is not installed: {name}.", "Run make site, which installs it."
        )
    return Path(found.origin).parent


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
