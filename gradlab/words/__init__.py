"""All words of the checks that a student reads: a translation replaces this package and nothing else.

Every text is a plain string; ``{name}`` stands for a value that the check fills in. Code is written between backticks.
"""

from gradlab.words.explanations import Explanation
from gradlab.words.findings import FINDINGS
from gradlab.words.labels import LABELS
from gradlab.words.misconceptions import MISCONCEPTIONS
from gradlab.words.parts import ASPECTS, COMPONENTS, TERMS
from gradlab.words.passed import PASSED
from gradlab.words.sights import SIGHTS

__all__ = [
    "ASPECTS",
    "COMPONENTS",
    "FINDINGS",
    "LABELS",
    "MISCONCEPTIONS",
    "PASSED",
    "SIGHTS",
    "TERMS",
    "Explanation",
]
