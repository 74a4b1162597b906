"""The small lab, for all attacks."""

from tests.autograder.conftest import blank_gradebook
from tests.small_lab import small_lab

__all__ = ["blank_gradebook", "small_lab"]
