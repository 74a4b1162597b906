"""The autograder: builds labs, grades submissions behind a wall, writes feedback and reports.

It holds no secrets: the labs' text is in ``course/``, tests and solutions in ``source/`` and ``solutions/``.
"""
