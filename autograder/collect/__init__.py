"""Submissions as learning platforms hand them out: read, matched to students, put where nbgrader wants them."""
