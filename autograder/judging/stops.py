"""Former name of `autograder.judging.failure_messages`, until `autograder.grading` imports the new one."""

from autograder.judging.failure_messages import OF_THE_GPU

__all__ = ["OF_THE_GPU"]
