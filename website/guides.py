"""The guides and the measurements as pages: the project's own Markdown, with links that work on the site."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath

GUIDES, MEASUREMENTS = "guides", "measurements"
_FENCED = re.compile(r"(^ *(`{3,})[^\n]*\n.*?^ *\2`*\s*?$)", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<=\]\()(?![a-z]+:)([^)#\s]+)(#[^)\s]*)?(?=\))")
_ORDER = ("students", "instructors")
"""The guides that come first; the others follow by name."""


def guide_pages(root: Path) -> dict[str, str]:
    """The pages of the site that are files of the project: the file's path → the page's, both with ``.md``."""
    guides = sorted((root / "docs").glob("*.md"), key=lambda path: (_place(path.stem), path.stem))
    found = {f"docs/{path.name}": f"{GUIDES}/{path.name}" for path in guides}
    measured = sorted((root / "benchmarks").glob("*.md"))
    return found | {f"benchmarks/{path.name}": f"{MEASUREMENTS}/{path.stem.lower()}.md" for path in measured}


def converted(text: str, source: str, pages: Mapping[str, str], repository: str | None) -> tuple[str, tuple[str, ...]]:
    """The text of a page, with its links as the site has them.

    Args:
        text: Markdown.
        source: the file's path in the project.
        pages: as `guide_pages` gives them.
        repository: where a browser finds the project's other files; None leaves only the words of such a link.

    Returns:
        The text, and the pictures and other files in ``docs/images`` that it shows.
    """
    shown: list[str] = []

    def rewrite(link: re.Match[str]) -> str:
        target = normpath(str(PurePosixPath(source).parent / link[1]))
        if target in pages:
            return relpath(pages[target], str(PurePosixPath(pages[source]).parent)) + (link[2] or "")
        if target.startswith("docs/images/"):
            shown.append(target)
            return relpath(target.removeprefix("docs/"), str(PurePosixPath(pages[source]).parent))
        return f"{repository}/{target}" if repository else f"#{PurePosixPath(pages[source]).stem}"

    parts = _FENCED.split(text)
    # The pattern has two groups: of three parts, the first is prose, the second a block, the third its fence.
    whole = "".join(
        _LINK.sub(rewrite, part) if place % 3 == 0 else part * (place % 3 == 1) for place, part in enumerate(parts)
    )
    return whole, tuple(shown)


def titles(pages: Iterable[str], folder: str) -> list[str]:
    """The pages of one folder, for a table of contents there."""
    return [PurePosixPath(page).stem for page in pages if PurePosixPath(page).parent == PurePosixPath(folder)]


def _place(stem: str) -> int:
    return _ORDER.index(stem) if stem in _ORDER else len(_ORDER)
