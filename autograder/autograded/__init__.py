"""The graded notebooks in ``autograded/``, in nbgrader's format."""
