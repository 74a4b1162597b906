"""What the checks of lab 00_welcome say."""

from gradlab.words.explanations import Explanation

FINDINGS: dict[str, Explanation] = {}

SIGHTS: dict[str, str] = {}

PASSED: dict[str, str] = {}
