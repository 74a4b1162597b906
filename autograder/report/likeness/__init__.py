"""Which submissions are nearly the same, and the evidence for it; it never decides whether somebody has copied.

Needs the libraries of the extra ``likeness``; `autograder.report.gather` imports it where they are installed.
"""

from autograder.report.likeness.evidence import side_by_side
from autograder.report.likeness.groups import ClassComparison
from autograder.report.likeness.sketches import answers_of

__all__ = ["ClassComparison", "answers_of", "side_by_side"]
