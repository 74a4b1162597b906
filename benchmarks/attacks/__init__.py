"""The corpus of attacks (`tests.attacks`), handed to three graders: this one, nbgrader and otter-grader.

nbgrader and otter-grader run a submission with the rights of whoever grades, so every run, ours too, is held in a
container of the benchmark's own: see `container`.
"""
