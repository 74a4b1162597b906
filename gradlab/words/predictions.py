"""What a notebook says about a student's predictions."""

NONE = "Prediction {number}: no guess. Write a letter between the quotes above, and run both cells."
RIGHT = "Prediction {number}: you guessed {guess}, and that is right."
WRONG = "Prediction {number}: you guessed {guess}, and it is {right}. What did you think?"
FIRST_COUNTS = " (Your first guess counts: {guess}.)"
NO_GUESSES = "You have made none of the {total} guesses of this lab."
TOTAL = "You guessed {right} of {total}."
MISSED = " ({missed} without a guess.)"
