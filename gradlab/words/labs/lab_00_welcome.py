"""What the checks of lab 00_welcome say."""

from gradlab.words.explanations import Explanation

FINDINGS: dict[str, Explanation] = {
    "welcome-squared": Explanation(
        "that is the square",
        "Twice a number and the square of a number are equal at 0 and at 2, and nowhere else.",
        "Try your function at 3. What is twice 3?",
    ),
    "welcome-added": Explanation(
        "two is added",
        "Adding 2 and multiplying by 2 give the same for the number 2 only.",
        "Try your function at 3. What is twice 3?",
    ),
    "welcome-unchanged": Explanation(
        "the number comes back as it was",
        "Whatever happens inside the function, its `return` line hands over the argument.",
        "Which name stands behind `return`?",
    ),
    "welcome-one-number": Explanation(
        "the answer is always the same number",
        "The result does not depend on x.",
        "Call your function with two different numbers. Where does x appear in it?",
    ),
    "welcome-half": Explanation(
        "a factor is lost",
        "The result grows with x as it should, but only half as fast. If you did this on purpose: well done, "
        "this is what a diagnosis looks like.",
        "What does the power rule do with the exponent of x²?",
    ),
    "welcome-value": Explanation(
        "that is the function, not its derivative",
        "The result is x² itself: how high the curve is, not how steep.",
        "How steep is x² at x = 0, at its lowest point? What does your function say at x = 1?",
    ),
    "welcome-antiderivative": Explanation(
        "that is the way back",
        "The result is a function whose derivative is x².",
        "Is the exponent of a derivative larger or smaller than before?",
    ),
}

OBSERVATIONS: dict[str, str] = {
    "welcome-squared": "At five numbers, your result was the number times itself.",
    "welcome-added": "At five numbers, your result was the number plus 2.",
    "welcome-unchanged": "At five numbers, your result was the number itself.",
    "welcome-one-number": "At five different numbers, your result was 2.",
    "welcome-half": "At five numbers, your result was half of the slope there.",
    "welcome-value": "At five numbers, your result was the square of the number.",
    "welcome-antiderivative": "At five numbers, your result was x³/3.",
}

FRAGMENTS: dict[str, str] = {
    "five-numbers": "five numbers",
}

PASSED: dict[str, str] = {
    "doubled": "✓ Your function doubles every number.",
    "square_slope": "✓ Your slopes are right.",
}
