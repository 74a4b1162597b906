"""Find the lab and the notebook that a file is: by its name, or by its cells."""

import os
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from autograder.cells import Role
from autograder.course.recognition import Marks, NotebookName, Recognition, marks_of
from autograder.untrusted.file_names import NOTEBOOK, copied_names, rank, without_copy_marks
from autograder.untrusted.files import Quarantine
from autograder.untrusted.helper import Bounds, HelperError, each
from autograder.untrusted.notebooks import read
from autograder.untrusted.paths import Parts

if TYPE_CHECKING:
    # A helper's process imports this module, and needs nothing of nbgrader.
    from autograder.collect.owners import SubmittedFile
    from autograder.course.course import Course

_MAY_BE_NOTEBOOK = re.compile(rf"{NOTEBOOK.pattern}|\.(?:json|txt)$", re.IGNORECASE)
_PUNCTUATION = " _-.,[]"
# Blackboard adds the time of the attempt to the name.
_BLACKBOARD = re.compile(r"_attempt_[\d-]+", re.IGNORECASE)
_LEAST_SHARE = 0.5
BOUNDS: Final = Bounds(seconds=20, mebibytes=2048)
"""What reading the files of a student that may be notebooks may take."""
_MOST_READ = 50
_BEGINNING = 64
_SHORTEST_PARAGRAPH = 40


