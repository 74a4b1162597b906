"""All words of the checks that a student reads: a translation replaces this package and nothing else.

Every text is a plain string; ``{name}`` stands for a value that the check fills in. Code is written between backticks.
"""

from gradlab.words import findings, passed, sights
from gradlab.words.explanations import Explanation
from gradlab.words.labels import LABELS
from gradlab.words.labs import LESSONS
from gradlab.words.misconceptions import MISCONCEPTIONS
from gradlab.words.parts import ASPECTS, COMPONENTS, TERMS

FINDINGS: dict[str, Explanation] = {key: text for part in (findings, *LESSONS) for key, text in part.FINDINGS.items()}
SIGHTS: dict[str, str] = {key: text for part in (sights, *LESSONS) for key, text in part.SIGHTS.items()}
PASSED: dict[str, str] = {key: text for part in (passed, *LESSONS) for key, text in part.PASSED.items()}

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
