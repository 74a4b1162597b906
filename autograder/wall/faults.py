"""Former names of `autograder.wall.errors`, until `autograder.grading` imports the new ones."""

from autograder.wall.errors import ConnectionClosedError as StudentGone
from autograder.wall.errors import DeadlineExceededError as OutOfTime
from autograder.wall.errors import MalformedError
from autograder.wall.errors import WallError as WallFault

__all__ = ["MalformedError", "OutOfTime", "StudentGone", "WallFault"]
