"""Find the lab and the notebook that a file is: by its name, or by its cells."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.cells import Role
from autograder.course.course import Course
from autograder.course.recognition import NotebookName, Recognition
from autograder.untrusted.file_names import NOTEBOOK, rank, without_copy_marks
from autograder.untrusted.files import Quarantine
from autograder.untrusted.notebooks import read
from autograder.untrusted.paths import Parts

_MAY_BE_NOTEBOOK = re.compile(rf"{NOTEBOOK.pattern}|\.(?:json|txt)$", re.IGNORECASE)
_PUNCTUATION = " _-.,()[]"
# Blackboard adds the time of the attempt to the name.
_BLACKBOARD = re.compile(r"_attempt_[\d-]+", re.IGNORECASE)
_LEAST_SHARE = 0.5
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
        self._features: dict[NotebookName, _Features] | None = None
        self._only = only
        self._recognition = recognition

    @classmethod
    def of(cls, course: Course, only: str | None = None) -> "Labs":
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

    def by_content(self, name: str, content: Path) -> NotebookName | None:
        """The notebook of which a file has at least half of the cells; None if there is none, or there are two.

        Args:
            name: the file's name; one that no notebook can have is not read.
            content: the file.
        """
        features = _read_features(content) if _MAY_BE_NOTEBOOK.search(name) else None
        if features is None:
            return None
        if self._features is None:
            sources = {notebook: _read_features(path) for notebook, path in self._sources.items()}
            self._features = {notebook: it for notebook, it in sources.items() if it is not None}
        shares = {notebook: it.share_in(features) for notebook, it in self._features.items()}
        best = max(shares.values(), default=0.0)
        candidates = [notebook for notebook, share in shares.items() if share == best]
        return candidates[0] if best >= _LEAST_SHARE and len(candidates) == 1 else None

    def misnamed(self, parts: Parts, content: Path) -> NotebookName | None:
        """The notebook that a file with the name of another one is by its cells; None if the name is right."""
        named = self.by_name(parts)
        if named is None or self._recognition is None:
            return None
        try:
            return self._recognition.elsewhere(named, read(content).cells)
        except Quarantine:
            return None

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
        for notebook in sorted({it.notebook for it in self._all()}, key=len, reverse=True):
            found = _words(notebook).search(stem)
            if found:
                before, behind = without_copy_marks(stem[: found.start()], stem[found.end() :])
                return before.strip(_PUNCTUATION) or behind.strip(_PUNCTUATION)
        return stem.strip(_PUNCTUATION)

    def _all(self) -> Iterator[NotebookName]:
        return (NotebookName(lab, notebook) for lab, notebooks in self._notebooks.items() for notebook in notebooks)


def _words(notebook: str) -> re.Pattern[str]:
    """Matches a notebook's name in a longer name, but not inside a word."""
    words = [re.escape(word) for word in re.split(r"[ _-]+", unicodedata.normalize("NFC", notebook)) if word]
    return re.compile(r"(?<![^\W_])" + r"[ _-]+".join(words) + r"(?![^\W_])", re.IGNORECASE)


@dataclass(frozen=True)
class _Features:
    """What distinguishes a notebook from others.

    Attributes:
        ids: the grade ids of its cells.
        paragraphs: its longer paragraphs, as handed out; they stay when an editor drops all ids.
    """

    ids: frozenset[str]
    paragraphs: frozenset[str]

    def share_in(self, other: "_Features") -> float:
        """The share of these features that another notebook has, from 0 to 1."""
        return max(_share(self.ids, other.ids), _share(self.paragraphs, other.paragraphs))


def _read_features(path: Path) -> _Features | None:
    try:
        cells = read(path).cells
    except Quarantine:
        return None
    return _Features(
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
