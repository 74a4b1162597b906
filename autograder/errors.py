"""The one error that a user can be expected to see."""


class ExpectedError(Exception):
    """Something outside the program is wrong, and the user can mend it.

    Every message names what was wrong, where (the file, the cell), and the cure. Only the command line
    (`autograder.command_line`) catches it; it prints the message without a traceback and exits with code 1.

    Args:
        problem: what is wrong and where, one sentence.
        cure: what the user can do about it, one sentence; empty where the problem says it already.
    """

    def __init__(self, problem: str, cure: str = "") -> None:
        super().__init__(problem, cure)
        self.problem = problem
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.problem}\n{self.cure}" if self.cure else self.problem
