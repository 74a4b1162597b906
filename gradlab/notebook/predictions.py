"""A student's predictions: each is written into a cell of its own, before another cell tells what is right.

Nothing of it is graded. The first guess that is told counts, and a second one is not counted.
"""

from gradlab.words import predictions as words

_RIGHT = {
    "01_autograd": "bcacbbac",
    "03_accumulation": "bcabcb",
    "04_jacobians": "bcabacb",
    "05_descent": "bcbaca",
    "06_minimum": "bcb",
    "07_classification": "cbacbcb",
}
"""The right letters of each lab, in the order of its predictions."""


class Predictions:
    """The predictions of one lab.

    Args:
        lab: its name.
    """

    def __init__(self, lab: str) -> None:
        self._right = _RIGHT[lab]
        self._guesses: dict[int, str] = {}

    def tell(self, number: int, guess: object) -> None:
        """Say whether a guess is right.

        Args:
            number: which prediction, counted from 1.
            guess: the student's letter; an empty string, or anything that is no letter, is no guess.
        """
        print(self._told(number, guess))  # noqa: T201 - what a student reads below the cell

    def total(self) -> None:
        """Say how many guesses of the lab were right."""
        print(self._counted())  # noqa: T201 - what a student reads below the cell

    def _told(self, number: int, guess: object) -> str:
        letter = guess.strip().lower() if isinstance(guess, str) else ""
        if number not in self._guesses:
            if len(letter) != 1 or not letter.isalpha():
                return words.NONE.format(number=number)
            self._guesses[number] = letter
        first, right = self._guesses[number], self._right[number - 1]
        told = (words.RIGHT if first == right else words.WRONG).format(number=number, guess=first, right=right)
        return told + words.FIRST_COUNTS.format(guess=first) if letter not in ("", first) else told

    def _counted(self) -> str:
        right = sum(self._right[number - 1] == guess for number, guess in self._guesses.items())
        made, total = len(self._guesses), len(self._right)
        if not made:
            return words.NO_GUESSES.format(total=total)
        return words.TOTAL.format(right=right, total=total) + (
            words.MISSED.format(missed=total - made) * (made < total)
        )
