"""The small lab, for all attacks."""

from tests.small_lab import small_lab

__all__ = ["small_lab"]
