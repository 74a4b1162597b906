"""Collect submissions from downloads of learning platforms into nbgrader's folders."""
