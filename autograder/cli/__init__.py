"""The command line: each command parses its arguments, calls the package that does the work, and prints the result."""

from autograder.cli.application import main

__all__ = ["main"]
