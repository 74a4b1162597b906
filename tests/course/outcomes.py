"""What became of an answer, and whether that is what should have become of it."""

from dataclasses import dataclass

from gradlab import words
from tests.course.answer_files import Answer


@dataclass(frozen=True)
class Outcome:
    """What became of an answer.

    Attributes:
        answer: the answer.
        passed: whether it earned all its points.
        misconception: the name of the mistake that was seen.
        message: what the student reads.
    """

    answer: Answer
    passed: bool
    misconception: str | None
    message: str

    @property
    def caught(self) -> bool:
        """Whether a wrong answer was refused."""
        return not self.answer.right and not self.passed

    @property
    def diagnosed(self) -> bool:
        """Whether a wrong answer was refused with the name of its mistake."""
        kind = self.answer.kind
        named = kind in words.MISCONCEPTIONS
        title = (words.MISCONCEPTIONS if named else words.FINDINGS)[kind].title if not self.answer.right else ""
        return self.caught and self.misconception == (kind if named else None) and title in self.message

    @property
    def as_it_should(self) -> bool:
        """Whether a right answer passed without a word, or a wrong one got its name."""
        return self.passed and not self.message if self.answer.right else self.diagnosed

    def __str__(self) -> str:
        found = "passed" if self.passed else f"{self.misconception}: {self.message}"
        return f"{self.answer} → {found}"
