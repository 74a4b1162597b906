"""nbgrader's gradebook: where it is, how it is opened, and the one writer."""
