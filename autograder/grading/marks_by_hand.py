"""Which of the marks that people gave still hold: those whose answers are as they were when a person read them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from autograder.autograded.answers import answer_digests, known_digests
from autograder.cells import SubmittedNotebook
from autograder.course.course import Course
from autograder.grading.json_store import JsonStore
from autograder.wire import MalformedRecordError, from_plain, to_plain


@dataclass(frozen=True)
class AnswerTexts:
    """Digests of the answers in one notebook of a submission, by grade id.

    Attributes:
        now: those that were graded last.
        read: those to which a person gave the mark that the gradebook holds.
    """

    now: Mapping[str, str] = field(default_factory=dict)
    read: Mapping[str, str] = field(default_factory=dict)


class MarksByHand:
    """Compares answers with those that people have read."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._store = JsonStore(course.state / "answers")

    def compare(
        self, lab: str, student: str, submitted: SubmittedNotebook, marks: Mapping[str, bool], *, in_autograded: bool
    ) -> tuple[AnswerTexts, frozenset[str]]:
        """Compare the answers of a notebook with those that were marked.

        Args:
            lab: the lab's name.
            student: the student's id.
            submitted: the notebook, realigned.
            marks: the cells that a person has marked, by grade id → whether the gradebook says that the cell waits for
                a person all the same.
            in_autograded: whether ``autograded/`` still holds the earlier notebook; nbgrader empties it first. Then,
                where nothing tells the earlier text, nothing tells that it has changed.

        Returns:
            What is to be kept once the notebook is written, and the grade ids of the marks that hold.
        """
        folder = self._course.folder(self._course.directory.autograded_directory, student, lab)
        earlier = self._kept(lab, student, submitted.name)
        now = answer_digests(submitted.cells)
        before = earlier.now
        if in_autograded and marks:
            before = {**now, **(known_digests(folder / f"{submitted.name}.ipynb") or before)}
        read: dict[str, str] = {}
        for grade_id, waits in marks.items():
            # A person's mark ends the waiting.
            text = (earlier.read if waits else before).get(grade_id)
            if text is not None:
                read[grade_id] = text
        hold = frozenset(grade_id for grade_id, text in read.items() if now.get(grade_id) == text)
        return AnswerTexts(now, read), hold

    def keep(self, lab: str, student: str, notebook: str, texts: AnswerTexts) -> None:
        """Keep what `compare` returned."""
        self._store.keep(_key(lab, student, notebook), to_plain(texts))

    def _kept(self, lab: str, student: str, notebook: str) -> AnswerTexts:
        try:
            return from_plain(AnswerTexts, self._store.find(_key(lab, student, notebook)))
        except MalformedRecordError:
            return AnswerTexts()


def _key(*names: str) -> str:
    return hashlib.sha256("\0".join(names).encode("utf-8", "surrogateescape")).hexdigest()
