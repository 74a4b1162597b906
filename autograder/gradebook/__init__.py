"""nbgrader's gradebook: its one writer, and what it holds of a submission."""

from autograder.gradebook.writer import NO_RESPONSE, GradebookWriter

__all__ = ["NO_RESPONSE", "GradebookWriter"]
