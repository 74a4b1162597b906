"""All words of the checks that a student reads: a translation replaces this package and nothing else.

Every text is a plain string; ``{name}`` stands for a value that the check fills in. Code is written between backticks.

Attributes:
    MISCONCEPTIONS: the mistakes that have a name in the course.
    FINDINGS: the mistakes that have none.
    OBSERVATIONS: what a check says that it saw: key → a sentence with placeholders for values.
    FRAGMENTS: parts of sentences that stand for a placeholder of an observation, "random places" for one: key → text.
    PASSED: what each check says if the answer is right: name of the check → one short line that never varies.
    LABELS: the fixed words around a diagnosis.
"""

from gradlab.words import shared
from gradlab.words.explanations import Explanation
from gradlab.words.labels import LABELS
from gradlab.words.labs import LABS
from gradlab.words.misconceptions import MISCONCEPTIONS

FINDINGS: dict[str, Explanation] = {key: text for part in (shared, *LABS) for key, text in part.FINDINGS.items()}
OBSERVATIONS: dict[str, str] = {key: text for part in (shared, *LABS) for key, text in part.OBSERVATIONS.items()}
FRAGMENTS: dict[str, str] = {key: text for lab in LABS for key, text in getattr(lab, "FRAGMENTS", {}).items()}
PASSED: dict[str, str] = {key: text for lab in LABS for key, text in lab.PASSED.items()}

__all__ = ["FINDINGS", "FRAGMENTS", "LABELS", "MISCONCEPTIONS", "OBSERVATIONS", "PASSED", "Explanation"]
