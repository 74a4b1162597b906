"""What is checked of the finished site: it gives no answer away, its links lead somewhere, no page is too heavy."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from posixpath import normpath
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

from autograder.build.hidden_regions import Delimiters, check_visible_lines
from autograder.errors import ExpectedError
from website.labs import Lab

LARGEST_PAGE = 1_500_000
"""Bytes of a page with its pictures; scripts, style sheets and fonts are shared by all."""
_EXERCISE = "tag_exercise"
_SHARED = (".js", ".css")
_LINKS = (("a", "href"), ("link", "href"), ("img", "src"), ("script", "src"), ("source", "src"))

Lines = dict[str, str]
"""Text of a line → where it stands."""


def check_answers_hidden(site: Path, labs: Sequence[Lab], delimiters: Delimiters) -> None:
    """Check that no page holds a line of a solution or of a hidden test, by the rules of the build.

    A lab's own page and its figures are searched for the lab's own lines: later labs show what an earlier one asked
    for. All other pages are searched for those of every lab. What students download is the release, which the build
    has searched.

    Raises:
        ExpectedError: a page holds such a line.
    """
    pages = {path.relative_to(site).as_posix(): _lines(path, site) for path in _pages(site)}
    figures = {path.stem: _script_lines(path, site) for path in sorted((site / "_static" / "figures").glob("*.js"))}
    owned = {f"labs/{lab.name}.html" for lab in labs}
    for lab in labs:
        own = f"labs/{lab.name}.html"
        drawn = {figure.name for figure in lab.figures}
        shown = [lines for page, lines in pages.items() if page == own or page not in owned]
        shown += [({**lines}, {}) for name, lines in figures.items() if name in drawn]
        for text_lines, code_lines in shown:
            check_visible_lines(lab.text, text_lines, code_lines, delimiters, "the site")


def broken_links(site: Path) -> list[str]:
    """The links within the site that lead nowhere, one sentence each; nothing is fetched."""
    parsed = {path.relative_to(site).as_posix(): _parse(path) for path in _pages(site)}
    anchors = {
        page: {str(tag[key]) for key in ("id", "name") for tag in soup.select(f"[{key}]")}
        for page, soup in parsed.items()
    }
    wrong = []
    for page, soup in parsed.items():
        for link in sorted(set(_links(soup))):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = normpath(f"{Path(page).parent.as_posix()}/{unquote(parts.path)}") if parts.path else page
            if not (site / target).is_file():
                wrong.append(f"{page}: {link} leads to no file.")
            elif parts.fragment and target in anchors and unquote(parts.fragment) not in anchors[target] | {"", "top"}:
                wrong.append(f"{page}: {link} leads to no such place in {target}.")
    return wrong


def fetched_from_elsewhere(site: Path) -> list[str]:
    """What pages would load from other machines, one sentence each."""
    return [
        f"{path.relative_to(site).as_posix()} loads {tag[key]}."
        for path in _pages(site)
        for soup in (_parse(path),)
        for name, key in _LINKS[1:]
        for tag in soup.find_all(name, attrs={key: True})
        if urlsplit(str(tag[key])).netloc and "canonical" not in tag.get_attribute_list("rel")
    ]


def heavy_pages(site: Path) -> list[str]:
    """The pages that are too heavy, one sentence each."""
    wrong = []
    for path in _pages(site):
        weight = page_weight(path, site)
        if weight > LARGEST_PAGE:
            page = path.relative_to(site).as_posix()
            wrong.append(f"{page} weighs {weight / 1e6:.1f} MB, more than {LARGEST_PAGE / 1e6:.1f} MB.")
    return wrong


def page_weight(path: Path, site: Path) -> int:
    """Bytes of a page with its own pictures and the data of its figures."""
    soup = _parse(path)
    own = {path}
    for tag in soup.find_all("img", attrs={"src": True}):
        parts = urlsplit(str(tag["src"]))
        if not parts.scheme:
            own.add(path.parent / unquote(parts.path))
    for tag in soup.select("[data-figure]"):
        own.add(site / "_static" / "figures" / f"{tag['data-figure']}.js")
    return sum(file.stat().st_size for file in own if file.is_file())


def unnamed_columns(site: Path) -> list[str]:
    """The pages with a table that has a column without a name, one sentence each."""
    return [
        f"{path.relative_to(site).as_posix()} has a table in which a column has no name."
        for path in _pages(site)
        if any(not heading.get_text(strip=True) for heading in _parse(path).select("thead th"))
    ]


def require_sound(site: Path) -> None:
    """Check links, weights, tables, and that nothing is fetched.

    Raises:
        ExpectedError: something is wrong; the message names each page.
    """
    wrong = [*broken_links(site), *fetched_from_elsewhere(site), *heavy_pages(site), *unnamed_columns(site)]
    if wrong:
        raise ExpectedError("\n".join(wrong), "Mend the text that the page is made from, then run: make site")


def _pages(site: Path) -> list[Path]:
    """The site's pages; the theme keeps a template among its own files."""
    return [path for path in sorted(site.rglob("*.html")) if "_static" not in path.relative_to(site).parts]


def _parse(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_bytes(), "html.parser")


def _links(soup: BeautifulSoup) -> Iterator[str]:
    for name, key in _LINKS:
        for tag in soup.find_all(name, attrs={key: True}):
            yield str(tag[key])


def _lines(path: Path, site: Path) -> tuple[Lines, Lines]:
    """The lines of a page: those of prose, outputs and answers' stubs; those of other code."""
    soup = _parse(path)
    page = path.relative_to(site).as_posix()
    code_lines: Lines = {}
    for block in soup.find_all("pre"):
        if not any(
            isinstance(above, Tag) and _EXERCISE in above.get_attribute_list("class") for above in block.parents
        ):
            code_lines |= _text_lines(block.get_text(), page)
            block.extract()
    # As in the lab's text: a piece of code alone in a table's cell is no line of code.
    for piece in soup.find_all("code"):
        piece.replace_with(f"`{piece.get_text()}`")
    return _text_lines(soup.get_text(), page), code_lines


def _script_lines(path: Path, site: Path) -> Lines:
    """The lines of all texts in a figure's data."""
    data = json.loads(path.read_text("utf-8").partition("=")[2].rstrip().removesuffix(";"))
    where = path.relative_to(site).as_posix()
    return {line: where for text in _texts(data) for line in _text_lines(text, where)}


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value.replace("<br>", "\n")
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _text_lines(text: str, where: str) -> Lines:
    return {line.strip(): where for line in text.splitlines()}
