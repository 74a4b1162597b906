"""Which notebook of which lab a file is, by its name, or by what it holds."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

from autograder.collect.contents import Contents
from autograder.collect.findings import Parts, Place
from autograder.course.course import Course
from autograder.untrusted.file_names import NOTEBOOK, rank, without_copy_marks

_MAY_HOLD = re.compile(rf"{NOTEBOOK.pattern}|\.(?:json|txt)$", re.IGNORECASE)
_SIGNS = " _-.,()[]"
# Blackboard writes the time of the attempt behind the name.
_BEHIND = re.compile(r"_attempt_[\d-]+", re.IGNORECASE)


class Labs:
    """The labs of a course and the names of their notebooks.

    Args:
        notebooks: lab → the names of its notebooks.
        only: the one lab that is collected; all where it is None.
        contents: recognises notebooks by what they hold.
    """

    def __init__(
        self, notebooks: Mapping[str, Sequence[str]], only: str | None = None, contents: Contents | None = None
    ) -> None:
        self._notebooks = notebooks
        self._contents = contents or Contents({})
        self.only = only

    @classmethod
    def of(cls, course: Course, only: str | None = None) -> "Labs":
        """The labs of a course.

        Raises:
            ExpectedError: there is no such lab, or none at all.
        """
        if only is not None and only not in course.labs():
            course.source_folder(only)
        names = [only] if only is not None else course.labs()
        if not names:
            raise course.no_labs_error()
        source = course.directory.source_directory
        paths = {name: sorted(course.folder(source, ".", name).glob("*.ipynb")) for name in names}
        contents = Contents({Place(name, path.stem): path for name, found in paths.items() for path in found})
        return cls({name: [path.stem for path in found] for name, found in paths.items()}, only, contents)

    @property
    def names(self) -> tuple[str, ...]:
        """The labs' names."""
        return tuple(self._notebooks)

    def place(self, parts: Parts) -> Place | None:
        """The notebook that a file's name fits best; None if it fits none, or two labs as well as each other."""
        if not NOTEBOOK.search(parts[-1]):
            return None
        name = unicodedata.normalize("NFC", parts[-1])
        found = [
            (order, Place(lab, notebook))
            for lab, notebooks in self._notebooks.items()
            for notebook in notebooks
            if (order := rank(name, unicodedata.normalize("NFC", notebook))) is not None
        ]
        if not found:
            # Some put their own name behind the notebook's.
            found = [
                (-len(notebook), Place(lab, notebook))
                for lab, notebooks in self._notebooks.items()
                for notebook in notebooks
                if _words(notebook).search(name)
            ]
        if not found:
            return None
        best = min(order for order, _ in found)
        places = [place for order, place in found if order == best]
        folders = [place for place in places if place.lab in parts[:-1]]
        chosen = folders or places
        # The longest name: "x_minimum" fits a notebook "minimum", too.
        chosen = [it for it in chosen if len(it.notebook) == max(len(place.notebook) for place in chosen)]
        return chosen[0] if len(chosen) == 1 else None

    def recognised(self, name: str, content: Path) -> Place | None:
        """The notebook that a file is by what it holds, whatever its name; None if it is none, or none for certain."""
        return self._contents.place(content) if _MAY_HOLD.search(name) else None

    def single(self) -> Place | None:
        """The only notebook of the only lab; None where there are more."""
        found = [Place(lab, notebook) for lab, notebooks in self._notebooks.items() for notebook in notebooks]
        return found[0] if self.only is not None and len(found) == 1 else None

    def remainder(self, name: str) -> str:
        """What a loose file's name holds besides the notebook's: a student's name or id."""
        stem = NOTEBOOK.sub("", name)
        stem = stem.rpartition(".")[0] if stem == name and "." in name else stem
        stem = _BEHIND.sub("", stem)
        for notebook in sorted({it for names in self._notebooks.values() for it in names}, key=len, reverse=True):
            found = _words(notebook).search(stem)
            if found:
                before, behind = without_copy_marks(stem[: found.start()], stem[found.end() :])
                return before.strip(_SIGNS) or behind.strip(_SIGNS)
        return stem.strip(_SIGNS)


def _words(notebook: str) -> re.Pattern[str]:
    """A notebook's name within a longer one, not within a word."""
    words = [re.escape(word) for word in re.split(r"[ _-]+", unicodedata.normalize("NFC", notebook)) if word]
    return re.compile(r"(?<![^\W_])" + r"[ _-]+".join(words) + r"(?![^\W_])", re.IGNORECASE)