class Labs:
    """The labs of a course and their notebooks.

    Args:
        notebooks: lab → the names of its notebooks.
        only: the only lab to collect; None for all.
        sources: notebook → the instructor's file, by whose cells a renamed notebook is recognised.
        recognition: knows the notebooks of the course, for files that have the name of another one.
    """

    def __init__(
        self,
        notebooks: Mapping[str, Sequence[str]],
        only: str | None = None,
        sources: Mapping[NotebookName, Path] | None = None,
        recognition: Recognition | None = None,
    ) -> None:
        self._notebooks = notebooks
        self._sources = sources or {}
        self._features: dict[NotebookName, Features] | None = None
        self._only = only
        self._recognition = recognition
        self._actual: dict[Path, NotebookName | None] = {}

    @classmethod
    def of(cls, course: "Course", only: str | None = None) -> "Labs":
        """The labs of a course.

        Raises:
            ExpectedError: the course does not have the lab, or has none at all.
        """
        if only is not None and only not in course.labs():
            course.source_folder(only)
        labs = [only] if only is not None else course.labs()
        if not labs:
            raise course.no_labs_error()
        source = course.directory.source_directory
        paths = {lab: sorted(course.folder(source, ".", lab).glob("*.ipynb")) for lab in labs}
        sources = {NotebookName(lab, path.stem): path for lab, found in paths.items() for path in found}
        return cls(
            {lab: [path.stem for path in found] for lab, found in paths.items()}, only, sources, Recognition(course)
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The labs' names."""
        return tuple(self._notebooks)

    def by_name(self, parts: Parts) -> NotebookName | None:
        """The notebook that a file's name fits best; None if it fits none, or two labs equally well."""
        if not NOTEBOOK.search(parts[-1]):
            return None
        name = unicodedata.normalize("NFC", parts[-1])
        found = [
            (order, it)
            for it in self._all()
            if (order := rank(name, unicodedata.normalize("NFC", it.notebook))) is not None
        ]
        if not found:
            # Some students add their own name to the notebook's.
            found = [(-len(it.notebook), it) for it in self._all() if _words(it.notebook).search(name)]
        if not found:
            return None
        best = min(order for order, _ in found)
        candidates = [it for order, it in found if order == best]
        candidates = [it for it in candidates if it.lab in parts[:-1]] or candidates
        # The longest name: "x_minimum" fits a notebook "minimum" too.
        longest = max(len(it.notebook) for it in candidates)
        candidates = [it for it in candidates if len(it.notebook) == longest]
        return candidates[0] if len(candidates) == 1 else None

    def by_contents(self, files: Sequence[tuple[str, Path]]) -> list[NotebookName | None]:
        """The notebook of which a file has at least half of the cells, for each of a student's files.

        None for a file that is none, or as much one as another; and for all but the first `_MOST_READ` that may be one.

        Args:
            files: (the file's name, the file) pairs; a name that no notebook can have is not read.
        """
        readable = [index for index, (name, path) in enumerate(files) if _may_be_notebook(name, path)][:_MOST_READ]
        found: list[NotebookName | None] = [None] * len(files)
        if not readable:
            return found
        if self._features is None:
            sources = {notebook: _read_features(path) for notebook, path in self._sources.items()}
            self._features = {notebook: it for notebook, it in sources.items() if it is not None}
        results: list[Features | HelperError | None] = each(
            BOUNDS, read_features, [os.fsencode(files[index][1]) for index in readable]
        )
        for index, features in zip(readable, results, strict=True):
            if isinstance(features, Features):
                found[index] = self._most_alike(features)
        return found

    def _most_alike(self, features: "Features") -> NotebookName | None:
        shares = {notebook: it.share_in(features) for notebook, it in (self._features or {}).items()}
        best = max(shares.values(), default=0.0)
        candidates = [notebook for notebook, share in shares.items() if share == best]
        return candidates[0] if best >= _LEAST_SHARE and len(candidates) == 1 else None

    def misnamed(self, files: "Sequence[SubmittedFile]") -> list[NotebookName | None]:
        """The notebook that each file with the name of another one is by its cells; None if the name is right."""
        if self._recognition is None:
            return [None] * len(files)
        named = [(file, name) for file in files if (name := self.by_name(file.inside)) is not None]
        unknown = [(file, name) for file, name in named if file.found.content not in self._actual][:_MOST_READ]
        results: list[Marks | HelperError | None] = each(
            BOUNDS, read_marks, [os.fsencode(file.found.content) for file, _ in unknown]
        )
        for (file, name), marks in zip(unknown, results, strict=True):
            actual = self._recognition.elsewhere(name, marks) if isinstance(marks, Marks) else None
            self._actual[file.found.content] = actual
        return [self._actual.get(file.found.content) for file in files]

    def collects(self, notebook: NotebookName) -> bool:
        """Whether a notebook is of a lab that is collected."""
        return notebook in self._all()

    def single(self) -> NotebookName | None:
        """The notebook to collect if there is only one; None if all labs are collected or the lab has several."""
        found = list(self._all())
        return found[0] if self._only is not None and len(found) == 1 else None

    def without_notebook(self, name: str) -> str:
        """A loose file's name without the notebook's: what is left may be a student's name or id."""
        stem = NOTEBOOK.sub("", name)
        stem = stem.rpartition(".")[0] if stem == name and "." in name else stem
        stem = _BLACKBOARD.sub("", stem)
        notebooks = sorted({it.notebook for it in self._all()}, key=len, reverse=True)
        for name, notebook in ((name, notebook) for name in copied_names(stem) for notebook in notebooks):
            found = _words(notebook).search(name)
            if found:
                stem = name
                before, behind = without_copy_marks(stem[: found.start()], stem[found.end() :])
                return _bare(before) or _bare(behind)
        return _bare(stem)

    def _all(self) -> Iterator[NotebookName]:
        return (NotebookName(lab, notebook) for lab, notebooks in self._notebooks.items() for notebook in notebooks)


def _bare(text: str) -> str:
    """A text without the punctuation around it; the number of a copy keeps its parentheses."""
    bare = text.strip(_PUNCTUATION)
    is_whole = bare.count("(") == bare.count(")") and not bare.startswith("(")
    return bare if is_whole else bare.strip(f"{_PUNCTUATION}()")


def _words(notebook: str) -> re.Pattern[str]:
    """Matches a notebook's name in a longer name, but not inside a word."""
    words = [re.escape(word) for word in re.split(r"[ _-]+", unicodedata.normalize("NFC", notebook)) if word]
    return re.compile(r"(?<![^\W_])" + r"[ _-]+".join(words) + r"(?![^\W_])", re.IGNORECASE)


@dataclass(frozen=True)
class Features:
    """What distinguishes a notebook from others.

    Attributes:
        ids: the grade ids of its cells.
        paragraphs: its longer paragraphs, as handed out; they stay when an editor drops all ids.
    """

    ids: frozenset[str]
    paragraphs: frozenset[str]

    def share_in(self, other: "Features") -> float:
        """The share of these features that another notebook has, from 0 to 1."""
        return max(_share(self.ids, other.ids), _share(self.paragraphs, other.paragraphs))


def read_features(paths: list[bytes]) -> list[Features | None]:
    """What distinguishes each of some files, None for those that are no notebooks; this runs in a helper's process."""
    return [_read_features(Path(os.fsdecode(path))) for path in paths]


def read_marks(paths: list[bytes]) -> list[Marks | None]:
    """What tells each of some files from other notebooks of the course; this runs in a helper's process."""
    found: list[Marks | None] = []
    for path in paths:
        try:
            found.append(marks_of(read(Path(os.fsdecode(path))).cells))
        except Quarantine:
            found.append(None)
    return found


def _may_be_notebook(name: str, path: Path) -> bool:
    """Whether a file's name and its first characters are those of a notebook."""
    if not _MAY_BE_NOTEBOOK.search(name):
        return False
    try:
        with path.open("rb") as file:
            start = file.read(_BEGINNING)
    except OSError:
        return False
    return not start.isascii() or b"\0" in start or start.lstrip()[:1] in (b"{", b"")


def _read_features(path: Path) -> Features | None:
    try:
        cells = read(path).cells
    except Quarantine:
        return None
    return Features(
        frozenset(cell.grade_id for cell in cells if cell.grade_id),
        frozenset(
            text
            for cell in cells
            if cell.kind == "markdown"
            and cell.role is Role.FREE
            and len(text := cell.source.strip()) >= _SHORTEST_PARAGRAPH
        ),
    )


def _share(wanted: frozenset[str], found: frozenset[str]) -> float:
    return len(wanted & found) / len(wanted) if wanted else 0.0
